-- Both sides per currency and token class, from the running totals and what they have not taken in yet: cheap however long the ledger is.
with ledger as (
    select currency, item_id, entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount from audit_total
    union all
    select currency, item_id, 1, quantity,
           case when reporting_amount is not null then quantity else 0 end,
           case when reporting_amount is not null and unit_value = 0 then quantity else 0 end,
           coalesce(amount, 0), coalesce(reporting_amount, 0)
    from audit_pending
),
rollup as (
    select currency, item_id, entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount from rollup_total
    union all
    select currency, item_id, entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount from rollup_pending
)
