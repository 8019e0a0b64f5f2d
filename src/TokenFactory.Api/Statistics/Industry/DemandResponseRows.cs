using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>Which form of a relation is fitted.</summary>
internal enum DemandForm
{
    /// <summary>ln q = a + b ln p.</summary>
    Levels,

    /// <summary>The same of changes from each period to the next.</summary>
    Differences,
}

/// <summary>How the quantity of a group goes with its price, in one form.</summary>
public sealed record DemandResponseRow : FitRow
{
    /// <summary><c>levels</c>: ln q = a + b ln p; <c>differences</c>: the changes of the two from each period to the next, a the growth at an unchanged price.</summary>
    /// <example>differences</example>
    [JsonPropertyOrder(-10)]
    public required string Form { get; init; }

    /// <summary>Points of the line: periods, or pairs of neighbours.</summary>
    /// <example>10</example>
    public required int N { get; init; }

    /// <summary>Periods, or pairs, that are no points: no index, free, or less than a whole period.</summary>
    /// <example>1</example>
    public required int LeftOut { get; init; }

    /// <summary>b: by so many percent the quantity changes where the price changes by one.</summary>
    /// <example>-1.420000</example>
    public required string? Elasticity { get; init; }

    /// <summary>Of the elasticity.</summary>
    /// <example>0.210000</example>
    public required string? StandardError { get; init; }

    /// <summary>The share of the variation of ln q that the line explains, 0 to 1.</summary>
    /// <example>0.850000</example>
    public required string? R2 { get; init; }

    /// <summary>The smaller end of the elasticity's interval.</summary>
    /// <example>-1.904000</example>
    public required string? Lower { get; init; }

    /// <summary>The larger end.</summary>
    /// <example>-0.936000</example>
    public required string? Upper { get; init; }
}

/// <summary>Responses of demand by group and form.</summary>
public sealed record DemandResponseAnswer : FitAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<DemandResponseRow> Rows { get; init; }

    /// <summary>What quantity indices are made by: the same items as the prices.</summary>
    /// <example>chained_fisher_matched</example>
    public string QuantityMethod { get; init; } = "chained_fisher_matched";
}
