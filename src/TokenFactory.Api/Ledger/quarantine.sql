-- Each event that was held back, and what became of it: one of three. The ledger decides first: what is recorded is released, whether it was
-- released here or sent again, and even where it was given up before. Other content under its id leaves it open.
with held as (
    select q.id, q.source_id, s.slug as source, q.event_id, q.fingerprint, q.recorded_at, q.shape, q.code, q.detail, q.occurred_at, q.producer, q.model,
           q.payload, d.discarded_at, d.reason,
           case when i.fingerprint = q.fingerprint then 1 when d.source_id is not null then 2 else 0 end as status,
           i.fingerprint is distinct from q.fingerprint and i.fingerprint is not null as id_taken
    from quarantined_event q
    join sources s on s.id = q.source_id
    left join event_identity i on i.source_id = q.source_id and i.event_id = q.event_id
    left join quarantine_discard d on d.source_id = q.source_id and d.event_id = q.event_id and d.fingerprint = q.fingerprint
)
