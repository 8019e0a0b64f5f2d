-- The entries of one event, with every name: the identity says where they are.
select i.recorded_at, i.batch_id, i.reported_amount, i.reported_currency,
       r.recorded_at, r.batch_id, r.reason,
       e.entry_no, e.occurred_at, e.item_id, e.account_id, e.buyer_id, e.sector, e.quantity, e.basis, e.unit_value, e.currency, e.rate_id,
       e.amount, e.reporting_amount,
       p.slug, m.slug, t.token_class, t.service_tier, a.slug
from event_identity i
left join event_identity r on r.source_id = i.source_id and r.event_id = $3
join ledger_entry e on e.source_id = i.source_id and e.recorded_at = i.recorded_at and e.batch_id = i.batch_id
    and e.entry_no >= i.first_entry_no and e.entry_no < i.first_entry_no + i.entry_count
join items t on t.id = e.item_id
join models m on m.id = t.model_id
join producers p on p.id = t.producer_id
left join accounts a on a.id = e.account_id
where i.source_id = $1 and i.event_id = $2
order by e.entry_no
