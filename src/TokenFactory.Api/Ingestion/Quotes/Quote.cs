using System.Text.Json.Serialization;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>What a usage is worth at its time, line by line. Nothing of it is recorded.</summary>
public sealed record Quote
{
    /// <summary>The producer's id that the name stands for.</summary>
    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <summary>The model that the name stands for; of one that is not known the name itself.</summary>
    /// <example>kimi-k2</example>
    public required string Model { get; init; }
    public required string ServiceTier { get; init; }
    public string? Account { get; init; }
    public required string Sector { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Region { get; init; }

    /// <summary>Names that the catalog does not know yet, by their members: <c>producer</c>, <c>model</c>, <c>account</c>. Recording would register them, the quote does not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? NotRegistered { get; init; }

    /// <summary>The instant whose prices apply.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Prices and exchange rates as they were known then.</summary>
    public required DateTimeOffset KnownAt { get; init; }

    /// <summary>Present where the usage is a provider's response: what it was read with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteProfile? Profile { get; init; }

    /// <summary>Tokens of every input class, read from and written to the cache too: what context tiers are measured by.</summary>
    /// <example>17903</example>
    public required string InputTokens { get; init; }

    /// <summary>The reporting currency, of <see cref="Amount"/>.</summary>
    /// <example>USD</example>
    public required string Currency { get; init; }

    /// <summary>Sum of the priced lines in the reporting currency; null when none is priced (unknown is never zero).</summary>
    public decimal? Amount { get; init; }

    /// <summary>Tokens whose value is not known.</summary>
    /// <example>0</example>
    public required string UnpricedQuantity { get; init; }

    /// <summary>What the sender says that it cost.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportedCost? ReportedCost { get; init; }

    /// <summary><see cref="ReportedCost"/> less <see cref="Amount"/>, where they can be compared: as in a receipt.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? CostDifference => ReceiptText.CostDifference(Amount, UnpricedQuantity, Currency, ReportedCost);

    /// <summary>The entries that recording would make, in their order.</summary>
    public required IReadOnlyList<QuoteLine> Lines { get; init; }
}

/// <summary>How a provider's response was read.</summary>
public sealed record QuoteProfile
{
    /// <example>openai_chat</example>
    public required string Id { get; init; }

    /// <example>1</example>
    public required int Version { get; init; }
}

/// <summary>One token class of a usage, or money without tokens.</summary>
public sealed record QuoteLine
{
    /// <example>output</example>
    public required string TokenClass { get; init; }

    /// <summary>Tokens, as a string because it may pass 2^53; 0 of money without tokens.</summary>
    /// <example>40</example>
    public required string Quantity { get; init; }

    /// <summary>
    /// <c>declared</c>, <c>rate_card</c> or <c>none</c> (unpriced). Money without tokens: <c>package</c> or <c>minimum_charge</c>.
    /// </summary>
    /// <example>rate_card</example>
    public required string Basis { get; init; }

    /// <summary>Money per million tokens; null when unpriced, and of money without tokens.</summary>
    public decimal? UnitValue { get; init; }
    public string? Currency { get; init; }

    /// <summary>quantity x unit value / 10^6, rounded half away from zero to 12 decimals, in <see cref="Currency"/>.</summary>
    public decimal? Amount { get; init; }

    /// <summary>Present where <see cref="Currency"/> is not the reporting currency, and there are exchange rates: the amount in the latter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? ReportingAmount { get; init; }

    /// <summary>What decided the price; absent where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteReason? Because { get; init; }

    /// <summary>Present where the value in the reporting currency is not known: why, and what to do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UnpricedReason? Why { get; init; }
}

/// <summary>Why a line has no value.</summary>
public sealed record UnpricedReason
{
    /// <summary>
    /// <c>unknown_model</c>, <c>no_card</c>, <c>no_card_in_force</c>, <c>class_not_on_card</c>, <c>nothing_to_mark_up</c>,
    /// <c>requests_not_told</c>, <c>no_exchange_rate</c> or <c>out_of_range</c>.
    /// </summary>
    /// <example>no_card</example>
    public required string Code { get; init; }

    /// <summary>A sentence that says what to do.</summary>
    public required string Detail { get; init; }
}
