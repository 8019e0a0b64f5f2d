-- The ledger follows the demonstration's clock from here on, and takes nothing but the demonstration meanwhile. Run again, it goes on.
create table if not exists demo_state (
    only_row    boolean primary key default true check (only_row),
    until       date not null,                      -- the last day with production
    clock       timestamptz,                        -- where the load is, or where it was cut off; null: nothing was loaded yet
    is_loading  boolean not null default false,     -- the ledger's clock is the demonstration's
    is_complete boolean not null default false
);
grant select on demo_state to tokenfactory_service;

create or replace function ledger_clock() returns timestamptz language sql volatile parallel safe as $$
    select coalesce((select clock from demo_state where is_loading), clock_timestamp())
$$;

-- What others send must never get the demonstration's time. The trigger stays: a transaction that read that time just before the end of the
-- load may reach this point just after it. 57PNY: not yet.
create or replace function demo_refuse_others() returns trigger language plpgsql as $$
begin
    if ((select is_loading from demo_state) or new.recorded_at < clock_timestamp() - interval '10 minutes')
        and not exists (select from sources where id = new.source_id and slug in ('demo-gateway', 'demo-plant')) then
        raise exception 'the demonstration is being loaded; nothing else is recorded until it is there' using errcode = '57PNY';
    end if;
    return new;
end $$;
create or replace trigger demo_only before insert on ledger_batch for each row execute function demo_refuse_others();
