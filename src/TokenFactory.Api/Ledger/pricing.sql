-- What prices with conditions need of the ledger: money without tokens, corrections that are no reversals, where tokens were made.

-- basis: 0 unpriced, 1 declared, 2 rate card; money without tokens: 3 package, 4 minimum charge, 5 month tiers.
alter table ledger_entry drop constraint ledger_entry_basis_check;
alter table ledger_entry drop constraint ledger_entry_check;
alter table ledger_entry drop constraint ledger_entry_check1;
alter table ledger_entry
    add constraint ledger_entry_basis_check check (basis between 0 and 5),
    add constraint ledger_entry_money_check check (basis = 0 or (currency is not null and amount is not null)),
    add constraint ledger_entry_priced_check check ((basis in (1, 2)) = (unit_value is not null)),
    add constraint ledger_entry_rate_check check ((basis >= 2) = (rate_id is not null)),
    add constraint ledger_entry_adjustment_check check (basis < 3 or quantity = 0);

alter table ledger_batch drop constraint ledger_batch_kind_check;
alter table ledger_batch add constraint ledger_batch_kind_check check (kind between 1 and 4);   -- 3 repricing, 4 settlement

alter table event_identity
    add column region       text,       -- where the tokens were made, as the event says
    add column repricing_id bigint;     -- of a repricing's entries: which

-- The event that an identity is about: itself, or what it takes back or prices anew.
create function ledger_event_of(event_id text) returns text
language sql immutable parallel safe as $$
    select case when starts_with(event_id, '~reversal/') then substr(event_id, 11)
                when starts_with(event_id, '~repricing/') then substr(event_id, 12, length(event_id) - 18)
                else event_id end
$$;
grant execute on function ledger_event_of(text) to tokenfactory_service;
