using System.Text.Json.Serialization;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ledger;

/// <summary>What the ledger recorded for one event. The same for ever, whoever asks and however often the event is sent.</summary>
public sealed record Receipt
{
    /// <summary>The source that sent the event.</summary>
    /// <example>gateway-1</example>
    public required string Source { get; init; }

    /// <summary>The sender's id of the event, unique within its source.</summary>
    /// <example>req-8f2</example>
    public required string Id { get; init; }

    /// <summary><c>accepted</c> when this answer recorded it, <c>duplicate</c> when it was recorded before, <c>recorded</c> when it was asked for.</summary>
    /// <example>accepted</example>
    public required string Status { get; init; }

    /// <summary>When the ledger recorded it: the database's clock, UTC, microseconds.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>
    /// When the tokens were produced, UTC, microseconds. This, the names that follow and the unpriced quantity are null where the entries are
    /// <see cref="Archived"/>.
    /// </summary>
    public required DateTimeOffset? OccurredAt { get; init; }
    public required string? Producer { get; init; }
    public required string? Model { get; init; }
    public required string? ServiceTier { get; init; }
    public string? Account { get; init; }
    public required string? Sector { get; init; }

    /// <summary>
    /// What decided the sector: <c>event</c> (it says so), <c>account</c> (the account's at the time), <c>tag</c> (a resource attribute or tag of
    /// the sender), <c>rule</c> (a sector rule), <c>none</c> (nothing is known), <c>reclassification</c>.
    /// </summary>
    /// <example>account</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SectorBasis { get; init; }

    /// <summary>The sector rule that decided: the number of <c>/v1/sector-rules</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SectorRule { get; init; }

    /// <summary>The model's name as it was sent, where it is published under another.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SentModel { get; init; }

    /// <summary>How the provider's usage object was read: the usage profile and its version, and of a sum of several requests what it told of them that
    /// decides prices (<c>;requests=1</c>, <c>;context_window=0-200k</c>). Absent where the event names token classes itself.</summary>
    /// <example>openai_chat/2</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? UsageProfile { get; init; }

    /// <summary>Where the tokens were made, as the event says it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Region { get; init; }

    /// <summary>The journal transaction that holds the entries.</summary>
    public required long BatchId { get; init; }

    /// <summary>The reporting currency, of <see cref="Amount"/>.</summary>
    public required string Currency { get; init; }

    /// <summary>Sum of the priced entries in the reporting currency; null when none is priced (unknown is never zero).</summary>
    public decimal? Amount { get; init; }

    /// <summary>Tokens whose value is not known yet.</summary>
    public required string? UnpricedQuantity { get; init; }

    /// <summary>What the sender says it cost.</summary>
    public ReportedCost? ReportedCost { get; init; }

    /// <summary>
    /// <see cref="ReportedCost"/> less <see cref="Amount"/>. Absent where the two can't be compared: nothing is reported, or it is in another
    /// currency (nothing is converted), or tokens are unpriced.
    /// </summary>
    /// <example>0.0011</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? CostDifference => ReceiptText.CostDifference(Amount, UnpricedQuantity, Currency, ReportedCost);

    /// <summary>Present once the event was reversed.</summary>
    public ReversalNote? Reversal { get; init; }

    /// <summary>Present once the event was priced anew: each time, the last is in force. The entries below are those of the first recording.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RepricingNote>? Repricings { get; init; }

    /// <summary>
    /// Present once the event was moved to another sector with its account: each time, the last is in force. <see cref="Sector"/> is that of the
    /// first recording.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ReclassificationNote>? Reclassifications { get; init; }

    /// <summary>Present where entries of it are not in the ledger any more, but in an archive: what only they tell is null, and <see cref="Entries"/> is empty.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ArchivedNote? Archived { get; init; }
    public required IReadOnlyList<ReceiptEntry> Entries { get; init; }
}

