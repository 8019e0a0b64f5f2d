-- One day of the figures' ledger in one transaction, as the service would have recorded it at the end of that day: identities, entries, deltas
-- and the batch. Roll-ups are not written here: the service folds them from the deltas, whatever roll-ups there are by now.
-- $1 the day, $2 its number from 1, $3 events of a model in a day.
with day as (
    select s.id as source_id, nextval('ledger_batch_id') as batch_id, ($1::date + time '23:59') at time zone 'UTC' as recorded_at
    from sources s where s.slug = 'figures'
),
sale as materialized (
    -- A quarter of the models lives for the whole time; the others come and go.
    select m.id as model_id, n, (row_number() over (order by m.id, n) - 1)::integer as event_no,
           format('%s/%s/%s', $1::date, m.id, n) as event_id,
           ($1::date + make_interval(hours => m.id % 24, mins => n::integer)) at time zone 'UTC' as occurred_at
    from models m
    join producers p on p.id = m.producer_id
    cross join generate_series(1, $3::integer) n
    where p.slug like 'plant-%' and (m.id % 4 = 0 or ($2::integer + m.id * 13) % 1000 < 700)
),
line as materialized (
    select s.event_id, s.event_no, s.occurred_at, i.id as item_id, (1 + s.model_id % 3)::smallint as sector,
           (s.event_no * 4 + row_number() over (partition by s.event_no order by i.id) - 1)::integer as entry_no,
           (1000000 + (i.id::bigint * 7919 + $2 * 104729 + n * 15485863) % 9000000)::bigint as quantity,
           round((0.5 + (i.id % 97) * 0.13) * exp(-0.0005 * $2)::numeric * (1 + 0.01 * ((i.id * 31 + $2 * 17) % 7)), 6) as unit_value
    from sale s join items i on i.model_id = s.model_id
),
identities as (
    insert into event_identity (source_id, event_id, fingerprint, recorded_at, batch_id, first_entry_no, entry_count)
    select source_id, event_id, '\x01'::bytea || sha256(event_id::bytea), recorded_at, batch_id, event_no * 4, 4 from sale, day
    order by event_no
    returning 1
),
entries as (
    insert into ledger_entry (source_id, recorded_at, batch_id, entry_no, event_id, occurred_at, item_id, buyer_id, sector, quantity, basis,
                              unit_value, currency, amount, reporting_amount)
    select source_id, recorded_at, batch_id, entry_no, event_id, occurred_at, item_id, 0, sector, quantity, 1,
           unit_value, 'USD', quantity * unit_value * 0.000001, quantity * unit_value * 0.000001
    from line, day
    order by entry_no
    returning 1
),
deltas as (
    insert into rollup_delta (source_id, recorded_at, batch_id, hour, item_id, sector, buyer_id, currency,
                              entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount)
    select source_id, recorded_at, batch_id, date_trunc('hour', occurred_at, 'UTC'), item_id, sector, 0, 'USD',
           count(*), sum(quantity), sum(quantity), 0, sum(quantity * unit_value * 0.000001), sum(quantity * unit_value * 0.000001)
    from line, day
    group by 1, 2, 3, 4, 5, 6
    returning 1
),
lane as (
    insert into journal_lane as l (source_id, lane, seq) select source_id, 1, 1 from day
    on conflict (source_id, lane) do update set seq = l.seq + 1
    returning seq
)
insert into ledger_batch (source_id, lane, seq, batch_id, kind, recorded_at, received, accepted, duplicate, conflict, rejected, quarantined, entry_count)
select source_id, 1, seq, batch_id, 1, recorded_at, (select count(*) from identities), (select count(*) from identities), 0, 0, 0, 0, (select count(*) from entries)
from day, lane
returning accepted, entry_count
