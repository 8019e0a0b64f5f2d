-- Months that have been over for $1 days, have something recorded and are not released; none before all that is folded is told by month.
select distinct m.month
from (
    select month from rollup_change
    union all
    select date_trunc('month', hour at time zone 'UTC')::date from rollup_pending) m
where m.month + interval '1 month' + make_interval(days => $1) <= ledger_clock() at time zone 'UTC'
    and not exists (select from release_month r where r.month = m.month)
    and (select is_coarse_current from rollup_moment)
order by m.month
