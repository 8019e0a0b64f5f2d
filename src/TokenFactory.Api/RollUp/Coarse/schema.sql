-- Coarser roll-ups of the latest vintage: sums over every vintage, so that figures as they are now need not read each day of each item. All are
-- folded from the same deltas as the cells, and moved forward by a cursor of their own: what a version that does not know them folds, or what was folded
-- before there were any, is caught up with afterwards. A figure is made from them only where both cursors are the same.
alter table rollup_cursor add column coarse_seq bigint not null default 0;

-- What one source produced of one item for one sector in one month of UTC.
create table rollup_cell_month (
    source_id        bigint not null,
    month            date not null,
    item_id          integer not null,
    sector           smallint not null,
    buyer_id         integer not null,
    currency         text not null,
    entry_count      bigint not null,
    quantity         numeric not null,
    priced_quantity  numeric not null,
    free_quantity    numeric not null,
    amount           numeric not null,
    reporting_amount numeric not null,
    primary key (source_id, month, item_id, sector, buyer_id, currency)
) with (fillfactor = 70);

-- The margins of the table of cells: sums over all items of a period, or over those of one producer, or of one token class and tier. A column that
-- a margin adds up over is 0. Which there are: rollup_margins_of.
create table rollup_cell_margin (
    source_id        bigint not null,
    margin           smallint not null,
    start            date not null,
    producer_id      integer not null,
    token_class      smallint not null,
    service_tier     smallint not null,
    sector           smallint not null,
    buyer_id         integer not null,
    currency         text not null,
    entry_count      bigint not null,
    quantity         numeric not null,
    priced_quantity  numeric not null,
    free_quantity    numeric not null,
    amount           numeric not null,
    reporting_amount numeric not null,
    primary key (source_id, margin, start, producer_id, token_class, service_tier, sector, buyer_id, currency)
) with (fillfactor = 50);

-- The margins that a cell of a day is part of: 1 to 3 by day, 4 to 6 by month; of all items, by producer, by token class and tier.
create function rollup_margins_of(day date, producer_id integer, token_class smallint, service_tier smallint)
returns table (margin smallint, start date, of_producer integer, of_class smallint, of_tier smallint)
language sql immutable parallel safe as $$
    select m.margin::smallint, m.start, m.producer_id, m.token_class::smallint, m.service_tier::smallint
    from (values
        (1, $1, 0, 0, 0),
        (2, $1, $2, 0, 0),
        (3, $1, 0, $3::integer, $4::integer),
        (4, date_trunc('month', $1::timestamp)::date, 0, 0, 0),
        (5, date_trunc('month', $1::timestamp)::date, $2, 0, 0),
        (6, date_trunc('month', $1::timestamp)::date, 0, $3::integer, $4::integer)) m (margin, start, producer_id, token_class, service_tier)
$$;

-- How often what is folded of a month has changed: an answer that was made before is still right where no month of it has moved.
create table rollup_change (
    source_id bigint not null,
    month     date not null,
    folds     bigint not null,
    primary key (source_id, month)
) with (fillfactor = 50);

-- As rollup_day: what is folded and what is still to be folded.
create view rollup_month as
select source_id, month, item_id, sector, buyer_id, currency,
       entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
from rollup_cell_month
union all
select source_id, date_trunc('month', hour at time zone 'UTC')::date, item_id, sector, buyer_id, currency,
       entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
from rollup_pending;

create view rollup_margin as
select source_id, margin, start, producer_id, token_class, service_tier, sector, buyer_id, currency,
       entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
from rollup_cell_margin
union all
select d.source_id, m.margin, m.start, m.of_producer, m.of_class, m.of_tier, d.sector, d.buyer_id, d.currency,
       d.entry_count, d.quantity, d.priced_quantity, d.free_quantity, d.amount, d.reporting_amount
from rollup_pending d
join items i on i.id = d.item_id
cross join lateral rollup_margins_of((d.hour at time zone 'UTC')::date, i.producer_id, i.token_class, i.service_tier) m;

-- As rollup_context, and what tells which of these a figure may be made from: whether anything is still to be folded, and whether the coarse roll-ups have all
-- that the cells have. recorded grows with every batch that is committed.
create view rollup_moment as
select s.reporting_currency, (ledger_clock() at time zone 'UTC')::date as vintage, lanes.complete_through, lanes.has_pending, lanes.is_coarse_current,
       lanes.recorded
from ledger_setting s
cross join (
    select max(b.recorded_at) as complete_through, coalesce(bool_or(l.seq > coalesce(c.folded_seq, 0)), false) as has_pending,
           coalesce(bool_and(c.coarse_seq = c.folded_seq), true) as is_coarse_current, coalesce(sum(l.seq), 0)::bigint as recorded
    from journal_lane l
    left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane
    left join lateral (
        select b.recorded_at from ledger_batch b where b.source_id = l.source_id and b.lane = l.lane and b.seq = l.seq
        offset 0) b on true) lanes;

-- What the coarse roll-ups are, made anew from the cells of days: what a reconciliation compares them with.
create view rollup_month_of_days as
select source_id, date_trunc('month', day::timestamp)::date as month, item_id, sector, buyer_id, currency,
       sum(entry_count)::bigint as entry_count, sum(quantity) as quantity, sum(priced_quantity) as priced_quantity,
       sum(free_quantity) as free_quantity, sum(amount) as amount, sum(reporting_amount) as reporting_amount
from rollup_cell_day
group by 1, 2, 3, 4, 5, 6;

create view rollup_margin_of_days as
select d.source_id, m.margin, m.start, m.of_producer as producer_id, m.of_class as token_class, m.of_tier as service_tier, d.sector, d.buyer_id, d.currency,
       sum(d.entry_count)::bigint as entry_count, sum(d.quantity) as quantity, sum(d.priced_quantity) as priced_quantity,
       sum(d.free_quantity) as free_quantity, sum(d.amount) as amount, sum(d.reporting_amount) as reporting_amount
from (
    select c.source_id, c.day, i.producer_id, i.token_class, i.service_tier, c.sector, c.buyer_id, c.currency, sum(c.entry_count) as entry_count,
           sum(c.quantity) as quantity, sum(c.priced_quantity) as priced_quantity, sum(c.free_quantity) as free_quantity,
           sum(c.amount) as amount, sum(c.reporting_amount) as reporting_amount
    from rollup_cell_day c join items i on i.id = c.item_id
    group by 1, 2, 3, 4, 5, 6, 7, 8) d
cross join lateral rollup_margins_of(d.day, d.producer_id, d.token_class, d.service_tier) m
group by 1, 2, 3, 4, 5, 6, 7, 8, 9;

grant select, insert, update on rollup_cell_month, rollup_cell_margin, rollup_change to tokenfactory_service;
grant select on rollup_moment, rollup_month, rollup_margin, rollup_month_of_days, rollup_margin_of_days to tokenfactory_service;
grant execute on function rollup_margins_of(date, integer, smallint, smallint) to tokenfactory_service;
