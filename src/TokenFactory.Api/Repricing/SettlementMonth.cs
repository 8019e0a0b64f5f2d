using System.Globalization;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Repricing;

/// <summary>Which month: what one account used at one rate.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="RateId">The rate, which has month tiers.</param>
/// <param name="Month">Its first day; of UTC.</param>
internal readonly record struct SettlementKey(long AccountId, long RateId, DateOnly Month);

/// <summary>What was used of a month in one hour, and what has been recorded for it.</summary>
/// <param name="Hour">UTC.</param>
/// <param name="ItemId">The item.</param>
/// <param name="Sector">As the entries have it.</param>
/// <param name="BuyerId">The producer that the account itself is; 0: none.</param>
/// <param name="Quantity">Tokens, less those that were taken back; below 0 where an event is not folded yet and its reversal is.</param>
/// <param name="Amount">Recorded at the first tier, in the rate's currency.</param>
/// <param name="Settled">Added by settlements, in the rate's currency.</param>
/// <param name="SettledReporting">The same in the reporting currency; 0 as long as there are no exchange rates.</param>
internal readonly record struct SettlementCell(
    DateTimeOffset Hour, int ItemId, Sector Sector, int BuyerId, decimal Quantity, decimal Amount, decimal Settled, decimal SettledReporting);

/// <summary>
/// A month at a rate with tiers, and what has to be recorded to make it cost what the tiers say: the tiered amount of all its tokens, divided
/// among the cells in proportion to their quantities. Each cell is brought to its part, whatever it was settled at before, so that the end is
/// the same in whatever order events and settlements come. Pure.
/// </summary>
/// <param name="Key">Which month.</param>
/// <param name="Settlements">Settlements of it that <paramref name="Cells"/> contain.</param>
/// <param name="Tiers">The rate's.</param>
/// <param name="Currency">The rate's, ISO 4217.</param>
/// <param name="Cells">In the order of hour, sector, buyer and item: it decides where the last digits fall.</param>
internal sealed record SettlementMonth(SettlementKey Key, int Settlements, MonthTiers Tiers, string Currency, IReadOnlyList<SettlementCell> Cells)
{
    // Of an entry: as the ledger keeps it.
    private const decimal MaxAmount = 1_000_000_000_000_000m;

    /// <summary>What the month costs by its tiers.</summary>
    /// <exception cref="OverflowException">It has more tokens than <see cref="MonthTiers.MaxQuantity"/>.</exception>
    public decimal Target()
    {
        var quantity = Cells.Sum(c => c.Quantity);
        return quantity > MonthTiers.MaxQuantity ? throw new OverflowException("The month has more tokens than can be settled.")
            : quantity <= 0 ? 0
            : Tiers.AmountOf((long)quantity);
    }

    /// <summary>
    /// The next settlement, to be posted as a whole; null: the month costs what it should. It has at most <paramref name="maxLines"/> entries: it
    /// settles the first cells that are off, and the next one, made once this is folded, those after them.
    /// </summary>
    /// <exception cref="OverflowException">An amount is beyond what an entry holds.</exception>
    public Posting? NextPosting(long sourceId, ExchangeRates exchange, string reportingCurrency, int maxLines)
    {
        var adjustments = Adjustments(exchange, reportingCurrency).Take(maxLines).ToList();
        if (adjustments.Count == 0)
            return null;
        var number = Settlements + 1;
        // Of what is posted under a number all or nothing must be the same: another instance that has come first with other figures is a conflict
        // from the first key on.
        var content = Convert.ToHexString(ReservedKeys.FingerprintOf([.. adjustments.Select(a => string.Create(CultureInfo.InvariantCulture,
            $"{a.Cell.Hour:O} {a.Cell.Sector} {a.Cell.BuyerId} {a.Line.ItemId} {a.Line.Amount} {a.Line.ReportingAmount} {a.Line.FxRateId}"))]));
        var events = adjustments.GroupBy(a => (a.Cell.Hour, a.Cell.Sector, a.Cell.BuyerId), a => a.Line).Select((cells, part) =>
        {
            var key = ReservedKeys.Settlement(Key.AccountId, Key.RateId, Key.Month, number, part);
            return new LedgerEvent
            {
                EventId = key,
                Fingerprint = ReservedKeys.FingerprintOf(key, content),
                OccurredAt = cells.Key.Hour,
                AccountId = Key.AccountId,
                BuyerId = cells.Key.BuyerId,
                Lines = [.. cells],
            };
        });
        return new Posting { SourceId = sourceId, Kind = BatchKind.Settlement, Events = [.. events], Atomic = true };
    }

    private IEnumerable<(SettlementCell Cell, LedgerLine Line)> Adjustments(ExchangeRates exchange, string reportingCurrency)
    {
        var parts = Allocation.ProRata(Target(), [.. Cells.Select(c => Math.Max(0, c.Quantity))]);
        for (var i = 0; i < parts.Length; i++)
        {
            if (AdjustmentOf(Cells[i], parts[i] - Cells[i].Amount, exchange, reportingCurrency) is { } line)
                yield return (Cells[i], line);
        }
    }

    /// <param name="cell">What there is.</param>
    /// <param name="owed">What settlements must have added to it in the end.</param>
    /// <param name="exchange">The exchange rates that are known.</param>
    /// <param name="reportingCurrency">The ledger's currency.</param>
    private LedgerLine? AdjustmentOf(in SettlementCell cell, decimal owed, ExchangeRates exchange, string reportingCurrency)
    {
        var amount = owed - cell.Settled;
        var isUnvalued = cell.SettledReporting == 0 && owed != 0;
        if (amount == 0 && !isUnvalued)
            return null;
        // The whole of what is owed is converted, not its change: what is settled in ten steps is worth what it is in one, and nothing stays
        // behind when it is all taken back. Exchange rates that came late value what was settled without them.
        var fx = Currency == reportingCurrency ? null : exchange.Find(Currency, reportingCurrency, cell.Hour);
        var worth = Currency == reportingCurrency ? owed : fx?.Convert(owed, Currency, reportingCurrency);
        var reporting = worth - cell.SettledReporting;
        if (amount == 0 && reporting is null or 0)
            return null;
        if (Math.Abs(amount) > MaxAmount || Math.Abs(reporting ?? 0) > MaxAmount || (worth is null && cell.SettledReporting != 0))
            throw new OverflowException("The month costs more than can be settled.");
        return new LedgerLine
        {
            ItemId = cell.ItemId,
            Quantity = 0,
            Basis = ValueBasis.MonthTiers,
            Sector = new SectorDecision(cell.Sector, SectorBasis.Unrecorded),
            Currency = Currency,
            RateId = Key.RateId,
            Amount = ExactDecimal.Normalize(amount),
            FxRateId = worth is null ? null : fx?.Id,
            ReportingAmount = reporting is { } value ? ExactDecimal.Normalize(value) : null,
        };
    }
}
