using System.Globalization;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Index numbers over HTTP against formulas that PostgreSQL works out from the ledger entries alone.</summary>
public sealed class IndexAgreementTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    // Elementary prices and quantities of each item and month, straight from the entries; free items are present, unpriced entries are not.
    private const string Panel =
        """
        with entry as (
            select date_trunc('month', e.occurred_at, 'UTC') as month, e.item_id as item, e.quantity, e.amount
            from ledger_entry e join items i on i.id = e.item_id join producers p on p.id = i.producer_id
            where e.currency = 'USD' and e.unit_value is not null and {filter}),
        panel as (
            select dense_rank() over (order by month)::int as t, item, sum(quantity)::float8 as q, (sum(amount) / sum(quantity))::float8 as p
            from entry group by month, item having sum(quantity) > 0 and sum(amount) >= 0),
        pair as (
            select a.t as s, b.t, sum(b.p * a.q) / nullif(sum(a.p * a.q), 0) as laspeyres, sum(b.p * b.q) / nullif(sum(a.p * b.q), 0) as paasche,
                   sum(a.p * b.q) / nullif(sum(a.p * a.q), 0) as laspeyres_quantity, sum(b.p * b.q) / nullif(sum(b.p * a.q), 0) as paasche_quantity
            from panel a join panel b on a.item = b.item group by a.t, b.t),
        fisher as (select s, t, sqrt(laspeyres * paasche) as f from pair)

        """;

    private const string Tornqvist =
        """
        , share as (
            select a.t as s, b.t, a.item, a.p as p0, b.p as p1, a.p * a.q / sum(a.p * a.q) over w as s0, b.p * b.q / sum(b.p * b.q) over w as s1
            from panel a join panel b on a.item = b.item where a.t = 1 window w as (partition by b.t))
        select t, 100 * exp(sum(0.5 * (s0 + s1) * ln(p1 / p0))) from share group by t order by t
        """;

    private const string Geks =
        """
        select r.t, 100 * exp(avg(ln(a.f) + ln(b.f)))
        from (select distinct t from panel) r join fisher a on a.s = 1 join fisher b on b.s = a.t and b.t = r.t group by r.t order by r.t
        """;

    // A missing price is imputed at the matched Fisher: new items back from their own, vanished ones forth.
    private const string Union =
        """
        , link as (
            select k.t, sum(p1 * q0) / sum(p0 * q0) as l, sum(p1 * q1) / sum(p0 * q1) as p, sum(p0 * q1) / sum(p0 * q0) as lq, sum(p1 * q1) / sum(p1 * q0) as pq
            from (select f.t, coalesce(a.p, b.p / f.f) as p0, coalesce(b.p, a.p * f.f) as p1, coalesce(a.q, 0) as q0, coalesce(b.q, 0) as q1
                  from fisher f join (select distinct item from panel) i on true
                  left join panel a on a.t = f.s and a.item = i.item
                  left join panel b on b.t = f.t and b.item = i.item
                  where f.t = f.s + 1 and (a.item is not null or b.item is not null)) k
            group by k.t)
        select t, 100 * exp(sum(ln(sqrt({a} * {b}))) over (order by t)) from (select 1 as t, 1.0::float8 as l, 1.0::float8 as p, 1.0::float8 as lq, 1.0::float8 as pq union all select * from link) l order by t
        """;

    private readonly ApiProcess _api = fixture.Service.Api;

    public static TheoryData<string, string, string> Cases()
    {
        const string fixedBase = "select t, 100 * {0} from pair where s = 1 order by t";
        var data = new TheoryData<string, string, string>();
        foreach (var filter in new[] { "producer=moonshot", "producer=openai&sector=household", "token_class=output" })
        {
            data.Add(filter, "method=laspeyres&linking=fixed_base&items=matched", string.Format(CultureInfo.InvariantCulture, fixedBase, "laspeyres"));
            data.Add(filter, "method=paasche&linking=fixed_base&items=matched", string.Format(CultureInfo.InvariantCulture, fixedBase, "paasche"));
            data.Add(filter, "method=fisher&linking=fixed_base&items=matched&index=quantity", string.Format(CultureInfo.InvariantCulture, fixedBase, "sqrt(laspeyres_quantity * paasche_quantity)"));
            data.Add(filter, "method=fisher&linking=chained&items=matched", "select t, 100 * exp(sum(ln(f)) over (order by t)) from fisher where t = s + 1 or t = 1 and s = 1 order by t");
            data.Add(filter, "method=geks_fisher", Geks);
            data.Add(filter, "method=fisher", Union.Replace("{a}", "l", StringComparison.Ordinal).Replace("{b}", "p", StringComparison.Ordinal));
            data.Add(filter, "method=fisher&index=quantity", Union.Replace("{a}", "lq", StringComparison.Ordinal).Replace("{b}", "pq", StringComparison.Ordinal));
        }

        // Free items leave it undefined: over items that were never free.
        data.Add("producer=moonshot&service_tier=batch&model=priced", "method=tornqvist&linking=fixed_base&items=matched", Tornqvist);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_index_equals_its_formula_in_plain_SQL_over_the_ledger(string filter, string query, string sql)
    {
        if (filter.Contains("model=priced", StringComparison.Ordinal))
            await RecordPricedAsync();
        var expected = await ExpectedAsync(filter, sql);

        var rows = (await _api.GetAsync($"/v1/indices?frequency=month&start=2026-06-01&end=2026-10-01&{filter}&{query}")).GetProperty("rows").EnumerateArray()
            .Select(r => double.Parse(r.GetProperty("index").GetString()!, CultureInfo.InvariantCulture)).ToList();

        rows.Should().HaveCountGreaterThan(2).And.HaveCount(expected.Count);
        for (var t = 0; t < rows.Count; t++)
            rows[t].Should().BeApproximately(expected[t], 1e-6 * Math.Max(1, expected[t] / 100), $"{filter} {query}, month {t + 1}");
    }

    private async Task RecordPricedAsync()
    {
        var random = new Random(11);
        for (var i = 0; i < 60; i++)
        {
            using var answer = await _api.PostAsync("/v1/events", Events.Native(
                $"priced-{i}", occurredAt: new DateTimeOffset(2026, 6 + (i % 4), 1 + (i / 4), 0, 0, 0, TimeSpan.Zero).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                model: "priced", tier: "batch", input: random.Next(1, 1_000_000), output: random.Next(1, 100_000), outputValue: Events.Number(random.Next(1, 90))));
            answer.EnsureSuccessStatusCode();
        }
    }

    private async Task<List<double>> ExpectedAsync(string filter, string sql)
    {
        var conditions = filter.Split('&').Select(f => f.Split('=')).Select(f => f[0] switch
        {
            "producer" => $"p.slug = '{f[1]}'",
            "sector" => "e.sector = 1",
            "token_class" => "i.token_class = 8",
            "service_tier" => "i.service_tier = 2",
            "model" => $"i.model_id in (select id from models where slug = '{f[1]}')",
            _ => throw new ArgumentException(f[0]),
        });
        await using var connection = new NpgsqlConnection(fixture.Service.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Panel.Replace("{filter}", string.Join(" and ", conditions), StringComparison.Ordinal) + sql, connection);
        await using var row = await command.ExecuteReaderAsync();
        var levels = new List<double>();
        while (await row.ReadAsync())
            levels.Add(row.GetDouble(1));
        return levels;
    }
}
