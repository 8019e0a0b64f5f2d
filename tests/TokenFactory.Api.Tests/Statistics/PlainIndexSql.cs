namespace TokenFactory.Api.Tests.Statistics;

/// <summary>
/// Chained Fisher indices over the ledger entries in plain SQL, with nothing of the service's own arithmetic: levels by group and week, of the
/// matched items (price, quantity) and of the union (volume, with missing prices imputed at the matched Fisher), in double precision.
/// </summary>
internal static class PlainIndexSql
{
    /// <summary>Common table expressions that end in <c>level (market, period, n, price, quantity, volume)</c>; volume is in money of the first period.</summary>
    /// <param name="market">The group, as an expression over an entry e, its item i and producer p.</param>
    /// <param name="where">Which entries.</param>
    public static string Levels(string market, string where = "true") =>
        $"""
        item_period as (
            select {market} as market, date_trunc('week', e.occurred_at, 'UTC') as period, e.item_id,
                   sum(coalesce(e.amount, 0))::float8 as v, (sum(e.quantity) filter (where e.amount is not null))::float8 as q
            from ledger_entry e join items i on i.id = e.item_id join producers p on p.id = i.producer_id
            where {where}
            group by 1, 2, 3
        ), numbered as (
            select *, v / q as p, dense_rank() over (partition by market order by period) as n from item_period where q > 0 and v >= 0
        ), pair as (
            select coalesce(a.market, b.market) as market, coalesce(a.n + 1, b.n) as n, a.p as p0, a.q as q0, a.v as v0, b.p as p1, b.q as q1, b.v as v1
            from numbered a full join numbered b on b.market = a.market and b.item_id = a.item_id and b.n = a.n + 1
        ), matched as (
            select market, n, sqrt(sum(p1 * q0) / sum(p0 * q0) * sum(p1 * q1) / sum(p0 * q1)) as price,
                   sqrt(sum(p0 * q1) / sum(p0 * q0) * sum(p1 * q1) / sum(p1 * q0)) as quantity
            from pair where p0 is not null and p1 is not null group by 1, 2
        ), link as (
            select market, n, m.price, m.quantity,
                   sum(v1) / sum(v0) / sqrt(sum(coalesce(p1, p0 * m.price) * q0) / sum(v0) * sum(v1) / sum(coalesce(p0, p1 / m.price) * q1)) as volume
            from pair join matched m using (market, n) group by 1, 2, 3, 4
        ), total as (
            select market, n, period, sum(v) as v from numbered group by 1, 2, 3
        ), level as (
            select t.market, t.period, t.n,
                   100 * exp(coalesce(sum(ln(l.price)) over up_to, 0)) as price, 100 * exp(coalesce(sum(ln(l.quantity)) over up_to, 0)) as quantity,
                   first_value(t.v) over up_to * exp(coalesce(sum(ln(l.volume)) over up_to, 0)) as volume
            from total t left join link l using (market, n)
            window up_to as (partition by t.market order by t.n)
        )
        """;

    /// <summary>Slope, standard error and R2 of y on x, by PostgreSQL's own regression, as aggregates.</summary>
    public static string Fit(string y, string x) =>
        $"regr_slope({y}, {x}), sqrt((regr_syy({y}, {x}) - regr_slope({y}, {x}) * regr_sxy({y}, {x})) / (regr_count({y}, {x}) - 2) / regr_sxx({y}, {x})), regr_r2({y}, {x})";
}
