using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>The response of demand over HTTP against PostgreSQL's own regression over the ledger entries, and against an elasticity that events were made by.</summary>
public sealed class DemandResponseTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    private readonly ApiProcess _api = fixture.Service.Api;

    [Theory]
    [InlineData("", "'all'")]
    [InlineData("producer", "p.slug")]
    [InlineData("token_class", "case i.token_class when 1 then 'input' else 'output' end")]
    public async Task The_elasticities_are_those_of_an_independent_query_over_the_ledger_entries(string by, string market)
    {
        // Whole weeks of the fixture: the last one is cut short by its last event only where that is now.
        var rows = (await _api.GetAsync($"/v1/demand-response?frequency=week&by={by}&end=2026-09-21")).GetProperty("rows").EnumerateArray().ToList();

        await using var connection = new NpgsqlConnection(fixture.Service.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"""
            with {PlainIndexSql.Levels(market, "e.occurred_at < '2026-09-21Z'")}, point as (
                select market, ln(price) as p, ln(quantity) as q, ln(price) - lag(ln(price)) over w as dp, ln(quantity) - lag(ln(quantity)) over w as dq
                from level window w as (partition by market order by n)
            )
            select market, 'differences', regr_count(dq, dp), {PlainIndexSql.Fit("dq", "dp")} from point group by market
            union all
            select market, 'levels', regr_count(q, p), {PlainIndexSql.Fit("q", "p")} from point group by market
            order by 1, 2
            """, connection);
        await using var row = await command.ExecuteReaderAsync();
        var found = rows.OrderBy(r => by == "" ? "all" : r.GetProperty(by).GetString(), StringComparer.Ordinal).ThenBy(r => r.GetProperty("form").GetString(), StringComparer.Ordinal).ToList();
        var count = 0;
        for (; await row.ReadAsync(); count++)
        {
            var name = $"{row.GetString(0)} {row.GetString(1)}";
            found[count].GetProperty("form").GetString().Should().Be(row.GetString(1));
            found[count].GetProperty("n").GetInt64().Should().Be(row.GetInt64(2), name).And.BeGreaterThan(8);
            Number(found[count], "elasticity").Should().BeApproximately(row.GetDouble(3), 0.000002, name);
            Number(found[count], "standard_error").Should().BeApproximately(row.GetDouble(4), 0.000002, name);
            Number(found[count], "r2").Should().BeApproximately(row.GetDouble(5), 0.000002, name);
        }

        count.Should().Be(rows.Count).And.BePositive();
    }

    [Fact]
    public async Task An_elasticity_that_events_were_made_by_is_found_and_a_cut_period_is_left_out()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        // q = p^-2: a price halved, a quantity four times as large.
        foreach (var (month, quantity, value) in new[] { (1, 1_000_000, "8"), (2, 4_000_000, "4"), (3, 16_000_000, "2"), (4, 1_000_000, "8"), (5, 64_000_000, "1") })
        {
            foreach (var (id, tier) in new[] { ("s", "standard"), ("b", "batch") })
            {
                (await api.PostAsync("/v1/events", Events.Native($"{month}{id}", occurredAt: $"2026-0{month}-10T10:00:00Z", input: quantity, output: 0, outputValue: value, tier: tier)))
                    .StatusCode.Should().Be(HttpStatusCode.Created);
            }
        }

        var rows = (await api.GetAsync("/v1/demand-response")).GetProperty("rows");
        var cut = (await api.GetAsync("/v1/demand-response?end=2026-05-20&start=2026-01-02")).GetProperty("rows");
        var csv = await api.Client.GetStringAsync("/v1/demand-response?format=csv&by=model");

        rows.EnumerateArray().Select(Row).Should().Equal(
            "levels 2026-01 to 2026-05: 5 points, 0 left out, -2.000000 from -2.000000 to -2.000000, R2 1.000000 -",
            "differences 2026-01 to 2026-05: 4 points, 0 left out, -2.000000 from -2.000000 to -2.000000, R2 1.000000 -");
        cut.EnumerateArray().Select(Row).Should().Equal(
            "levels 2026-02 to 2026-04: 3 points, 2 left out, -2.000000 from -2.000000 to -2.000000, R2 1.000000 -",
            "differences 2026-02 to 2026-04: 2 points, 2 left out, -2.000000 from - to -, R2 1.000000 partial_period");
        csv.Split("\r\n")[..2].Should().Equal(
            "form,model,first_period,last_period,n,left_out,elasticity,standard_error,r2,lower,upper,matched_share,free_share,unpriced_share,null_reason,status",
            "levels,kimi-k2,2026-01,2026-05,5,0,-2.000000,0.000000,1.000000,-2.000000,-2.000000,1.000000,0.000000,0.000000,,final");

        static string Row(JsonElement r) =>
            $"{Text(r, "form")} {Text(r, "first_period")} to {Text(r, "last_period")}: {r.GetProperty("n")} points, {r.GetProperty("left_out")} left out, "
            + $"{Text(r, "elasticity")} from {Text(r, "lower")} to {Text(r, "upper")}, R2 {Text(r, "r2")} {Text(r, "null_reason")}";
    }

    private static double Number(JsonElement row, string name) => double.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString() ?? "-";
}
