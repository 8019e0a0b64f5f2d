-- When the oldest batch was recorded that is chained and not in the tree yet; null: there is none.
select min(b.recorded_at)
from journal_lane l
left join ledger_tree_cursor c on c.source_id = l.source_id and c.lane = l.lane
cross join lateral (
    select b.recorded_at from ledger_batch b
    where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.sealed_seq, 0) and b.head is not null and b.root is not null
    order by b.seq limit 1) b
where l.head is not null and l.seq > coalesce(c.sealed_seq, 0)
