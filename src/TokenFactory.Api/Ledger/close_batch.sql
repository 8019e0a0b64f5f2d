-- The last statement before COMMIT: take the next number of the lane and write the batch under it, sealed into the lane's chain. No row is written when the
-- instant of recording is five minutes old: a vintage closes ten minutes after its midnight, and must not change after that.
with numbered as (
    insert into journal_lane as l (source_id, lane, seq, head)
    values ($1, $2, 1, ledger_head(null, $1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14))
    on conflict (source_id, lane) do update
        set seq = l.seq + excluded.seq, head = ledger_head(l.head, $1, $2, l.seq + excluded.seq, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    returning seq, head
)
insert into ledger_batch (source_id, lane, seq, batch_id, kind, recorded_at,
                          received, accepted, duplicate, conflict, rejected, quarantined, entry_count, seal_format, root, leaves, head)
select $1, $2, seq, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, head
from numbered
where ledger_clock() < $5 + interval '5 minutes'
