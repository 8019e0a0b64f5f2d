-- Both sides recomputed: every ledger entry, and the closing balances of archived months, against every hour cell.
with ledger as (
    select coalesce(currency, 'XXX') as currency, item_id, 1 as entry_count, quantity,
           case when reporting_amount is not null then quantity else 0 end as priced_quantity,
           case when reporting_amount is not null and unit_value = 0 then quantity else 0 end as free_quantity,
           coalesce(amount, 0) as amount, coalesce(reporting_amount, 0) as reporting_amount
    from ledger_entry
    union all
    select currency, item_id, entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount from ledger_closing_balance
),
rollup as (
    select currency, item_id, entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount from rollup_hour
)
