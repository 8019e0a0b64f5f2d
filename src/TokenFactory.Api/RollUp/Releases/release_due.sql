-- Months that have been over for $1 days, have something recorded and are not released; none before all that is folded is told by month. A month of which entries are
-- archived never is: who is behind its cells can't be counted any more.
select distinct m.month
from (
    select month from rollup_change
    union all
    select date_trunc('month', hour at time zone 'UTC')::date from rollup_pending) m
where m.month + interval '1 month' + make_interval(days => $1) <= ledger_clock() at time zone 'UTC'
    and not exists (select from release_month r where r.month = m.month)
    and not exists (
        select from sources s
        cross join lateral (
            select 1 from ledger_closing_balance b
            where b.source_id = s.id and b.hour >= m.month::timestamp at time zone 'UTC' and b.hour < (m.month + interval '1 month') at time zone 'UTC'
            limit 1) b)
    and (select is_coarse_current from rollup_moment)
order by m.month
