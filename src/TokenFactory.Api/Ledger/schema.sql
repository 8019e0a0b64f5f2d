-- The ledger: what was produced, for whom, at what unit value. Append-only.
-- source_id is first in every key: it is the distribution column when the ledger outgrows one machine.
-- No foreign keys from here: the rows outlive nothing, and each would cost a look-up per row.

-- The one clock of the ledger. Tests and the demonstration replace it in their own databases, nobody else does.
create function ledger_clock() returns timestamptz
language sql volatile parallel safe as $$ select clock_timestamp() $$;

-- The currency in which figures are published; it is fixed when the ledger is made, because every entry is valued in it.
create table ledger_setting (
    only_row           boolean primary key default true check (only_row),
    reporting_currency text not null check (reporting_currency ~ '^[A-Z]{3}$')
);

create sequence ledger_batch_id as bigint cache 1;

-- One row per event for ever: what makes an event count once. Unpartitioned, so that "ever" holds across months.
create table event_identity (
    source_id         bigint not null,
    event_id          text collate "C" not null,
    fingerprint       bytea not null check (length(fingerprint) = 33),      -- version byte, SHA-256 of the values as sent
    recorded_at       timestamptz not null,
    batch_id          bigint not null,
    first_entry_no    integer not null,
    entry_count       smallint not null,
    reported_amount   numeric check (reported_amount between 0 and 1e15),   -- what the sender says it cost
    reported_currency text check (reported_currency ~ '^[A-Z]{3}$'),
    reason            text,                                                 -- of a reversal: why
    primary key (source_id, event_id)
);

-- One row per event and token class. Partitioned by the month of recording: a late event never touches a closed month.
create table ledger_entry (
    source_id            bigint not null,
    recorded_at          timestamptz not null,
    batch_id             bigint not null,
    entry_no             integer not null,
    event_id             text collate "C" not null,
    occurred_at          timestamptz not null,
    item_id              integer not null,
    account_id           bigint,                    -- null: the event named none
    buyer_id             integer not null,          -- the producer that the account itself is; 0: none
    sector               smallint not null check (sector between 0 and 3),
    quantity             bigint not null check (quantity between -1000000000000000 and 1000000000000000),
    basis                smallint not null check (basis between 0 and 2),    -- 0 unpriced, 1 declared, 2 rate card
    unit_value           numeric check (unit_value between 0 and 1000000),   -- per million tokens; BETWEEN also refuses NaN
    currency             text check (currency ~ '^[A-Z]{3}$'),
    rate_id              bigint,
    amount               numeric check (amount between -1e15 and 1e15),      -- in currency
    fx_rate_id           bigint,
    reporting_amount     numeric check (reporting_amount between -1e15 and 1e15),
    reverses_recorded_at timestamptz,
    reverses_batch_id    bigint,
    reverses_entry_no    integer,
    primary key (source_id, recorded_at, batch_id, entry_no),
    check (basis = 0 or (unit_value is not null and currency is not null and amount is not null)),
    check ((basis = 2) = (rate_id is not null))
) partition by range (recorded_at);

-- What a transaction adds to each roll-up cell, grouped by the writer in the same transaction.
-- currency is XXX (ISO 4217: no currency) for unpriced quantities.
create table rollup_delta (
    source_id        bigint not null,
    recorded_at      timestamptz not null,
    batch_id         bigint not null,
    hour             timestamptz not null,
    item_id          integer not null,
    sector           smallint not null,
    buyer_id         integer not null,
    currency         text not null,
    entry_count      bigint not null,
    quantity         numeric not null,
    priced_quantity  numeric not null,
    free_quantity    numeric not null,
    amount           numeric not null,
    reporting_amount numeric not null
) partition by range (recorded_at);
create index on rollup_delta (source_id, recorded_at, batch_id);

