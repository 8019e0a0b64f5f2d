-- A reclassification is a repricing that changes the sector instead of the price: one way of walking the ledger for both.
alter table repricings
    add column account_id bigint,                       -- of a reclassification: the account; null: a repricing
    add column entries    bigint not null default 0;    -- entries of the events that changed, as they were
create index on repricings (account_id, id) where account_id is not null;
-- Of one account one is under way at a time: each begins where the one before has ended.
create unique index on repricings (account_id) where account_id is not null and state = 1 and not dry_run;

-- A reclassification's lanes are marked when nobody is still recording by the sector of before.
grant update (marks, entries) on repricings to tokenfactory_service;