/// <summary>One ledger entry of an event: one token class.</summary>
public sealed record ReceiptEntry
{
    public required int EntryNo { get; init; }

    /// <example>output</example>
    public required string TokenClass { get; init; }

    /// <summary>Tokens, as a string because it may pass 2^53; negative in a reversal.</summary>
    /// <example>40</example>
    public required string Quantity { get; init; }

    /// <summary>
    /// <c>declared</c>, <c>rate_card</c> or <c>none</c> (unpriced). Money without tokens: <c>package</c>, <c>minimum_charge</c> or
    /// <c>month_tiers</c>.
    /// </summary>
    /// <example>declared</example>
    public required string Basis { get; init; }

    /// <summary>Money per million tokens; null when unpriced, and of money without tokens.</summary>
    public decimal? UnitValue { get; init; }
    public string? Currency { get; init; }

    /// <summary>quantity x unit value / 10^6, rounded half away from zero to 12 decimals, in <see cref="Currency"/>.</summary>
    public decimal? Amount { get; init; }

    /// <summary>The rate that was applied, pinned for ever.</summary>
    public long? RateId { get; init; }

    /// <summary>Present where the rate is that of another class: the card has none of this one, and falls back to it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RatedAs { get; init; }

    /// <summary>Present where <see cref="Currency"/> is not the reporting currency, and there were exchange rates: the amount in the latter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? ReportingAmount { get; init; }

    /// <summary>The exchange rates that <see cref="ReportingAmount"/> was made with, pinned for ever.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FxRateId { get; init; }

    internal static ReceiptEntry Of(int entryNo, TokenClass tokenClass, in LedgerLine line, TokenClass? rateClass, string reportingCurrency) => new()
    {
        EntryNo = entryNo,
        TokenClass = tokenClass.Name(),
        Quantity = ReceiptText.Quantity(line.Quantity),
        Basis = ReceiptText.Basis(line.Basis),
        UnitValue = line.UnitValue?.ValuePerMillionTokens,
        Currency = line.Currency,
        Amount = line.Amount,
        RateId = line.RateId,
        RatedAs = rateClass is { } other && other != tokenClass ? other.Name() : null,
        ReportingAmount = line.Currency == reportingCurrency ? null : line.ReportingAmount,
        FxRateId = line.FxRateId,
    };
}

/// <summary>Money that somebody reports.</summary>
public sealed record ReportedCost
{
    /// <example>0.0123</example>
    public required decimal Amount { get; init; }

    /// <example>USD</example>
    public required string Currency { get; init; }

    internal static ReportedCost? Of(decimal? amount, string? currency) =>
        amount is { } reported && currency is not null ? new ReportedCost { Amount = reported, Currency = currency } : null;
}

/// <summary>That an event was priced anew, and what it has been worth since.</summary>
public sealed record RepricingNote
{
    /// <summary>The number of the repricing: <c>GET /v1/repricings/{id}</c>.</summary>
    public required long Repricing { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
    public required long BatchId { get; init; }
    public string? Reason { get; init; }

    /// <summary>As the receipt's own: in the reporting currency.</summary>
    public decimal? Amount { get; init; }

    /// <summary>Null: its entries are archived.</summary>
    public required string? UnpricedQuantity { get; init; }
}

/// <summary>That an event was moved to another sector. Its prices are those of before.</summary>
public sealed record ReclassificationNote
{
    /// <summary>The number of the reclassification: <c>GET /v1/accounts/{account}/reclassifications/{id}</c>.</summary>
    public required long Reclassification { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
    public required long BatchId { get; init; }
    public string? Reason { get; init; }

    /// <summary>The sector that it has counted for since; null: its entries are archived.</summary>
    /// <example>government</example>
    public required string? Sector { get; init; }
}

/// <summary>That an event was reversed, and why.</summary>
public sealed record ReversalNote
{
    public required DateTimeOffset RecordedAt { get; init; }
    public required long BatchId { get; init; }
    public string? Reason { get; init; }
}
