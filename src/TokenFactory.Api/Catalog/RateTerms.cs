using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>The price of one token class of a card, with its conditions.</summary>
public sealed record RateTerms
{
    /// <example>input</example>
    public required TokenClass TokenClass { get; init; }

    /// <summary>Money per million tokens, where no tier and no window says otherwise: that of the first tier; 0 is free.</summary>
    /// <example>3</example>
    public required decimal UnitValue { get; init; }

    /// <summary>Prices of larger requests: above a threshold the whole request takes that tier's price.</summary>
    public IReadOnlyList<ContextTierTerms>? ContextTiers { get; init; }

    /// <summary>Prices of larger months: graduated or by volume, of one account's tokens at this rate in a calendar month of UTC.</summary>
    public MonthTierTerms? MonthTiers { get; init; }

    /// <summary>Sold in packages of so many tokens: each request pays for every package that it begins. Left out: token by token.</summary>
    /// <example>1000</example>
    public long? PackageTokens { get; init; }

    /// <summary>Other prices at certain hours; the first window that holds the instant counts.</summary>
    public IReadOnlyList<WindowTerms>? Windows { get; init; }
}

/// <summary>The price of requests whose input (every class of it, read from and written to the cache too) is above a threshold.</summary>
public sealed record ContextTierTerms
{
    /// <summary>Input tokens of the request.</summary>
    /// <example>200000</example>
    public required long Above { get; init; }

    /// <summary>Whether a request of exactly so many tokens is above.</summary>
    public bool Inclusive { get; init; }

    /// <summary>Money per million tokens, for the whole request.</summary>
    /// <example>6</example>
    public required decimal UnitValue { get; init; }
}

/// <summary>How a month's quantity is priced.</summary>
public enum MonthTierKind
{
    /// <summary>Each tier's price holds for the part of the month's tokens that lies in it.</summary>
    Graduated,

    /// <summary>The price of the tier that the month reaches holds for all of its tokens.</summary>
    Volume,
}

/// <summary>Prices by the quantity of a calendar month.</summary>
public sealed record MonthTierTerms
{
    /// <example>graduated</example>
    public required MonthTierKind Kind { get; init; }
    public required IReadOnlyList<MonthTierStep> Tiers { get; init; }
}

/// <summary>The price above a quantity of a month.</summary>
public sealed record MonthTierStep
{
    /// <summary>Tokens of the month; the price holds for what is above.</summary>
    /// <example>1000000000</example>
    public required long Above { get; init; }

    /// <summary>Money per million tokens.</summary>
    /// <example>2.50</example>
    public required decimal UnitValue { get; init; }
}

/// <summary>A price at certain hours of certain days, by the clock on the wall.</summary>
public sealed record WindowTerms
{
    /// <summary>The first minute, <c>HH:mm</c> or <c>HH:mm:ss</c>.</summary>
    /// <example>16:30</example>
    public required string From { get; init; }

    /// <summary>The first minute that is outside again; one that is not after <c>from</c> is on the next day.</summary>
    /// <example>00:30</example>
    public required string To { get; init; }

    /// <summary>IANA name, such as <c>Asia/Shanghai</c>.</summary>
    /// <example>UTC</example>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The days on which the window begins: <c>mon</c> to <c>sun</c>; left out: every day.</summary>
    /// <example>["mon","tue"]</example>
    public IReadOnlyList<string>? Weekdays { get; init; }

    /// <summary>Money per million tokens.</summary>
    /// <example>1.50</example>
    public required decimal UnitValue { get; init; }

    /// <summary>As of the rate itself.</summary>
    public IReadOnlyList<ContextTierTerms>? ContextTiers { get; init; }
}

/// <summary>Where a price was found, and who says so.</summary>
public sealed record ProvenanceTerms
{
    /// <summary>The document, page or contract; at most 1,000 characters.</summary>
    /// <example>price list of June 2025</example>
    public required string Source { get; init; }

    /// <summary>When it was read there.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>How sure it is.</summary>
    /// <example>published</example>
    public PriceConfidence? Confidence { get; init; }

    /// <summary>Who let it in; at most 256 characters.</summary>
    /// <example>finance@example.com</example>
    public string? ApprovedBy { get; init; }

    internal static ProvenanceTerms? Of(RateCardRow card) => card.Source is { } source
        ? new ProvenanceTerms { Source = source, ObservedAt = card.ObservedAt, Confidence = card.Confidence, ApprovedBy = card.ApprovedBy }
        : null;
}

/// <summary>How sure a price is.</summary>
public enum PriceConfidence : short
{
    /// <summary>The producer's own list, or a contract.</summary>
    Published = 1,

    /// <summary>Somebody else's collection of price lists.</summary>
    Collected = 2,

    /// <summary>A part of it is assumed: that it held before it was first seen, say.</summary>
    Estimated = 3,
}
