-- The oldest month that entries recorded within [$1, $2) occurred in and that is not released and could be; null: there is none, or nothing is ever released here.
select to_char(min(m.month), 'YYYY-MM')
from (
    select distinct date_trunc('month', occurred_at at time zone 'UTC') as month
    from ledger_entry where recorded_at >= $1 and recorded_at < $2) m
where exists (select from release_month)
    and not exists (select from release_month r where r.month = m.month::date)
    and not exists (
        select from ledger_closing_balance b join ledger_archive a on a.month = b.month and a.volume = b.volume
        where b.hour >= m.month at time zone 'UTC' and b.hour < (m.month + interval '1 month') at time zone 'UTC')
