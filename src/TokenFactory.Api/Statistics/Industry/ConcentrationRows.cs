using System.Text.Json.Serialization;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What the shares of a market are of.</summary>
internal enum ConcentrationMeasure
{
    /// <summary>Money of the priced part.</summary>
    Value,

    /// <summary>Tokens, priced or not.</summary>
    Tokens,
}

/// <summary>Who shares a market.</summary>
internal enum MarketMember
{
    Producer,

    /// <summary>Each producer's models by themselves.</summary>
    Model,
}

/// <summary>How the output of one period and market is spread over those who make it. Shares are exact and rounded once, half away from zero, to 12 decimals.</summary>
public sealed record ConcentrationRow : FigureRow
{
    /// <summary>Herfindahl-Hirschman index: 10,000 times the sum of squared shares, above 0 and at most 10,000; null with a reason.</summary>
    /// <example>2512.345678901235</example>
    public required decimal? Hhi { get; init; }

    /// <summary><c>unconcentrated</c> below 1,000, <c>moderately_concentrated</c> up to 1,800, <c>highly_concentrated</c> above, before rounding.</summary>
    public required ConcentrationBand? Band { get; init; }

    /// <summary>So many of the same size would be as concentrated: 10,000 / HHI.</summary>
    /// <example>3.980343948741</example>
    public required decimal? EquivalentNumber { get; init; }

    /// <summary>So many had output above zero.</summary>
    /// <example>7</example>
    public required int Active { get; init; }

    /// <summary>Share of the largest, 0 to 1.</summary>
    /// <example>0.41</example>
    public required decimal? Cr1 { get; init; }

    /// <summary>Share of the four largest.</summary>
    /// <example>0.93</example>
    public required decimal? Cr4 { get; init; }

    /// <summary>Share of the eight largest.</summary>
    /// <example>1</example>
    public required decimal? Cr8 { get; init; }

    /// <summary>Who is the largest: a producer's id, or <c>producer/model</c>; of equals the first by name.</summary>
    /// <example>openai</example>
    public required string? Largest { get; init; }

    /// <summary>Its share: <c>cr1</c>.</summary>
    /// <example>0.41</example>
    public required decimal? LargestShare { get; init; }

    /// <summary>The period that entry and exit are told against: the nearest before with output. Null where there is none.</summary>
    /// <example>2026-10</example>
    public required string? ComparedWith { get; init; }

    /// <summary>So many are active now and were not then; null where nothing is compared.</summary>
    /// <example>1</example>
    public required int? Entries { get; init; }

    /// <summary>So many were active then and are not now.</summary>
    /// <example>0</example>
    public required int? Exits { get; init; }

    /// <summary>The share of those who entered in the output of now.</summary>
    /// <example>0.05</example>
    public required decimal? EntryShare { get; init; }

    /// <summary>The share of those who went in the output of then.</summary>
    /// <example>0</example>
    public required decimal? ExitShare { get; init; }

    /// <summary>Those who are recorded in the period without output above zero: all free (of value), all unpriced, or corrected away.</summary>
    /// <example>0</example>
    public required int LeftOut { get; init; }

    /// <summary>Free tokens per priced token, with 6 decimals; null where none is priced.</summary>
    /// <example>0.050000</example>
    public required string? FreeShare { get; init; }

    /// <summary>Tokens of unknown value per token, with 6 decimals: they are in no share of value. Null where there are no tokens.</summary>
    /// <example>0.010000</example>
    public required string? UnpricedShare { get; init; }

    /// <summary><c>empty_period</c>: nobody had output above zero.</summary>
    public required string? NullReason { get; init; }
}

/// <summary>Concentration by period and market.</summary>
public sealed record ConcentrationAnswer : FigureAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<ConcentrationRow> Rows { get; init; }

    /// <summary>What shares are of.</summary>
    /// <example>value</example>
    public required string Measure { get; init; }

    /// <summary>Whose they are.</summary>
    /// <example>producer</example>
    public required string Of { get; init; }

    /// <example>herfindahl_hirschman</example>
    public string Method { get; init; } = "herfindahl_hirschman";
}
