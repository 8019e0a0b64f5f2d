-- The first and the last hour that has cells: two look-ups by key for each source, and what is not folded yet.
select min(hour), max(hour)
from (
    select bound.hour
    from sources s
    cross join lateral (
        (select c.hour from rollup_cell_hour c where c.source_id = s.id order by c.hour limit 1)
        union all
        (select c.hour from rollup_cell_hour c where c.source_id = s.id order by c.hour desc limit 1)) bound
    union all
    select hour from rollup_pending) hours
