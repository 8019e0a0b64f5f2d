-- Begins a repricing: what was known and what was recorded at this moment, in one snapshot. The caller holds the catalog still, so that no price
-- that is being recorded is dated before this moment and seen after it. $1 request, $2 selection, $3 whether it is a dry run, $4 reason, $5 the
-- clock that prices are recorded by, $6 the sources, null: all, $7 of a reclassification the account.
insert into repricings (request, selection, dry_run, reason, created_at, account_id, known_at, marks)
select $1, $2, $3, $4, $5, $7,
       greatest($5, (select max(recorded_at) from rate_cards), (select max(recorded_at) from rate_card_ends), (select max(recorded_at) from fx_publications)),
       coalesce((select jsonb_object_agg(l.source_id || '/' || l.lane, l.seq) from journal_lane l where $6::bigint[] is null or l.source_id = any ($6)), '{}')
returning id
