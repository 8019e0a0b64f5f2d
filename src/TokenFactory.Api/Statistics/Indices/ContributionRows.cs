using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>What one group added to the growth of one period.</summary>
public sealed record ContributionRow : FigureRow
{
    /// <summary>Percentage points of growth, with 6 decimals: those of a period add up to its growth exactly. Null with a reason.</summary>
    /// <example>7.049674</example>
    public required string? Contribution { get; init; }

    /// <summary>The growth of all groups together in percent, the same in every row of the period.</summary>
    /// <example>46.570591</example>
    public required string? Growth { get; init; }

    /// <summary>The period that this one is compared with: the one before that is not empty. Null in the first.</summary>
    /// <example>2026-Q1</example>
    public required string? ComparedWith { get; init; }

    /// <summary>The mean share of matched items in the value of the two periods, of all groups, with 6 decimals.</summary>
    /// <example>0.980000</example>
    public required string? MatchedShare { get; init; }

    /// <summary>Items of the group that the compared period did not have.</summary>
    public required int NewItems { get; init; }

    /// <summary>Items of the group that the compared period had and this one has not.</summary>
    public required int VanishedItems { get; init; }

    /// <summary>Why there is no growth: see <c>GET /v1/methodology</c>.</summary>
    /// <example>no_earlier_period</example>
    public required string? NullReason { get; init; }
}

/// <summary>Contributions to growth by period and group.</summary>
public sealed record ContributionAnswer : FigureAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<ContributionRow> Rows { get; init; }

    /// <summary>Whose growth.</summary>
    /// <example>quantity</example>
    public required string Index { get; init; }

    /// <example>fisher</example>
    public string Method { get; init; } = "fisher";

    /// <example>union</example>
    public string Items { get; init; } = "union";
}
