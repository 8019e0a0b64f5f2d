using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>Which figure is followed from vintage to vintage.</summary>
internal enum RevisionMeasure
{
    /// <summary>Money, as in <c>GET /v1/gdp</c>.</summary>
    Gdp,

    /// <summary>Tokens, priced or not.</summary>
    Quantity,

    /// <summary>Money per million priced tokens.</summary>
    UnitValue,

    /// <summary>Chained Fisher over the union of items, reference period = 100.</summary>
    PriceIndex,

    /// <summary>Likewise.</summary>
    QuantityIndex,
}

/// <summary>Which vintages a triangle has.</summary>
internal enum VintageSchedule
{
    /// <summary>Every UTC date on which something of the window was recorded, and the one that ended each period.</summary>
    Day,

    /// <summary>Sundays.</summary>
    Week,

    /// <summary>The last days of months.</summary>
    Month,
}

/// <summary>What one vintage said of one reference period. Differences are of the values as published, and exact.</summary>
public sealed record RevisionRow : FigureRow
{
    /// <summary>The figure as it was known at the end of this UTC date.</summary>
    /// <example>2026-11-23</example>
    public required DateOnly Vintage { get; init; }

    /// <summary>As <c>GET /v1/gdp</c> or <c>GET /v1/indices</c> answers with <c>as_of</c> of the vintage; null with a reason.</summary>
    /// <example>1234.5</example>
    public required string? Value { get; init; }

    /// <summary>What the vintage before said; null where it had no figure of the period.</summary>
    /// <example>1230</example>
    public required string? PreviousValue { get; init; }

    /// <summary><c>value</c> - <c>previous_value</c>.</summary>
    /// <example>4.5</example>
    public required string? Revision { get; init; }

    /// <summary>The revision in percent of <c>previous_value</c>, with 6 decimals; null where that is 0.</summary>
    /// <example>0.365854</example>
    public required string? RevisionPercent { get; init; }

    /// <summary>The first estimate: what the first vintage with a figure said after the period was over; null before there was one.</summary>
    /// <example>1200</example>
    public required string? First { get; init; }

    /// <summary>Which vintage that was.</summary>
    /// <example>2026-11-01</example>
    public required DateOnly? FirstVintage { get; init; }

    /// <summary><c>value</c> - <c>first</c>.</summary>
    /// <example>34.5</example>
    public required string? CumulativeRevision { get; init; }

    /// <summary>The same in percent of <c>first</c>, with 6 decimals; null where that is 0.</summary>
    /// <example>2.875000</example>
    public required string? CumulativeRevisionPercent { get; init; }

    /// <summary>Of an index: the mean share of matched items in the value of the two compared periods, with 6 decimals.</summary>
    /// <example>0.980000</example>
    public required string? MatchedShare { get; init; }

    /// <summary>Free tokens per priced token at the vintage, with 6 decimals; null where none is priced.</summary>
    /// <example>0.050000</example>
    public required string? FreeShare { get; init; }

    /// <summary>Tokens of unknown value per token at the vintage, with 6 decimals; null where there are no tokens.</summary>
    /// <example>0.010000</example>
    public required string? UnpricedShare { get; init; }

    /// <summary>Why there is no value.</summary>
    /// <example>empty_period</example>
    public required string? NullReason { get; init; }
}

/// <summary>How far first estimates lay from the latest figures: latest - first, over periods that are complete and have both.</summary>
public sealed record RevisionSummary
{
    /// <summary>So many periods.</summary>
    /// <example>11</example>
    public required int N { get; init; }

    /// <summary>In the answer's unit, rounded half away from zero to 12 decimals: far from 0, first estimates lie too low (above 0) or too high.</summary>
    /// <example>12.5</example>
    public required string? MeanRevision { get; init; }

    /// <summary>Of revisions without their signs: how large they are.</summary>
    /// <example>14</example>
    public required string? MeanAbsoluteRevision { get; init; }

    /// <summary>Of the revisions around their mean (n - 1), with 6 decimals; null for fewer than two.</summary>
    /// <example>6.100000</example>
    public required string? StandardDeviation { get; init; }

    /// <summary>In percent of first estimates, with 6 decimals, over those that are not 0.</summary>
    /// <example>1.100000</example>
    public required string? MeanRevisionPercent { get; init; }

    /// <summary>Likewise without signs.</summary>
    /// <example>1.300000</example>
    public required string? MeanAbsoluteRevisionPercent { get; init; }

    /// <summary>Likewise, around their mean.</summary>
    /// <example>0.500000</example>
    public required string? StandardDeviationPercent { get; init; }

    /// <summary>The revision that is largest without its sign; of equals the first.</summary>
    /// <example>34.5</example>
    public required string? LargestRevision { get; init; }

    /// <summary>The same in percent of its first estimate.</summary>
    /// <example>2.875000</example>
    public required string? LargestRevisionPercent { get; init; }

    /// <summary>Which period that is.</summary>
    /// <example>2026-10</example>
    public required string? LargestPeriod { get; init; }
}

/// <summary>The revision triangle: reference periods by vintages.</summary>
public sealed record RevisionAnswer : FigureAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<RevisionRow> Rows { get; init; }

    public required RevisionSummary Summary { get; init; }

    /// <example>gdp</example>
    public required string Measure { get; init; }

    /// <summary><c>sum</c>, <c>unit_value</c> or <c>chained_fisher_union</c>.</summary>
    /// <example>sum</example>
    public required string Method { get; init; }

    /// <summary>Of an index: the period that is 100, in every vintage the same. Null without.</summary>
    /// <example>2026-01</example>
    public required string? Reference { get; init; }

    /// <summary>The vintages of the triangle, in order.</summary>
    public required IReadOnlyList<DateOnly> Vintages { get; init; }
}
