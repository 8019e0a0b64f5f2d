-- The last statement before COMMIT: take the next number of the lane and write the batch under it. No row is written when the instant of
-- recording is five minutes old: a vintage closes ten minutes after its midnight, and must not change after that.
with numbered as (
    insert into journal_lane as l (source_id, lane, seq)
    values ($1, $2, 1)
    on conflict (source_id, lane) do update set seq = l.seq + excluded.seq
    returning seq
)
insert into ledger_batch (source_id, lane, seq, batch_id, kind, recorded_at,
                          received, accepted, duplicate, conflict, rejected, quarantined, entry_count)
select $1, $2, seq, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
from numbered
where ledger_clock() < $5 + interval '5 minutes'
