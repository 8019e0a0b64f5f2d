-- While no rate has month tiers there is nothing to settle: the cursors are moved to the ends of their lanes, and no entry is read. One
-- statement sees one moment. A batch that uses a rate is committed after the rate, so that whoever sees the batch sees the rate: none slips
-- under. The caller holds the settlement's lock.
insert into settlement_cursor as c (source_id, lane, settled_seq)
select l.source_id, l.lane, l.seq
from journal_lane l
left join settlement_cursor c on c.source_id = l.source_id and c.lane = l.lane
where l.seq > coalesce(c.settled_seq, 0)
  and not exists (select from rates where jsonb_typeof(terms -> 'month_tiers') = 'object')
order by l.source_id, l.lane
on conflict (source_id, lane) do update set settled_seq = excluded.settled_seq
