using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>
/// The codes of series keys, as SDMX writes them: letters, digits, <c>_ - @ $</c>, and <c>.</c> between dimensions. Generic codes are those of the
/// SDMX guidelines: <c>_T</c> total, <c>_U</c> unknown, <c>_Z</c> not applicable.
/// </summary>
internal static class SeriesCodes
{
    public const string Total = "_T";
    public const string NotApplicable = "_Z";
    public const string TotalSector = "S1";

    /// <summary>Neither seasonally nor calendar adjusted.</summary>
    public const string Unadjusted = "N";

    private static readonly Frequency[] AllFrequencies = Enum.GetValues<Frequency>();

    /// <summary>The total first, then as stored.</summary>
    public static IReadOnlyList<Sector?> Sectors { get; } = [null, .. Enum.GetValues<Sector>()];

    /// <summary>The total first, then as stored.</summary>
    public static IReadOnlyList<TokenClass?> TokenClasses { get; } = [null, .. Enum.GetValues<TokenClass>()];

    public static string Of(Frequency frequency) => frequency switch
    {
        Frequency.Hour => "H",
        Frequency.Day => "D",
        Frequency.Week => "W",
        Frequency.Month => "M",
        Frequency.Quarter => "Q",
        Frequency.Year => "A",
        _ => throw new ArgumentOutOfRangeException(nameof(frequency), frequency, "Not a frequency."),
    };

    /// <summary>Sectors of the system of national accounts; an unclassified buyer is of a sector that is not known.</summary>
    public static string Of(Sector? sector) => sector switch
    {
        null => TotalSector,
        Sector.Household => "S14",
        Sector.Government => "S13",
        Sector.Enterprise => "S11_S12",
        Sector.Unclassified => "_U",
        _ => throw new ArgumentOutOfRangeException(nameof(sector), sector, "Not a sector."),
    };

    /// <summary>An id in capitals, with <c>@</c> for the dot that would part dimensions: ids have neither, so that it can be undone.</summary>
    public static string OfProducer(string? slug) => slug is null ? Total : slug.ToUpperInvariant().Replace('.', '@');

    public static string Of(TokenClass? tokenClass) => tokenClass is { } some ? some.Name().ToUpperInvariant() : Total;

    public static Frequency? ReadFrequency(string code) => AllFrequencies.Cast<Frequency?>().FirstOrDefault(f => Of(f!.Value) == code);

    public static bool TryReadSector(string code, out Sector? sector)
    {
        sector = Sectors.FirstOrDefault(s => Of(s) == code);
        return Of(sector) == code;
    }

    public static bool TryReadTokenClass(string code, out TokenClass? tokenClass)
    {
        tokenClass = TokenClasses.FirstOrDefault(c => Of(c) == code);
        return Of(tokenClass) == code;
    }

    /// <summary>Null for the total; false where it is not such a code.</summary>
    public static bool TryReadProducer(string code, out string? slug)
    {
        slug = code == Total ? null : code.Replace('@', '.').ToLowerInvariant();
        return OfProducer(slug) == code;
    }

    /// <summary>How sure an observation is, by CL_OBS_STATUS: normal, estimated, provisional, missing because it is suppressed, or missing where data cannot exist.</summary>
    public static string ObservationStatus(string? value, string status, string? nullReason) =>
        value is null ? ReleasedFigures.IsWithheld(nullReason) ? "Q" : "M" : status switch { "final" => "A", "estimated" => "E", _ => "P" };

    /// <summary>Whether an observation may be known, by CL_CONF_STATUS: free, or confidential statistical information.</summary>
    public static string ConfidentialityStatus(string? nullReason) => ReleasedFigures.IsWithheld(nullReason) ? "C" : "F";
}

/// <summary>The key of a series: one code per dimension.</summary>
/// <param name="Producer">Its id; null: all.</param>
internal sealed record SeriesKey(Frequency Frequency, Sector? Sector, string? Producer, TokenClass? TokenClass, SeriesMeasure Measure)
{
    /// <summary>In the order of keys.</summary>
    public static IReadOnlyList<string> Dimensions { get; } = ["FREQ", "SECTOR", "PRODUCER", "TOKEN_CLASS", "MEASURE", "PRICES", "METHOD", "ADJUSTMENT"];

    public IReadOnlyList<string> Codes =>
    [
        SeriesCodes.Of(Frequency), SeriesCodes.Of(Sector), SeriesCodes.OfProducer(Producer), SeriesCodes.Of(TokenClass),
        Measure.Code, Measure.Prices, Measure.Method, SeriesCodes.Unadjusted,
    ];

    public override string ToString() => string.Join('.', Codes);

    /// <summary>Reads a key; null where it is none, or its measure can't be of the frequency or the subject.</summary>
    public static SeriesKey? Parse(string text)
    {
        var codes = text.Split('.');
        if (codes.Length != Dimensions.Count || codes[7] != SeriesCodes.Unadjusted || SeriesCodes.ReadFrequency(codes[0]) is not { } frequency
            || !SeriesCodes.TryReadSector(codes[1], out var sector) || !SeriesCodes.TryReadProducer(codes[2], out var producer)
            || !SeriesCodes.TryReadTokenClass(codes[3], out var tokenClass))
        {
            return null;
        }

        var measure = SeriesMeasures.All.FirstOrDefault(m => m.Code == codes[4] && m.Prices == codes[5] && m.Method == codes[6] && m.IsOf(frequency));
        return measure is null || !measure.CanBe(new SeriesSubject(sector, producer, tokenClass)) ? null : new SeriesKey(frequency, sector, producer, tokenClass, measure);
    }
}
