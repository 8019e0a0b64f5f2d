using System.Net;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Concentration over HTTP against plain SQL over the ledger entries.</summary>
public sealed class ConcentrationTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    private static readonly (string Name, string Expression)[] Markets =
    [
        ("sector", "(array['unclassified', 'household', 'government', 'enterprise'])[e.sector + 1]"),
        ("token_class", "case i.token_class when 1 then 'input' else 'output' end"),
        ("service_tier", "case i.service_tier when 1 then 'standard' else 'batch' end"),
    ];

    private static readonly string[] Columns =
    [
        "hhi", "band", "equivalent_number", "active", "cr1", "cr4", "cr8", "largest", "largest_share", "entries", "exits", "entry_share", "exit_share", "left_out",
    ];

    private readonly ApiProcess _api = fixture.Service.Api;

    [Theory]
    [InlineData("value", "producer", "month")]
    [InlineData("value", "model", "day")]
    [InlineData("value", "model", "week")]
    [InlineData("tokens", "producer", "hour")]
    [InlineData("tokens", "model", "month")]
    public async Task Every_figure_equals_an_independent_query_over_the_ledger_entries(string measure, string of, string frequency)
    {
        for (var set = 0; set < 1 << Markets.Length; set++)
        {
            var by = Markets.Where((_, i) => (set & (1 << i)) != 0).ToArray();
            var query = $"/v1/concentration?measure={measure}&of={of}&frequency={frequency}&by={string.Join(',', by.Select(d => d.Name))}";
            var rows = (await _api.GetAsync(query)).GetProperty("rows").EnumerateArray().ToList();

            rows.Where(r => r.GetProperty("active").GetInt32() > 0).Select(r => string.Join('|',
                    [Text(r, "start"), .. by.Select(d => Text(r, d.Name)), .. Columns.Select(c => Text(r, c))]))
                .Order(StringComparer.Ordinal).Should().Equal(await ExpectedAsync(measure, of, frequency, by), query);
            foreach (var market in rows.GroupBy(r => string.Join('|', by.Select(d => Text(r, d.Name)))))
            {
                market.Zip(market.Skip(1)).All(pair => Text(pair.First, "end") == Text(pair.Second, "start")).Should().BeTrue("no period between is passed over");
                market.Where(r => r.GetProperty("active").GetInt32() == 0).SelectMany(r => Columns.Except(["left_out"]).Select(c => Text(r, c)).Append(Text(r, "null_reason")))
                    .Except(["-", "0"]).Should().BeSubsetOf(["empty_period"]);
            }
        }
    }

    [Fact]
    public async Task A_market_of_known_shares_has_the_figures_that_follow_from_them()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        foreach (var (id, month, producer, millions, price) in new (string, string, string, long, string?)[]
        {
            ("a", "07", "openai", 6, "1"), ("b", "07", "moonshot", 3, "1"), ("c", "07", "groq", 1, "1"), ("d", "07", "mistral", 90, "0"), ("e", "07", "cohere", 5, null),
            // August is empty; in September one has gone and one has come.
            ("f", "09", "openai", 5, "1"), ("g", "09", "groq", 5, "1"), ("h", "09", "xai", 10, "1"),
        })
        {
            (await api.PostAsync("/v1/events", Events.Native(
                id, producer: producer, occurredAt: $"2026-{month}-07T07:00:00Z", input: millions * 1_000_000, output: 0, outputValue: price))).StatusCode.Should().Be(HttpStatusCode.Created);
        }

        var value = (await api.GetAsync("/v1/concentration")).GetProperty("rows").EnumerateArray().Select(Row);
        var tokens = (await api.GetAsync("/v1/concentration?measure=tokens")).GetProperty("rows")[0];
        var csv = await api.Client.GetStringAsync("/v1/concentration?format=csv&start=2026-09-01");

        value.Should().Equal(
            "2026-07 4600 highly_concentrated 2.173913043478 of 3: 0.6 1 1 openai 0.6 since -: - - - - left out 2, free 0.900000 unpriced 0.047619 -",
            "2026-08 - - - of 0: - - - - - since -: - - - - left out 0, free - unpriced - empty_period",
            "2026-09 3750 highly_concentrated 2.666666666667 of 3: 0.5 1 1 xai 0.5 since 2026-07: 1 1 0.5 0.3 left out 0, free 0.000000 unpriced 0.000000 -");
        tokens.GetProperty("active").GetInt32().Should().Be(5);
        Text(tokens, "largest").Should().Be("mistral");
        csv.Split("\r\n").Should().Equal(
            "period,start,end,hhi,band,equivalent_number,active,cr1,cr4,cr8,largest,largest_share,compared_with,entries,exits,entry_share,exit_share,left_out,free_share,unpriced_share,null_reason,partial,status",
            "2026-09,2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,3750,highly_concentrated,2.666666666667,3,0.5,1,1,xai,0.5,,,,,,0,0.000000,0.000000,,false,estimated",
            "");

        static string Row(JsonElement r) =>
            $"{Text(r, "period")} {Text(r, "hhi")} {Text(r, "band")} {Text(r, "equivalent_number")} of {Text(r, "active")}: {Text(r, "cr1")} {Text(r, "cr4")} {Text(r, "cr8")} "
            + $"{Text(r, "largest")} {Text(r, "largest_share")} since {Text(r, "compared_with")}: {Text(r, "entries")} {Text(r, "exits")} {Text(r, "entry_share")} {Text(r, "exit_share")} "
            + $"left out {Text(r, "left_out")}, free {Text(r, "free_share")} unpriced {Text(r, "unpriced_share")} {Text(r, "null_reason")}";
    }

    [Fact]
    public async Task Producers_and_models_share_a_market_and_are_none()
    {
        using var answer = await _api.Client.GetAsync("/v1/concentration?by=sector,producer&of=source&measure=x");
        var text = await answer.Content.ReadAsStringAsync();

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        text.Should().Contain("?by").And.Contain("?of").And.Contain("?measure");
    }

    [Theory]
    [InlineData("MaxRows", "20", "concentration?frequency=day")]
    [InlineData("MaxItemPeriods", "20", "concentration?frequency=day&of=model")]
    [InlineData("MaxItemPeriods", "20", "learning-curve?frequency=week")]
    [InlineData("MaxItemPeriods", "20", "demand-response?frequency=week")]
    [InlineData("MaxRows", "20", "learning-curve?frequency=week&by=sector")]
    public async Task What_would_be_too_large_is_refused(string setting, string limit, string query)
    {
        await using var api = await ApiProcess.StartAsync(fixture.Service.Database.ConnectionString, new() { [$"TokenFactory__Statistics__{setting}"] = limit });

        using var answer = await api.Client.GetAsync($"/v1/{query}");

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("too_many_rows").And.Contain($"more than {limit} rows");
    }

    private async Task<List<string>> ExpectedAsync(string measure, string of, string frequency, (string Name, string Expression)[] by)
    {
        var market = by.Length == 0 ? "''" : string.Join(" || '|' || ", by.Select(d => d.Expression));
        await using var connection = new NpgsqlConnection(fixture.Service.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"""
            with output as (
                select {market} as market, date_trunc('{frequency}', e.occurred_at, 'UTC') as period, {(of == "model" ? "p.slug || '/' || m.slug" : "p.slug")} as member,
                       {(measure == "value" ? "coalesce(sum(e.amount), 0)" : "sum(e.quantity)")}::numeric(200, 60) as v
                from ledger_entry e join items i on i.id = e.item_id join models m on m.id = i.model_id join producers p on p.id = m.producer_id
                group by 1, 2, 3
            ), active as (
                select o.*, v / sum(v) over (partition by market, period) as s, row_number() over (partition by market, period order by v desc, member collate "C") as rank
                from output o where v > 0
            ), period as (
                select market, period, lag(period) over (partition by market order by period) as before, 10000 * sum(v * v) / sum(v) ^ 2 as hhi, sum(v) ^ 2 / sum(v * v) as equivalent,
                       count(*) as n, max(s) as cr1, sum(s) filter (where rank <= 4) as cr4, sum(s) filter (where rank <= 8) as cr8, max(member) filter (where rank = 1) as largest
                from active group by 1, 2
            ), entered as (
                select a.market, a.period, count(*) filter (where b.member is null) as entries, coalesce(sum(a.s) filter (where b.member is null), 0) as entry_share
                from active a join period p using (market, period) left join active b on b.market = a.market and b.period = p.before and b.member = a.member
                group by 1, 2
            ), exited as (
                select p.market, p.period, count(*) filter (where a.member is null) as exits, coalesce(sum(b.s) filter (where a.member is null), 0) as exit_share
                from period p join active b on b.market = p.market and b.period = p.before left join active a on a.market = p.market and a.period = p.period and a.member = b.member
                group by 1, 2
            ), silent as (
                select market, period, count(*) as left_out from output where v <= 0 group by 1, 2
            )
            select to_char(period at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '{(by.Length > 0 ? "|" : "")}' || market || '|' || concat_ws('|',
                trim_scale(round(hhi, 12)), case when hhi > 1800 then 'highly_concentrated' when hhi >= 1000 then 'moderately_concentrated' else 'unconcentrated' end,
                trim_scale(round(equivalent, 12)), n, trim_scale(round(cr1, 12)), trim_scale(round(cr4, 12)), trim_scale(round(cr8, 12)), largest, trim_scale(round(cr1, 12)),
                case when before is null then '-' else entries::text end, case when before is null then '-' else exits::text end,
                case when before is null then '-' else trim_scale(round(entry_share, 12))::text end, case when before is null then '-' else trim_scale(round(exit_share, 12))::text end,
                coalesce(left_out, 0))
            from period join entered using (market, period) left join exited using (market, period) left join silent using (market, period)
            """, connection);
        await using var row = await command.ExecuteReaderAsync();
        var expected = new List<string>();
        while (await row.ReadAsync())
            expected.Add(row.GetString(0));
        expected.Should().NotBeEmpty();
        return [.. expected.Order(StringComparer.Ordinal)];
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : "-";
}
