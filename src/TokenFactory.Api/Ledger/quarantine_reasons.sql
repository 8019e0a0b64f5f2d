-- What is open, by what stands in the way: the most first. The latest stands for the others. $1 source, $2 the most rows.
select r.source, r.code, r.shape, r.producer, r.n, r.first, r.last, r.latest, q.detail
from (
    select source, code, shape, producer, count(*) as n, min(recorded_at) as first, max(recorded_at) as last, max(id) as latest
    from held
    where status = 0 and ($1::text is null or source = $1)
    group by source, code, shape, producer
    order by count(*) desc, source, code, shape, producer
    limit $2) r
join quarantined_event q on q.id = r.latest
order by r.n desc, r.source, r.code, r.shape, r.producer
