-- What usage in other people's shapes needs of the ledger: events that could not be read are held back, not lost; each entry says what decided
-- its sector; counters that only ever grow are remembered.

-- An event that could not be read, as it was sent, less everything that is no usage: no prompt and no answer ever gets here. It is released as
-- an ordinary event under its own id and fingerprint, so that event_identity tells which ones were.
create table quarantined_event (
    source_id   bigint not null,
    event_id    text collate "C" not null,
    fingerprint bytea not null check (length(fingerprint) = 33),
    id          bigint not null generated always as identity,
    recorded_at timestamptz not null,
    batch_id    bigint not null,
    shape       text not null,              -- the shape that it came in: raw, litellm, otlp_span, ...
    code        text not null,
    detail      text not null,
    occurred_at timestamptz,
    producer    text,                       -- names as sent
    model       text,
    payload     json not null,              -- what a release reads again
    primary key (source_id, event_id, fingerprint)
);
create unique index on quarantined_event (id);

-- What is given up, and why.
create table quarantine_discard (
    source_id    bigint not null,
    event_id     text collate "C" not null,
    fingerprint  bytea not null,
    discarded_at timestamptz not null,
    reason       text not null,
    primary key (source_id, event_id, fingerprint)
);

create trigger append_only before update or delete on quarantined_event for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on quarantine_discard for each row execute function ledger_refuse_change();
create trigger no_truncate before truncate on quarantined_event for each statement execute function ledger_refuse_change();
create trigger no_truncate before truncate on quarantine_discard for each statement execute function ledger_refuse_change();

-- The last reading of each counter that only ever grows, moved forward in the transaction that records what it grew by.
create table meter_reading (
    source_id  bigint not null,
    meter      bytea not null,              -- SHA-256 of what tells the counter from others
    started_at timestamptz not null,        -- since when it has counted; a restart begins anew
    read_at    timestamptz not null,
    total      numeric not null check (total >= 0),
    primary key (source_id, meter)
);

-- NOT VALID: checked for what is added from now on. To check what is there would read the whole ledger while nobody can write.
alter table ledger_entry
    add column sector_basis   smallint,     -- 1 event, 2 account, 3 tag, 4 rule, 5 none, 6 reclassification
    add column sector_rule_id integer;
alter table ledger_entry add constraint ledger_entry_sector_basis_check check (sector_basis between 1 and 6) not valid;

alter table event_identity
    add column usage_profile text,      -- how the sender's usage object was read: id/version; null: the event came in the ledger's own classes
    add column sent_model    text;      -- the model's name as sent, where it is published under another

-- 5: an account's recorded events moved to another sector.
alter table ledger_batch drop constraint ledger_batch_kind_check;
alter table ledger_batch add constraint ledger_batch_kind_check check (kind between 1 and 5) not valid;

grant select, insert on quarantined_event, quarantine_discard to tokenfactory_service;
grant select, insert, update on meter_reading to tokenfactory_service;
