-- Folds the batches of one source that lie beyond its cursors into cells, totals and outcomes, and moves the cursors: one statement, of which the steps of
-- Coarse/fold_coarse.sql are the last. Where the coarse roll-ups are behind they are left as they are, for catching up.
-- The caller holds the source's row of rollup_source. $1 source, $2 the most batches per lane, $3 entries after which a lane takes no more:
-- however long it stood still, a fold is over in time.
with pending as materialized (
    select * from (
    select b.lane, b.seq, b.batch_id, b.recorded_at,
           b.received, b.accepted, b.duplicate, b.conflict, b.rejected, b.quarantined, coalesce(c.folded_seq, 0) as folded_seq,
           sum(b.entry_count) over (partition by b.lane order by b.seq) - b.entry_count as entries_before
    from journal_lane l
    left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane
    cross join lateral (
        select * from ledger_batch b
        where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.folded_seq, 0)
        order by b.seq
        limit $2) b
    where l.source_id = $1 and l.seq > coalesce(c.folded_seq, 0)
    ) unfolded
    where entries_before < $3
),
grouped as materialized (
    select d.hour, d.item_id, d.sector, d.buyer_id, d.currency, (p.recorded_at at time zone 'UTC')::date as vintage,
           sum(d.entry_count)::bigint as entry_count, sum(d.quantity) as quantity, sum(d.priced_quantity) as priced_quantity,
           sum(d.free_quantity) as free_quantity, sum(d.amount) as amount, sum(d.reporting_amount) as reporting_amount
    from pending p
    cross join lateral (
        select * from rollup_delta d
        where d.source_id = $1 and d.recorded_at = p.recorded_at and d.batch_id = p.batch_id
        offset 0) d
    group by d.hour, d.item_id, d.sector, d.buyer_id, d.currency, vintage
),
hours as (
    insert into rollup_cell_hour as c (source_id, hour, item_id, sector, buyer_id, currency, vintage,
                                       entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount)
    select $1, hour, item_id, sector, buyer_id, currency, vintage,
           entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
    from grouped
    order by hour, item_id, sector, buyer_id, currency, vintage
    on conflict (source_id, hour, item_id, sector, buyer_id, currency, vintage) do update
    set entry_count = c.entry_count + excluded.entry_count, quantity = c.quantity + excluded.quantity,
        priced_quantity = c.priced_quantity + excluded.priced_quantity, free_quantity = c.free_quantity + excluded.free_quantity,
        amount = c.amount + excluded.amount, reporting_amount = c.reporting_amount + excluded.reporting_amount
    returning 1
),
days as (
    insert into rollup_cell_day as c (source_id, day, item_id, sector, buyer_id, currency, vintage,
                                      entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount)
    select $1, (hour at time zone 'UTC')::date as day, item_id, sector, buyer_id, currency, vintage,
           sum(entry_count), sum(quantity), sum(priced_quantity), sum(free_quantity), sum(amount), sum(reporting_amount)
    from grouped
    group by day, item_id, sector, buyer_id, currency, vintage
    order by day, item_id, sector, buyer_id, currency, vintage
    on conflict (source_id, day, item_id, sector, buyer_id, currency, vintage) do update
    set entry_count = c.entry_count + excluded.entry_count, quantity = c.quantity + excluded.quantity,
        priced_quantity = c.priced_quantity + excluded.priced_quantity, free_quantity = c.free_quantity + excluded.free_quantity,
        amount = c.amount + excluded.amount, reporting_amount = c.reporting_amount + excluded.reporting_amount
    returning 1
),
totals as (
    insert into rollup_total as c (source_id, currency, item_id,
                                   entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount)
    select $1, currency, item_id,
           sum(entry_count), sum(quantity), sum(priced_quantity), sum(free_quantity), sum(amount), sum(reporting_amount)
    from grouped
    group by currency, item_id
    order by currency, item_id
    on conflict (source_id, currency, item_id) do update
    set entry_count = c.entry_count + excluded.entry_count, quantity = c.quantity + excluded.quantity,
        priced_quantity = c.priced_quantity + excluded.priced_quantity, free_quantity = c.free_quantity + excluded.free_quantity,
        amount = c.amount + excluded.amount, reporting_amount = c.reporting_amount + excluded.reporting_amount
    returning 1
),
outcomes as (
    insert into rollup_outcome as c (source_id, received, accepted, duplicate, conflict, rejected, quarantined)
    select $1, sum(received), sum(accepted), sum(duplicate), sum(conflict), sum(rejected), sum(quarantined)
    from pending
    having count(*) > 0
    on conflict (source_id) do update
    set received = c.received + excluded.received, accepted = c.accepted + excluded.accepted,
        duplicate = c.duplicate + excluded.duplicate, conflict = c.conflict + excluded.conflict,
        rejected = c.rejected + excluded.rejected, quarantined = c.quarantined + excluded.quarantined
    returning 1
),
coarse as materialized (
    select not exists (select from rollup_cursor c where c.source_id = $1 and c.coarse_seq < c.folded_seq) as is_current
),
cursors as (
    insert into rollup_cursor as c (source_id, lane, folded_seq, coarse_seq)
    select $1, lane, max(seq), case when (select is_current from coarse) then max(seq) else 0 end from pending group by lane
    on conflict (source_id, lane) do update
    set folded_seq = excluded.folded_seq, coarse_seq = case when (select is_current from coarse) then excluded.folded_seq else c.coarse_seq end
    returning 1
),
delta as (
    select * from grouped where (select is_current from coarse)
),
