using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>The code lists of series, and the codes of names that other operations take.</summary>
internal static class SeriesVocabulary
{
    public static string? FrequencyOf(string text) => SeriesCodes.ReadFrequency(text) is not null
        ? text
        : Enum.GetValues<Frequency>().Where(f => WireJson.NameOf(f) == text).Select(SeriesCodes.Of).FirstOrDefault();

    public static string? SectorOf(string text) => SeriesCodes.TryReadSector(text, out _) ? text
        : WireNames.TryParseSector(text, out var sector) ? SeriesCodes.Of(sector) : null;

    public static string? TokenClassOf(string text) => SeriesCodes.TryReadTokenClass(text, out _) ? text
        : WireNames.TryParseTokenClass(text, out var tokenClass) ? SeriesCodes.Of(tokenClass) : null;

    public static string? MeasureOf(string text) => SeriesMeasures.All.Any(m => m.Code == text) ? text : null;

    public static string? ProducerOf(string text, CatalogSnapshot catalog) => text == SeriesCodes.Total ? text
        : SeriesCodes.TryReadProducer(text, out var slug) && catalog.FindProducer(slug!) is { } coded && coded.Slug == slug ? text
        : catalog.FindProducer(text) is { } producer ? SeriesCodes.OfProducer(producer.Slug) : null;

    /// <summary>Every list: the dimensions in their order, then the attributes.</summary>
    public static IReadOnlyList<SeriesCodeList> Lists(IEnumerable<(string Slug, string Name)> producers) =>
    [
        new("FREQ", 1, [.. Enum.GetValues<Frequency>().Select(f => new SeriesCode(SeriesCodes.Of(f), FrequencyName(f), WireJson.NameOf(f)))]),
        new("SECTOR", 2, [.. SeriesCodes.Sectors.Select(s => new SeriesCode(SeriesCodes.Of(s), SeriesFigures.SectorName(s), s?.Name()))]),
        new("PRODUCER", 3, [new(SeriesCodes.Total, "All producers", null), .. producers.Select(p => new SeriesCode(SeriesCodes.OfProducer(p.Slug), p.Name, p.Slug))]),
        new("TOKEN_CLASS", 4, [.. SeriesCodes.TokenClasses.Select(c => new SeriesCode(SeriesCodes.Of(c), c is null ? "All token classes" : $"{c.Value.Name()} tokens", c?.Name()))]),
        new("MEASURE", 5, [.. SeriesMeasures.All.DistinctBy(m => m.Code).Select(m => new SeriesCode(m.Code, SeriesMeasures.NameOf(m.Code), null))]),
        new("PRICES", 6,
        [
            new("V", "Current prices", "current"), new("L", "Chain linked volume", "chained"), new("D", "Deflator (index)", null),
            new(SeriesCodes.NotApplicable, "Not applicable", null),
        ]),
        new("METHOD", 7,
        [
            new("CF", "Chained Fisher over the union of items", "fisher"), new("GEKS_F", "GEKS-Fisher in the headline's rolling window, mean splice on the published series", "geks_fisher"),
            new(SeriesCodes.NotApplicable, "Not applicable", null),
        ]),
        new("ADJUSTMENT", 8, [new(SeriesCodes.Unadjusted, "Neither seasonally adjusted nor calendar adjusted", null)]),
        new("OBS_STATUS", null,
        [
            new("A", "Normal value", "final"), new("E", "Estimated value", "estimated"), new("P", "Provisional value", "provisional"),
            new("M", "Missing value; data cannot exist", null), new("Q", "Missing value; suppressed", "confidential"),
        ]),
        new("CONF_STATUS", null, [new("F", "Free (free for publication)", null), new("C", "Confidential statistical information", "confidential")]),
        new("UNIT_MEASURE", null,
        [
            new("IX", "Index", null), new("PURE_NUMB", "Pure number", null), new("TOKENS", "Tokens", null),
            new("(currency)", "The reporting currency, by its ISO 4217 code", null), new("(currency)_PER_MTOK", "The reporting currency per million tokens", null),
        ]),
    ];

    private static string FrequencyName(Frequency frequency) => frequency switch
    {
        Frequency.Hour => "Hourly",
        Frequency.Day => "Daily",
        Frequency.Week => "Weekly (ISO 8601)",
        Frequency.Month => "Monthly",
        Frequency.Quarter => "Quarterly",
        Frequency.Year => "Annual",
        _ => throw new ArgumentOutOfRangeException(nameof(frequency), frequency, "Not a frequency."),
    };
}
