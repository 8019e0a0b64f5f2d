using System.Globalization;
using System.Text.Json;
using static TokenFactory.Api.Tests.Statistics.AccountsLedger;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Volumes in money of the reference period against the same made in plain SQL over the ledger entries.</summary>
public sealed class ChainedVolumesTests(AccountsLedger ledger) : IClassFixture<AccountsLedger>
{
    private const string SectorName = "(array['unclassified', 'household', 'government', 'enterprise'])[e.sector + 1]";

    [Theory]
    [InlineData("gross", "month", "UTC", "", "''")]
    [InlineData("gross", "week", "Europe/Berlin", "", "''")]
    [InlineData("gross", "quarter", "UTC", "sector", SectorName)]
    [InlineData("gross", "month", "America/New_York", "sector", SectorName)]
    [InlineData("gross", "month", "UTC", "producer", "p.slug")]
    [InlineData("net", "month", "UTC", "", "''")]
    [InlineData("net", "week", "UTC", "", "''")]
    [InlineData("net", "month", "Europe/Berlin", "sector", SectorName)]
    [InlineData("net", "year", "UTC", "token_class", "case i.token_class when 1 then 'input' else 'output' end")]
    public async Task Volumes_over_the_union_equal_those_of_plain_sql(string concept, string frequency, string zone, string by, string group)
    {
        var answer = await ledger.Api.GetAsync($"/v1/gdp?prices=chained&concept={concept}&frequency={frequency}&time_zone={zone}&by={by}");
        var expected = await ledger.SqlAsync(
            $"""
            with {Cells("cell", frequency, zone, group, concept == "net" ? "e.buyer_id = 0" : "true")}, {Pairs("cell", "pair")},
            link as (
                select grp, t, sqrt(sum(p0 * q1) / sum(p0 * q0) * (sum(p1 * q1) / sum(p1 * q0))) as volume from pair group by grp, t),
            {Volumes("cell")}
            """);

        Compare(answer, by, expected);
        Text(answer, "method").Should().Be("chained_fisher_union");
    }

    [Fact]
    public async Task Value_added_of_producers_is_deflated_on_both_sides()
    {
        // In the half month that follows a reseller buys nothing that it bought before: the tests of the series have that.
        const string ended = "e.occurred_at < '2026-04-01Z'";
        var answer = await ledger.Api.GetAsync("/v1/gdp?prices=chained&concept=net&frequency=month&by=producer&reference=2025-03&end=2026-04-01");
        var expected = await ledger.SqlAsync(
            $"""
            with {Cells("made", "month", "UTC", "p.slug", ended)}, {Pairs("made", "output")},
            {Cells("bought", "month", "UTC", "b.slug", $"e.buyer_id <> 0 and {ended}", " join producers b on b.id = e.buyer_id")}, {Pairs("bought", "input")},
            side as (select grp, t, p0, q0, p1, q1 from output union all select grp, t, p0, -q0, p1, -q1 from input),
            link as (
                select grp, t, sqrt(sum(p0 * q1) / sum(p0 * q0) * (sum(p1 * q1) / sum(p1 * q0))) as volume
                from side where grp <> 'mistral' group by grp, t),
            cell as (select grp, period, v from made union all select grp, period, -v from bought where grp <> 'mistral'),
            {Volumes("cell", "where l.grp <> 'mistral'", "2025-03-01")}
            """);

        Compare(answer, "producer", expected, r => Text(r, "producer") != "mistral");
        Text(answer, "method").Should().Be("chained_fisher_union_double_deflation");
        Text(answer, "reference").Should().Be("2025-03");
        var mistral = answer.GetProperty("rows").EnumerateArray().Where(r => Text(r, "producer") == "mistral").ToList();
        mistral.Should().NotBeEmpty().And.AllSatisfy(r => (Text(r, "real"), Text(r, "null_reason")).Should().Be(("", "nonpositive_value_added")));
    }

