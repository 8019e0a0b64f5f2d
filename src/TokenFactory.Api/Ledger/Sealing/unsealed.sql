-- Batches that are chained and not in the tree yet, lane by lane in their order; at most $1. What a version without chains wrote is passed over.
select b.source_id, b.lane, b.seq, b.root, b.head
from journal_lane l
left join ledger_tree_cursor c on c.source_id = l.source_id and c.lane = l.lane
cross join lateral (
    select b.source_id, b.lane, b.seq, b.root, b.head from ledger_batch b
    where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.sealed_seq, 0) and b.head is not null and b.root is not null
    order by b.seq limit $1) b
where l.head is not null and l.seq > coalesce(c.sealed_seq, 0)
order by l.source_id, l.lane, b.seq
limit $1
