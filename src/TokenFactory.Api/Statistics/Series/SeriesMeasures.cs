using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>In what a series is measured.</summary>
/// <param name="Code">For UNIT_MEASURE; the reporting currency's code stands for <c>{currency}</c>.</param>
/// <param name="Text">For readers.</param>
internal sealed record SeriesUnit(string Code, string Text)
{
    public static readonly SeriesUnit Money = new("{currency}", "{currency}");
    public static readonly SeriesUnit MoneyPerMillion = new("{currency}_PER_MTOK", "{currency} per million tokens");
    public static readonly SeriesUnit Tokens = new("TOKENS", "tokens");
    public static readonly SeriesUnit Ratio = new("PURE_NUMB", "ratio");
    public static readonly SeriesUnit Index = new("IX", "index");

    public string CodeIn(string currency) => Code.Replace("{currency}", currency, StringComparison.Ordinal);

    public string TextIn(string currency) => Text.Replace("{currency}", currency, StringComparison.Ordinal);
}

/// <summary>A measure of series: what it is called in keys, and which figure it is.</summary>
internal sealed record SeriesMeasure(string Code, string Prices, string Method, string Title, SeriesUnit Unit)
{
    /// <summary>The column of Token GDP that it is; null: it is an index.</summary>
    public Func<GdpRow, string?>? OfGdp { get; init; }

    /// <summary>Of which Token GDP.</summary>
    public GdpSpecification Gdp { get; init; } = new();

    /// <summary>Whether it is released while small cells are withheld.</summary>
    public bool IsReleased { get; init; }

    /// <summary>The index that it is, by frequency.</summary>
    public Func<Frequency, IndexSpecification>? OfIndex { get; init; }

    /// <summary>Which column of that.</summary>
    public Func<IndexRow, string?> Column { get; init; } = row => row.Index;

    /// <summary>Whether there are series of this frequency.</summary>
    public Predicate<Frequency> IsOf { get; init; } = _ => true;

    /// <summary>Whether there can be such a series of this subject: net output of producers is of one account, all else of the other.</summary>
    public bool CanBe(SeriesSubject subject) => !IsNet || subject.Producer is null || subject is { Sector: null, TokenClass: null };

    public bool IsNet => Gdp.Concept == GdpConcept.Net;
}

/// <summary>Every measure: one row each.</summary>
internal static class SeriesMeasures
{
    private const string Current = "V";
    private const string Chained = "L";
    private const string PriceIndex = "D";
    private const string Fisher = "CF";
    private const string Geks = "GEKS_F";

    private static readonly GdpSpecification Real = new() { Prices = GdpPrices.Chained };
    private static readonly GdpSpecification Net = new() { Concept = GdpConcept.Net };
    private static readonly GdpSpecification RealNet = new() { Concept = GdpConcept.Net, Prices = GdpPrices.Chained };

    public static IReadOnlyList<SeriesMeasure> All { get; } =
    [
        new("TGO", Current, SeriesCodes.NotApplicable, "Gross token output, current prices", SeriesUnit.Money) { OfGdp = row => row.Gdp, IsReleased = true },
        new("TGO", Chained, Fisher, "Gross token output, chained volume in money of the reference period", SeriesUnit.Money) { OfGdp = row => row.Real, Gdp = Real },
        new("TGO", PriceIndex, Fisher, "Gross token output, implicit deflator", SeriesUnit.Index) { OfGdp = row => row.Deflator, Gdp = Real },
        new("TGDP", Current, SeriesCodes.NotApplicable, "Net Token GDP, current prices", SeriesUnit.Money) { OfGdp = row => row.Gdp, Gdp = Net },
        new("TGDP", Chained, Fisher, "Net Token GDP, chained volume in money of the reference period", SeriesUnit.Money) { OfGdp = row => row.Real, Gdp = RealNet },
        new("TGDP", PriceIndex, Fisher, "Net Token GDP, implicit deflator", SeriesUnit.Index) { OfGdp = row => row.Deflator, Gdp = RealNet },
        new("QTY", SeriesCodes.NotApplicable, SeriesCodes.NotApplicable, "Tokens", SeriesUnit.Tokens) { OfGdp = row => row.Quantity, IsReleased = true },
        new("UV", Current, SeriesCodes.NotApplicable, "Unit value (no price index)", SeriesUnit.MoneyPerMillion) { OfGdp = row => row.UnitValue },
        new("FREE_SHARE", SeriesCodes.NotApplicable, SeriesCodes.NotApplicable, "Free tokens per priced token", SeriesUnit.Ratio) { OfGdp = row => row.FreeShare },
        new("UNPRICED_SHARE", SeriesCodes.NotApplicable, SeriesCodes.NotApplicable, "Tokens of unknown value per token", SeriesUnit.Ratio) { OfGdp = row => row.UnpricedShare },
        new("TPI", PriceIndex, Fisher, "Token Price Index, chained Fisher over the union of items", SeriesUnit.Index) { OfIndex = _ => Of(IndexKind.Price) },
        new("TPI", PriceIndex, Geks, "Token Price Index, headline: GEKS-Fisher in a rolling window", SeriesUnit.Index)
            { OfIndex = frequency => IndexSpecification.Headline(IndexKind.Price, frequency, reference: null), IsOf = IsShort },
        new("TQI", Chained, Fisher, "Token Quantity Index, chained Fisher over the union of items", SeriesUnit.Index) { OfIndex = _ => Of(IndexKind.Quantity) },
        new("TQI", Chained, Geks, "Token Quantity Index, headline: what the GEKS-Fisher price index leaves of the value", SeriesUnit.Index)
            { OfIndex = frequency => IndexSpecification.Headline(IndexKind.Quantity, frequency, reference: null), IsOf = IsShort },
        new("TVI", Current, SeriesCodes.NotApplicable, "Token Value Index", SeriesUnit.Index) { OfIndex = _ => Of(IndexKind.Value) },
        new("MIX", SeriesCodes.NotApplicable, Fisher, "Composition effect: unit value index / price index", SeriesUnit.Ratio)
            { OfIndex = _ => Of(IndexKind.Price), Column = row => row.CompositionEffect },
    ];

    /// <summary>What a measure is called, whatever its prices and method.</summary>
    public static string NameOf(string code) => All.First(m => m.Code == code).Title.Split(", ")[0];

    private static IndexSpecification Of(IndexKind kind) => new() { Kind = kind };

    // Years and quarters have the chained Fisher for their headline: it is no second series.
    private static bool IsShort(Frequency frequency) => IndexSpecification.Headline(IndexKind.Price, frequency, reference: null).Multilateral is not null;
}
