-- What a repricing changes: in all, by sector, by producer and by item, those with the largest difference first, and how many rows there are of each
-- kind. Sums pass what a decimal holds: they go out as text. $1 repricing, $2 the most rows of a kind.
with grouped as (
    select case grouping(c.sector, p.slug, m.slug) when 7 then 'total' when 3 then 'sector' when 5 then 'producer' else 'item' end as kind,
           c.sector, p.slug as producer, m.slug as model, i.token_class, i.service_tier,
           coalesce(sum(c.amount_before), 0) as before, coalesce(sum(c.amount_after), 0) as after, coalesce(sum(c.quantity), 0) as quantity,
           coalesce(sum(c.unpriced_before), 0) as unpriced_before, coalesce(sum(c.unpriced_after), 0) as unpriced_after
    from repricing_cell c
    join items i on i.id = c.item_id
    join models m on m.id = i.model_id
    join producers p on p.id = i.producer_id
    where c.repricing_id = $1
    group by grouping sets ((), (c.sector), (p.slug), (p.slug, m.slug, i.token_class, i.service_tier))
),
placed as (
    select grouped.*, count(*) over (partition by kind) as rows,
           row_number() over (partition by kind order by abs(after - before) desc, abs(unpriced_after - unpriced_before) desc,
                              sector, producer, model, token_class, service_tier) as place
    from grouped
)
select kind, sector, producer, model, token_class, service_tier, trim_scale(before)::text, trim_scale(after)::text, trim_scale(after - before)::text,
       trim_scale(quantity)::text, trim_scale(unpriced_before)::text, trim_scale(unpriced_after)::text, rows
from placed
where place <= $2
order by kind, place
