using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ledger;

/// <summary>What became of an event. The numeric values are stored; never renumber them.</summary>
internal enum EventOutcome : short
{
    Accepted = 1,
    Duplicate = 2,
    Conflict = 3,
    Rejected = 4,
    Quarantined = 5,
}

/// <summary>What a journal batch holds. The numeric values are stored; never renumber them.</summary>
internal enum BatchKind : short
{
    Ingest = 1,
    Reversal = 2,

    /// <summary>Entries taken back and recorded anew at another price.</summary>
    Repricing = 3,

    /// <summary>Money that the tiers of a month add or take.</summary>
    Settlement = 4,

    /// <summary>Entries of an account taken back and recorded anew in another sector.</summary>
    Reclassification = 5,
}

/// <summary>Where an entry stands in the ledger.</summary>
internal readonly record struct EntryPosition(DateTimeOffset RecordedAt, long BatchId, int EntryNo);

/// <summary>One entry to be: one token class of one event, rated.</summary>
internal readonly record struct LedgerLine
{
    public required int ItemId { get; init; }
    public required long Quantity { get; init; }
    public required ValueBasis Basis { get; init; }

    /// <summary>The sector that it counts for.</summary>
    public required SectorDecision Sector { get; init; }
    public UnitValue? UnitValue { get; init; }
    public string? Currency { get; init; }
    public long? RateId { get; init; }
    public decimal? Amount { get; init; }

    /// <summary>The exchange rates that the reporting amount was made with; null: none were needed, or there were none.</summary>
    public long? FxRateId { get; init; }

    /// <summary>The amount in the reporting currency; null: unpriced.</summary>
    public decimal? ReportingAmount { get; init; }

    /// <summary>The entry that this one reverses.</summary>
    public EntryPosition? Reverses { get; init; }

    /// <summary>A rated line, valued in the reporting currency too: by the exchange rates of its time where it is in another, never 1:1.</summary>
    /// <param name="line">The line.</param>
    /// <param name="itemId">Its item.</param>
    /// <param name="sector">The sector that it counts for.</param>
    /// <param name="exchange">The exchange rates that are known.</param>
    /// <param name="reportingCurrency">The ledger's currency.</param>
    /// <param name="at">The instant whose exchange rates hold.</param>
    public static LedgerLine Of(in RatedLine line, int itemId, SectorDecision sector, ExchangeRates exchange, string reportingCurrency, DateTimeOffset at)
    {
        var fx = line.Amount is null || line.Currency == reportingCurrency ? null : exchange.Find(line.Currency!, reportingCurrency, at);
        var converted = fx?.Convert(line.Amount!.Value, line.Currency!, reportingCurrency);
        return new LedgerLine
        {
            ItemId = itemId,
            Quantity = line.Quantity,
            Basis = line.Basis,
            Sector = sector,
            UnitValue = line.UnitValue,
            Currency = line.Currency,
            RateId = line.RateId,
            Amount = line.Amount,
            FxRateId = converted is null ? null : fx!.Id,
            ReportingAmount = line.Currency == reportingCurrency ? line.Amount : converted,
        };
    }
}

