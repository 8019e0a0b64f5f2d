-- What is released of the months within [$1, $2); null: without a bound. Months without a cell too; and before the last that is released those of which something is
-- recorded, but nothing is released: a sum without them would be taken for the whole.
select m.month, r.month is not null, c.sector, c.producer_id, p.slug, c.reporting_amount::text, c.quantity::text
from (
    select month from release_month
    union
    select month from rollup_change where month < (select max(month) from release_month)) m
left join release_month r on r.month = m.month
left join release_cell c on c.month = m.month
left join producers p on p.id = c.producer_id
where ($1::date is null or m.month >= $1) and ($2::date is null or m.month < $2)
order by m.month, c.sector, c.producer_id
