-- What is released of the months within [$1, $2); null: without a bound. Months without a cell too.
select r.month, c.sector, c.producer_id, p.slug, c.reporting_amount::text, c.quantity::text
from release_month r
left join release_cell c on c.month = r.month
left join producers p on p.id = c.producer_id
where ($1::date is null or r.month >= $1) and ($2::date is null or r.month < $2)
order by r.month, c.sector, c.producer_id
