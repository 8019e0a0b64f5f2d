using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>What falls with experience.</summary>
internal enum LearningKind
{
    /// <summary>The price that buyers pay. It is not the cost: margins move too.</summary>
    PriceLearning,

    /// <summary>The unit cost, where it was reported.</summary>
    CostLearning,
}

/// <summary>How the price or the cost of a group falls with experience (Wright) and with time (Moore), over the same points.</summary>
public sealed record LearningCurveRow : FitRow
{
    /// <summary><c>price_learning</c>: of prices, which are not costs; <c>cost_learning</c>: of unit costs.</summary>
    /// <example>price_learning</example>
    [JsonPropertyOrder(-10)]
    public required string Kind { get; init; }

    /// <summary>Points that the lines go through: periods with a price and a cumulative volume above zero.</summary>
    /// <example>11</example>
    public required int N { get; init; }

    /// <summary>Periods of the window that are no points.</summary>
    /// <example>0</example>
    public required int LeftOut { get; init; }

    /// <summary>b of ln p = a + b ln(cumulative volume); below 0 where the price falls.</summary>
    /// <example>-0.321928</example>
    public required string? Exponent { get; init; }

    /// <summary>1 - 2^b: the share of the price that a doubling of the cumulative volume takes away.</summary>
    /// <example>0.200000</example>
    public required string? LearningRate { get; init; }

    /// <summary>2^b: what a doubling leaves.</summary>
    /// <example>0.800000</example>
    public required string? ProgressRatio { get; init; }

    /// <summary>Of the exponent.</summary>
    /// <example>0.012000</example>
    public required string? StandardError { get; init; }

    /// <summary>The share of the variation of ln p that the line explains, 0 to 1.</summary>
    /// <example>0.970000</example>
    public required string? R2 { get; init; }

    /// <summary>The smaller end of the interval of the learning rate.</summary>
    /// <example>0.184000</example>
    public required string? LearningRateLower { get; init; }

    /// <summary>The larger end.</summary>
    /// <example>0.216000</example>
    public required string? LearningRateUpper { get; init; }

    /// <summary>How often the cumulative volume doubled from the first point to the last: few doublings carry little evidence, whatever the R2.</summary>
    /// <example>5.200000</example>
    public required string? Doublings { get; init; }

    /// <summary>The rival: 1 - e^g of ln p = a + g years, the share of the price that a year takes away.</summary>
    /// <example>0.550000</example>
    public required string? AnnualRate { get; init; }

    /// <summary>ln 2 / -g: in so many years the price halves; null where it does not fall.</summary>
    /// <example>0.868000</example>
    public required string? HalvingYears { get; init; }

    /// <summary>g, per year.</summary>
    /// <example>-0.798508</example>
    public required string? MooreExponent { get; init; }

    /// <summary>Of g.</summary>
    /// <example>0.040000</example>
    public required string? MooreStandardError { get; init; }

    /// <summary>The share of the variation of ln p that time explains.</summary>
    /// <example>0.950000</example>
    public required string? MooreR2 { get; init; }

    /// <summary><c>wright</c> or <c>moore</c>: which explains more of the same points; null where they tie or are not known.</summary>
    /// <example>wright</example>
    public required string? Better { get; init; }

    /// <summary>Whether the last point is of a period that is cut by <c>end</c> or not over yet.</summary>
    [JsonPropertyOrder(14)]
    public required bool Partial { get; init; }

    /// <summary>Every period of the window; only with <c>points=true</c>.</summary>
    [JsonPropertyOrder(16), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LearningCurvePoint>? Points { get; init; }
}

/// <summary>One period of a learning curve, and what the line says of it. Figures have 6 decimals.</summary>
public sealed record LearningCurvePoint
{
    /// <example>2026-11</example>
    public required string Period { get; init; }

    /// <summary>All that was produced from the first data to the end of the period, in money of the group's first period; null where it can't be told.</summary>
    /// <example>1234.567890</example>
    public required string? CumulativeVolume { get; init; }

    /// <summary>Of prices, or in a row of costs of unit costs; the group's first period with a value = 100.</summary>
    /// <example>64.000000</example>
    public required string? PriceIndex { get; init; }

    /// <summary>The index on Wright's line: e^(a + b ln(cumulative volume)); null where there is no line, or the period is no point.</summary>
    /// <example>63.500000</example>
    public required string? Fitted { get; init; }

    /// <summary>The lower end of the band of the line (of the mean, not of a single period).</summary>
    /// <example>61.000000</example>
    public required string? Lower { get; init; }

    /// <summary>The upper end.</summary>
    /// <example>66.100000</example>
    public required string? Upper { get; init; }

    /// <summary>Whether the period is cut by <c>end</c>, or not over yet.</summary>
    public required bool Partial { get; init; }

    /// <summary>Why the period is no point.</summary>
    /// <example>empty_period</example>
    public required string? NullReason { get; init; }
}

/// <summary>Learning curves by group.</summary>
public sealed record LearningCurveAnswer : FitAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<LearningCurveRow> Rows { get; init; }

    /// <summary>What experience is made by: the quantity index of all items, those that come and go included, in money of the first period.</summary>
    /// <example>chained_fisher_union</example>
    public string VolumeMethod { get; init; } = "chained_fisher_union";

    /// <summary>
    /// Why there are no rows of cost learning: <c>needs_read_scope</c> (costs are private), <c>needs_days_of_utc</c> (costs hold for whole days of
    /// UTC: not by the hour, not in another time zone), <c>no_unit_costs</c>; null where there are.
    /// </summary>
    /// <example>no_unit_costs</example>
    public required string? CostReason { get; init; }
}