-- What was not taken as a new event, each with its reason.
create table event_refusal (
    source_id   bigint not null,                                -- 0: no source could be made out
    recorded_at timestamptz not null,
    batch_id    bigint not null,
    refusal_no  integer not null,
    outcome     smallint not null check (outcome between 3 and 5),          -- 3 conflict, 4 rejected, 5 quarantined
    event_id    text collate "C",
    code        text not null,
    detail      text not null,
    fingerprint bytea,
    primary key (source_id, batch_id, refusal_no)
);

-- One row per committed transaction, numbered within its lane: contiguous, in commit order.
create table ledger_batch (
    source_id   bigint not null,
    lane        smallint not null,
    seq         bigint not null,
    batch_id    bigint not null,
    kind        smallint not null check (kind between 1 and 2),             -- 1 ingest, 2 reversal
    recorded_at timestamptz not null,
    received    integer not null,
    accepted    integer not null,
    duplicate   integer not null,
    conflict    integer not null,
    rejected    integer not null,
    quarantined integer not null,
    entry_count integer not null,
    primary key (source_id, lane, seq),
    check (received = accepted + duplicate + conflict + rejected + quarantined)
);
create index on ledger_batch (source_id, batch_id);

-- A lane's last number. Incremented as the last statement before COMMIT: the row lock makes numbers contiguous in commit order.
-- Whoever has a lane has sent something: such a source can't be removed from the catalog. Refusals without a source are filed under 0.
create table journal_lane (
    source_id         bigint not null,
    lane              smallint not null,
    seq               bigint not null,
    registered_source bigint generated always as (nullif(source_id, 0)) stored references sources (id),
    primary key (source_id, lane)
) with (fillfactor = 50);

create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only: % on % is refused', tg_op, tg_table_name
        using errcode = 'restrict_violation', hint = 'Correct an event by reversing it and recording a new one.';
end $$;

create trigger append_only before update or delete on event_identity for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on ledger_entry for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on rollup_delta for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on event_refusal for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on ledger_batch for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on ledger_setting for each row execute function ledger_refuse_change();
create trigger no_truncate before truncate on event_identity for each statement execute function ledger_refuse_change();
create trigger no_truncate before truncate on ledger_entry for each statement execute function ledger_refuse_change();
create trigger no_truncate before truncate on rollup_delta for each statement execute function ledger_refuse_change();
create trigger no_truncate before truncate on event_refusal for each statement execute function ledger_refuse_change();
create trigger no_truncate before truncate on ledger_batch for each statement execute function ledger_refuse_change();
create trigger no_truncate before truncate on ledger_setting for each statement execute function ledger_refuse_change();

-- Makes the monthly partitions that hold the given instant and the months after it, where they are missing. Runs as the owner: the
-- service itself may neither create nor drop. Two callers at once are serialized by the lock.
create function ledger_make_partitions(at timestamptz, months integer) returns integer
language plpgsql security definer set search_path from current as $$
declare
    first_month timestamp := date_trunc('month', at at time zone 'UTC');
    lower_bound timestamp;
    parent text;
    child text;
    made integer := 0;
begin
    if months not between 1 and 36 then
        raise exception 'months must be within 1..36' using errcode = 'invalid_parameter_value';
    end if;
    if at not between ledger_clock() - interval '10 years' and ledger_clock() + interval '10 years' then
        raise exception 'partitions are made within ten years of the ledger clock' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('ledger_make_partitions', 0));
    for i in 0 .. months - 1 loop
        lower_bound := first_month + make_interval(months => i);
        foreach parent in array array['ledger_entry', 'rollup_delta'] loop
            child := parent || to_char(lower_bound, '_YYYY_MM');
            continue when to_regclass(child) is not null;
            -- Made apart and attached: CREATE ... PARTITION OF would wait for every reader of the whole, and every writer for it.
            execute format('create table %I (like %I including all)', child, parent);
            execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, child,
                to_char(lower_bound, 'YYYY-MM-DD') || ' 00:00:00+00',
                to_char(lower_bound + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
            execute format('create trigger no_truncate before truncate on %I for each statement execute function ledger_refuse_change()', child);
            made := made + 1;
        end loop;
    end loop;
    return made;
end $$;
revoke all on function ledger_make_partitions(timestamptz, integer) from public;
