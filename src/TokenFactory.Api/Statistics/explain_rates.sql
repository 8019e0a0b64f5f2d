-- What entries of a figure were valued at, the largest first, after a position; the whole stands beside each row, and alone where there is none.
-- Of what occurred within [$1, $2) and was recorded within [$3, $4). $5 items, $6 sectors, $7 a basis, $8 a rate, $9 a unit value, $10 a currency;
-- null: any. The position: $11 (null: the beginning) to $16. $17: the most rows. $18: who bought.
with rate as (
    select e.basis, coalesce(e.rate_id, 0) as rate_id, coalesce(e.unit_value, -1) as unit_value, coalesce(e.currency, '') as currency,
           coalesce(e.fx_rate_id, 0) as fx_rate_id, coalesce(sum(e.reporting_amount), 0) as gdp, sum(e.quantity) as quantity,
           coalesce(sum(e.quantity) filter (where e.reporting_amount is null), 0) as unpriced_quantity,
           coalesce(sum(e.quantity) filter (where e.reporting_amount is not null and e.unit_value = 0), 0) as free_quantity,
           sum(e.amount) as amount, count(*) as entries
    from ledger_entry e
    where e.source_id = any (array(select id from sources))
      and e.recorded_at >= $3 and e.recorded_at < $4
      and e.occurred_at >= $1 and e.occurred_at < $2
      and ($5::integer[] is null or e.item_id = any ($5))
      and ($6::smallint[] is null or e.sector = any ($6))
      and ($7::smallint is null or e.basis = $7)
      and ($8::bigint is null or e.rate_id = $8)
      and ($9::numeric is null or e.unit_value = $9)
      and ($10::text is null or e.currency = $10)
      and ($18::integer[] is null or e.buyer_id = any ($18))
    group by 1, 2, 3, 4, 5
), total as (
    select coalesce(sum(gdp), 0) as gdp, coalesce(sum(quantity), 0) as quantity, coalesce(sum(unpriced_quantity), 0) as unpriced_quantity,
           coalesce(sum(free_quantity), 0) as free_quantity, coalesce(sum(entries), 0) as entries
    from rate
), page as (
    select * from rate
    where $11::text::numeric is null or gdp < $11::text::numeric
       or (gdp = $11::text::numeric and (basis, rate_id, unit_value, currency collate "C", fx_rate_id) > ($12::smallint, $13::bigint, $14::text::numeric, $15::text, $16::bigint))
    order by gdp desc, basis, rate_id, unit_value, currency collate "C", fx_rate_id
    limit $17
)
select trim_scale(t.gdp)::text, t.quantity::text, t.unpriced_quantity::text, t.free_quantity::text, t.entries::bigint,
       l.basis, l.rate_id, l.unit_value::text, l.currency, l.fx_rate_id,
       trim_scale(l.gdp)::text, l.quantity::text, l.unpriced_quantity::text, l.free_quantity::text, l.entries,
       trim_scale(l.amount)::text, r.rate_card_id, f.published_at,
       trim_scale(round((case when f.base = s.reporting_currency then 1 else tgt.rate end)::numeric(200, 60)
           / (case when f.base = l.currency then 1 else src.rate end), 12))::text
from total t
cross join ledger_setting s
left join page l on true
left join rates r on r.id = l.rate_id
left join fx_publications f on f.id = l.fx_rate_id
left join fx_rates src on src.publication_id = f.id and src.currency = l.currency
left join fx_rates tgt on tgt.publication_id = f.id and tgt.currency = s.reporting_currency
order by l.gdp desc, l.basis, l.rate_id, l.unit_value, l.currency collate "C", l.fx_rate_id
