using System.Globalization;
using System.Net;
using System.Text.Json;
using static TokenFactory.Api.Tests.Statistics.AccountsLedger;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Net output from both sides against plain SQL over the ledger entries.</summary>
public sealed class NetOutputTests(AccountsLedger ledger) : IClassFixture<AccountsLedger>
{
    private static readonly string[] Money = ["start", "gross_output", "intermediate_consumption", "gdp"];
    private static readonly string[] Tokens = ["quantity", "unpriced_quantity", "free_quantity"];
    private static readonly (string Name, string Expression)[] OfFinalUse =
    [
        ("sector", "(array['unclassified', 'household', 'government', 'enterprise'])[e.sector + 1]"),
        ("model", "m.slug"),
        ("token_class", "case i.token_class when 1 then 'input' else 'output' end"),
        ("service_tier", "case i.service_tier when 1 then 'standard' else 'batch' end"),
    ];

    public static TheoryData<string, string, string> Calendars { get; } = new()
    {
        { "hour", "UTC", "2026-04-15" }, { "day", "UTC", "2026-01-05" }, { "week", "UTC", "2026-02-10" }, { "month", "UTC", "2026-04-15" },
        { "quarter", "UTC", "2026-02-10" }, { "year", "UTC", "2026-04-15" }, { "day", "Europe/Berlin", "2026-04-15" },
        { "week", "America/New_York", "2026-02-10" }, { "month", "Asia/Shanghai", "2026-04-15" }, { "hour", "Europe/Berlin", "2026-01-05" },
    };

    [Theory]
    [MemberData(nameof(Calendars))]
    public async Task Final_use_of_every_grouping_equals_the_ledger(string frequency, string zone, string asOf)
    {
        for (var set = 1; set < 1 << OfFinalUse.Length; set++)
        {
            var by = OfFinalUse.Where((_, i) => (set & (1 << i)) != 0).ToArray();
            var query = $"/v1/gdp?concept=net&frequency={frequency}&time_zone={zone}&as_of={asOf}&by={string.Join(',', by.Select(d => d.Name))}";
            var groups = string.Concat(by.Select(d => $"|| '|' || {d.Expression}"));

            var rows = await ledger.RowsAsync(query, [Money[0], .. by.Select(d => d.Name), .. Money[1..], .. Tokens]);

            rows.Order(StringComparer.Ordinal).Should().Equal((await ledger.SqlAsync(
                $"""
                select {Start(frequency, zone)} {groups}, {Sum("true")}, {Sum("e.buyer_id <> 0")}, {Sum("e.buyer_id = 0")}, {Sums("e.buyer_id = 0")}
                from {Entries} where (e.recorded_at at time zone 'UTC')::date <= '{asOf}' group by 1
                """)).Order(StringComparer.Ordinal), query);
        }
    }

    [Theory]
    [MemberData(nameof(Calendars))]
    public async Task Value_added_of_producers_equals_the_ledger(string frequency, string zone, string asOf)
    {
        var rows = await ledger.RowsAsync($"/v1/gdp?concept=net&frequency={frequency}&time_zone={zone}&as_of={asOf}&by=producer", [Money[0], "producer", .. Money[1..], .. Tokens]);

        rows.Order(StringComparer.Ordinal).Should().Equal((await ledger.SqlAsync(Production(frequency, zone, asOf, "", grouped: true))).Order(StringComparer.Ordinal));
        rows.Should().Contain(r => r.Contains("|mistral|0|", StringComparison.Ordinal), "who only buys has rows too");
        if (frequency is not "hour" and not "day")
        {
            (await ledger.RowsAsync($"/v1/gdp?concept=net&frequency={frequency}&time_zone={zone}&as_of={asOf}&producer=openai&producer=siliconflow", [.. Money, .. Tokens]))
                .Should().Equal((await ledger.SqlAsync(Production(frequency, zone, asOf, "and p.slug in ('openai', 'siliconflow')", grouped: false))).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Calendars))]
    public async Task The_total_is_the_same_from_both_sides_to_the_last_digit(string frequency, string zone, string asOf)
    {
        var of = $"/v1/gdp?concept=net&frequency={frequency}&time_zone={zone}&as_of={asOf}";
        var total = await ledger.Api.GetAsync(of);
        var (production, use) = (await ledger.Api.GetAsync($"{of}&by=producer"), await ledger.Api.GetAsync($"{of}&by=sector,token_class"));

        new[] { total, production, use }.Select(a => Text(a, "side")).Should().Equal("both", "production", "final_use");
        foreach (var column in Money[1..])
        {
            Sums(total, column).Should().NotBeEmpty();
            Sums(production, column).Should().Equal(Sums(total, column), column);
            Sums(use, column).Should().Equal(Sums(total, column), column);
        }

        Sums(use, "quantity").Should().Equal(Sums(total, "quantity"), "tokens of the total are those in final use");
        Sums(production, "quantity").Should().Equal(Sums(await ledger.Api.GetAsync($"{of.Replace("net", "gross", StringComparison.Ordinal)}&by=model"), "quantity"), "tokens of producers are those that they made");
    }

