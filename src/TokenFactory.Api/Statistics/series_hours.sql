-- The first and the last hour of each combination, looked for on days that are the first or the last of one: $1. is_purchase: not of who made it
-- but of the producer that bought it.
select d.sector, p.slug, i.token_class, u.is_purchase, min(d.hour), max(d.hour)
from unnest($1::date[]) b (day)
join rollup_hour d on d.source_id = any (array(select id from sources))
    and d.hour >= b.day::timestamp at time zone 'UTC' and d.hour < (b.day + 1)::timestamp at time zone 'UTC'
join items i on i.id = d.item_id
cross join lateral (values (i.producer_id, false), (d.buyer_id, true)) u (producer_id, is_purchase)
join producers p on p.id = u.producer_id
group by d.sector, p.slug, i.token_class, u.is_purchase
