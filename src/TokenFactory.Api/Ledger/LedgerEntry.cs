using System.Globalization;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>One ledger row: one token class of one event. Never changed, never removed.</summary>
public sealed record LedgerEntry
{
    public required DateTimeOffset RecordedAt { get; init; }

    /// <example>gateway-1</example>
    public required string Source { get; init; }
    public required long BatchId { get; init; }
    public required int EntryNo { get; init; }

    /// <summary>The event's id; one that begins with <c>~reversal/</c> is the reversal of the event named after it, with <c>~repricing/</c> its new price or sector.</summary>
    public required string EventId { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    public required string Producer { get; init; }
    public required string Model { get; init; }
    public required string TokenClass { get; init; }
    public required string ServiceTier { get; init; }
    public string? Account { get; init; }
    public required string Sector { get; init; }

    /// <summary>Tokens; negative in a reversal.</summary>
    public required string Quantity { get; init; }

    /// <summary>
    /// <c>declared</c>, <c>rate_card</c> or <c>none</c>. Money without tokens: <c>package</c>, <c>minimum_charge</c> or <c>month_tiers</c>.
    /// </summary>
    public required string Basis { get; init; }
    public decimal? UnitValue { get; init; }
    public string? Currency { get; init; }
    public decimal? Amount { get; init; }
    public long? RateId { get; init; }

    /// <summary>In the reporting currency; null: unpriced.</summary>
    public decimal? ReportingAmount { get; init; }

    /// <summary>The exchange rates that <see cref="ReportingAmount"/> was made with: the number of <c>/v1/fx-rates</c>.</summary>
    public long? FxRateId { get; init; }

    /// <summary>In a reversal: the batch, of the same source, of the entry that is taken back.</summary>
    public long? ReversesBatchId { get; init; }

    /// <summary>In a reversal: the number of that entry in its batch.</summary>
    public int? ReversesEntryNo { get; init; }

    /// <summary>
    /// What decided the sector: <c>event</c>, <c>account</c>, <c>tag</c>, <c>rule</c>, <c>none</c> or <c>reclassification</c>. Null: recorded before
    /// that was kept.
    /// </summary>
    public string? SectorBasis { get; init; }

    /// <summary>The sector rule that decided: the number of <c>/v1/sector-rules</c>.</summary>
    public int? SectorRuleId { get; init; }

    /// <summary>The columns of a table.</summary>
    internal static IReadOnlyList<string> Columns { get; } =
    [
        "recorded_at", "source", "batch_id", "entry_no", "event_id", "occurred_at", "producer", "model", "token_class", "service_tier", "account",
        "sector", "quantity", "basis", "unit_value", "currency", "amount", "rate_id", "reporting_amount", "fx_rate_id", "reverses_batch_id", "reverses_entry_no",
        "sector_basis", "sector_rule_id",
    ];

    internal IReadOnlyList<CsvCell> Cells =>
    [
        UtcInstantConverter.Text(RecordedAt), Source, Number(BatchId), Number(EntryNo), EventId,
        UtcInstantConverter.Text(OccurredAt), Producer, Model, TokenClass, ServiceTier, Account, Sector,
        CsvCell.Number(Quantity), Basis, Number(UnitValue), Currency, Number(Amount), Number(RateId),
        Number(ReportingAmount), Number(FxRateId), Number(ReversesBatchId), Number(ReversesEntryNo),
        SectorBasis, Number(SectorRuleId),
    ];

    private static CsvCell Number(IFormattable? value) => CsvCell.Number(value?.ToString(null, CultureInfo.InvariantCulture));
}

/// <summary>A page of ledger rows, in the order of recording.</summary>
public sealed record LedgerPage
{
    public required IReadOnlyList<LedgerEntry> Items { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null: this was the last for now.</summary>
    public required string? NextCursor { get; init; }
}
