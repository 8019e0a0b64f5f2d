, sides as (
    select true as is_ledger, * from ledger
    union all
    select false, * from rollup
)
select s.currency, i.token_class,
       coalesce(sum(s.entry_count) filter (where is_ledger), 0)::bigint, coalesce(sum(s.entry_count) filter (where not is_ledger), 0)::bigint,
       coalesce(sum(s.quantity) filter (where is_ledger), 0)::text, coalesce(sum(s.quantity) filter (where not is_ledger), 0)::text,
       coalesce(sum(s.priced_quantity) filter (where is_ledger), 0)::text, coalesce(sum(s.priced_quantity) filter (where not is_ledger), 0)::text,
       coalesce(sum(s.free_quantity) filter (where is_ledger), 0)::text, coalesce(sum(s.free_quantity) filter (where not is_ledger), 0)::text,
       trim_scale(coalesce(sum(s.amount) filter (where is_ledger), 0))::text, trim_scale(coalesce(sum(s.amount) filter (where not is_ledger), 0))::text,
       trim_scale(coalesce(sum(s.reporting_amount) filter (where is_ledger), 0))::text,
       trim_scale(coalesce(sum(s.reporting_amount) filter (where not is_ledger), 0))::text
from sides s
join items i on i.id = s.item_id
group by s.currency, i.token_class
order by s.currency, i.token_class
