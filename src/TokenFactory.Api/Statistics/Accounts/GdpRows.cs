using System.Text.Json.Serialization;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>Token GDP of one period and group. Columns of net output, of chained prices and of units appear only where they were asked for.</summary>
public sealed record GdpRow : FigureRow
{
    /// <summary>
    /// Money in current prices, exact, in the answer's currency. Gross: sum of quantity x unit value over the priced entries; net:
    /// <c>gross_output - intermediate_consumption</c>.
    /// </summary>
    /// <example>1234.567890123456</example>
    public required string? Gdp { get; init; }

    /// <summary>Net: the value of what the group made (of producers), or of what was made for it (of everything else), exact.</summary>
    /// <example>1234.567890123456</example>
    [OnlyWhere(nameof(IsNet))]
    public string? GrossOutput { get; init; }

    /// <summary>Net: what the producers of the group bought of anybody, or what of its gross output producers bought, exact.</summary>
    /// <example>0</example>
    [OnlyWhere(nameof(IsNet))]
    public string? IntermediateConsumption { get; init; }

    /// <summary>Chained: the volume in money of the reference period, with 6 decimals; null with a reason.</summary>
    /// <example>1300.250000</example>
    [OnlyWhere(nameof(IsChained))]
    public string? Real { get; init; }

    /// <summary>Chained: the implicit price level, reference period = 100, with 6 decimals: <c>gdp = real x deflator / 100</c>. Null with a reason.</summary>
    /// <example>94.948501</example>
    [OnlyWhere(nameof(IsChained))]
    public string? Deflator { get; init; }

    /// <summary>What <c>units</c> makes of <c>gdp</c>, or of <c>real</c> when prices are chained, in the answer's unit; null with a reason.</summary>
    /// <example>5.000000</example>
    [OnlyWhere(nameof(IsTransformed))]
    public string? Value { get; init; }

    /// <summary>Tokens, priced or not: gross and of producers those that were made, else, net, those in final use.</summary>
    /// <example>987654321</example>
    public required string? Quantity { get; init; }

    /// <summary>Those of them whose value is not known: they are in the quantity and not in the GDP.</summary>
    /// <example>0</example>
    public required string? UnpricedQuantity { get; init; }

    /// <summary>Those of them that were priced at zero.</summary>
    /// <example>0</example>
    public required string? FreeQuantity { get; init; }

    /// <summary>Money per million priced tokens of the quantity, rounded half away from zero to 12 decimals; null when none is priced. Not a price index.</summary>
    /// <example>1.25</example>
    public required string? UnitValue { get; init; }

    /// <summary>Free tokens per priced token, rounded half away from zero to 6 decimals; null where none is priced.</summary>
    /// <example>0.050000</example>
    public required string? FreeShare { get; init; }

    /// <summary>Tokens of unknown value per token, rounded half away from zero to 6 decimals; null where there are none.</summary>
    /// <example>0.010000</example>
    public required string? UnpricedShare { get; init; }

    /// <summary>
    /// Chained: the mean share of matched items in the value of the period and of the one that it is compared with, with 6 decimals; of producers, net,
    /// among what they made. Null where nothing is compared.
    /// </summary>
    /// <example>0.980000</example>
    [OnlyWhere(nameof(IsChained))]
    public string? MatchedShare { get; init; }

    /// <summary>Chained: items that the compared period did not have.</summary>
    [OnlyWhere(nameof(IsChained))]
    public int NewItems { get; init; }

    /// <summary>Chained: items that the compared period had and this one has not.</summary>
    [OnlyWhere(nameof(IsChained))]
    public int VanishedItems { get; init; }

    /// <summary>
    /// Chained, with groups: what the volumes of the groups don't add up to, as in the period's <c>totals</c>; the same in every row of a period. Null
    /// where a volume is missing or groups have different reference periods.
    /// </summary>
    /// <example>-0.125000</example>
    [OnlyWhere(nameof(HasParts))]
    public string? Residual { get; init; }

    /// <summary>
    /// Why <c>real</c>, <c>deflator</c> or <c>value</c>, the first of them that is null, has no value; <c>confidential</c>, <c>not_released</c>: why no figure of the row has one.
    /// While small cells are withheld the public gets <c>gdp</c> and <c>quantity</c> alone.
    /// </summary>
    /// <example>partial_period</example>
    [OnlyWhere(nameof(HasReason))]
    public string? NullReason { get; init; }

    internal bool IsNet => GrossOutput is not null;

    internal bool IsChained { get; init; }

    internal bool IsTransformed { get; init; }

    internal bool HasParts { get; init; }

    internal bool IsOfReleases { get; init; }

    internal bool HasReason => IsChained || IsTransformed || IsOfReleases;
}

/// <summary>The volumes of the groups of a period beside the volume of all of them: chained volumes don't add up.</summary>
public sealed record GdpTotal
{
    /// <example>2026-11</example>
    public required string Period { get; init; }

    /// <summary>The volume of all together, in money of the reference period: that of the same query without groups. Null with a reason.</summary>
    /// <example>1300.250000</example>
    public required string? Real { get; init; }

    /// <summary>The sum of the groups' volumes; null with a reason.</summary>
    /// <example>1300.375000</example>
    public required string? SumOfParts { get; init; }

    /// <summary><c>real - sum_of_parts</c>, with 6 decimals: published, never spread over the groups. Null with a reason.</summary>
    /// <example>-0.125000</example>
    public required string? Residual { get; init; }

    /// <summary>
    /// Why the residual is null: the reason of <c>real</c>, <c>part_without_volume</c> (a group has none in the period), or
    /// <c>no_common_reference</c> (groups are told in money of different periods: name one by <c>reference</c>).
    /// </summary>
    public required string? NullReason { get; init; }
}

/// <summary>Token GDP by period and group.</summary>
public sealed record GdpAnswer : FigureAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<GdpRow> Rows { get; init; }

    /// <summary>Of chained prices with groups: every period's residual of non-additivity.</summary>
    [JsonPropertyOrder(-1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GdpTotal>? Totals { get; init; }

    /// <example>current</example>
    public required string Prices { get; init; }

    /// <example>gross</example>
    public required string Concept { get; init; }

    /// <summary>Of net output: <c>production</c>, <c>final_use</c>, or <c>both</c> for the total, which is the same from either side.</summary>
    /// <example>both</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Side { get; init; }

    /// <summary>
    /// <c>sum</c>, <c>chained_fisher_union</c> (over every item of either period, missing prices imputed), or
    /// <c>chained_fisher_union_double_deflation</c> (output and purchases each so).
    /// </summary>
    /// <example>sum</example>
    public required string Method { get; init; }

    /// <summary>Of chained prices: the period in whose money volumes are told; null when there is none with data, and when each group has another one.</summary>
    /// <example>2026-Q1</example>
    [OnlyWhere(nameof(IsChained))]
    public string? Reference { get; init; }

    /// <summary>What <c>value</c> is of each row's figure; <c>lin</c>: there is none.</summary>
    /// <example>lin</example>
    public required string Units { get; init; }

    internal bool IsChained { get; init; }

    internal bool IsOfReleases { get; init; }
}
