-- The state of the demonstration, and a ledger clock that follows it while it is being loaded.
create table demo_state (
    only_row    boolean primary key default true check (only_row),
    until       date not null,
    clock       timestamptz,
    is_complete boolean not null default false
);
grant select on demo_state to tokenfactory_service;
create or replace function ledger_clock() returns timestamptz language sql volatile parallel safe as $$
    select coalesce((select clock from demo_state), clock_timestamp())
$$;
