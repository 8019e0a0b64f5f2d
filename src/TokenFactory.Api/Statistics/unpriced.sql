-- What has no value, by item and currency, day by day net of what was taken back: a day that has been valued since counts no more, for the
-- first and the last day neither. The whole stands beside each row, and alone where there is none.
with cell as (
    select d.item_id, d.currency, d.day, sum(d.quantity) as quantity, sum(d.quantity) - sum(d.priced_quantity) as unpriced_quantity,
           sum(d.entry_count) as entry_count
    {cells}
    group by d.item_id, d.currency, d.day
), open_item as (
    select item_id, currency, sum(unpriced_quantity) as unpriced_quantity, min(day) as first_day, max(day) as last_day, sum(entry_count) as entry_count
    from cell
    where unpriced_quantity <> 0
    group by item_id, currency
), total as (
    select coalesce(sum(quantity), 0) as quantity, coalesce(sum(unpriced_quantity), 0) as unpriced_quantity from cell
)
select t.quantity::text, t.unpriced_quantity::text, trim_scale(round(t.unpriced_quantity::numeric(200, 60) / nullif(t.quantity, 0), 12))::text,
       p.slug, m.slug, i.token_class, i.service_tier, o.currency, o.unpriced_quantity::text, o.first_day, o.last_day, o.entry_count::bigint
from total t
left join (open_item o
    join items i on i.id = o.item_id
    join models m on m.id = i.model_id
    join producers p on p.id = i.producer_id) on true
order by o.unpriced_quantity desc, p.slug, m.slug, i.token_class, i.service_tier, o.currency
