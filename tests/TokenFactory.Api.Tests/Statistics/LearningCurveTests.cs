using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Learning curves over HTTP against PostgreSQL's own regression over the ledger entries, and against laws that events were made by.</summary>
public sealed class LearningCurveTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    private static readonly string[] Figures = ["exponent", "standard_error", "r2", "moore_exponent", "moore_standard_error", "moore_r2", "doublings"];

    private readonly ApiProcess _api = fixture.Service.Api;

    [Theory]
    [InlineData("", "'all'", "true", "")]
    [InlineData("producer", "p.slug", "true", "")]
    [InlineData("token_class", "case i.token_class when 1 then 'input' else 'output' end", "true", "2026-07-20")]
    [InlineData("sector", "(array['unclassified', 'household', 'government', 'enterprise'])[e.sector + 1]", "i.token_class = 1", "")]
    public async Task The_lines_are_those_of_an_independent_query_over_the_ledger_entries(string by, string market, string where, string start)
    {
        var filter = where == "true" ? "" : "&token_class=input";
        var rows = (await _api.GetAsync($"/v1/learning-curve?frequency=week&by={by}{filter}{(start == "" ? "" : $"&start={start}")}")).GetProperty("rows").EnumerateArray().ToList();

        var expected = new List<string>();
        await using var connection = new NpgsqlConnection(fixture.Service.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"""
            with {PlainIndexSql.Levels(market, where)}, point as (
                select market, period, ln(price) as price, ln(sum(volume) over (partition by market order by n)) as volume,
                       extract(epoch from period + interval '84 hours')::float8 / 86400 / 365.25 as years
                from level
            )
            select market, count(*), {PlainIndexSql.Fit("price", "volume")}, {PlainIndexSql.Fit("price", "years")}, (max(volume) - min(volume)) / ln(2::float8)
            from point where period >= '{(start == "" ? "2000-01-01" : start)}Z' group by market order by market collate "C"
            """, connection);
        await using var row = await command.ExecuteReaderAsync();
        var found = rows.OrderBy(r => by == "" ? "all" : Text(r, by), StringComparer.Ordinal).ToList();
        var count = 0;
        for (; await row.ReadAsync(); count++)
        {
            (by == "" ? "all" : Text(found[count], by)).Should().Be(row.GetString(0));
            found[count].GetProperty("n").GetInt64().Should().Be(row.GetInt64(1)).And.BeGreaterThan(8);
            for (var f = 0; f < Figures.Length; f++)
                Number(found[count], Figures[f]).Should().BeApproximately(row.GetDouble(f + 2), 0.000002, $"{row.GetString(0)} {Figures[f]}");
        }

        count.Should().Be(rows.Count).And.BePositive();
        foreach (var r in rows)
        {
            Number(r, "learning_rate").Should().BeApproximately(1 - Math.Pow(2, Number(r, "exponent")), 0.000002);
            Text(r, "better").Should().Be(Number(r, "r2") > Number(r, "moore_r2") ? "wright" : "moore");
        }
    }

    [Fact]
    public async Task Prices_and_costs_that_follow_a_law_show_it_and_costs_are_told_to_who_may_read_them()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        // The cumulative volume doubles every month; a doubling takes a fifth off the price and a tenth off the cost.
        string[] prices = ["100", "80", "64", "51.2", "40.96"], costs = ["50", "45", "40.5", "36.45", "32.805"];
        for (var k = 0; k < prices.Length; k++)
        {
            (await api.PostAsync("/v1/events", Events.Native($"e{k}", occurredAt: $"2026-0{k + 1}-10T10:00:00Z", input: k == 0 ? 1_000_000 : 500_000L << k, output: 0, outputValue: prices[k])))
                .StatusCode.Should().Be(HttpStatusCode.Created);
            await api.CreateAsync("/v1/rate-cards", new
            {
                kind = "cost", producer = "moonshot", model = "kimi-k2", currency = "USD", effective_from = $"2026-0{k + 1}-01T00:00:00Z", unit_values = new { input = costs[k] },
            });
        }

        var rows = (await api.GetAsync("/v1/learning-curve?by=producer&points=true")).GetProperty("rows");
        var later = (await api.GetAsync("/v1/learning-curve?start=2026-03-01")).GetProperty("rows")[0];
        var cut = (await api.GetAsync("/v1/learning-curve?end=2026-05-11&token_class=input")).GetProperty("rows")[0];
        using var stranger = api.ClientWith(null);
        var open = JsonDocument.Parse(await stranger.GetStringAsync("/v1/learning-curve")).RootElement;
        var berlin = await api.GetAsync("/v1/learning-curve?time_zone=Europe/Berlin");
        var hours = await api.GetAsync("/v1/learning-curve?frequency=hour");
        var csv = await api.Client.GetStringAsync("/v1/learning-curve?by=producer&format=csv&points=true");

        rows.EnumerateArray().Select(r => $"{Text(r, "kind")} {Text(r, "producer")} {Text(r, "n")}: {Text(r, "exponent")} {Text(r, "learning_rate")} {Text(r, "progress_ratio")} "
            + $"{Text(r, "r2")} {Text(r, "doublings")} {Text(r, "better")} {Text(r, "first_period")} {Text(r, "last_period")} {Text(r, "matched_share")} {Text(r, "unpriced_share")} {Text(r, "null_reason")}").Should().Equal(
            "price_learning moonshot 5: -0.321928 0.200000 0.800000 1.000000 4.000000 wright 2026-01 2026-05 1.000000 0.000000 -",
            "cost_learning moonshot 5: -0.152003 0.100000 0.900000 1.000000 4.000000 wright 2026-01 2026-05 1.000000 0.000000 -");
        rows[0].GetProperty("points").EnumerateArray().Select(p => $"{Text(p, "period")} {Text(p, "cumulative_volume")} {Text(p, "price_index")} {Text(p, "fitted")} {Text(p, "lower")} {Text(p, "upper")}").Should().Equal(
            "2026-01 100.000000 100.000000 100.000000 100.000000 100.000000", "2026-02 200.000000 80.000000 80.000000 80.000000 80.000000",
            "2026-03 400.000000 64.000000 64.000000 64.000000 64.000000", "2026-04 800.000000 51.200000 51.200000 51.200000 51.200000",
            "2026-05 1600.000000 40.960000 40.960000 40.960000 40.960000");
        rows[1].GetProperty("points").EnumerateArray().Select(p => Text(p, "price_index")).Should().Equal("100.000000", "90.000000", "81.000000", "72.900000", "65.610000");
        (Text(later, "n"), Text(later, "learning_rate"), Text(later, "doublings")).Should().Be(("3", "0.200000", "2.000000"), "what came before is experience too");
        later.TryGetProperty("points", out _).Should().BeFalse();
        (Text(cut, "n"), Text(cut, "partial"), Text(rows[0], "partial")).Should().Be(("5", "true", "false"));
        open.GetProperty("rows").EnumerateArray().Select(r => Text(r, "kind")).Should().Equal("price_learning");
        (Text(open, "cost_reason"), Text(berlin, "cost_reason"), Text(hours, "cost_reason")).Should().Be(("needs_read_scope", "needs_days_of_utc", "needs_days_of_utc"));
        Text(await _api.GetAsync("/v1/learning-curve"), "cost_reason").Should().Be("no_unit_costs");
        csv.Split("\r\n")[0].Should().Be("kind,producer,first_period,last_period,n,left_out,exponent,learning_rate,progress_ratio,standard_error,r2,learning_rate_lower,learning_rate_upper,"
            + "doublings,annual_rate,halving_years,moore_exponent,moore_standard_error,moore_r2,better,matched_share,free_share,unpriced_share,null_reason,partial,status");
        csv.Split("\r\n")[1].Should().StartWith("price_learning,moonshot,2026-01,2026-05,5,0,-0.321928,0.200000,0.800000,0.000000,1.000000,0.200000,0.200000,4.000000,");
    }

    [Fact]
    public async Task What_gives_no_line_says_why()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        (await api.GetAsync("/v1/learning-curve")).GetProperty("rows").GetArrayLength().Should().Be(0);
        (await api.GetAsync("/v1/demand-response")).GetProperty("rows").GetArrayLength().Should().Be(0);
        (await api.GetAsync("/v1/concentration")).GetProperty("rows").GetArrayLength().Should().Be(0);
        foreach (var (id, month, producer, model, value) in new (string, int, string, string, string?)[]
        {
            // One period; free throughout; nothing in common; unpriced; dearer; free in between.
            ("a", 1, "openai", "m", "1"), ("b", 1, "groq", "m", "0"), ("c", 2, "groq", "m", "0"), ("d", 3, "groq", "m", "0"),
            ("e", 1, "xai", "m1", "1"), ("f", 2, "xai", "m2", "1"), ("g", 1, "cohere", "m", null), ("h", 2, "cohere", "m", null),
            ("i", 1, "mistral", "m", "1"), ("j", 2, "mistral", "m", "2"), ("k", 3, "mistral", "m", "4"),
            ("l", 1, "deepseek", "m", "4"), ("m", 2, "deepseek", "m", "0"), ("n", 4, "deepseek", "m", "2"),
        })
        {
            (await api.PostAsync("/v1/events", Events.Native(
                id, producer: producer, model: model, occurredAt: $"2026-0{month}-10T10:00:00Z", input: 1_000_000, output: 0, outputValue: value))).StatusCode.Should().Be(HttpStatusCode.Created);
        }

        var answer = await api.GetAsync("/v1/learning-curve?by=producer&points=true");
        var demand = await api.GetAsync("/v1/demand-response?by=producer");

        answer.GetProperty("rows").EnumerateArray().Select(r => $"{Text(r, "producer")} {Text(r, "n")} of {r.GetProperty("points").GetArrayLength()}, {Text(r, "left_out")} left out, "
            + $"{Text(r, "exponent")} {Text(r, "standard_error")} {Text(r, "halving_years")}: {Text(r, "null_reason")}").Should().Equal(
            "cohere 0 of 4, 4 left out, - - -: empty_period",
            "deepseek 1 of 4, 3 left out, - - -: zero_price",
            "groq 0 of 4, 4 left out, - - -: zero_price",
            "mistral 3 of 4, 1 left out, 1.233662 0.186511 -: not_falling",
            "openai 1 of 4, 3 left out, - - -: empty_period",
            "xai 1 of 4, 3 left out, - - -: no_matched_items");
        answer.GetProperty("rows").EnumerateArray().Single(r => Text(r, "producer") == "deepseek").GetProperty("points").EnumerateArray()
            .Select(p => $"{Text(p, "period")} {Text(p, "cumulative_volume")} {Text(p, "price_index")} {Text(p, "null_reason")}").Should().Equal(
            "2026-01 4.000000 100.000000 -", "2026-02 - 0.000000 zero_price", "2026-03 - - empty_period", "2026-04 - 50.000000 zero_price");
        demand.GetProperty("rows").EnumerateArray().Where(r => Text(r, "elasticity") == "-").Select(r => $"{Text(r, "producer")} {Text(r, "form")}: {Text(r, "null_reason")}")
            .Should().Contain(["cohere levels: empty_period", "groq levels: zero_price", "openai differences: empty_period", "xai levels: no_matched_items"]);
        using var refused = await api.Client.GetAsync("/v1/learning-curve?points=yes&kind=x");
        refused.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).Should().Contain("?points").And.Contain("?kind");
    }

    private static double Number(JsonElement row, string name) => double.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static string Text(JsonElement row, string name) => row.GetProperty(name) switch
    {
        { ValueKind: JsonValueKind.Null } => "-",
        { ValueKind: JsonValueKind.True } => "true",
        { ValueKind: JsonValueKind.False } => "false",
        var value => value.ToString(),
    };
}
