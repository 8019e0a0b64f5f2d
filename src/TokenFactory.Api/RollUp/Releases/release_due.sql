-- Months that have been over for $1 days, have something recorded and are not released.
select distinct m.month
from rollup_month m
where m.month + interval '1 month' + make_interval(days => $1) <= ledger_clock() at time zone 'UTC'
    and not exists (select from release_month r where r.month = m.month)
order by m.month
