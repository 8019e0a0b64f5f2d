-- Roll-ups of the ledger: the only thing that figures are made from.

-- One row per source: whoever folds it holds this row's lock.
create table rollup_source (
    source_id bigint primary key
);

-- How far each lane of a source has been folded.
create table rollup_cursor (
    source_id  bigint not null,
    lane       smallint not null,
    folded_seq bigint not null,
    primary key (source_id, lane)
) with (fillfactor = 50);

-- A cell: what one source produced of one item for one sector in one hour, by the date on which it was recorded (the vintage).
-- buyer_id 0 and currency XXX (ISO 4217: no currency) stand for none, because a key holds no nulls.
create table rollup_cell_hour (
    source_id        bigint not null,
    hour             timestamptz not null,
    item_id          integer not null,
    sector           smallint not null,
    buyer_id         integer not null,
    currency         text not null,
    vintage          date not null,
    entry_count      bigint not null,
    quantity         numeric not null,
    priced_quantity  numeric not null,
    free_quantity    numeric not null,
    amount           numeric not null,
    reporting_amount numeric not null,
    primary key (source_id, hour, item_id, sector, buyer_id, currency, vintage)
) with (fillfactor = 70);

-- The same by UTC day.
create table rollup_cell_day (
    source_id        bigint not null,
    day              date not null,
    item_id          integer not null,
    sector           smallint not null,
    buyer_id         integer not null,
    currency         text not null,
    vintage          date not null,
    entry_count      bigint not null,
    quantity         numeric not null,
    priced_quantity  numeric not null,
    free_quantity    numeric not null,
    amount           numeric not null,
    reporting_amount numeric not null,
    primary key (source_id, day, item_id, sector, buyer_id, currency, vintage)
) with (fillfactor = 70);

-- The top of the roll-up: totals per currency and item, for a reconciliation that costs the same however long the ledger is.
create table rollup_total (
    source_id        bigint not null,
    currency         text not null,
    item_id          integer not null,
    entry_count      bigint not null,
    quantity         numeric not null,
    priced_quantity  numeric not null,
    free_quantity    numeric not null,
    amount           numeric not null,
    reporting_amount numeric not null,
    primary key (source_id, currency, item_id)
) with (fillfactor = 50);

-- Events by outcome, per source, as folded from the batches.
create table rollup_outcome (
    source_id   bigint primary key,
    received    bigint not null,
    accepted    bigint not null,
    duplicate   bigint not null,
    conflict    bigint not null,
    rejected    bigint not null,
    quarantined bigint not null
) with (fillfactor = 50);

-- The other side of the reconciliation: totals added up from the ledger entries themselves, batch by batch, never from deltas.
create table audit_cursor (
    source_id   bigint not null,
    lane        smallint not null,
    audited_seq bigint not null,
    primary key (source_id, lane)
) with (fillfactor = 50);

create table audit_total (
    source_id        bigint not null,
    currency         text not null,
    item_id          integer not null,
    entry_count      bigint not null,
    quantity         numeric not null,
    priced_quantity  numeric not null,
    free_quantity    numeric not null,
    amount           numeric not null,
    reporting_amount numeric not null,
    primary key (source_id, currency, item_id)
) with (fillfactor = 50);
