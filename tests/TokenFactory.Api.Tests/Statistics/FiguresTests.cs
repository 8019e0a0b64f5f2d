using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>A ledger of three months and four sectors, and what is published of it.</summary>
public sealed class LedgerFixture : IAsyncLifetime
{
    public ApiFixture Service { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Service.InitializeAsync();
        await Service.Api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        var random = new Random(7);
        string?[] sectors = ["household", "government", "enterprise", null];
        string?[] prices = ["2", "0.333333333333", "0", null, "17.25"];
        var events = Enumerable.Range(0, 3_000).Select(i => Events.Native(
            Events.Number(i), "gateway-1", new DateTimeOffset(2026, 6, 29, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(0, 90 * 1440)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            i % 3 == 0 ? "openai" : "moonshot", $"model-{random.Next(6)}", sectors[random.Next(4)], null, random.Next(100_000), random.Next(10_000), prices[random.Next(5)],
            random.Next(5) == 0 ? "batch" : "standard")).ToList();
        using var answer = await Service.Api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        for (var i = 0; i < 3_000; i += 500)
            (await Service.Api.PostAsync($"/v1/events/gateway-1/{i}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}

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
    public async Task Csv_has_the_same_columns_and_values_as_json()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/gdp?by=sector,model");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        using var answer = await _api.Client.SendAsync(request);
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var json = (await _api.GetAsync("/v1/gdp?by=sector,model")).GetProperty("rows").EnumerateArray().ToList();

        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/csv");
        lines[0].Split(',').Should().Equal(json[0].EnumerateObject().Select(p => p.Name));
        lines.Skip(1).Should().Equal(json.Select(r => string.Join(',', r.EnumerateObject().Select(p => p.Value.ValueKind == JsonValueKind.Null ? "" : p.Value.ToString()))));
    }

    [Fact]
    public async Task An_answer_has_a_tag_that_holds_until_an_event_falls_into_it()
    {
        const string query = "/v1/gdp?frequency=day&producer=anthropic";
        await _api.PostAsync("/v1/events", Events.Native("tag-1", producer: "anthropic", model: "tagged"));
        using var first = await _api.Client.GetAsync(query);
        using var known = new HttpRequestMessage(HttpMethod.Get, query);
        known.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var same = await _api.Client.SendAsync(known);

        await _api.PostAsync("/v1/events", Events.Native("tag-2", producer: "anthropic", model: "tagged"));
        using var asked = new HttpRequestMessage(HttpMethod.Get, query);
        asked.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var changed = await _api.Client.SendAsync(asked);

        same.StatusCode.Should().Be(HttpStatusCode.NotModified);
        changed.StatusCode.Should().Be(HttpStatusCode.OK);
        changed.Headers.ETag.Should().NotBe(first.Headers.ETag);
    }

    [Theory]
    [InlineData("/v1/gdp?frequency=fortnight", "?frequency")]
    [InlineData("/v1/gdp?by=sector,colour", "?by")]
    [InlineData("/v1/gdp?start=2026-13-01", "?start")]
    [InlineData("/v1/gdp?start=2026-02-01T00:00:00", "?start")]
    [InlineData("/v1/gdp?start=2026-02-01T12:00:00Z", "?start")]
    [InlineData("/v1/gdp?start=2026-02-01&end=2026-02-01", "?end")]
    [InlineData("/v1/gdp?sector=everybody", "?sector")]
    [InlineData("/v1/gdp?producer=nobody", "?producer")]
    [InlineData("/v1/gdp?prices=chained", "?prices")]
    [InlineData("/v1/gdp?as_of=today", "?as_of")]
    [InlineData("/v1/gdp?colour=red", "?colour")]
    [InlineData("/v1/indices?method=guess", "?method")]
    [InlineData("/v1/indices?reference=2026-W01&frequency=month", "?reference")]
    public async Task What_can_not_be_answered_is_refused_with_the_parameter(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync(query);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be(pointer);
    }

    [Fact]
    public async Task The_value_index_is_the_ratio_of_the_published_values_and_price_times_quantity()
    {
        async Task<List<decimal>> IndexAsync(string kind) => (await _api.GetAsync($"/v1/indices?frequency=month&index={kind}&start=2026-07-01&end=2026-09-01")).GetProperty("rows")
            .EnumerateArray().Select(r => decimal.Parse(Text(r, "index"), CultureInfo.InvariantCulture)).ToList();

        var gdp = (await _api.GetAsync("/v1/gdp?frequency=month&start=2026-07-01&end=2026-09-01")).GetProperty("rows").EnumerateArray()
            .Select(r => decimal.Parse(Text(r, "gdp"), CultureInfo.InvariantCulture)).ToList();
        var (value, price, quantity) = (await IndexAsync("value"), await IndexAsync("price"), await IndexAsync("quantity"));

        value[1].Should().BeApproximately(100 * gdp[1] / gdp[0], 0.000001m);
        (price[1] * quantity[1] / 100).Should().BeApproximately(value[1], 0.0001m);
    }

    private static decimal Sum(JsonElement figure) =>
        figure.GetProperty("rows").EnumerateArray().Sum(r => decimal.Parse(Text(r, "gdp"), CultureInfo.InvariantCulture));

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
