-- What must hold between the tables, each as the number of rows that break it.
select 'lane numbers are contiguous from 1 to the lane''s last' as name,
       (select count(*) from journal_lane l
        left join lateral (select count(*) as n, max(seq) as last, min(seq) as first from ledger_batch b
                           where b.source_id = l.source_id and b.lane = l.lane) b on true
        where b.n is distinct from l.seq or b.last is distinct from l.seq or b.first is distinct from 1) as violations
union all
select 'no cursor is ahead of its lane',
       (select count(*) from rollup_cursor c left join journal_lane l using (source_id, lane) where c.folded_seq > coalesce(l.seq, 0) or c.coarse_seq > c.folded_seq)
       + (select count(*) from audit_cursor c left join journal_lane l using (source_id, lane) where c.audited_seq > coalesce(l.seq, 0))
union all
select 'each batch has the entries that it counts',
       (select count(*) from (
            select coalesce(b.source_id, e.source_id)
            from ledger_batch b
            full join (select source_id, batch_id, count(*) as n from ledger_entry group by source_id, batch_id) e
                on e.source_id = b.source_id and e.batch_id = b.batch_id
            left join ledger_archived_batch a on a.source_id = b.source_id and a.lane = b.lane and a.seq = b.seq
            where case when a.seq is not null then 0 else coalesce(b.entry_count, -1) end <> coalesce(e.n, 0)) broken)
union all
select 'accepted events and corrections have one identity each',
       abs((select count(*) from event_identity where not starts_with(event_id, '~'))
           - (select coalesce(sum(accepted), 0)::bigint from ledger_batch))
       + abs((select count(*) from event_identity i where starts_with(event_id, '~') and entry_count > 0
                and not exists (select from ledger_archived_batch a where a.source_id = i.source_id and a.batch_id = i.batch_id))
             - (select count(*) from (select distinct source_id, event_id from ledger_entry where starts_with(event_id, '~')) corrections))
union all
select 'each identity has the entries that it counts',
       (select count(*) from event_identity i
        left join (select source_id, recorded_at, batch_id, event_id, count(*) as n, min(entry_no) as first
                   from ledger_entry group by source_id, recorded_at, batch_id, event_id) e
            on e.source_id = i.source_id and e.recorded_at = i.recorded_at and e.batch_id = i.batch_id and e.event_id = i.event_id
                and e.first = i.first_entry_no
        left join ledger_archived_batch a on a.source_id = i.source_id and a.batch_id = i.batch_id
        where case when a.seq is not null then 0 else i.entry_count end is distinct from coalesce(e.n, 0))
union all
select 'no entry is taken back twice',
       (select count(*) from (
            select from ledger_entry where reverses_batch_id is not null
            group by source_id, reverses_batch_id, reverses_entry_no having count(*) > 1) twice)
union all
select 'each entry that takes another back is its opposite',
       (select count(*) from ledger_entry r
        left join ledger_entry e on e.source_id = r.source_id and e.recorded_at = r.reverses_recorded_at and e.batch_id = r.reverses_batch_id
            and e.entry_no = r.reverses_entry_no
        where r.reverses_batch_id is not null
            and not exists (select from ledger_archived_batch a where a.source_id = r.source_id and a.batch_id = r.reverses_batch_id)
            and (ledger_event_of(r.event_id), r.occurred_at, r.item_id, r.account_id, r.buyer_id, r.sector, r.basis, r.unit_value, r.currency, r.rate_id, r.fx_rate_id, -r.quantity, -r.amount, -r.reporting_amount)
                is distinct from
                (ledger_event_of(e.event_id), e.occurred_at, e.item_id, e.account_id, e.buyer_id, e.sector, e.basis, e.unit_value, e.currency, e.rate_id, e.fx_rate_id, e.quantity, e.amount, e.reporting_amount))
union all
select 'each conflict, rejection and quarantined event is on record with its reason',
       abs((select count(*) from event_refusal) - (select coalesce(sum(conflict + rejected + quarantined), 0)::bigint from ledger_batch))
union all
select 'each batch has the quarantined events that it counts',
       (select count(*) from (
            select coalesce(b.source_id, q.source_id)
            from ledger_batch b
            full join (select source_id, batch_id, count(*) as n from quarantined_event group by source_id, batch_id) q
                on q.source_id = b.source_id and q.batch_id = b.batch_id
            where coalesce(b.quarantined, -1) <> coalesce(q.n, 0)) broken)
union all
select 'each quarantined event is open, released or discarded, and nothing else is discarded',
       (select count(*) from quarantine_discard d
        where not exists (select from quarantined_event q where q.source_id = d.source_id and q.event_id = d.event_id and q.fingerprint = d.fingerprint))
