using System.Globalization;
using System.Text.Json.Serialization;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Statistics;

/// <summary>The two accounts of net output of producers.</summary>
public enum ExplainFlow
{
    /// <summary>What they made: it counts.</summary>
    Output,

    /// <summary>What they bought of anybody: it is taken off.</summary>
    IntermediateConsumption,
}

/// <summary>Sums of money and tokens.</summary>
public sealed record ExplainSums
{
    /// <summary>Money of the priced part, exact, in the answer's currency.</summary>
    /// <example>1234.567890123456</example>
    public required string Gdp { get; init; }

    /// <summary>Tokens, priced or not.</summary>
    /// <example>987654321</example>
    public required string Quantity { get; init; }

    /// <summary>Tokens whose value is not known.</summary>
    /// <example>0</example>
    public required string UnpricedQuantity { get; init; }

    /// <summary>Tokens that were priced at zero.</summary>
    /// <example>0</example>
    public required string FreeQuantity { get; init; }

    /// <summary>Ledger entries, corrections too.</summary>
    /// <example>1200</example>
    public required long Entries { get; init; }
}

/// <summary>What one item adds to a figure.</summary>
public sealed record ExplainItem
{
    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <example>kimi-k2</example>
    public required string Model { get; init; }

    /// <example>output</example>
    public required string TokenClass { get; init; }

    /// <example>standard</example>
    public required string ServiceTier { get; init; }

    /// <summary>Only with <c>by=sector</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sector { get; init; }

    /// <summary>Only of net output of producers. Tokens that they bought are in no sum.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainFlow? Flow { get; init; }

    /// <summary>Money, exact: negative of intermediate consumption, and where corrections outweigh.</summary>
    /// <example>1234.567890123456</example>
    public required string Gdp { get; init; }

    /// <summary>Of the figure, with 6 decimals; null where the figure is 0.</summary>
    /// <example>0.250000</example>
    public required string? Share { get; init; }

    /// <summary>Tokens, priced or not.</summary>
    /// <example>987654321</example>
    public required string Quantity { get; init; }

    /// <summary>Tokens whose value is known.</summary>
    /// <example>987654321</example>
    public required string PricedQuantity { get; init; }

    /// <summary>Tokens whose value is not known.</summary>
    /// <example>0</example>
    public required string UnpricedQuantity { get; init; }

    /// <summary>Tokens that were priced at zero.</summary>
    /// <example>0</example>
    public required string FreeQuantity { get; init; }

    /// <summary>Money per million priced tokens, rounded half away from zero to 12 decimals; null when none is priced.</summary>
    /// <example>1.25</example>
    public required string? UnitValue { get; init; }

    /// <summary>Ledger entries, corrections too.</summary>
    /// <example>12</example>
    public required long Entries { get; init; }

    internal IReadOnlyList<CsvCell> Cells =>
    [
        Producer, Model, TokenClass, ServiceTier, .. Sector is null ? [] : (CsvCell[])[Sector],
        .. Flow is { } flow ? (CsvCell[])[WireJson.NameOf(flow)] : [], CsvCell.Number(Gdp), CsvCell.Number(Share),
        CsvCell.Number(Quantity), CsvCell.Number(PricedQuantity), CsvCell.Number(UnpricedQuantity), CsvCell.Number(FreeQuantity),
        CsvCell.Number(UnitValue), CsvCell.Number(Entries),
    ];

    internal bool IsPurchase => Flow == ExplainFlow.IntermediateConsumption;

    internal static IReadOnlyList<string> Columns(ExplainRequest request) =>
    [
        "producer", "model", "token_class", "service_tier", .. request.Figure.By.Select(d => d.Name()),
        .. request.Side == GdpSide.Production ? (string[])["flow"] : [], "gdp", "share", "quantity", "priced_quantity",
        "unpriced_quantity", "free_quantity", "unit_value", "entries",
    ];
}

/// <summary>What was valued at one price.</summary>
public sealed record ExplainRate
{
    /// <summary>
    /// <c>declared</c>, <c>rate_card</c> or <c>none</c>. Money without tokens: <c>package</c>, <c>minimum_charge</c> or <c>month_tiers</c>.
    /// </summary>
    /// <example>rate_card</example>
    public required string Basis { get; init; }

    /// <summary>The rate that the entries pin; null where none was looked up.</summary>
    /// <example>42</example>
    public required long? RateId { get; init; }

    /// <summary>The card that it is of: the number of <c>/v1/rate-cards</c>.</summary>
    /// <example>7</example>
    public required long? RateCardId { get; init; }

    /// <summary>Money per million tokens, in <c>currency</c>; null for money without tokens, and where there is no price.</summary>
    /// <example>2.5</example>
    public required string? UnitValue { get; init; }

