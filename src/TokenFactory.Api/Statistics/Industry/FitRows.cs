using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>What every row of a fitted line says: one per group, over all of its periods. Figures have 6 decimals.</summary>
public abstract record FitRow : GroupRow
{
    /// <summary>The first period that the line goes through; null where there is none.</summary>
    /// <example>2026-01</example>
    [JsonPropertyOrder(-2)]
    public required string? FirstPeriod { get; init; }

    /// <summary>The last.</summary>
    /// <example>2026-11</example>
    [JsonPropertyOrder(-1)]
    public required string? LastPeriod { get; init; }

    /// <summary>The mean share of matched items in the value of compared periods: how much of the group its price index tells of. Null where nothing is compared.</summary>
    /// <example>0.940000</example>
    [JsonPropertyOrder(10)]
    public required string? MatchedShare { get; init; }

    /// <summary>Free tokens per priced token, of all periods of the window; null where none is priced.</summary>
    /// <example>0.050000</example>
    [JsonPropertyOrder(11)]
    public required string? FreeShare { get; init; }

    /// <summary>Tokens of unknown value per token, likewise: nothing is known of their price. Null where there are no tokens.</summary>
    /// <example>0.010000</example>
    [JsonPropertyOrder(12)]
    public required string? UnpricedShare { get; init; }

    /// <summary>
    /// Why the first of the row's figures that is null is null: <c>too_few_points</c> (a line needs two, its errors three), <c>no_variation</c>,
    /// <c>not_falling</c>, <c>out_of_range</c>; where points are too few because others were left out, why those have no index.
    /// </summary>
    /// <example>too_few_points</example>
    [JsonPropertyOrder(13)]
    public required string? NullReason { get; init; }

    /// <summary>Of the last period of the window: <c>provisional</c>, <c>estimated</c> or <c>final</c>.</summary>
    /// <example>provisional</example>
    [JsonPropertyOrder(15)]
    public required string Status { get; init; }
}

/// <summary>Fitted lines with what must be known to read them.</summary>
public abstract record FitAnswer : FigureAnswer
{
    /// <summary>What price indices are made by: matched items alone, no price imputed.</summary>
    /// <example>chained_fisher_matched</example>
    public string PriceMethod { get; init; } = "chained_fisher_matched";

    /// <summary>How lines are fitted: to natural logarithms.</summary>
    /// <example>ordinary_least_squares</example>
    public string Method { get; init; } = "ordinary_least_squares";

    /// <summary>How much intervals and bands are to cover.</summary>
    /// <example>0.95</example>
    public required string Confidence { get; init; }
}
