-- How the roll-up is at this moment, and how often what is folded of the months within [$1, $2) has changed; null: without a bound.
select m.reporting_currency, m.vintage, m.complete_through,
       case when m.has_pending then rollup_first_pending() end as pending_since,
       m.is_coarse_current, m.recorded,
       (select coalesce(sum(c.folds), 0)::bigint from rollup_change c
        where c.source_id = any (array(select id from sources))
            and ($1::timestamptz is null or c.month >= date_trunc('month', $1 at time zone 'UTC')::date)
            and ($2::timestamptz is null or c.month < ($2 at time zone 'UTC'))) as folds,
       (select version from catalog_version) as catalog, (select count(*) from rollup_source) as sources, pg_postmaster_start_time() as up_since
from rollup_moment m
