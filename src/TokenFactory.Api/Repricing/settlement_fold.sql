-- Adds the entries of one source's batches beyond the cursors to the cells of their months, where an account used a rate with month tiers,
-- opens these months, and moves the cursors: one statement. The caller holds the settlement's lock. $1 source, $2 the most batches per lane,
-- $3 entries after which a lane takes no more.
with pending as materialized (
    select * from (
    select b.lane, b.seq, b.batch_id, b.recorded_at, coalesce(c.settled_seq, 0) as settled_seq,
           sum(b.entry_count) over (partition by b.lane order by b.seq) - b.entry_count as entries_before
    from journal_lane l
    left join settlement_cursor c on c.source_id = l.source_id and c.lane = l.lane
    cross join lateral (
        select * from ledger_batch b
        where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.settled_seq, 0)
        order by b.seq
        limit $2) b
    where l.source_id = $1 and l.seq > coalesce(c.settled_seq, 0)
    ) unsettled
    where entries_before < $3
),
tiered as materialized (
    select id from rates where jsonb_typeof(terms -> 'month_tiers') = 'object'
),
-- Packages and minimum charges are money of their own, beside the price of the tokens: tiers don't move it.
used as materialized (
    select e.account_id, e.rate_id, date_trunc('month', e.occurred_at at time zone 'UTC')::date as month,
           date_trunc('hour', e.occurred_at, 'UTC') as hour, e.item_id, e.sector, e.buyer_id,
           sum(e.quantity) as quantity,
           coalesce(sum(e.amount) filter (where e.basis = 2), 0) as amount,
           coalesce(sum(e.amount) filter (where e.basis = 5), 0) as settled,
           coalesce(sum(e.reporting_amount) filter (where e.basis = 5), 0) as settled_reporting,
           coalesce(max(substring(e.event_id from '^~settlement/\d+/\d+/\d+-\d+/(\d+)/')::integer), 0) as settlements
    from pending p
    cross join lateral (
        select * from ledger_entry e
        where e.source_id = $1 and e.recorded_at = p.recorded_at and e.batch_id = p.batch_id
        offset 0) e
    join tiered t on t.id = e.rate_id
    where e.account_id is not null and e.basis in (2, 5)
    group by 1, 2, 3, 4, 5, 6, 7
),
months as (
    insert into settlement_month as m (account_id, rate_id, month, settlements, is_open)
    select account_id, rate_id, month, max(settlements), true
    from used
    group by account_id, rate_id, month
    order by account_id, rate_id, month
    on conflict (account_id, rate_id, month) do update
    set settlements = greatest(m.settlements, excluded.settlements), is_open = true
    where not m.is_open or excluded.settlements > m.settlements
    returning 1
),
cells as (
    insert into settlement_cell as c (account_id, rate_id, month, hour, item_id, sector, buyer_id, quantity, amount, settled, settled_reporting)
    select account_id, rate_id, month, hour, item_id, sector, buyer_id, quantity, amount, settled, settled_reporting
    from used
    order by account_id, rate_id, month, hour, item_id, sector, buyer_id
    on conflict (account_id, rate_id, month, hour, item_id, sector, buyer_id) do update
    set quantity = c.quantity + excluded.quantity, amount = c.amount + excluded.amount,
        settled = c.settled + excluded.settled, settled_reporting = c.settled_reporting + excluded.settled_reporting
    returning 1
),
cursors as (
    insert into settlement_cursor as c (source_id, lane, settled_seq)
    select $1, lane, max(seq) from pending group by lane
    on conflict (source_id, lane) do update set settled_seq = excluded.settled_seq
    returning 1
)
select (select count(*) from pending),
       (select count(*) from (select lane, max(seq) - min(settled_seq) - count(*) as missing from pending group by lane) gaps where missing <> 0)
       + (select count(*) from journal_lane l left join settlement_cursor c on c.source_id = l.source_id and c.lane = l.lane
          where l.source_id = $1 and l.seq > coalesce(c.settled_seq, 0) and l.lane not in (select lane from pending))
