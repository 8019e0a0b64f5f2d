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

-- Deltas that are committed but not folded yet. OFFSET 0 keeps each step a look-up by key: without it a planner that expects many
-- unfolded batches (there are next to none) may read whole months of deltas.
create view rollup_pending as
select d.source_id, d.hour, d.item_id, d.sector, d.buyer_id, d.currency, (b.recorded_at at time zone 'UTC')::date as vintage,
       d.entry_count, d.quantity, d.priced_quantity, d.free_quantity, d.amount, d.reporting_amount
from journal_lane l
left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane
cross join lateral (
    select b.source_id, b.batch_id, b.recorded_at from ledger_batch b
    where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.folded_seq, 0)
    offset 0) b
cross join lateral (
    select d.* from rollup_delta d
    where d.source_id = b.source_id and d.recorded_at = b.recorded_at and d.batch_id = b.batch_id
    offset 0) d
where l.seq > coalesce(c.folded_seq, 0);

-- What figures are made from: cells and what is still to be folded into them, in one statement and so of one moment.
create view rollup_hour as
select source_id, hour, item_id, sector, buyer_id, currency, vintage,
       entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
from rollup_cell_hour
union all
select source_id, hour, item_id, sector, buyer_id, currency, vintage,
       entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
from rollup_pending;

create view rollup_day as
select source_id, day, item_id, sector, buyer_id, currency, vintage,
       entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
from rollup_cell_day
union all
select source_id, (hour at time zone 'UTC')::date, item_id, sector, buyer_id, currency, vintage,
       entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
from rollup_pending;

-- What belongs to figures as a whole: the money that they are in, the vintage that is being recorded, and when the last event was
-- recorded that they contain.
create view rollup_context as
select s.reporting_currency, (ledger_clock() at time zone 'UTC')::date as vintage,
       (select max(b.recorded_at) from journal_lane l
        join ledger_batch b on b.source_id = l.source_id and b.lane = l.lane and b.seq = l.seq) as complete_through
from ledger_setting s;

-- Entries of batches that the audit has not added up yet.
create view audit_pending as
select e.source_id, coalesce(e.currency, 'XXX') as currency, e.item_id, b.lane, b.seq,
       e.quantity, e.unit_value, e.amount, e.reporting_amount
from journal_lane l
left join audit_cursor c on c.source_id = l.source_id and c.lane = l.lane
cross join lateral (
    select b.source_id, b.lane, b.seq, b.batch_id, b.recorded_at from ledger_batch b
    where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.audited_seq, 0)
    offset 0) b
cross join lateral (
    select e.* from ledger_entry e
    where e.source_id = b.source_id and e.recorded_at = b.recorded_at and e.batch_id = b.batch_id
    offset 0) e
where l.seq > coalesce(c.audited_seq, 0);
