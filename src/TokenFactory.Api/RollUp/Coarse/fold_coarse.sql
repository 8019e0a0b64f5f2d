-- Further steps of a fold: the rows of "delta" (hour, item_id, sector, buyer_id, currency and sums) into the coarse roll-ups of source $1.
months as (
    insert into rollup_cell_month as c (source_id, month, item_id, sector, buyer_id, currency,
                                        entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount)
    select $1, date_trunc('month', hour at time zone 'UTC')::date as month, item_id, sector, buyer_id, currency,
           sum(entry_count), sum(quantity), sum(priced_quantity), sum(free_quantity), sum(amount), sum(reporting_amount)
    from delta
    group by month, item_id, sector, buyer_id, currency
    order by month, item_id, sector, buyer_id, currency
    on conflict (source_id, month, item_id, sector, buyer_id, currency) do update
    set entry_count = c.entry_count + excluded.entry_count, quantity = c.quantity + excluded.quantity,
        priced_quantity = c.priced_quantity + excluded.priced_quantity, free_quantity = c.free_quantity + excluded.free_quantity,
        amount = c.amount + excluded.amount, reporting_amount = c.reporting_amount + excluded.reporting_amount
    returning 1
),
margin_delta as materialized (
    select (d.hour at time zone 'UTC')::date as day, i.producer_id, i.token_class, i.service_tier, d.sector, d.buyer_id, d.currency,
           sum(d.entry_count) as entry_count, sum(d.quantity) as quantity, sum(d.priced_quantity) as priced_quantity,
           sum(d.free_quantity) as free_quantity, sum(d.amount) as amount, sum(d.reporting_amount) as reporting_amount
    from delta d join items i on i.id = d.item_id
    group by day, i.producer_id, i.token_class, i.service_tier, d.sector, d.buyer_id, d.currency
),
margins as (
    insert into rollup_cell_margin as c (source_id, margin, start, producer_id, token_class, service_tier, sector, buyer_id, currency,
                                         entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount)
    select $1, m.margin, m.start, m.of_producer, m.of_class, m.of_tier, d.sector, d.buyer_id, d.currency,
           sum(d.entry_count), sum(d.quantity), sum(d.priced_quantity), sum(d.free_quantity), sum(d.amount), sum(d.reporting_amount)
    from margin_delta d
    cross join lateral rollup_margins_of(d.day, d.producer_id, d.token_class, d.service_tier) m
    group by m.margin, m.start, m.of_producer, m.of_class, m.of_tier, d.sector, d.buyer_id, d.currency
    order by m.margin, m.start, m.of_producer, m.of_class, m.of_tier, d.sector, d.buyer_id, d.currency
    on conflict (source_id, margin, start, producer_id, token_class, service_tier, sector, buyer_id, currency) do update
    set entry_count = c.entry_count + excluded.entry_count, quantity = c.quantity + excluded.quantity,
        priced_quantity = c.priced_quantity + excluded.priced_quantity, free_quantity = c.free_quantity + excluded.free_quantity,
        amount = c.amount + excluded.amount, reporting_amount = c.reporting_amount + excluded.reporting_amount
    returning 1
),
changes as (
    insert into rollup_change as c (source_id, month, folds)
    select $1, date_trunc('month', hour at time zone 'UTC')::date as month, 1 from delta group by month order by month
    on conflict (source_id, month) do update set folds = c.folds + 1
    returning 1
)
