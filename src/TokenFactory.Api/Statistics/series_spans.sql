-- The first and the last hour of each combination: days first, which are few; then the hours of the days that one begins or ends with. OFFSET 0
-- keeps each of these a look-up by key. is_purchase: not of who made it but of the producer that bought it.
with item as (
    select item_id, sector, buyer_id, min(day) as first_day, max(day) as last_day
    from rollup_day
    group by item_id, sector, buyer_id
), subject as (
    select s.sector, u.producer_id, u.is_purchase, i.token_class, min(s.first_day) as first_day, max(s.last_day) as last_day
    from item s
    join items i on i.id = s.item_id
    cross join lateral (values (i.producer_id, false), (s.buyer_id, true)) u (producer_id, is_purchase)
    group by s.sector, u.producer_id, u.is_purchase, i.token_class
), bound as (
    select first_day as day from subject
    union
    select last_day from subject
), cell as (
    select c.item_id, c.sector, c.buyer_id, min(c.hour) as first_hour, max(c.hour) as last_hour
    from bound b
    cross join lateral (
        select h.item_id, h.sector, h.buyer_id, h.hour
        from rollup_hour h
        where h.source_id = any (array(select id from sources))
          and h.hour >= b.day::timestamp at time zone 'UTC' and h.hour < (b.day + 1)::timestamp at time zone 'UTC'
        offset 0) c
    group by c.item_id, c.sector, c.buyer_id
)
select c.sector, p.slug, i.token_class, u.is_purchase, min(c.first_hour), max(c.last_hour)
from cell c
join items i on i.id = c.item_id
cross join lateral (values (i.producer_id, false), (c.buyer_id, true)) u (producer_id, is_purchase)
join producers p on p.id = u.producer_id
group by c.sector, p.slug, i.token_class, u.is_purchase
