using System.Text.Json.Serialization;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>An index number of one period and group.</summary>
public sealed record IndexRow : FigureRow
{
    /// <summary>Reference period = 100, with 6 decimals; null with a reason.</summary>
    /// <example>98.765432</example>
    public required string? Index { get; init; }

    /// <summary>What <c>units</c> makes of <c>index</c>, in the answer's unit, with 6 decimals; null with a reason.</summary>
    /// <example>-17.884521</example>
    [OnlyWhere(nameof(IsTransformed))]
    public string? Value { get; init; }

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

    /// <summary>Items of the period that have only a price carried over a gap; 0 unless <c>items=carried</c>.</summary>
    public required int CarriedItems { get; init; }

    /// <summary>The period that this one was compared with: in a chain the nearest before that it can be compared with. Null where none was.</summary>
    /// <example>2026-01</example>
    public required string? ComparedWith { get; init; }

    /// <summary>Whether the chain breaks before this period: nothing compares it with an earlier one, and levels on the two sides don't compare.</summary>
    public required bool Break { get; init; }

    /// <summary>Free tokens per priced token, with 6 decimals; null where none is priced.</summary>
    /// <example>0.050000</example>
    public required string? FreeShare { get; init; }

    /// <summary>Tokens of unknown value per token, with 6 decimals: they are in no index. Null where there are no tokens.</summary>
    /// <example>0.010000</example>
    public required string? UnpricedShare { get; init; }

    /// <summary>Of a price index: the money per token, reference period = 100, with 6 decimals. No price index: it moves with the mix.</summary>
    /// <example>85.000000</example>
    public required string? UnitValueIndex { get; init; }

    /// <summary>Of a price index: <c>unit_value_index</c> / <c>index</c>, with 6 decimals. Below 1: buyers moved to what costs less.</summary>
    /// <example>0.860625</example>
    public required string? CompositionEffect { get; init; }

    /// <summary>Why there is no index number, or no <c>value</c> of it: see <c>GET /v1/methodology</c>.</summary>
    /// <example>empty_period</example>
    public required string? NullReason { get; init; }

    internal bool IsTransformed { get; init; }
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

    /// <summary>Null for a multilateral method.</summary>
    /// <example>chained</example>
    public required string? Linking { get; init; }

    /// <summary>Null where the method has no use for it.</summary>
    /// <example>union</example>
    public required string? Items { get; init; }

    /// <summary>Periods of the rolling window of a multilateral method; null: all in one.</summary>
    public required int? Window { get; init; }

    /// <summary>How windows are spliced.</summary>
    public required string? Splice { get; init; }

    /// <summary>The elasticity of substitution of Lloyd-Moulton.</summary>
    public required string? Sigma { get; init; }

    /// <summary>What <c>value</c> is of each row's index; <c>lin</c>: there is none.</summary>
    /// <example>lin</example>
    public required string Units { get; init; }

    /// <summary>The period that is 100; null when there is none with data, and when each group has another one.</summary>
    /// <example>2026-Q1</example>
    public required string? Reference { get; init; }
}
