using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>What every row of a figure says about its period and group. Group columns appear only where they were asked for.</summary>
public abstract record FigureRow
{
    /// <summary>The reference period.</summary>
    /// <example>2026-11</example>
    [JsonPropertyOrder(-10)]
    public required string Period { get; init; }

    /// <summary>The first instant that the row covers: of the period, or of the window where that begins later.</summary>
    [JsonPropertyOrder(-9)]
    public required DateTimeOffset Start { get; init; }

    /// <summary>The first instant that it does not cover any more.</summary>
    [JsonPropertyOrder(-8)]
    public required DateTimeOffset End { get; init; }

    [JsonPropertyOrder(-7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sector { get; init; }

    [JsonPropertyOrder(-6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Producer { get; init; }

    [JsonPropertyOrder(-5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    [JsonPropertyOrder(-4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenClass { get; init; }

    [JsonPropertyOrder(-3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceTier { get; init; }

    /// <summary>
    /// Whether the row covers less than its period: the window cuts it, or the period was not over when the last event was recorded. Nothing is
    /// grossed up: don't compare it with a whole period.
    /// </summary>
    [JsonPropertyOrder(9)]
    public required bool Partial { get; init; }

    /// <summary><c>provisional</c>, <c>estimated</c> or <c>final</c>: how likely late events still are.</summary>
    /// <example>provisional</example>
    [JsonPropertyOrder(10)]
    public required string Status { get; init; }
}

/// <summary>Token GDP of one period and group: current prices, gross.</summary>
public sealed record GdpRow : FigureRow
{
    /// <summary>Sum of quantity x unit value over the priced entries, exact, in the answer's currency.</summary>
    /// <example>1234.567890123456</example>
    public required string Gdp { get; init; }

    /// <summary>Tokens, priced or not.</summary>
    /// <example>987654321</example>
    public required string Quantity { get; init; }

    /// <summary>Tokens whose value is not known: they are in the quantity and not in the GDP.</summary>
    /// <example>0</example>
    public required string UnpricedQuantity { get; init; }

    /// <summary>Tokens that were priced at zero.</summary>
    /// <example>0</example>
    public required string FreeQuantity { get; init; }

    /// <summary>Money per million priced tokens, rounded half away from zero to 12 decimals; null when none is priced. Not a price index.</summary>
    /// <example>1.25</example>
    public required string? UnitValue { get; init; }
}

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

/// <summary>Output of one period and group beside what it cost, where a cost is known.</summary>
public sealed record MarginRow : FigureRow
{
    /// <summary>Value of the costed part: sum of quantity x unit value over items and days that have a cost, exact, in the answer's currency.</summary>
    /// <example>1234.567890123456</example>
    public required string Gdp { get; init; }

    /// <summary>Value of the rest: with <c>gdp</c> it is the Token GDP.</summary>
    /// <example>0</example>
    public required string UncostedGdp { get; init; }

    /// <summary>Sum of quantity x unit cost over all tokens of the costed part, priced or not, exact.</summary>
    /// <example>1000.5</example>
    public required string Cost { get; init; }

    /// <summary>What of the cost is that of unpriced tokens: nobody knows a margin of them.</summary>
    /// <example>0</example>
    public required string UnpricedCost { get; init; }

    /// <summary><c>gdp - (cost - unpriced_cost)</c>: of the tokens whose value and cost are both known, exact.</summary>
    /// <example>234.067890123456</example>
    public required string Margin { get; init; }

    /// <summary>Margin per <c>gdp</c>, rounded half away from zero to 12 decimals; null where that is 0.</summary>
    /// <example>0.189595001154</example>
    public required string? MarginShare { get; init; }

    /// <summary>Tokens whose cost is known, priced or not.</summary>
    /// <example>987654321</example>
    public required string CostedQuantity { get; init; }

    /// <summary>Tokens whose cost is not known: they are in no cost and in no margin.</summary>
    /// <example>0</example>
    public required string UncostedQuantity { get; init; }

    /// <summary>Cost per million costed tokens, rounded half away from zero to 12 decimals; null when there are none.</summary>
    /// <example>1.013006241</example>
    public required string? UnitCost { get; init; }
}

/// <summary>Why a quantity has no value.</summary>
public enum UnpricedReason
{
    /// <summary>No event said a price, and no rate card had one.</summary>
    NoPrice,

    /// <summary>There was a price, in a currency that no exchange rate of its time led from.</summary>
    NoExchangeRate,
}

/// <summary>What has no value of one item, for one reason.</summary>
public sealed record UnpricedRow
{
    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <example>kimi-k2</example>
    public required string Model { get; init; }

    /// <example>output</example>
    public required string TokenClass { get; init; }

    /// <example>standard</example>
    public required string ServiceTier { get; init; }

    /// <summary>The currency of the price, ISO 4217; null where there is no price at all.</summary>
    /// <example>CNY</example>
    public required string? Currency { get; init; }

    public required UnpricedReason Reason { get; init; }

    /// <summary>Tokens whose value is not known: net of what was reversed or valued since.</summary>
    /// <example>700000</example>
    public required string Quantity { get; init; }

    /// <summary>The first day of UTC that has some of them.</summary>
    public required DateOnly FirstDay { get; init; }

    /// <summary>The last day that has.</summary>
    public required DateOnly LastDay { get; init; }

    /// <summary>So many ledger entries hold them, at most: of the days that have some, those of the item in this currency, corrections too.</summary>
    /// <example>12</example>
    public required long Entries { get; init; }
}

/// <summary>What has no value, by item.</summary>
public sealed record UnpricedAnswer
{
    public required IReadOnlyList<UnpricedRow> Rows { get; init; }

    /// <summary>The sum of the rows.</summary>
    /// <example>700000</example>
    public required string UnpricedQuantity { get; init; }

    /// <summary>All tokens that the query asks about, priced or not.</summary>
    /// <example>9200000</example>
    public required string Quantity { get; init; }

    /// <summary>Unpriced tokens per token, rounded half away from zero to 12 decimals; null where there are no tokens.</summary>
    /// <example>0.076086956522</example>
    public required string? UnpricedShare { get; init; }

    /// <summary>The reporting currency: what is valued in it has a value.</summary>
    /// <example>USD</example>
    public required string Currency { get; init; }

    /// <summary>As it was known at the end of this UTC date, or now where it is today's.</summary>
    public required DateOnly AsOf { get; init; }

    /// <summary>When the last event inside was recorded, or the end of <c>as_of</c> where that came first; null while the ledger is empty.</summary>
    public required DateTimeOffset? CompleteThrough { get; init; }
}

/// <summary>A table of figures with what must be known to read it.</summary>
public abstract record FigureAnswer
{
    /// <summary>The money of the figures, ISO 4217.</summary>
    /// <example>USD</example>
    public required string Currency { get; init; }

    /// <example>month</example>
    public required string Frequency { get; init; }

    /// <summary>The columns that the figures are grouped by.</summary>
    public required IReadOnlyList<string> By { get; init; }

    /// <summary>The figures are those known at the end of this UTC date, or now where it is today's.</summary>
    public required DateOnly AsOf { get; init; }

    /// <summary>
    /// When the last event inside was recorded, or the end of <c>as_of</c> where that came first; what is being committed at this moment may
    /// still come in with an instant of up to five minutes before. Null while the ledger is empty.
    /// </summary>
    public required DateTimeOffset? CompleteThrough { get; init; }
}

/// <summary>Token GDP by period and group.</summary>
public sealed record GdpAnswer : FigureAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<GdpRow> Rows { get; init; }

    /// <example>current</example>
    public string Prices { get; init; } = "current";

    /// <example>gross</example>
    public string Concept { get; init; } = "gross";
}

/// <summary>Output beside its cost, by period and group.</summary>
public sealed record MarginAnswer : FigureAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<MarginRow> Rows { get; init; }
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
