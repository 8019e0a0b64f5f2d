-- The oldest month before $1 that holds something which is not archived and could be; null: there is none. What a version without chains has recorded can't be.
select to_char(min(month), 'YYYY-MM') from (
    select date_trunc('month', b.recorded_at at time zone 'UTC') as month
    from ledger_batch b
    where b.recorded_at < $1
        and not exists (
            select from ledger_archive_lane a
            where a.source_id = b.source_id and a.lane = b.lane and a.month = date_trunc('month', b.recorded_at at time zone 'UTC')::date
                and b.seq between a.first_seq and a.last_seq)
    group by 1
    having count(*) filter (where b.head is null) = 0) months
