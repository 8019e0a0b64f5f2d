using System.Text.Json.Serialization;
using TokenFactory.Api.Catalog;

namespace TokenFactory.Api.Ingestion;

/// <summary>A rate that was applied, and what decided that it was this one. What had no part in it is absent.</summary>
public abstract record AppliedPrice
{
    /// <summary>The number that entries carry as <c>rate_id</c>; absent where the event itself declares the price.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? RateId { get; init; }

    /// <summary>The card that holds it: <c>GET /v1/rate-cards/{id}</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? RateCardId { get; init; }

    /// <summary>For what, for whom and where the card is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteCard? Card { get; init; }

    /// <summary>The first instant at which the card holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>The first at which it holds no more, by an end of its own or the next card; absent: none is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>When this service learnt of the card.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? RecordedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProvenanceTerms? Provenance { get; init; }

    /// <summary>The card has no rate of the class, and falls back to that of this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RatedAs { get; init; }

    /// <summary>The tier that the request's input reaches; absent: the base price holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteContextTier? ContextTier { get; init; }

    /// <summary>The hours that the instant is in.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteWindow? Window { get; init; }

    /// <summary>Whose price it is, and the percentage.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteMarkup? Markup { get; init; }
}

/// <summary>What decided the value of a line.</summary>
public sealed record QuoteReason : AppliedPrice
{
    /// <summary>Sold in packages.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuotePackage? Package { get; init; }

    /// <summary>What the request falls short of.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteMinimumCharge? MinimumCharge { get; init; }

    /// <summary>The price depends on the month.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteMonthTiers? MonthTiers { get; init; }

    /// <summary>How the reporting amount was made.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteExchange? Exchange { get; init; }

    /// <summary>Present where quantity x unit value / 10^6 has more than 12 decimals.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteRounding? Rounding { get; init; }
}

/// <summary>The price that a marked-up card raises, and what decided it.</summary>
public sealed record MarkedUpPrice : AppliedPrice
{
    /// <summary>Money per million tokens.</summary>
    public required decimal UnitValue { get; init; }

    /// <example>USD</example>
    public required string Currency { get; init; }
}

/// <summary>For what, for whom and where a card is. A contract goes before a sector's card, and that before the list.</summary>
public sealed record QuoteCard
{
    public required string Producer { get; init; }

    /// <summary>The model's name, or the pattern that its name fits.</summary>
    public required string Model { get; init; }
    public required string ServiceTier { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Account { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sector { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Region { get; init; }
}

/// <summary>A context tier that a request reaches.</summary>
public sealed record QuoteContextTier
{
    /// <example>200000</example>
    public required long Above { get; init; }

    /// <summary>Whether exactly so many are above.</summary>
    public required bool Inclusive { get; init; }

    /// <summary>Input tokens of the request.</summary>
    /// <example>200001</example>
    public required string InputTokens { get; init; }
}

/// <summary>Hours of the day, by the clock on the wall.</summary>
public sealed record QuoteWindow
{
    /// <example>16:30</example>
    public required string From { get; init; }

    /// <summary>The first minute that is outside again; one that is not after <c>from</c> is on the next day.</summary>
    /// <example>00:30</example>
    public required string To { get; init; }

    /// <example>UTC</example>
    public required string TimeZone { get; init; }

    /// <summary>The days on which it begins; absent: every day.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Weekdays { get; init; }
}

/// <summary>What a reseller adds.</summary>
public sealed record QuoteMarkup
{
    /// <example>10</example>
    public required decimal Percent { get; init; }
    public required MarkedUpPrice Of { get; init; }

    /// <summary>Present where the raised unit value was rounded, half away from zero to 12 decimals: before that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteRounding? Rounding { get; init; }
}

/// <summary>Packages that a request begins, and pays for.</summary>
public sealed record QuotePackage
{
    /// <summary>Tokens of one.</summary>
    /// <example>1000</example>
    public required long Tokens { get; init; }

    /// <example>18</example>
    public required long Packages { get; init; }
}

/// <summary>What a request costs at least.</summary>
public sealed record QuoteMinimumCharge
{
    /// <summary>In the line's currency.</summary>
    public required decimal Minimum { get; init; }

    /// <summary>What the card's other lines sum to.</summary>
    public required decimal Sum { get; init; }
}

/// <summary>That the price depends on the quantity of the account's calendar month.</summary>
public sealed record QuoteMonthTiers
{
    public required MonthTierKind Kind { get; init; }
    public required IReadOnlyList<MonthTierStep> Tiers { get; init; }

    /// <summary>What that means for this line.</summary>
    public required string Note { get; init; }
}

/// <summary>Exchange rates by which a line is valued in the reporting currency.</summary>
public sealed record QuoteExchange
{
    /// <summary>The number that entries carry as <c>fx_rate_id</c>.</summary>
    public required long FxRateId { get; init; }

    /// <summary>The latest before the event, at most 7 days.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <example>ECB</example>
    public required string Source { get; init; }

    /// <example>EUR</example>
    public required string Base { get; init; }

    /// <summary>Units of the two currencies for one of the base: reporting amount = amount x rate of the one / rate of the other.</summary>
    /// <example>{"JPY":"162.3","USD":"1.05"}</example>
    public required IReadOnlyDictionary<string, decimal> Rates { get; init; }
}

/// <summary>A value before it was rounded.</summary>
public sealed record QuoteRounding
{
    /// <summary>In plain digits, all of them.</summary>
    /// <example>0.0000000123456</example>
    public required string Exact { get; init; }

    /// <example>half away from zero, to 12 decimals</example>
    public required string Rule { get; init; }
}
