-- The months $1 by sector and producer, each total too (-1, 0), with who is behind each of the two figures: how many accounts, and how much the largest has. What
-- names no account is taken for one. Sums have no digit behind the point: money is in trillionths.
with sums as materialized (
    select date_trunc('month', e.occurred_at at time zone 'UTC')::date as month, e.sector::integer as sector, i.producer_id, coalesce(e.account_id, 0) as account_id,
           sum(e.quantity) as quantity, sum(e.reporting_amount) * 1000000000000 as amount
    from ledger_entry e join items i on i.id = e.item_id
    where e.occurred_at >= $2 and e.occurred_at < $3
        and date_trunc('month', e.occurred_at at time zone 'UTC')::date = any ($1)
        -- Nothing is recorded more than a day before it occurs (Ingestion:MaxFutureSkewSeconds): older months need not be read.
        and e.recorded_at >= $2 - interval '1 day'
    group by 1, 2, 3, 4),
behind as (
    select month, case grouping(sector) when 0 then sector else -1 end as sector, case grouping(producer_id) when 0 then producer_id else 0 end as producer_id,
           coalesce(sum(quantity), 0) as quantity, coalesce(sum(amount), 0) as amount
    from sums
    group by grouping sets ((month, sector, producer_id, account_id), (month, sector, account_id), (month, producer_id, account_id), (month, account_id)))
select month, sector, producer_id,
       count(*) filter (where amount <> 0)::integer, trim_scale(sum(amount))::text, trim_scale(sum(abs(amount)))::text, trim_scale(max(abs(amount)))::text,
       count(*) filter (where quantity <> 0)::integer, sum(quantity)::text, sum(abs(quantity))::text, max(abs(quantity))::text
from behind
group by month, sector, producer_id
order by month, sector, producer_id
