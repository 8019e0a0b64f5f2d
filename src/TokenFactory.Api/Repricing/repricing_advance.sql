-- Moves a repricing on, and counts what was found on the way: one statement, so that each batch counts once. Nothing where another has moved it
-- meanwhile. $1 repricing, $2 lane, $3 the number that it stood at, $4 the number that it reaches, $5 to $7 events examined, changed, skipped,
-- $8 entries of those that changed; then what was found, by sector and item.
with moved as (
    update repricings
    set position = position || jsonb_build_object($2::text, $4::bigint), examined = examined + $5, changed = changed + $6, skipped = skipped + $7, entries = entries + $8
    where id = $1 and state = 1 and coalesce((position ->> $2)::bigint, 0) = $3
    returning id
),
counted as (
    insert into repricing_cell as c (repricing_id, sector, item_id, quantity, amount_before, amount_after, unpriced_before, unpriced_after)
    select moved.id, d.sector, d.item_id, sum(d.quantity), sum(d.amount_before), sum(d.amount_after), sum(d.unpriced_before), sum(d.unpriced_after)
    from moved
    cross join unnest($9::smallint[], $10::integer[], $11::numeric[], $12::numeric[], $13::numeric[], $14::numeric[], $15::numeric[])
        as d (sector, item_id, quantity, amount_before, amount_after, unpriced_before, unpriced_after)
    group by moved.id, d.sector, d.item_id
    on conflict (repricing_id, sector, item_id) do update
    set quantity = c.quantity + excluded.quantity,
        amount_before = c.amount_before + excluded.amount_before, amount_after = c.amount_after + excluded.amount_after,
        unpriced_before = c.unpriced_before + excluded.unpriced_before, unpriced_after = c.unpriced_after + excluded.unpriced_after
    returning 1
)
select (select count(*) from moved)
