-- Prices and exchange rates are added, never changed: a card's end is a row of its own.
grant select, insert on rate_card_ends, fx_publications, fx_rates to tokenfactory_service;
revoke update (effective_to) on rate_cards from tokenfactory_service;
revoke delete on rate_cards, rates from tokenfactory_service;

-- What the ledger itself records for no sender: the settlement of month tiers. No key may write for it.
insert into sources (slug, name, created_at) values ('~settlement', 'Settlement of month tiers', clock_timestamp());
