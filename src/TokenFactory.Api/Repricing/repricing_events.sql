-- The events of some batches that a repricing selects, each with what it needs: names, whether it was reversed, how often it was corrected, and
-- three kinds of lines (role 0: in force; 1: what this repricing has recorded of it already; 2: what the repricing that is reverted has recorded).
-- $1 source, $2 and $3 instants and numbers of the batches, $4 and $5 the window, $6 producers, $7 models, $8 service tiers, $9 accounts,
-- $10 this repricing, $11 the one that it reverts. Null: all.
with selected as materialized (
    select distinct e.event_id, e.recorded_at, e.batch_id, e.occurred_at, e.account_id, e.buyer_id, i.producer_id, i.model_id, i.service_tier
    from unnest($2::timestamptz[], $3::bigint[]) as b (recorded_at, batch_id)
    cross join lateral (
        select * from ledger_entry e
        where e.source_id = $1 and e.recorded_at = b.recorded_at and e.batch_id = b.batch_id
          and e.occurred_at >= $4 and e.occurred_at < $5
          and ($9::bigint[] is null or e.account_id = any ($9))
        offset 0) e
    join items i on i.id = e.item_id
    where ($6::integer[] is null or i.producer_id = any ($6))
      and ($7::integer[] is null or i.model_id = any ($7))
      and ($8::smallint[] is null or i.service_tier = any ($8))
)
select s.event_id, s.producer_id, s.model_id, m.slug, s.service_tier, o.region,
       reversal.event_id is not null, coalesce(right(latest.event_id, 6)::integer, 0), part.role,
       e.recorded_at, e.batch_id, e.entry_no, t.token_class, s.occurred_at, e.reverses_entry_no is not null,
       e.item_id, s.account_id, s.buyer_id, e.sector, e.quantity, e.basis, e.unit_value, e.currency, e.rate_id, e.amount, e.fx_rate_id, e.reporting_amount,
       e.sector_basis, e.sector_rule_id, o.usage_profile
from selected s
join models m on m.id = s.model_id
-- Each of these is a look into an index: OFFSET 0 keeps the planner from reading a whole table instead.
cross join lateral (
    select * from event_identity i where i.source_id = $1 and i.event_id = s.event_id offset 0) o
left join lateral (
    select i.event_id from event_identity i where i.source_id = $1 and i.event_id = '~reversal/' || s.event_id offset 0) reversal on true
left join lateral (
    select * from event_identity i
    where i.source_id = $1 and i.event_id > '~repricing/' || s.event_id || '/' and i.event_id < '~repricing/' || s.event_id || '/:'
      and length(i.event_id) = length(s.event_id) + 18
    order by i.event_id desc limit 1) latest on true
cross join lateral (
    select 0 as role,
           case when latest.entry_count > 0 then latest.recorded_at else o.recorded_at end as recorded_at,
           case when latest.entry_count > 0 then latest.batch_id else o.batch_id end as batch_id,
           case when latest.entry_count > 0 then latest.first_entry_no else o.first_entry_no end as first_entry_no,
           case when latest.entry_count > 0 then latest.entry_count else o.entry_count end as entry_count
    union all
    select case when i.repricing_id = $10 then 1 else 2 end, i.recorded_at, i.batch_id, i.first_entry_no, i.entry_count
    from event_identity i
    where latest.event_id is not null and i.source_id = $1
      and i.event_id > '~repricing/' || s.event_id || '/' and i.event_id < '~repricing/' || s.event_id || '/:'
      and length(i.event_id) = length(s.event_id) + 18 and i.repricing_id in ($10, $11)) part
cross join lateral (
    select * from ledger_entry e
    where e.source_id = $1 and e.recorded_at = part.recorded_at and e.batch_id = part.batch_id
      and e.entry_no >= part.first_entry_no and e.entry_no < part.first_entry_no + part.entry_count
      and (part.role <> 0 or e.reverses_entry_no is null)
    offset 0) e
join items t on t.id = e.item_id
order by s.recorded_at, s.batch_id, s.event_id, part.role, e.entry_no
