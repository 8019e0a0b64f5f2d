-- Models that events named first and that nobody has confirmed: no operator has changed them, no price is theirs, and their name is no
-- other model's alias. With what was recorded of each, net of
-- what was taken back. $1 producer or null, $2 after this model's number, $3 the most rows.
with unmatched as (
    select m.id, m.producer_id, p.slug as producer, m.slug as model
    from models m
    join producers p on p.id = m.producer_id
    where m.registered_on_sight and m.id > $2 and ($1::integer is null or m.producer_id = $1)
        and not exists (select from rate_cards c where c.model_id = m.id)
        and not exists (select from model_aliases a where a.producer_id = m.producer_id and a.alias = m.slug)
    order by m.id
    limit $3
), recorded as (
    select i.model_id, sum(t.entry_count) as entry_count, sum(t.quantity) as quantity
    from (select item_id, entry_count, quantity from rollup_total union all select item_id, entry_count, quantity from rollup_pending) t
    join items i on i.id = t.item_id
    where i.model_id in (select id from unmatched)
    group by i.model_id
)
select u.id, u.producer_id, u.producer, u.model, coalesce(r.entry_count, 0)::bigint, coalesce(r.quantity, 0)::text
from unmatched u left join recorded r on r.model_id = u.id
order by u.id
