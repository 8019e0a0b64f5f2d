-- The items of a figure, the largest first, after a position; the whole stands beside each row, and alone where there is none. {sector} is the
-- sector, or one for all; {purchase} tells what a producer bought, which is taken off, from what it made. Tokens are counted where they were made.
-- The position is {gdp} (null: the beginning), {item}, {after} and {bought}.
with item as (
    select d.item_id, {sector} as sector, {purchase} as is_purchase,
           sum(case when {purchase} then -d.reporting_amount else d.reporting_amount end) as gdp, sum(d.quantity) as quantity,
           sum(d.priced_quantity) as priced_quantity, sum(d.free_quantity) as free_quantity, sum(d.entry_count) as entries
    {cells}
    group by 1, 2, 3
), total as (
    select coalesce(sum(gdp), 0) as gdp, coalesce(sum(quantity) filter (where not is_purchase), 0) as quantity,
           coalesce(sum(quantity - priced_quantity) filter (where not is_purchase), 0) as unpriced_quantity,
           coalesce(sum(free_quantity) filter (where not is_purchase), 0) as free_quantity, coalesce(sum(entries), 0) as entries
    from item
), page as (
    select * from item
    where {gdp} is null or gdp < {gdp} or (gdp = {gdp} and (item_id, sector, is_purchase) > ({item}, {after}, {bought}))
    order by gdp desc, item_id, sector, is_purchase
    limit {limit}
)
select trim_scale(t.gdp)::text, t.quantity::text, t.unpriced_quantity::text, t.free_quantity::text, t.entries::bigint,
       l.item_id, l.sector, trim_scale(l.gdp)::text, l.quantity::text, (l.quantity - l.priced_quantity)::text, l.free_quantity::text, l.entries::bigint,
       l.priced_quantity::text, trim_scale(round(l.gdp::numeric(200, 60) * 1000000 / nullif(case when l.is_purchase then -1 else 1 end * l.priced_quantity, 0), 12))::text,
       round(l.gdp::numeric(200, 60) / nullif(t.gdp, 0), 6)::text, p.slug, m.slug, i.token_class, i.service_tier, l.is_purchase
from total t
left join (page l
    join items i on i.id = l.item_id
    join models m on m.id = i.model_id
    join producers p on p.id = i.producer_id) on true
order by l.gdp desc, l.item_id, l.sector, l.is_purchase
