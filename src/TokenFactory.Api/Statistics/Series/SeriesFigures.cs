using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Statistics;

/// <summary>Opens a series: by the services that answer for its figure, so that every value is theirs.</summary>
internal sealed class SeriesFigures(GdpFigures gdp, IndexFigures indices, ReleasedFigures released)
{
    /// <summary>The observations of a series whose periods begin in the request's window.</summary>
    /// <param name="key">Which.</param>
    /// <param name="request">The window, the vintage and the calendar.</param>
    /// <param name="producer">What the key's producer is called; null: all.</param>
    /// <param name="isOfReleases">Whether it is what the public gets while small cells are withheld.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TooManyRowsException">It is longer than an answer may be, or needs more item-periods.</exception>
    public async Task<SeriesAnswer> AnswerAsync(SeriesKey key, FigureRequest request, string? producer, bool isOfReleases, CancellationToken cancellationToken)
    {
        var whole = RequestOf(key, request);
        var (figure, reference, rows) = key.Measure.OfGdp is { } column
            ? await OfGdpAsync(whole, key.Measure.Gdp, column, isOfReleases, cancellationToken)
            : await OfIndexAsync(whole, key.Measure, cancellationToken);
        return new SeriesAnswer
        {
            Key = key.ToString(),
            Title = TitleOf(key, producer),
            Rows = [.. rows.Where(r => !(r.Start < request.Start) && !(r.Start >= request.End))],
            UnitMeasure = key.Measure.Unit.CodeIn(figure.Currency),
            Reference = reference,
            Currency = figure.Currency,
            Unit = key.Measure.Unit.TextIn(figure.Currency),
            Frequency = figure.Frequency,
            TimeZone = figure.TimeZone,
            By = [],
            AsOf = figure.AsOf,
            CompleteThrough = figure.CompleteThrough,
        };
    }

    /// <summary>What a series asks for: whole, whatever the window, so that an index stays on the period that is 100, and no period is cut.</summary>
    public static FigureRequest RequestOf(SeriesKey key, FigureRequest request) => request with { Start = null, End = null, Filters = FiltersOf(key) };

    /// <summary>A series in words.</summary>
    public static string TitleOf(SeriesKey key, string? producer) =>
        $"{key.Measure.Title}; {SectorName(key.Sector)}; {producer ?? "all producers"}; {(key.TokenClass is { } c ? $"{c.Name()} tokens" : "all token classes")}; by {WireJson.NameOf(key.Frequency)}";

    public static string SectorName(Sector? sector) => sector switch
    {
        null => "total",
        Sector.Household => "households",
        Sector.Government => "general government",
        Sector.Enterprise => "enterprises",
        Sector.Unclassified => "sector unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(sector), sector, "Not a sector."),
    };

    private static Dictionary<Dimension, IReadOnlyList<object>> FiltersOf(SeriesKey key)
    {
        var filters = new Dictionary<Dimension, IReadOnlyList<object>>();
        if (key.Sector is { } sector)
            filters.Add(Dimension.Sector, [(short)sector]);
        if (key.Producer is { } producer)
            filters.Add(Dimension.Producer, [producer]);
        if (key.TokenClass is { } tokenClass)
            filters.Add(Dimension.TokenClass, [(short)tokenClass]);
        return filters;
    }

    private async Task<(FigureAnswer, string?, IEnumerable<SeriesRow>)> OfGdpAsync(
        FigureRequest request, GdpSpecification specification, Func<GdpRow, string?> column, bool isOfReleases, CancellationToken cancellationToken)
    {
        var answer = isOfReleases
            ? await released.AnswerAsync(request, specification, cancellationToken)
            : await gdp.AnswerAsync(request, specification, cancellationToken);
        return (answer, answer.Reference, answer.Rows.Select(row => RowOf(row, column(row), row.NullReason)));
    }

    private async Task<(FigureAnswer, string?, IEnumerable<SeriesRow>)> OfIndexAsync(FigureRequest request, SeriesMeasure measure, CancellationToken cancellationToken)
    {
        var answer = await indices.AnswerAsync(request, measure.OfIndex!(request.Frequency), cancellationToken);
        return (answer, answer.Reference, answer.Rows.Select(row => RowOf(row, measure.Column(row), row.NullReason)));
    }

    private static SeriesRow RowOf(FigureRow row, string? value, string? nullReason) => new()
    {
        Period = row.Period,
        Start = row.Start,
        End = row.End,
        Value = value,
        ObsStatus = SeriesCodes.ObservationStatus(value, row.Status, nullReason),
        NullReason = value is null ? nullReason : null,
        Partial = row.Partial,
        Status = row.Status,
    };
}
