-- What is open, by what stands in the way: the most first. The latest stands for the others. $1 source, $2 the most rows.
select source, code, shape, producer, count(*), min(recorded_at), max(recorded_at), (array_agg(id order by id desc))[1] as latest,
       (array_agg(detail order by id desc))[1]
from held
where status = 0 and ($1::text is null or source = $1)
group by source, code, shape, producer
order by count(*) desc, source, code, shape, producer
limit $2
