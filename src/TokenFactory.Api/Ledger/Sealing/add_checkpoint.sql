with known as (
    insert into ledger_checkpoint_key (key_id, name, public_key, first_used) values ($4, $6, $7, $3) on conflict do nothing
)
insert into ledger_checkpoint (tree_size, number, root, sealed_at, key_id, note) values ($1, $8, $2, $3, $4, $5)
