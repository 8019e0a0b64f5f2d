-- rollup_pending and the views over it, for a reader that knows when the first of what is still to be folded was recorded. That bound is a constant when the
-- statement is planned, so that months of deltas which are folded to the end are not planned at all: with the views, planning two years of them takes longer
-- than reading the answer. They are inlined: single statements, stable, neither strict nor with settings of their own.
create function rollup_pending_since(since timestamptz) returns setof rollup_pending language sql stable parallel safe as $$
    select d.source_id, d.hour, d.item_id, d.sector, d.buyer_id, d.currency, (b.recorded_at at time zone 'UTC')::date,
           d.entry_count, d.quantity, d.priced_quantity, d.free_quantity, d.amount, d.reporting_amount
    from journal_lane l
    left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane
    cross join lateral (
        select b.source_id, b.batch_id, b.recorded_at from ledger_batch b
        where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.folded_seq, 0)
        offset 0) b
    cross join lateral (
        select d.* from rollup_delta d
        where d.source_id = b.source_id and d.recorded_at = b.recorded_at and d.batch_id = b.batch_id and d.recorded_at >= $1
        offset 0) d
    where l.seq > coalesce(c.folded_seq, 0)
$$;

create function rollup_hour_since(since timestamptz) returns setof rollup_hour language sql stable parallel safe as $$
    select source_id, hour, item_id, sector, buyer_id, currency, vintage,
           entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
    from rollup_cell_hour
    union all
    select source_id, hour, item_id, sector, buyer_id, currency, vintage,
           entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
    from rollup_pending_since($1)
$$;

create function rollup_day_since(since timestamptz) returns setof rollup_day language sql stable parallel safe as $$
    select source_id, day, item_id, sector, buyer_id, currency, vintage,
           entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
    from rollup_cell_day
    union all
    select source_id, (hour at time zone 'UTC')::date, item_id, sector, buyer_id, currency, vintage,
           entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
    from rollup_pending_since($1)
$$;

create function rollup_month_since(since timestamptz) returns setof rollup_month language sql stable parallel safe as $$
    select source_id, month, item_id, sector, buyer_id, currency,
           entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
    from rollup_cell_month
    union all
    select source_id, date_trunc('month', hour at time zone 'UTC')::date, item_id, sector, buyer_id, currency,
           entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
    from rollup_pending_since($1)
$$;

create function rollup_margin_since(since timestamptz) returns setof rollup_margin language sql stable parallel safe as $$
    select source_id, margin, start, producer_id, token_class, service_tier, sector, buyer_id, currency,
           entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
    from rollup_cell_margin
    union all
    select d.source_id, m.margin, m.start, m.of_producer, m.of_class, m.of_tier, d.sector, d.buyer_id, d.currency,
           d.entry_count, d.quantity, d.priced_quantity, d.free_quantity, d.amount, d.reporting_amount
    from rollup_pending_since($1) d
    join items i on i.id = d.item_id
    cross join lateral rollup_margins_of((d.hour at time zone 'UTC')::date, i.producer_id, i.token_class, i.service_tier) m
$$;

-- When the first was recorded of what is still to be folded; null: nothing is.
create function rollup_first_pending() returns timestamptz language sql stable parallel safe as $$
    select min(b.recorded_at)
    from journal_lane l
    left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane
    cross join lateral (
        select b.recorded_at from ledger_batch b where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.folded_seq, 0)
        offset 0) b
    where l.seq > coalesce(c.folded_seq, 0)
$$;

grant execute on function rollup_first_pending(), rollup_pending_since(timestamptz), rollup_hour_since(timestamptz), rollup_day_since(timestamptz), rollup_month_since(timestamptz),
    rollup_margin_since(timestamptz) to tokenfactory_service;
