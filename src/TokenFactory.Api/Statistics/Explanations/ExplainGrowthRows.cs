using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>What the growth of an index is explained by.</summary>
public sealed record ExplainGrowth
{
    /// <summary>The period that it is compared with: the one asked for, else the nearest before that is not empty. Null: there is none.</summary>
    /// <example>2026-Q1</example>
    public required string? ComparedWith { get; init; }

    /// <summary>Growth of the Fisher over the union of items against that period, in percent with 6 decimals; null with a reason.</summary>
    /// <example>46.570591</example>
    public required string? Growth { get; init; }

    /// <summary>What the items of this page contribute, in percentage points. The sums of all pages are <c>growth</c>, to the last decimal.</summary>
    /// <example>46.570591</example>
    public required string? PageContribution { get; init; }

    /// <summary>The mean share of matched items in the value of the two periods, with 6 decimals.</summary>
    /// <example>0.980000</example>
    public required string? MatchedShare { get; init; }

    /// <summary>Items that the compared period did not have.</summary>
    public required int NewItems { get; init; }

    /// <summary>Items that the compared period had and this one has not.</summary>
    public required int VanishedItems { get; init; }

    /// <summary>Why there is no growth: see <c>GET /v1/methodology</c>.</summary>
    public required string? NullReason { get; init; }
}

/// <summary>What one item adds to growth; the base is the period that is compared with.</summary>
public sealed record ExplainContribution
{
    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <example>kimi-k2</example>
    public required string Model { get; init; }

    /// <example>output</example>
    public required string TokenClass { get; init; }

    /// <example>standard</example>
    public required string ServiceTier { get; init; }

    /// <summary>Percentage points of growth, with 6 decimals; null where there is no growth.</summary>
    /// <example>7.049674</example>
    public required string? Contribution { get; init; }

    /// <summary>Money per million tokens, at most 12 decimals; null where it is missing and can't be imputed.</summary>
    /// <example>2.5</example>
    public required string? BasePrice { get; init; }

    /// <summary>Whether nobody paid it: <c>price</c> at the overall mean of the matched items.</summary>
    public required bool BasePriceImputed { get; init; }

    /// <summary>Priced tokens.</summary>
    /// <example>1000000</example>
    public required string BaseQuantity { get; init; }

    /// <summary>Money per million tokens, at most 12 decimals; null where it is missing and can't be imputed.</summary>
    /// <example>2.2</example>
    public required string? Price { get; init; }

    /// <summary>Whether nobody paid it: <c>base_price</c> at the overall mean of the matched items.</summary>
    public required bool PriceImputed { get; init; }

    /// <summary>Priced tokens.</summary>
    /// <example>1500000</example>
    public required string Quantity { get; init; }

    /// <summary><c>price</c> / <c>base_price</c>, with 6 decimals; null where one of them is missing, or the base price is 0.</summary>
    /// <example>0.880000</example>
    public required string? PriceRelative { get; init; }

    /// <summary>Of the value of the base period, with 6 decimals; null where that is 0.</summary>
    /// <example>0.250000</example>
    public required string? BaseShare { get; init; }

    /// <summary>Of the value of the period, with 6 decimals; null where that is 0.</summary>
    /// <example>0.310000</example>
    public required string? Share { get; init; }

    internal static IReadOnlyList<string> Columns { get; } =
    [
        "producer", "model", "token_class", "service_tier", "contribution", "base_price", "base_price_imputed", "base_quantity", "price", "price_imputed", "quantity",
        "price_relative", "base_share", "share",
    ];

    internal IReadOnlyList<CsvCell> Cells =>
    [
        Producer, Model, TokenClass, ServiceTier, CsvCell.Number(Contribution), CsvCell.Number(BasePrice), BasePriceImputed ? "true" : "false", CsvCell.Number(BaseQuantity),
        CsvCell.Number(Price), PriceImputed ? "true" : "false", CsvCell.Number(Quantity), CsvCell.Number(PriceRelative), CsvCell.Number(BaseShare), CsvCell.Number(Share),
    ];
}
