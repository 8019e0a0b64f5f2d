-- Posts what the entries of a month add up to, cell by cell, as the roll-up does. $1 month, $2 volume; {0} when they were recorded.
insert into ledger_closing_balance (source_id, hour, item_id, sector, buyer_id, currency, vintage, month, volume,
                                    entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount)
select source_id, date_trunc('hour', occurred_at, 'UTC'), item_id, sector, buyer_id, coalesce(currency, 'XXX'), (recorded_at at time zone 'UTC')::date, $1, $2,
       count(*), sum(quantity), coalesce(sum(quantity) filter (where reporting_amount is not null), 0),
       coalesce(sum(quantity) filter (where reporting_amount is not null and unit_value = 0), 0),
       coalesce(sum(amount), 0), coalesce(sum(reporting_amount), 0)
from ledger_entry t
where {0}
group by 1, 2, 3, 4, 5, 6, 7
