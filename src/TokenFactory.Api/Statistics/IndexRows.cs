using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>An index number of one period and group.</summary>
public sealed record IndexRow : FigureRow
{
    /// <summary>Reference period = 100, with 6 decimals; null with a reason.</summary>
    /// <example>98.765432</example>
    public required string? Index { get; init; }

    /// <summary>
    /// The mean share of matched items in the value of the two compared periods, with 6 decimals; null where nothing is compared: in the first
    /// period of a chain and in an empty one.
    /// </summary>
    /// <example>0.980000</example>
    public required string? MatchedShare { get; init; }

    /// <summary>Items that the compared period did not have.</summary>
    public required int NewItems { get; init; }

    /// <summary>Items that the compared period had and this one has not.</summary>
    public required int VanishedItems { get; init; }

    /// <summary><c>empty_period</c>, <c>no_matched_items</c>, <c>zero_price</c>, <c>no_reference_period</c> or <c>out_of_range</c>.</summary>
    public required string? NullReason { get; init; }
}

/// <summary>Index numbers by period and group.</summary>
public sealed record IndexAnswer : FigureAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<IndexRow> Rows { get; init; }

    /// <example>price</example>
    public required string Index { get; init; }

    /// <example>fisher</example>
    public required string Method { get; init; }

    /// <example>chained</example>
    public required string Linking { get; init; }

    /// <example>union</example>
    public required string Items { get; init; }

    /// <summary>The period that is 100; null when there is none with data, and when each group has another one.</summary>
    /// <example>2026-Q1</example>
    public required string? Reference { get; init; }
}