    /// <summary>ISO 4217; null where there is no price.</summary>
    /// <example>EUR</example>
    public required string? Currency { get; init; }

    /// <summary>The exchange rates that the entries pin: the number of <c>/v1/fx-rates</c>; null where none were needed, or none held.</summary>
    /// <example>3</example>
    public required long? FxRateId { get; init; }

    /// <summary>What they say: units of the reporting currency for one of <c>currency</c>, rounded half away from zero to 12 decimals.</summary>
    /// <example>1.05</example>
    public required string? ExchangeRate { get; init; }

    /// <summary>When they were published.</summary>
    public required DateTimeOffset? FxPublishedAt { get; init; }

    /// <summary>Tokens, net of what was taken back.</summary>
    /// <example>987654321</example>
    public required string Quantity { get; init; }

    /// <summary>Those of them whose value is not known.</summary>
    /// <example>0</example>
    public required string UnpricedQuantity { get; init; }

    /// <summary>Those of them that were priced at zero.</summary>
    /// <example>0</example>
    public required string FreeQuantity { get; init; }

    /// <summary>Money in <c>currency</c>; null where there is no price.</summary>
    /// <example>1175.778942974720</example>
    public required string? Amount { get; init; }

    /// <summary>Money in the reporting currency, exact: each entry was converted and rounded by itself.</summary>
    /// <example>1234.567890123456</example>
    public required string Gdp { get; init; }

    /// <summary>Ledger entries, corrections too.</summary>
    /// <example>12</example>
    public required long Entries { get; init; }

    internal static IReadOnlyList<string> Columns { get; } =
    [
        "basis", "rate_id", "rate_card_id", "unit_value", "currency", "fx_rate_id", "exchange_rate", "fx_published_at", "quantity",
        "unpriced_quantity", "free_quantity", "amount", "gdp", "entries",
    ];

    internal IReadOnlyList<CsvCell> Cells =>
    [
        Basis, Number(RateId), Number(RateCardId), CsvCell.Number(UnitValue), Currency, Number(FxRateId), CsvCell.Number(ExchangeRate),
        FxPublishedAt is { } at ? UtcInstantConverter.Text(at) : null, CsvCell.Number(Quantity), CsvCell.Number(UnpricedQuantity),
        CsvCell.Number(FreeQuantity), CsvCell.Number(Amount), CsvCell.Number(Gdp), Number(Entries),
    ];

    private static CsvCell Number(long? number) => CsvCell.Number(number?.ToString(CultureInfo.InvariantCulture));
}

/// <summary>A page of what a figure is made of.</summary>
public sealed record ExplainAnswer : FigureAnswer
{
    /// <summary>What is explained.</summary>
    /// <example>gdp</example>
    public required string Figure { get; init; }

    /// <summary>Of Token GDP; null of an index, which is of gross output.</summary>
    /// <example>gross</example>
    public required string? Concept { get; init; }

    /// <summary>Of net output: <c>production</c>, <c>final_use</c>, or <c>both</c> for the total, which is explained as final use.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Side { get; init; }

    /// <summary>Of rates and entries of net output of producers: which account they are of.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainFlow? Flow { get; init; }

    /// <example>2026-11</example>
    public required string Period { get; init; }

    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset End { get; init; }

    /// <summary>Whether the period was not over when the last event was recorded.</summary>
    public required bool Partial { get; init; }

    /// <summary><c>provisional</c>, <c>estimated</c> or <c>final</c>.</summary>
    /// <example>provisional</example>
    public required string Status { get; init; }

    /// <summary>The figure as it is published: that of <c>GET /v1/gdp</c>. Not of an index.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainSums? Published { get; init; }

    /// <example>items</example>
    public required string Level { get; init; }

    /// <summary>
    /// Of all pages of the level: what is published, to the last digit, unless <c>basis</c>, <c>rate_id</c>, <c>unit_value</c> or <c>currency</c>
    /// leaves some out, or <c>flow</c> one account of two. Of entries on the first page alone, null on the others: it reads the whole period. Null of an
    /// index.
    /// </summary>
    public required ExplainSums? Total { get; init; }

    /// <summary>Of this page. The sums of all pages are <c>total</c>. Not of an index.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainSums? Page { get; init; }

    /// <summary>Of an index: the growth that its contributions add up to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainGrowth? Growth { get; init; }

    /// <summary>Of level <c>items</c>: the largest first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ExplainItem>? Items { get; init; }

    /// <summary>Of an index: what each item adds to growth, the largest first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ExplainContribution>? Contributions { get; init; }

    /// <summary>Of level <c>rates</c>: the largest first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ExplainRate>? Rates { get; init; }

    /// <summary>Of level <c>entries</c>: in the order of recording.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LedgerEntry>? Entries { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null: this is the last.</summary>
    public required string? NextCursor { get; init; }
}
