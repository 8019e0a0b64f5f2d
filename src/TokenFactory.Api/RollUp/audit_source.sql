-- Adds up the ledger entries of one source's batches beyond the audit's cursors, and moves them: one statement. Entries, never deltas: this
-- is the other side of the reconciliation. The caller holds the source's audit lock. $1 source, $2 the most batches per lane, $3 entries after which a lane
-- takes no more.
with pending as materialized (
    select * from (
    select b.lane, b.seq, b.batch_id, b.recorded_at, coalesce(c.audited_seq, 0) as audited_seq,
           sum(b.entry_count) over (partition by b.lane order by b.seq) - b.entry_count as entries_before
    from journal_lane l
    left join audit_cursor c on c.source_id = l.source_id and c.lane = l.lane
    cross join lateral (
        select * from ledger_batch b
        where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.audited_seq, 0)
        order by b.seq
        limit $2) b
    where l.source_id = $1 and l.seq > coalesce(c.audited_seq, 0)
    ) unaudited
    where entries_before < $3
),
totals as (
    insert into audit_total as t (source_id, currency, item_id,
                                  entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount)
    select $1, coalesce(e.currency, 'XXX') as currency, e.item_id,
           count(*), sum(e.quantity), coalesce(sum(e.quantity) filter (where e.reporting_amount is not null), 0),
           coalesce(sum(e.quantity) filter (where e.reporting_amount is not null and e.unit_value = 0), 0),
           coalesce(sum(e.amount), 0), coalesce(sum(e.reporting_amount), 0)
    from pending p
    cross join lateral (
        select * from ledger_entry e
        where e.source_id = $1 and e.recorded_at = p.recorded_at and e.batch_id = p.batch_id
        offset 0) e
    group by coalesce(e.currency, 'XXX'), e.item_id
    order by 2, 3
    on conflict (source_id, currency, item_id) do update
    set entry_count = t.entry_count + excluded.entry_count, quantity = t.quantity + excluded.quantity,
        priced_quantity = t.priced_quantity + excluded.priced_quantity, free_quantity = t.free_quantity + excluded.free_quantity,
        amount = t.amount + excluded.amount, reporting_amount = t.reporting_amount + excluded.reporting_amount
    returning 1
),
cursors as (
    insert into audit_cursor as c (source_id, lane, audited_seq)
    select $1, lane, max(seq) from pending group by lane
    on conflict (source_id, lane) do update set audited_seq = excluded.audited_seq
    returning 1
)
select (select count(*) from pending),
       (select count(*) from (select lane, max(seq) - min(audited_seq) - count(*) as missing from pending group by lane) gaps where missing <> 0)
