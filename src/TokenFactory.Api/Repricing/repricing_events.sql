-- The events of some batches that a repricing selects, each with what it needs: names, whether it was reversed, how often it was corrected, and
-- three kinds of lines (role 0: in force; 1: what this repricing has recorded of it already; 2: what the repricing that is reverted has recorded).
-- $1 source, $2 and $3 instants and numbers of the batches, $4 and $5 the window, $6 producers, $7 models, $8 service tiers, $9 accounts,
-- $10 sectors (null: all), $11 this repricing, $12 the one that it reverts.
with selected as materialized (
    select distinct e.event_id, e.recorded_at, e.batch_id, e.occurred_at, e.account_id, e.buyer_id, e.sector, i.producer_id, i.model_id, i.service_tier
    from unnest($2::timestamptz[], $3::bigint[]) as b (recorded_at, batch_id)
    cross join lateral (
        select * from ledger_entry e
        where e.source_id = $1 and e.recorded_at = b.recorded_at and e.batch_id = b.batch_id
          and e.occurred_at >= $4 and e.occurred_at < $5
          and ($9::bigint[] is null or e.account_id = any ($9))
          and ($10::smallint[] is null or e.sector = any ($10))
        offset 0) e
    join items i on i.id = e.item_id
    where ($6::integer[] is null or i.producer_id = any ($6))
      and ($7::integer[] is null or i.model_id = any ($7))
      and ($8::smallint[] is null or i.service_tier = any ($8))
)
select s.event_id, s.producer_id, s.model_id, m.slug, s.service_tier, o.region,
       reversal.event_id is not null, coalesce(right(latest.event_id, 6)::integer, 0), part.role,
       e.recorded_at, e.batch_id, e.entry_no, t.token_class, s.occurred_at, e.reverses_entry_no is not null,
       e.item_id, s.account_id, s.buyer_id, s.sector, e.quantity, e.basis, e.unit_value, e.currency, e.rate_id, e.amount, e.fx_rate_id, e.reporting_amount
from selected s
join event_identity o on o.source_id = $1 and o.event_id = s.event_id
join models m on m.id = s.model_id
left join event_identity reversal on reversal.source_id = $1 and reversal.event_id = '~reversal/' || s.event_id
left join lateral (
    select c.event_id, c.recorded_at, c.batch_id, c.first_entry_no, c.entry_count from event_identity c
    where c.source_id = $1 and c.event_id > '~repricing/' || s.event_id || '/' and c.event_id < '~repricing/' || s.event_id || '/:'
      and length(c.event_id) = length(s.event_id) + 18
    order by c.event_id desc limit 1) latest on true
cross join lateral (
    select 0 as role,
           case when latest.entry_count > 0 then latest.recorded_at else o.recorded_at end as recorded_at,
           case when latest.entry_count > 0 then latest.batch_id else o.batch_id end as batch_id,
           case when latest.entry_count > 0 then latest.first_entry_no else o.first_entry_no end as first_entry_no,
           case when latest.entry_count > 0 then latest.entry_count else o.entry_count end as entry_count
    union all
    select case when c.repricing_id = $11 then 1 else 2 end, c.recorded_at, c.batch_id, c.first_entry_no, c.entry_count from event_identity c
    where latest.event_id is not null and c.source_id = $1
      and c.event_id > '~repricing/' || s.event_id || '/' and c.event_id < '~repricing/' || s.event_id || '/:'
      and length(c.event_id) = length(s.event_id) + 18 and c.repricing_id in ($11, $12)) part
join ledger_entry e on e.source_id = $1 and e.recorded_at = part.recorded_at and e.batch_id = part.batch_id
    and e.entry_no >= part.first_entry_no and e.entry_no < part.first_entry_no + part.entry_count
join items t on t.id = e.item_id
where part.role <> 0 or e.reverses_entry_no is null
order by s.recorded_at, s.batch_id, s.event_id, part.role, e.entry_no
