-- The batches of a lane that may hold events of a repricing. $1 source, $2 lane, $3 the number after which, $4 the last, $5 the first instant of
-- recording that an event of the window may have.
select b.seq, b.recorded_at, b.batch_id, b.entry_count
from ledger_batch b
where b.source_id = $1 and b.lane = $2 and b.seq > $3 and b.seq <= $4 and b.kind = 1 and b.entry_count > 0 and b.recorded_at >= $5
order by b.seq