/// <summary>One event to be recorded, rated and with every name resolved.</summary>
internal sealed record LedgerEvent
{
    public required string EventId { get; init; }
    public required byte[] Fingerprint { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    public long? AccountId { get; init; }
    public int BuyerId { get; init; }
    public decimal? ReportedAmount { get; init; }
    public string? ReportedCurrency { get; init; }

    /// <summary>Where the tokens were made; null: the event does not say.</summary>
    public string? Region { get; init; }

    /// <summary>How the sender's usage object was read, as <c>id/version</c>, with what it tells of the requests in it; null: the event came in the ledger's own classes.</summary>
    public string? UsageProfile { get; init; }

    /// <summary>The model's name as sent, where it is published under another.</summary>
    public string? SentModel { get; init; }

    /// <summary>Of a correction: why.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a repricing or reclassification: which.</summary>
    public long? RepricingId { get; init; }

    /// <summary>
    /// Why the event can't be recorded if it is new: its names can't be resolved today, so that it has no lines. One that was recorded while
    /// they could is the same event for ever, and is answered as a duplicate.
    /// </summary>
    public Refusal? IfNew { get; init; }

    /// <summary>Why the event can't be read, and what is kept of it: it has no lines, and is held back unless it was recorded before.</summary>
    public QuarantinedUsage? Quarantine { get; init; }

    /// <summary>
    /// The counter whose growth it is: moved in the same transaction if the event is new, or is refused as told elsewhere (<see cref="IfNew"/>).
    /// Null: it tells its tokens itself, or the counter stays.
    /// </summary>
    public MeterMove? Move { get; init; }
    public required LedgerLine[] Lines { get; init; }

    /// <summary>The lines with the opposite sign, each pointing at what it takes back.</summary>
    /// <param name="positions">Where the lines stand.</param>
    public IEnumerable<LedgerLine> TakenBack(IReadOnlyList<EntryPosition> positions) => Lines.Select((line, index) => line with
    {
        Quantity = -line.Quantity,
        Amount = -line.Amount,
        ReportingAmount = -line.ReportingAmount,
        Reverses = positions[index],
    });
}

/// <summary>An event that is held back: it is released once its reason is gone, or given up.</summary>
/// <param name="Shape">The shape that it came in.</param>
/// <param name="Code">Why, for programs.</param>
/// <param name="Detail">Why, for people: names fields and numbers, and repeats nothing of the sender's.</param>
/// <param name="Producer">The producer's name as sent; null: none was.</param>
/// <param name="Model">The model's name as sent; null: none was.</param>
/// <param name="OccurredAt">When; null: it does not say.</param>
/// <param name="Payload">JSON: what a release reads again.</param>
internal sealed record QuarantinedUsage(
    string Shape, string Code, string Detail, string? Producer, string? Model, DateTimeOffset? OccurredAt, ReadOnlyMemory<byte> Payload);

/// <summary>An event that was not taken, with the reason that stays on record.</summary>
internal sealed record Refusal(EventOutcome Outcome, string? EventId, string Code, string Detail, byte[]? Fingerprint = null);

/// <summary>Events of one source, to be recorded in one transaction.</summary>
internal sealed record Posting
{
    public required long SourceId { get; init; }
    public BatchKind Kind { get; init; } = BatchKind.Ingest;
    public IReadOnlyList<LedgerEvent> Events { get; init; } = [];
    public IReadOnlyList<Refusal> Refusals { get; init; } = [];

    /// <summary>All that it records, refusals too.</summary>
    public int EventCount => Events.Count + Refusals.Count;

    /// <summary>All or nothing: one conflict refuses every event.</summary>
    public bool Atomic { get; init; }

    /// <summary>
    /// The version of the catalog that names and prices were looked up in: a posting that is behind when its transaction begins is not recorded
    /// (<see cref="StaleCatalogException"/>). Null: nothing was looked up.
    /// </summary>
    public long? CatalogVersion { get; init; }
}

/// <summary>The catalog has changed since a posting was rated; nothing of it was recorded. Rate it anew.</summary>
/// <param name="version">The version that the catalog is at.</param>
internal sealed class StaleCatalogException(long version) : Exception("The catalog has changed since the posting was rated.")
{
    public long Version { get; } = version;
}

/// <summary>Where an event's entries are, and when it was first recorded.</summary>
internal readonly record struct RecordedEvent(EventOutcome Outcome, DateTimeOffset RecordedAt, long BatchId, int FirstEntryNo, int EntryCount);

/// <summary>What became of a posting, after COMMIT.</summary>
/// <param name="Events">One row per event of the posting, in its order.</param>
/// <param name="Refused">An atomic posting that met a conflict: nothing of it was recorded but the refusal.</param>
internal sealed record PostingResult(IReadOnlyList<RecordedEvent> Events, bool Refused);
