-- What makes the ledger tamper-evident. Each batch has a Merkle root over its records and is chained to the batch before it in its lane; what is chained is
-- appended to one tree over all lanes, whose roots are signed. Columns that a version without them does not write are null there.
alter table ledger_batch
    add column seal_format smallint check (seal_format = 1),                            -- which columns the leaves hold
    add column root        bytea check (length(root) = 32),                             -- over the leaves
    add column leaves      bytea check (length(leaves) % 32 = 0),                       -- their hashes: a proof needs them when the rows are archived
    add column head        bytea check (length(head) = 32);                            -- of the lane's chain: over this batch and the head before it
-- NOT VALID: checked for what is added from now on.
alter table ledger_batch add constraint ledger_batch_seal_check check (num_nulls(seal_format, root, leaves, head) in (0, 4)) not valid;
-- Hashes don't compress.
alter table ledger_batch alter column leaves set storage external;
alter table journal_lane add column head bytea;

-- The head of a lane's chain after a batch: SHA-256 over a two byte, the head before (32 zero bytes for the first), and the batch, in PostgreSQL's binary form.
create function ledger_head(previous bytea, source_id bigint, lane smallint, seq bigint, batch_id bigint, kind smallint, recorded_at timestamptz,
                            received integer, accepted integer, duplicate integer, conflict integer, rejected integer, quarantined integer, entry_count integer,
                            seal_format smallint, root bytea) returns bytea
language sql immutable parallel safe as $$
    select sha256('\x02'::bytea || coalesce($1, decode(repeat('00', 32), 'hex')) || int8send($2) || int2send($3) || int8send($4) || int8send($5)
        || int2send($6) || timestamptz_send($7) || int4send($8) || int4send($9) || int4send($10) || int4send($11) || int4send($12) || int4send($13)
        || int4send($14) || int2send($15) || $16)
$$;

-- How far each lane is in the tree. Derived from ledger_tree_run.
create table ledger_tree_cursor (
    source_id  bigint not null,
    lane       smallint not null,
    sealed_seq bigint not null,
    primary key (source_id, lane)
) with (fillfactor = 50);

-- The order of the tree's leaves: stretches of batches of a lane. The leaf of a batch: SHA-256 over a zero byte, source_id, lane, seq, root, head.
create table ledger_tree_run (
    first_leaf bigint primary key,
    source_id  bigint not null,
    lane       smallint not null,
    first_seq  bigint not null,
    last_seq   bigint not null check (last_seq >= first_seq)
);
create unique index on ledger_tree_run (source_id, lane, first_seq);

-- 256 neighbours of the tree, of level 0 the leaves, of level n the nodes over 256 of level n - 1 each; and the node over these. Whole ones alone.
create table ledger_tree_tile (
    level  smallint not null,
    tile   bigint not null,
    hashes bytea not null check (length(hashes) = 8192),
    root   bytea not null check (length(root) = 32),
    primary key (level, tile)
);
alter table ledger_tree_tile alter column hashes set storage external;

-- Signed roots. The note is what is handed out.
create table ledger_checkpoint (
    tree_size bigint primary key,
    number    bigint not null unique,       -- from 1, without a gap
    root      bytea not null check (length(root) = 32),
    sealed_at timestamptz not null,
    key_id    text not null,
    note      text not null
);

-- Public keys that checkpoints were signed with, as this database has been told: who verifies compares them with what he was told otherwise.
create table ledger_checkpoint_key (
    key_id     text primary key,
    name       text not null,
    public_key bytea not null,              -- SubjectPublicKeyInfo
    first_used timestamptz not null
);

do $$
declare
    sealed text;
begin
    foreach sealed in array array['ledger_tree_run', 'ledger_tree_tile', 'ledger_checkpoint', 'ledger_checkpoint_key'] loop
        execute format('create trigger append_only before update or delete on %I for each row execute function ledger_refuse_change()', sealed);
        execute format('create trigger no_truncate before truncate on %I for each statement execute function ledger_refuse_change()', sealed);
        execute format('grant select, insert on %I to tokenfactory_service', sealed);
    end loop;
end $$;
grant select, insert, update on ledger_tree_cursor to tokenfactory_service;
grant execute on function ledger_head(bytea, bigint, smallint, bigint, bigint, smallint, timestamptz, integer, integer, integer, integer, integer, integer, integer,
    smallint, bytea) to tokenfactory_service;
