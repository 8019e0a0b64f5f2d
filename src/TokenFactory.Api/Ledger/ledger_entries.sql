-- A page of entries after a position, in the order (recorded_at, source, batch, entry). Each source is read along its own key; the page is cut
-- from what the sources bring.
select e.recorded_at, s.slug, e.batch_id, e.entry_no, e.event_id, e.occurred_at, p.slug, m.slug, i.token_class, i.service_tier, a.slug,
       e.sector, e.quantity, e.basis, e.unit_value, e.currency, e.amount, e.rate_id, e.reporting_amount, e.reverses_batch_id, e.reverses_entry_no,
       e.source_id, e.fx_rate_id, e.sector_basis, e.sector_rule_id
from sources s
cross join lateral (
    select e.*
    from ledger_entry e
    where e.source_id = s.id
      and e.recorded_at >= $1 and e.recorded_at < $5
      and (e.recorded_at, e.source_id, e.batch_id, e.entry_no) > ($1, $2, $3, $4)
      and e.occurred_at >= $6 and e.occurred_at < $7
      and ($8::text is null or e.event_id = $8)
      and ($9::smallint[] is null or e.sector = any ($9))
      and ($10::bigint is null or e.account_id = $10)
      and ($11::integer[] is null or e.item_id = any ($11))
      and ($14::smallint is null or e.basis = $14)
      and ($15::bigint is null or e.rate_id = $15)
      and ($16::numeric is null or e.unit_value = $16)
      and ($17::text is null or e.currency = $17)
      and ($18::integer[] is null or e.buyer_id = any ($18))
    order by e.recorded_at, e.batch_id, e.entry_no
    limit $12) e
join items i on i.id = e.item_id
join models m on m.id = i.model_id
join producers p on p.id = i.producer_id
left join accounts a on a.id = e.account_id
where $13::text is null or s.slug = $13
order by e.recorded_at, e.source_id, e.batch_id, e.entry_no
limit $12
