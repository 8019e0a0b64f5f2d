using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>The Token Index of one period and sector.</summary>
public sealed record TokenIndexRow : FigureRow
{
    internal const string Total = "total";

    /// <summary>Token Price Index (TPI), reference period = 100, with 6 decimals; null with a reason.</summary>
    /// <example>82.115479</example>
    public required string? Price { get; init; }

    /// <summary>Token Quantity Index (TQI): price x quantity / 100 = value.</summary>
    /// <example>146.570591</example>
    public required string? Quantity { get; init; }

    /// <summary>Token Value Index (TVI).</summary>
    /// <example>120.357143</example>
    public required string? Value { get; init; }

    /// <summary>The mean share of items that are in this period and the one before in the value of the two, with 6 decimals.</summary>
    /// <example>0.980000</example>
    public required string? MatchedShare { get; init; }

    /// <summary>Items that the period before did not have.</summary>
    public required int NewItems { get; init; }

    /// <summary>Items that the period before had and this one has not.</summary>
    public required int VanishedItems { get; init; }

    /// <summary>Free tokens per priced token, with 6 decimals.</summary>
    /// <example>0.050000</example>
    public required string? FreeShare { get; init; }

    /// <summary>Tokens of unknown value per token, with 6 decimals: they are in no index.</summary>
    /// <example>0.010000</example>
    public required string? UnpricedShare { get; init; }

    /// <summary>Whether the chain breaks before this period: nothing compares it with an earlier one. Only of chains: quarters and years.</summary>
    public required bool Break { get; init; }

    /// <summary>Why there is no price index.</summary>
    /// <example>empty_period</example>
    public required string? NullReason { get; init; }
}

/// <summary>The headline Token Index by period and sector, <c>total</c> last.</summary>
public sealed record TokenIndexAnswer : FigureAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<TokenIndexRow> Rows { get; init; }

    /// <summary>Of the price index. The quantity index is of the same method where the chain is of Fishers, else what the price index leaves of the value.</summary>
    /// <example>geks_fisher</example>
    public required string Method { get; init; }

    /// <example>chained</example>
    public required string? Linking { get; init; }

    /// <example>union</example>
    public required string? Items { get; init; }

    /// <summary>Periods of the rolling window.</summary>
    /// <example>13</example>
    public required int? Window { get; init; }

    /// <example>mean_pub</example>
    public required string? Splice { get; init; }

    /// <summary>The period that is 100; null when each sector has another one.</summary>
    /// <example>2026-01</example>
    public required string? Reference { get; init; }
}
