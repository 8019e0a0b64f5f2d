-- The oldest month that entries of a volume occurred in, by its closing balances, and that is not released and could be; null: there is none, or nothing is ever
-- released here. $1 month, $2 volume.
select to_char(min(m.month), 'YYYY-MM')
from (
    select distinct date_trunc('month', hour at time zone 'UTC') as month
    from ledger_closing_balance where month = $1 and volume = $2) m
where exists (select from release_month)
    and not exists (select from release_month r where r.month = m.month::date)
    and not exists (
        select from ledger_closing_balance b
        where b.hour >= m.month at time zone 'UTC' and b.hour < (m.month + interval '1 month') at time zone 'UTC' and (b.month, b.volume) <> ($1, $2))