    [Theory]
    [InlineData("gross", "sector,token_class", "")]
    [InlineData("net", "sector", "")]
    [InlineData("net", "producer", "&producer=openai&producer=moonshot&producer=siliconflow")]
    public async Task The_residual_is_what_the_volumes_of_groups_don_t_add_up_to(string concept, string by, string filters)
    {
        var parts = await ledger.Api.GetAsync($"/v1/gdp?prices=chained&concept={concept}&frequency=month{filters}&by={by}");
        var whole = await ledger.Api.GetAsync($"/v1/gdp?prices=chained&concept={concept}&frequency=month{filters}");
        var totals = parts.GetProperty("totals").EnumerateArray().ToList();

        totals.Select(t => (Text(t, "period"), Text(t, "real"))).Should().Equal(whole.GetProperty("rows").EnumerateArray().Select(r => (Text(r, "period"), Text(r, "real"))));
        totals.Select(t => Text(t, "null_reason")).Should().OnlyContain(reason => reason == "");
        Text(totals[0], "residual").Should().Be("0.000000", "in the reference period volumes are values, and those add up");
        totals.Skip(1).Should().Contain(t => Text(t, "residual").TrimStart('-') != "0.000000", "chained volumes don't");
        foreach (var total in totals)
        {
            var rows = parts.GetProperty("rows").EnumerateArray().Where(r => Text(r, "period") == Text(total, "period")).ToList();
            Number(total, "sum_of_parts").Should().BeApproximately(rows.Sum(r => Number(r, "real")), 1e-5);
            Number(total, "residual").Should().BeApproximately(Number(total, "real") - Number(total, "sum_of_parts"), 1e-5);
            rows.Should().AllSatisfy(r => Text(r, "residual").Should().Be(Text(total, "residual")));
        }
    }

    [Fact]
    public async Task Where_groups_have_no_common_reference_there_is_no_residual()
    {
        var own = await ledger.Api.GetAsync("/v1/gdp?prices=chained&frequency=month&by=model");
        var named = await ledger.Api.GetAsync("/v1/gdp?prices=chained&frequency=month&by=model&reference=2025-03");

        own.GetProperty("reference").ValueKind.Should().Be(JsonValueKind.Null, "models came in different months");
        own.GetProperty("totals").EnumerateArray().Should().AllSatisfy(t => (Text(t, "residual"), Text(t, "null_reason")).Should().Be(("", "no_common_reference")));
        named.GetProperty("rows").EnumerateArray().Should().Contain(r => Text(r, "null_reason") == "no_reference_period", "some models were not sold in March");
        named.GetProperty("totals").EnumerateArray().Should().Contain(t => Text(t, "null_reason") == "part_without_volume");
        named.GetProperty("rows").EnumerateArray().Where(r => Text(r, "period") == "2025-03" && Text(r, "real") != "")
            .Should().NotBeEmpty().And.AllSatisfy(r => (Number(r, "deflator"), Number(r, "real")).Should().Be((100, Math.Round(Number(r, "gdp"), 6, MidpointRounding.AwayFromZero))));
    }

    [Fact]
    public async Task A_reference_outside_the_window_gives_no_volume_and_says_so()
    {
        var rows = (await ledger.Api.GetAsync("/v1/gdp?prices=chained&frequency=month&start=2025-06-01&end=2025-09-01&reference=2025-05")).GetProperty("rows").EnumerateArray().ToList();

        rows.Should().HaveCount(3).And.AllSatisfy(r => (Text(r, "real"), Text(r, "deflator"), Text(r, "null_reason")).Should().Be(("", "", "no_reference_period")));
        rows.Should().AllSatisfy(r => Number(r, "gdp").Should().BePositive());
    }

