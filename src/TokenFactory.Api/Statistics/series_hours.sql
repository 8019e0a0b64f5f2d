-- The first and the last hour of each combination, looked for on days that are the first or the last of one: $1.
select d.sector, p.slug, i.token_class, min(d.hour), max(d.hour)
from unnest($1::date[]) b (day)
join rollup_hour d on d.source_id = any (array(select id from sources))
    and d.hour >= b.day::timestamp at time zone 'UTC' and d.hour < (b.day + 1)::timestamp at time zone 'UTC'
join items i on i.id = d.item_id
join producers p on p.id = i.producer_id
group by d.sector, p.slug, i.token_class
