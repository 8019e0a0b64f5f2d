-- The batches that are leaves $1 to $2 (half-open) of the tree, in its order.
select b.source_id, b.lane, b.seq, b.root, b.head
from ledger_tree_run r
join ledger_batch b on b.source_id = r.source_id and b.lane = r.lane and b.seq between r.first_seq and r.last_seq
where r.first_leaf >= coalesce((select max(first_leaf) from ledger_tree_run where first_leaf <= $1), 0) and r.first_leaf < $2
    and r.first_leaf + b.seq - r.first_seq >= $1 and r.first_leaf + b.seq - r.first_seq < $2
order by r.first_leaf + b.seq - r.first_seq
