-- Repricings: what was asked for and how far it is. Each is done in many transactions, by whichever instance holds its lock; what it has done is
-- in the ledger, under the identities of its entries, so that this row may lag behind and nothing is done twice.
create table repricings (
    id          bigint generated always as identity primary key,
    request     jsonb not null,                             -- as it was sent, with the names under which things are registered
    selection   jsonb not null,                             -- the same with their numbers
    dry_run     boolean not null,
    confirms    bigint unique references repricings (id),   -- the dry run whose prices and entries these are
    reverts     bigint references repricings (id),          -- the repricing that this one takes back
    reason      text,
    created_at  timestamptz not null,
    known_at    timestamptz not null,                       -- prices that were recorded until then
    marks       jsonb not null,                             -- the last batch of each lane that is looked at
    position    jsonb not null default '{}',                -- how far each lane is done
    state       smallint not null default 1 check (state between 1 and 3),   -- 1 running, 2 completed, 3 failed
    examined    bigint not null default 0,                  -- events looked at
    changed     bigint not null default 0,                  -- events whose price differs
    skipped     bigint not null default 0,                  -- of a revert: events that another repricing has changed since
    failure     text,
    finished_at timestamptz,
    check (not dry_run or (confirms is null and reverts is null))
);
create index on repricings (id) where state = 1;
-- What a revert had to skip, because another repricing was in force, may be taken back once that one is.
create unique index on repricings (reverts) where state = 1 or skipped = 0;

-- Whether two repricings may look at the same event, by their selections.
create function repricings_meet(a jsonb, b jsonb) returns boolean
language sql immutable parallel safe as $$
    select (a ->> 'start')::timestamptz < (b ->> 'end')::timestamptz and (a ->> 'end')::timestamptz > (b ->> 'start')::timestamptz
       and (select bool_and(jsonb_typeof(a -> dimension) is distinct from 'array' or jsonb_typeof(b -> dimension) is distinct from 'array'
                            or exists (select from jsonb_array_elements(a -> dimension) x join jsonb_array_elements(b -> dimension) y on x.value = y.value))
            from unnest(array['sources', 'producers', 'models', 'service_tiers', 'accounts', 'sectors']) dimension)
$$;
grant execute on function repricings_meet(jsonb, jsonb) to tokenfactory_service;

-- What the events looked at were worth before and are worth after, in the reporting currency. Written with the position, so that a batch that is
-- looked at again after a crash counts once.
create table repricing_cell (
    repricing_id    bigint not null references repricings (id),
    sector          smallint not null,
    item_id         integer not null,
    quantity        numeric not null,
    amount_before   numeric not null,
    amount_after    numeric not null,
    unpriced_before numeric not null,
    unpriced_after  numeric not null,
    primary key (repricing_id, sector, item_id)
) with (fillfactor = 70);

-- Settlement of month tiers. Derived from the ledger, as a roll-up is: what each account used at a rate with tiers, by month and cell.
create table settlement_cursor (
    source_id   bigint not null,
    lane        smallint not null,
    settled_seq bigint not null,
    primary key (source_id, lane)
) with (fillfactor = 50);

create table settlement_month (
    account_id  bigint not null,
    rate_id     bigint not null,
    month       date not null,
    settlements integer not null,                -- number of the last settlement of it that is in the ledger, as far as the cursors are
    is_open     boolean not null,                -- something has changed since it was last found settled
    primary key (account_id, rate_id, month)
) with (fillfactor = 70);
create index on settlement_month (account_id, rate_id, month) where is_open;

create table settlement_cell (
    account_id        bigint not null,
    rate_id           bigint not null,
    month             date not null,
    hour              timestamptz not null,
    item_id           integer not null,
    sector            smallint not null,
    buyer_id          integer not null,
    quantity          numeric not null,
    amount            numeric not null,          -- at the first tier, in the rate's currency
    settled           numeric not null,          -- what settlements have added, in the rate's currency
    settled_reporting numeric not null,          -- the same in the reporting currency, where it had a value there
    primary key (account_id, rate_id, month, hour, item_id, sector, buyer_id)
) with (fillfactor = 70);
-- Settled while there were no exchange rates: looked at again, there may be some by now.
create index on settlement_cell (account_id, rate_id, month) where settled <> 0 and settled_reporting = 0;

-- What was asked for stays as it was asked for.
grant select, insert on repricings to tokenfactory_service;
grant update (position, state, examined, changed, skipped, failure, finished_at) on repricings to tokenfactory_service;
grant select, insert, update on repricing_cell, settlement_cursor, settlement_month, settlement_cell to tokenfactory_service;