union all
select 'folded outcome counts equal those of the batches',
       (select count(*) from rollup_outcome o
        full join (select b.source_id, sum(received) as received, sum(accepted) as accepted, sum(duplicate) as duplicate, sum(conflict) as conflict,
                     sum(rejected) as rejected, sum(quarantined) as quarantined
              from ledger_batch b join rollup_cursor c on c.source_id = b.source_id and c.lane = b.lane and b.seq <= c.folded_seq
              group by b.source_id) b on b.source_id = o.source_id
        where (o.received, o.accepted, o.duplicate, o.conflict, o.rejected, o.quarantined)
            is distinct from (b.received, b.accepted, b.duplicate, b.conflict, b.rejected, b.quarantined))
union all
select 'day cells equal the sums of their hour cells',
       (select count(*) from (
            select source_id, (hour at time zone 'UTC')::date as day, item_id, sector, buyer_id, currency, vintage,
                   sum(entry_count) as n, sum(quantity) as q, sum(priced_quantity) as p, sum(free_quantity) as f, sum(amount) as a, sum(reporting_amount) as r
            from rollup_cell_hour group by 1, 2, 3, 4, 5, 6, 7) h
        full join rollup_cell_day d using (source_id, day, item_id, sector, buyer_id, currency, vintage)
        where (h.n, h.q, h.p, h.f, h.a, h.r)
            is distinct from (d.entry_count, d.quantity, d.priced_quantity, d.free_quantity, d.amount, d.reporting_amount))
union all
select 'month cells equal the sums of their day cells, where they are not still to be caught up',
       (select count(*) from rollup_cell_month m
        full join rollup_month_of_days d using (source_id, month, item_id, sector, buyer_id, currency)
        where source_id not in (select source_id from rollup_cursor where coarse_seq < folded_seq)
            and (m.entry_count, m.quantity, m.priced_quantity, m.free_quantity, m.amount, m.reporting_amount)
                is distinct from (d.entry_count, d.quantity, d.priced_quantity, d.free_quantity, d.amount, d.reporting_amount))
union all
select 'margins equal the sums of the day cells, where they are not still to be caught up',
       (select count(*) from rollup_cell_margin m
        full join rollup_margin_of_days d using (source_id, margin, start, producer_id, token_class, service_tier, sector, buyer_id, currency)
        where source_id not in (select source_id from rollup_cursor where coarse_seq < folded_seq)
            and (m.entry_count, m.quantity, m.priced_quantity, m.free_quantity, m.amount, m.reporting_amount)
                is distinct from (d.entry_count, d.quantity, d.priced_quantity, d.free_quantity, d.amount, d.reporting_amount))
union all
select 'totals equal the sums of the hour cells',
       (select count(*) from (
            select source_id, currency, item_id,
                   sum(entry_count) as n, sum(quantity) as q, sum(priced_quantity) as p, sum(free_quantity) as f, sum(amount) as a, sum(reporting_amount) as r
            from rollup_cell_hour group by 1, 2, 3) h
        full join rollup_total t using (source_id, currency, item_id)
        where (h.n, h.q, h.p, h.f, h.a, h.r)
            is distinct from (t.entry_count, t.quantity, t.priced_quantity, t.free_quantity, t.amount, t.reporting_amount))
union all
select 'cells equal a recomputation from the ledger entries and closing balances, cell by cell',
       (select count(*) from (
            select source_id, hour, item_id, sector, buyer_id, currency, vintage,
                   sum(n) as n, sum(q) as q, sum(p) as p, sum(f) as f, sum(a) as a, sum(r) as r
            from (
                select e.source_id, date_trunc('hour', e.occurred_at, 'UTC') as hour, e.item_id, e.sector, e.buyer_id,
                       coalesce(e.currency, 'XXX') as currency, (e.recorded_at at time zone 'UTC')::date as vintage,
                       count(*) as n, sum(e.quantity) as q, coalesce(sum(e.quantity) filter (where e.reporting_amount is not null), 0) as p,
                       coalesce(sum(e.quantity) filter (where e.reporting_amount is not null and e.unit_value = 0), 0) as f,
                       coalesce(sum(e.amount), 0) as a, coalesce(sum(e.reporting_amount), 0) as r
                from ledger_entry e group by 1, 2, 3, 4, 5, 6, 7
                union all
                select source_id, hour, item_id, sector, buyer_id, currency, vintage, entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
                from ledger_closing_balance) made group by 1, 2, 3, 4, 5, 6, 7) e
        full join (
            select source_id, hour, item_id, sector, buyer_id, currency, vintage,
                   sum(entry_count) as n, sum(quantity) as q, sum(priced_quantity) as p, sum(free_quantity) as f, sum(amount) as a,
                   sum(reporting_amount) as r
            from rollup_hour group by 1, 2, 3, 4, 5, 6, 7) c using (source_id, hour, item_id, sector, buyer_id, currency, vintage)
        where (e.n, e.q, e.p, e.f, e.a, e.r) is distinct from (c.n, c.q, c.p, c.f, c.a, c.r))
