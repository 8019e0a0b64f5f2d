using System.Globalization;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

public sealed class FiguresTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    private readonly ApiProcess _api = fixture.Service.Api;
    private readonly TestDatabase _database = fixture.Service.Database;

    [Theory]
    [InlineData("hour", "date_trunc('hour', e.occurred_at, 'UTC')")]
    [InlineData("day", "date_trunc('day', e.occurred_at, 'UTC')")]
    [InlineData("week", "date_trunc('week', e.occurred_at, 'UTC')")]
    [InlineData("month", "date_trunc('month', e.occurred_at, 'UTC')")]
    [InlineData("quarter", "date_trunc('quarter', e.occurred_at, 'UTC')")]
    [InlineData("year", "date_trunc('year', e.occurred_at, 'UTC')")]
    public async Task Figures_equal_an_independent_query_over_the_ledger_entries(string frequency, string period)
    {
        var expected = new List<string>();
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"""
            select to_char({period} at time zone 'UTC', 'YYYY-MM-DD HH24'), e.sector, p.slug, i.token_class,
                   trim_scale(coalesce(sum(e.amount), 0))::text, sum(e.quantity)::text, coalesce(sum(e.quantity) filter (where e.amount is null), 0)::text,
                   coalesce(sum(e.quantity) filter (where e.unit_value = 0), 0)::text
            from ledger_entry e join items i on i.id = e.item_id join producers p on p.id = i.producer_id
            group by 1, 2, 3, 4 order by 1, 2, 3, 4
            """, connection);
        await using var row = await command.ExecuteReaderAsync();
        string[] sectors = ["unclassified", "household", "government", "enterprise"];
        while (await row.ReadAsync())
        {
            expected.Add(string.Join('|', row.GetString(0), sectors[row.GetInt16(1)], row.GetString(2), row.GetInt16(3) == 1 ? "input" : "output",
                row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7)));
        }

        var rows = (await _api.GetAsync($"/v1/gdp?frequency={frequency}&by=sector,producer,token_class")).GetProperty("rows").EnumerateArray()
            .Select(r => string.Join('|', r.GetProperty("start").GetDateTimeOffset().ToString("yyyy-MM-dd HH", CultureInfo.InvariantCulture),
                Text(r, "sector"), Text(r, "producer"), Text(r, "token_class"), Text(r, "gdp"), Text(r, "quantity"), Text(r, "unpriced_quantity"), Text(r, "free_quantity")));

        expected.Should().NotBeEmpty();
        rows.Should().Equal(expected);
    }

    [Fact]
    public async Task Every_grouping_sums_to_the_total()
    {
        string[] dimensions = ["sector", "producer", "model", "token_class", "service_tier"];
        var total = Sum(await _api.GetAsync("/v1/gdp"));
        for (var set = 1; set < 1 << dimensions.Length; set++)
        {
            var by = string.Join(',', dimensions.Where((_, i) => (set & (1 << i)) != 0));

            Sum(await _api.GetAsync($"/v1/gdp?frequency=week&by={by}")).Should().Be(total, by);
        }
    }

    [Fact]
    public async Task Filters_part_the_total()
    {
        var total = Sum(await _api.GetAsync("/v1/gdp?producer=moonshot&producer=openai"));
        var parts = 0m;
        foreach (var sector in new[] { "household", "government", "enterprise", "unclassified" })
            parts += Sum(await _api.GetAsync($"/v1/gdp?sector={sector}&producer=moonshot")) + Sum(await _api.GetAsync($"/v1/gdp?sector={sector}&producer=openai"));

        parts.Should().Be(total);
        Sum(await _api.GetAsync("/v1/gdp?producer=openai,moonshot&sector=household&sector=government,enterprise&sector=unclassified")).Should().Be(total);
        Sum(await _api.GetAsync("/v1/gdp?producer=moonshot_ai")).Should().Be(Sum(await _api.GetAsync("/v1/gdp?producer=moonshot")), "aliases are names too");
    }

    [Fact]
    public async Task A_window_is_half_open_and_parts_the_total()
    {
        var total = Sum(await _api.GetAsync("/v1/gdp"));
        var before = Sum(await _api.GetAsync("/v1/gdp?frequency=day&end=2026-08-01"));
        var after = Sum(await _api.GetAsync("/v1/gdp?frequency=hour&start=2026-08-01T00:00:00Z"));

        (before + after).Should().Be(total);
        var clipped = (await _api.GetAsync("/v1/gdp?frequency=month&start=2026-07-15&end=2026-07-20")).GetProperty("rows")[0];
        Text(clipped, "period").Should().Be("2026-07");
        Text(clipped, "start").Should().Be("2026-07-15T00:00:00Z");
        Text(clipped, "end").Should().Be("2026-07-20T00:00:00Z");
    }

    [Fact]
    public async Task A_row_says_when_it_covers_a_part_of_its_period()
    {
        async Task<IEnumerable<bool>> PartialAsync(string query) =>
            (await _api.GetAsync(query)).GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("partial").GetBoolean());

        (await PartialAsync("/v1/gdp?frequency=month&start=2026-07-01&end=2026-09-01")).Should().Equal(false, false);
        (await PartialAsync("/v1/gdp?frequency=month&start=2026-07-02&end=2026-09-01")).Should().Equal(true, false);
        (await PartialAsync("/v1/indices?frequency=month&start=2026-07-01&end=2026-08-31")).Should().Equal(false, true);
        // 2026-07-01 is a Wednesday.
        (await PartialAsync("/v1/gdp?frequency=week&start=2026-07-01&end=2026-07-13")).Should().Equal(true, false);
        var years = (await _api.GetAsync("/v1/gdp?frequency=year&start=2026-01-01&end=2027-01-01")).GetProperty("rows");
        years[0].GetProperty("partial").GetBoolean().Should().Be(DateTimeOffset.Parse("2027-01-01Z", CultureInfo.InvariantCulture) > TimeProvider.System.GetUtcNow(), "a year that is not over is a part of one");
    }

    private static decimal Sum(JsonElement figure) =>
        figure.GetProperty("rows").EnumerateArray().Sum(r => decimal.Parse(Text(r, "gdp"), CultureInfo.InvariantCulture));

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
