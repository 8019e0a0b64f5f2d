-- Stretches of batches become leaves, and the cursors of their lanes move.
with added as (
    insert into ledger_tree_run (first_leaf, source_id, lane, first_seq, last_seq)
    select * from unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[])
    returning source_id, lane, last_seq
)
insert into ledger_tree_cursor (source_id, lane, sealed_seq)
select source_id, lane, max(last_seq) from added group by 1, 2
on conflict (source_id, lane) do update set sealed_seq = excluded.sealed_seq
