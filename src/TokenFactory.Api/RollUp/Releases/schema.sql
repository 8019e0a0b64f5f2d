-- What is public while small cells are withheld: months by sector and producer, each released once, as it was known then. Later events and later settings
-- change no release: nobody learns from the difference between two of them. What is withheld is not in here.
create table release_month (
    month             date primary key,
    released_at       timestamptz not null,
    min_accounts      integer not null,
    dominance_percent integer not null
);

-- sector -1 and producer_id 0: all of them. Figures are null where the cell is withheld. Each is one that the rules have judged; there are no others of a cell.
create table release_cell (
    month            date not null references release_month (month),
    sector           smallint not null,
    producer_id      integer not null,
    quantity         numeric,
    reporting_amount numeric,
    primary key (month, sector, producer_id),
    check (num_nulls(quantity, reporting_amount) in (0, 2))
);

create trigger append_only before update or delete on release_month for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on release_cell for each row execute function ledger_refuse_change();
create trigger no_truncate before truncate on release_month for each statement execute function ledger_refuse_change();
create trigger no_truncate before truncate on release_cell for each statement execute function ledger_refuse_change();

grant select, insert on release_month, release_cell to tokenfactory_service;
