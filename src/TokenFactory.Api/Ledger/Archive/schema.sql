-- Closed months whose entries were exported, verified and dropped. Written by the owner of the schema alone, in the transaction that drops them: the service
-- can read these tables and nothing else. Everything here is in the manifest too, or hashed in it, and the manifest is signed.

-- One row per volume: the first holds the month, each further one what was recorded into it afterwards.
create table ledger_archive (
    month           date not null check (extract(day from month) = 1),      -- of UTC, by the instants of recording
    volume          smallint not null check (volume >= 1),
    archived_at     timestamptz not null,
    batches         bigint not null,
    entries         bigint not null,
    manifest        text not null,                                          -- what was signed
    manifest_sha256 bytea not null check (length(manifest_sha256) = 32),
    key_id          text not null,
    signature       bytea not null,
    primary key (month, volume)
);

-- Which batches: those of a lane in this stretch that were recorded in the month. A lane is numbered in commit order, so that what comes later is never among them.
create table ledger_archive_lane (
    source_id bigint not null,
    lane      smallint not null,
    month     date not null,
    volume    smallint not null,
    first_seq bigint not null,
    last_seq  bigint not null check (last_seq >= first_seq),
    primary key (source_id, lane, month, volume)
);

-- What the dropped entries add up to, cell by cell: reconciliation counts it in their place.
create table ledger_closing_balance (
    source_id        bigint not null,
    hour             timestamptz not null,
    item_id          integer not null,
    sector           smallint not null,
    buyer_id         integer not null,
    currency         text not null,             -- XXX: none
    vintage          date not null,
    month            date not null,
    volume           smallint not null,
    entry_count      bigint not null,
    quantity         numeric not null,
    priced_quantity  numeric not null,
    free_quantity    numeric not null,
    amount           numeric not null,
    reporting_amount numeric not null,
    primary key (source_id, hour, item_id, sector, buyer_id, currency, vintage, volume)
);
create index on ledger_closing_balance (month, volume);

-- The batches whose entries are not here any more.
create view ledger_archived_batch as
select b.source_id, b.lane, b.seq, b.batch_id, b.recorded_at, a.month, a.volume
from ledger_archive_lane a
join ledger_batch b on b.source_id = a.source_id and b.lane = a.lane and b.seq between a.first_seq and a.last_seq
    and b.recorded_at >= a.month::timestamp at time zone 'UTC' and b.recorded_at < (a.month + interval '1 month') at time zone 'UTC';

do $$
declare
    kept text;
begin
    foreach kept in array array['ledger_archive', 'ledger_archive_lane', 'ledger_closing_balance'] loop
        execute format('create trigger append_only before update or delete on %I for each row execute function ledger_refuse_change()', kept);
        execute format('create trigger no_truncate before truncate on %I for each statement execute function ledger_refuse_change()', kept);
        execute format('grant select on %I to tokenfactory_service', kept);
    end loop;
end $$;
grant select on ledger_archived_batch to tokenfactory_service;
