-- What was recorded within [$1, $2) and is not archived, lane by lane: the first and the last number, how many batches, and how many of these
-- without a chain.
select b.source_id, b.lane, min(b.seq), max(b.seq), count(*), count(*) filter (where b.head is null)
from ledger_batch b
where b.recorded_at >= $1 and b.recorded_at < $2
    and not exists (
        select from ledger_archive_lane a
        where a.source_id = b.source_id and a.lane = b.lane and a.month = date_trunc('month', b.recorded_at at time zone 'UTC')::date
            and b.seq between a.first_seq and a.last_seq)
group by b.source_id, b.lane
order by b.source_id, b.lane
