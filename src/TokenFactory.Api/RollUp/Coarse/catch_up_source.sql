-- Folds batches of one source that are folded into cells already into the coarse roll-ups, and moves their cursors: one statement, followed by the steps of
-- fold_coarse.sql. The caller holds the source's row of rollup_source. $1 source, $2 the most batches per lane, $3 entries after which a lane
-- takes no more.
with pending as materialized (
    select * from (
    select b.lane, b.seq, b.batch_id, b.recorded_at, b.entry_count, c.coarse_seq,
           sum(b.entry_count) over (partition by b.lane order by b.seq) - b.entry_count as entries_before
    from rollup_cursor c
    cross join lateral (
        select * from ledger_batch b
        where b.source_id = c.source_id and b.lane = c.lane and b.seq > c.coarse_seq and b.seq <= c.folded_seq
        order by b.seq
        limit $2) b
    where c.source_id = $1 and c.coarse_seq < c.folded_seq
    ) behind
    where entries_before < $3
),
delta as materialized (
    select d.hour, d.item_id, d.sector, d.buyer_id, d.currency,
           sum(d.entry_count)::bigint as entry_count, sum(d.quantity) as quantity, sum(d.priced_quantity) as priced_quantity,
           sum(d.free_quantity) as free_quantity, sum(d.amount) as amount, sum(d.reporting_amount) as reporting_amount
    from pending p
    cross join lateral (
        select * from rollup_delta d
        where d.source_id = $1 and d.recorded_at = p.recorded_at and d.batch_id = p.batch_id
        offset 0) d
    group by d.hour, d.item_id, d.sector, d.buyer_id, d.currency
),
cursors as (
    update rollup_cursor c set coarse_seq = p.last
    from (select lane, max(seq) as last from pending group by lane) p
    where c.source_id = $1 and c.lane = p.lane
    returning 1
),
