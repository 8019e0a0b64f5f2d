-- The months that are archived and hold entries within bounds; null: any. $1 and $2 when they occurred, $3 and $4 when they were recorded (by the day), $5 a source, $6 items,
-- $7 sectors, $8 who bought, $9 sources by number.
select to_char(m.month, 'YYYY-MM')
from (select distinct month from ledger_archive) m
where ($3::timestamptz is null or (m.month + interval '1 month') at time zone 'UTC' > $3)
  and ($4::timestamptz is null or m.month::timestamp at time zone 'UTC' < $4)
  and exists (
    select from sources s
    cross join lateral (
        select 1 from ledger_closing_balance b
        where b.source_id = s.id and b.month = m.month
          and ($1::timestamptz is null or b.hour >= date_trunc('hour', $1::timestamptz, 'UTC')) and ($2::timestamptz is null or b.hour < $2)
          and ($3::timestamptz is null or b.vintage >= ($3 at time zone 'UTC')::date)
          and ($4::timestamptz is null or b.vintage::timestamp at time zone 'UTC' < $4)
          and ($6::integer[] is null or b.item_id = any ($6))
          and ($7::smallint[] is null or b.sector = any ($7))
          and ($8::integer[] is null or b.buyer_id = any ($8))
        limit 1) b
    where ($5::text is null or s.slug = $5) and ($9::bigint[] is null or s.id = any ($9)))
order by 1
