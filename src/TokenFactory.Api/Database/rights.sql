-- The service works as a role that owns nothing and can neither change nor remove what the ledger holds.
-- Roles belong to the whole server: another database's migration may have made this one already, or may be making it now.
do $$
begin
    if not exists (select from pg_roles where rolname = 'tokenfactory_service') then
        create role tokenfactory_service nologin;
    end if;
exception
    when duplicate_object or unique_violation then null;
    when insufficient_privilege then
        raise exception 'the role tokenfactory_service is missing and % may not create it', current_user
            using errcode = 'insufficient_privilege',
                  hint = 'Let an administrator run: CREATE ROLE tokenfactory_service NOLOGIN; GRANT tokenfactory_service TO <the service''s login>;';
end $$;

-- The login that migrates may also serve: its service connections switch to the role.
do $$
begin
    if not pg_has_role(current_user, 'tokenfactory_service', 'member') then
        execute format('grant tokenfactory_service to %I', current_user);
    end if;
end $$;

do $$
begin
    execute format('grant usage on schema %I to tokenfactory_service', current_schema());
end $$;

-- The ledger: add and read, nothing else.
grant select, insert on event_identity, ledger_entry, rollup_delta, event_refusal, ledger_batch, ledger_setting to tokenfactory_service;
grant select, insert, update on journal_lane to tokenfactory_service;
grant usage, select on sequence ledger_batch_id to tokenfactory_service;
grant execute on function ledger_make_partitions(timestamptz, integer), ledger_clock() to tokenfactory_service;

-- The roll-ups are derived and may be moved forward.
grant select, insert, update on rollup_source, rollup_cursor, rollup_cell_hour, rollup_cell_day, rollup_total, rollup_outcome,
    audit_cursor, audit_total to tokenfactory_service;

grant select on rollup_pending, rollup_hour, rollup_day, rollup_context, audit_pending to tokenfactory_service;

-- The catalog and the keys.
grant select, insert, update, delete on producers, producer_aliases, models, model_aliases, items, sources, accounts, account_sectors,
    rate_cards, rates, api_keys, api_key_sources to tokenfactory_service;
grant select, update on catalog_version to tokenfactory_service;
revoke update, delete on rate_cards, rates, items from tokenfactory_service;
revoke delete on accounts from tokenfactory_service;
grant update (effective_to) on rate_cards to tokenfactory_service;
