-- One event with all that was recorded of it, with every name: its own entries, its repricings' and reclassifications', and that it was reversed. $2 its key, $3 that
-- of its reversal, $4 what the keys of its repricings begin with. The last column: its entries are not here.
select i.event_id, i.recorded_at, i.batch_id, i.reported_amount, i.reported_currency, i.region, i.reason, i.repricing_id,
       e.entry_no, e.occurred_at, e.item_id, e.account_id, e.buyer_id, e.sector, e.quantity, e.basis, e.unit_value, e.currency, e.rate_id,
       e.amount, e.fx_rate_id, e.reporting_amount, e.sector_basis, e.sector_rule_id, e.reverses_entry_no is not null,
       p.slug, m.slug, t.token_class, t.service_tier, a.slug, r.token_class, i.usage_profile, i.sent_model, b.kind,
       i.entry_count > 0 and e.entry_no is null and i.event_id <> $3
from event_identity i
left join ledger_entry e on e.source_id = i.source_id and e.recorded_at = i.recorded_at and e.batch_id = i.batch_id
    and e.entry_no >= i.first_entry_no and e.entry_no < i.first_entry_no + i.entry_count and i.event_id <> $3
left join ledger_batch b on b.source_id = i.source_id and b.batch_id = i.batch_id and i.repricing_id is not null
left join items t on t.id = e.item_id
left join models m on m.id = t.model_id
left join producers p on p.id = t.producer_id
left join accounts a on a.id = e.account_id
left join rates r on r.id = e.rate_id
where i.source_id = $1
  and (i.event_id = $2 or i.event_id = $3
       or (i.event_id > $4 and i.event_id < $4 || ':' and length(i.event_id) = length($4) + 6))
order by i.event_id <> $2, i.event_id, e.entry_no
