-- Who did what: one row per administrative act, in the transaction of the act. Added and read, nothing else.
create table audit_event (
    id             bigint primary key generated always as identity,
    at             timestamptz not null default clock_timestamp(),
    actor_kind     text not null check (actor_kind in ('key', 'person', 'service', 'unknown')),
    actor_id       text,                    -- the public part of a key, the subject of a person
    actor_name     text,
    action         text not null,           -- such as api_key.created
    object         text,                    -- such as api-keys/3f9c2a7b10d4e856
    outcome        text not null check (outcome in ('done', 'unchanged', 'unknown', 'refused', 'failed', 'denied')),
    details        jsonb not null,
    trace_id       text,
    remote_address inet
);
create index on audit_event (at);
create index on audit_event (actor_id, id);
create index on audit_event (action, id);
create index on audit_event (object, id);

create function audit_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is append-only: % is refused', tg_op using errcode = 'restrict_violation';
end $$;

create trigger append_only before update or delete on audit_event for each row execute function audit_refuse_change();
create trigger no_truncate before truncate on audit_event for each statement execute function audit_refuse_change();

-- Neither its number nor its time is the service's to give.
grant select, insert (actor_kind, actor_id, actor_name, action, object, outcome, details, trace_id, remote_address) on audit_event to tokenfactory_service;
grant select, insert, update, delete on api_key_producers to tokenfactory_service;