    [Theory]
    [InlineData("concept=gross")]
    [InlineData("concept=net&by=sector")]
    [InlineData("concept=net&by=producer")]
    [InlineData("prices=chained")]
    [InlineData("prices=chained&by=model,token_class&units=pch")]
    [InlineData("prices=chained&concept=net&by=producer&units=pc1")]
    [InlineData("units=chg&by=service_tier")]
    public async Task Csv_has_the_columns_and_values_of_json(string query)
    {
        var lines = (await ledger.Api.Client.GetStringAsync($"/v1/gdp?{query}&format=csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var json = (await ledger.Api.GetAsync($"/v1/gdp?{query}")).GetProperty("rows").EnumerateArray().ToList();

        json.Should().AllSatisfy(r => r.EnumerateObject().Select(p => p.Name).Should().Equal(lines[0].Split(',')));
        lines.Skip(1).Should().Equal(json.Select(r => string.Join(',', r.EnumerateObject().Select(p => Text(r, p.Name)))));
    }

    private static void Compare(JsonElement answer, string by, List<string> expected, Func<JsonElement, bool>? which = null)
    {
        var rows = answer.GetProperty("rows").EnumerateArray().Where(which ?? (_ => true)).ToDictionary(r => $"{(by == "" ? "" : Text(r, by))}|{Text(r, "start")}");
        expected.Should().HaveCount(rows.Count).And.HaveCountGreaterThan(1);
        foreach (var line in expected.Select(l => l.Split('|')))
        {
            var row = rows[$"{line[0]}|{line[1]}"];
            var (nominal, real) = (double.Parse(line[2], CultureInfo.InvariantCulture), double.Parse(line[3], CultureInfo.InvariantCulture));
            Number(row, "real").Should().BeApproximately(real, (1e-9 * real) + 5e-7, string.Join(' ', line));
            Number(row, "deflator").Should().BeApproximately(100 * nominal / real, (1e-9 * 100 * nominal / real) + 5e-7);
            // What is published is rounded to 6 decimals; the product is the value but for that.
            (Number(row, "real") * Number(row, "deflator") / 100).Should().BeApproximately(
                Number(row, "gdp"), (1e-9 * nominal) + (5e-7 * (Number(row, "real") + Number(row, "deflator")) / 100));
        }
    }

    // Value and priced tokens by item and period.
    private static string Cells(string name, string frequency, string zone, string group, string where, string join = "") =>
        $"""
        {name} as (
            select date_trunc('{frequency}', e.occurred_at, '{zone}') as period, {group} as grp, e.item_id,
                   coalesce(sum(e.amount), 0)::float8 as v, coalesce(sum(e.quantity) filter (where e.amount is not null), 0)::float8 as q
            from {Entries}{join} where {where} group by 1, 2, 3)
        """;

    // Each two neighbouring periods: every item of either, missing prices imputed at the matched Fisher price index.
    private static string Pairs(string cells, string name) =>
        $"""
        {name}_item as (select c.*, v / q as p, dense_rank() over (partition by grp order by period) as t from {cells} c where q > 0 and v >= 0),
        {name}_both as (
            select s.grp, s.t, x.* from (select distinct grp, t from {name}_item where t > 1) s cross join lateral (
                select a.p as p0, coalesce(a.q, 0) as q0, b.p as p1, coalesce(b.q, 0) as q1
                from (select * from {name}_item where grp = s.grp and t = s.t - 1) a
                full join (select * from {name}_item where grp = s.grp and t = s.t) b on b.item_id = a.item_id) x),
        {name}_mean as (
            select grp, t, sqrt(sum(p1 * q0) / sum(p0 * q0) * (sum(p1 * q1) / sum(p0 * q1))) as p
            from {name}_both where p0 is not null and p1 is not null group by grp, t),
        {name} as (select grp, t, coalesce(b.p0, b.p1 / m.p) as p0, b.q0, coalesce(b.p1, b.p0 * m.p) as p1, b.q1 from {name}_both b join {name}_mean m using (grp, t))
        """;

    // The links multiplied, and the value of the reference period moved by them.
    private static string Volumes(string cells, string where = "", string? reference = null) =>
        $"""
        value as (select grp, period, sum(v) as v, dense_rank() over (partition by grp order by period) as t from {cells} group by grp, period),
        level as (select v.grp, v.period, v.t, v.v, exp(sum(ln(coalesce(l.volume, 1))) over (partition by v.grp order by v.t)) as i from value v left join link l using (grp, t))
        select l.grp, to_char(l.period at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.v, r.v * l.i / r.i
        from level l join level r on r.grp = l.grp and {(reference is null ? "r.t = 1" : $"r.period = '{reference}'")} {where}
        """;

    private static double Number(JsonElement row, string name) => double.Parse(Text(row, name), CultureInfo.InvariantCulture);
}
