-- How much is recorded by now, from counters and what is not in them yet, and since when something waits to be folded or sealed: no row of the ledger's entries
-- is read. {outcomes} and {unsealed} are statements of their own; $1: when the first of the deltas was recorded that are still to be folded, null: there are none.
select ledger_clock(), outcomes.accepted, outcomes.quarantined,
       (select coalesce(sum(quantity), 0) from rollup_total) + (select coalesce(sum(quantity), 0) from rollup_pending_since($1)),
       rollup_first_pending(), ({unsealed})
from ({outcomes}) outcomes (received, accepted, duplicate, conflict, rejected, quarantined)
