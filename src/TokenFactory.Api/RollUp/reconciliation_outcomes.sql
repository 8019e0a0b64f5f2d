-- Events by outcome: folded counts and the batches beyond the cursors.
select coalesce(sum(received), 0)::bigint, coalesce(sum(accepted), 0)::bigint, coalesce(sum(duplicate), 0)::bigint,
       coalesce(sum(conflict), 0)::bigint, coalesce(sum(rejected), 0)::bigint, coalesce(sum(quarantined), 0)::bigint
from (
    select received, accepted, duplicate, conflict, rejected, quarantined from rollup_outcome
    union all
    select b.received, b.accepted, b.duplicate, b.conflict, b.rejected, b.quarantined
    from journal_lane l
    left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane
    cross join lateral (
        select * from ledger_batch b
        where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.folded_seq, 0)
        offset 0) b
    where l.seq > coalesce(c.folded_seq, 0)
) counts
