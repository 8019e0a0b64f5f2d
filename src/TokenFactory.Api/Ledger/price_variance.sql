-- What senders say that their events cost beside what the ledger says, by source, producer, model and reported currency. Of events that occurred
-- within [$1, $2); what is in force of each is its own entries and its repricings', net of what was taken back. $3 a source, $4 items; null: any.
-- No event is recorded more than a day before it occurred: nothing older is read, and the months before it not at all.
with reported as (
    select i.source_id, i.event_id, i.reported_currency as currency, i.reported_amount,
           min(e.item_id) as item_id, bool_or(starts_with(e.event_id, '~reversal/')) as is_reversed,
           -- An entry that takes another back takes it out of the count too.
           sum(line.sign) filter (where line.value is not null) as valued_lines,
           sum(line.sign) filter (where line.value is null and (e.quantity <> 0 or e.amount <> 0)) as unvalued_lines,
           sum(line.value) as value
    from ledger_entry e
    join event_identity i on i.source_id = e.source_id and i.event_id = ledger_event_of(e.event_id)
    cross join ledger_setting s
    -- The entry in the reported currency: as it is, or as the exchange rates of its time made it the reporting currency; never converted anew.
    cross join lateral (
        select case when e.currency = i.reported_currency then e.amount
                    when s.reporting_currency = i.reported_currency then e.reporting_amount end as value,
               case when e.reverses_entry_no is null then 1 else -1 end as sign) line
    where e.source_id = any (array(select id from sources where $3::text is null or slug = $3))
      and e.recorded_at >= $1 - interval '1 day'
      and e.occurred_at >= $1 and e.occurred_at < $2
      and ($4::integer[] is null or e.item_id = any ($4))
      and i.reported_amount is not null and i.recorded_at >= $1 - interval '1 day'
    group by i.source_id, i.event_id
), compared as (
    -- Comparable: something has a value, and nothing that needs one has none.
    select *, coalesce(valued_lines, 0) > 0 and coalesce(unvalued_lines, 0) = 0 as is_comparable
    from reported
    where not is_reversed
), summed as (
    select c.source_id, t.producer_id, t.model_id, c.currency, count(*) as events, count(*) filter (where not is_comparable) as not_comparable,
           coalesce(sum(c.reported_amount) filter (where is_comparable), 0) as reported,
           coalesce(sum(c.reported_amount) filter (where not is_comparable), 0) as reported_not_comparable,
           coalesce(sum(c.value) filter (where is_comparable), 0) as valued
    from compared c
    join items t on t.id = c.item_id
    group by c.source_id, t.producer_id, t.model_id, c.currency
)
select s.slug, p.slug, m.slug, v.currency, v.events, v.not_comparable, trim_scale(v.reported)::text, trim_scale(v.valued)::text,
       trim_scale(v.reported - v.valued)::text,
       trim_scale(round((v.reported - v.valued)::numeric(200, 60) / nullif(v.valued, 0), 12))::text, trim_scale(v.reported_not_comparable)::text
from summed v
join sources s on s.id = v.source_id
join producers p on p.id = v.producer_id
join models m on m.id = v.model_id
order by s.slug, p.slug, m.slug, v.currency
limit $5
