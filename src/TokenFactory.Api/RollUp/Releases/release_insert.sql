-- Money comes in trillionths; the figures of what is withheld come as nulls.
insert into release_cell (month, sector, producer_id, quantity, reporting_amount)
select c.month, c.sector, c.producer_id, c.quantity::numeric, trim_scale(c.amount::numeric * 0.000000000001)
from unnest($1, $2, $3, $4, $5) c (month, sector, producer_id, quantity, amount)