    [Fact]
    public async Task A_unit_value_is_that_of_the_tokens_beside_it()
    {
        var use = (await ledger.Api.GetAsync("/v1/gdp?concept=net&frequency=year&by=sector")).GetProperty("rows")[0];
        var made = (await ledger.Api.GetAsync("/v1/gdp?concept=net&frequency=year&by=producer")).GetProperty("rows").EnumerateArray().First(r => Text(r, "producer") == "openai");

        decimal Of(JsonElement row, string column) => decimal.Parse(Text(row, column), CultureInfo.InvariantCulture);
        foreach (var (row, money) in new[] { (use, "gdp"), (made, "gross_output") })
        {
            var priced = Of(row, "quantity") - Of(row, "unpriced_quantity");
            Of(row, "unit_value").Should().Be(decimal.Round(Of(row, money) * 1_000_000 / priced, 12, MidpointRounding.AwayFromZero));
            Text(row, "free_share").Should().Be((Of(row, "free_quantity") / priced).ToString("F6", CultureInfo.InvariantCulture));
            Text(row, "unpriced_share").Should().Be((Of(row, "unpriced_quantity") / Of(row, "quantity")).ToString("F6", CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData("by=producer,sector", "by=producer", "by=sector")]
    [InlineData("producer=openai&by=token_class", "producer=", "by=token_class")]
    [InlineData("by=producer&model=model-1&service_tier=batch", "by=producer", "service_tier=")]
    public async Task Both_sides_in_one_query_are_refused_with_the_two_that_answer(string query, params string[] told)
    {
        using var answer = await ledger.Api.Client.GetAsync($"/v1/gdp?concept=net&{query}");
        var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0];

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        error.GetProperty("pointer").GetString().Should().Be("?concept");
        told.Should().AllSatisfy(part => error.GetProperty("detail").GetString().Should().Contain($"`{part}`"));
        (await ledger.Api.Client.GetAsync($"/v1/gdp?concept=gross&{query}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private static string Start(string frequency, string zone) =>
        $"to_char(date_trunc('{frequency}', e.occurred_at, '{zone}') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";

    private static string Sum(string condition) => $"trim_scale(coalesce(sum(e.amount) filter (where {condition}), 0))";

    private static string Sums(string condition) =>
        $"""
        coalesce(sum(e.quantity) filter (where {condition}), 0), coalesce(sum(e.quantity) filter (where {condition} and e.amount is null), 0),
        coalesce(sum(e.quantity) filter (where {condition} and e.unit_value = 0), 0)
        """;

    // The accounts of each producer from entries alone: a flow of what it made, and one of what it bought.
    private static string Production(string frequency, string zone, string asOf, string where, bool grouped) =>
        $"""
        with flow as (
            select {Start(frequency, zone)} as start, m.producer_id, e.amount as made, 0 as bought, e.quantity,
                   case when e.amount is null then e.quantity else 0 end as unpriced, case when e.unit_value = 0 then e.quantity else 0 end as free
            from {Entries} where (e.recorded_at at time zone 'UTC')::date <= '{asOf}'
            union all
            select {Start(frequency, zone)}, e.buyer_id, 0, e.amount, 0, 0, 0
            from {Entries} where e.buyer_id <> 0 and (e.recorded_at at time zone 'UTC')::date <= '{asOf}')
        select start {(grouped ? "|| '|' || p.slug" : "")}, trim_scale(coalesce(sum(made), 0)), trim_scale(coalesce(sum(bought), 0)),
               trim_scale(coalesce(sum(made), 0) - coalesce(sum(bought), 0)), sum(quantity), sum(unpriced), sum(free)
        from flow join producers p on p.id = flow.producer_id where true {where} group by 1
        """;

    private static List<string> Sums(JsonElement answer, string column) =>
    [
        .. answer.GetProperty("rows").EnumerateArray().GroupBy(r => Text(r, "start"))
            .Select(g => (Start: g.Key, Sum: g.Sum(r => decimal.Parse(Text(r, column), CultureInfo.InvariantCulture)))).Where(s => s.Sum != 0)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Start} {s.Sum / 1.0000000000000000000000000000m}")),
    ];
}
