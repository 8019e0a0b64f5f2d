using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Reads the query string of a figure and collects every violation.</summary>
internal sealed class FigureQuery(ActionContext action, CatalogSnapshot catalog, StatisticsOptions options)
{
    // No event is older, and what zones will do later is not known.
    private static readonly DateTimeOffset FirstInstant = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LastInstant = new(2050, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly FirstVintage = new(2000, 1, 1);

    private readonly IQueryCollection _query = action.HttpContext.Request.Query;
    private readonly List<FieldError> _errors = KnownParameters.FaultsOf(action);

    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>Whether figures can be made in a calendar whatever the window.</summary>
    public static bool HasWholeHours(ReportingCalendar calendar) => calendar.HasWholeHours(FirstInstant, LastInstant);

    /// <summary>Reads what all figures share.</summary>
    /// <param name="isOfUtc">Of a table whose days are always those of UTC.</param>
    /// <param name="isFromTheFirst">Of figures that need what was before <c>start</c> too, from the first data on.</param>
    public FigureRequest Read(bool isOfUtc = false, bool isFromTheFirst = false) =>
        Read(isOfUtc ? ReportingCalendar.Utc : Calendar(), Choose("frequency", Frequency.Month), isFromTheFirst);

    /// <summary>The same of a series, whose frequency is known already, and which is read from the first data on.</summary>
    public FigureRequest Read(Frequency frequency) => Read(Calendar(), frequency, isFromTheFirst: true);

    /// <summary>Reads the zone alone.</summary>
    public ReportingCalendar ReadCalendar()
    {
        var calendar = Calendar();
        CheckOffsets(new FigureRequest { Frequency = Frequency.Day, Calendar = calendar });
        return calendar;
    }

    private FigureRequest Read(ReportingCalendar calendar, Frequency frequency, bool isFromTheFirst)
    {
        var request = Scope(calendar) with { Frequency = frequency, Start = Instant("start", calendar), End = Instant("end", calendar) };
        if (request.Start >= request.End)
            Add("end", "out_of_range", "Must lie after `start`: the window is half-open.");
        foreach (var (name, instant) in (ReadOnlySpan<(string, DateTimeOffset?)>)[("start", request.Start), ("end", request.End)])
        {
            if (instant is not { } at)
                continue;
            if (request.Frequency != Frequency.Hour && calendar.Containing(Frequency.Day, at).Start != at)
                Add(name, "not_a_day", $"Must be the beginning of a day of {calendar.Zone.Id} unless the frequency is hour.");
            if (request.Frequency == Frequency.Hour && at.Ticks % TimeSpan.TicksPerHour != 0)
                Add(name, "not_an_hour", "Must be the beginning of an hour: figures are kept by the hour.");
        }

        CheckOffsets(isFromTheFirst ? request with { Start = null } : request);
        return request;
    }

    /// <summary>Reads what is asked about one period, which is the window: the parameter <c>period</c>, whose form tells the frequency.</summary>
    public (FigureRequest Request, Period? Period) ReadOfPeriod()
    {
        var calendar = Calendar();
        if (Single("period") is not { } text)
        {
            Add("period", "required", "Name the period, as answers write it: 2026, 2026-Q1, 2026-01, 2026-W05, 2026-01-31 or 2026-01-31T05:00:00Z.");
            return (Scope(calendar), null);
        }

        if (!calendar.TryParse(text, out var period))
        {
            Add("period", "invalid_period", "Must be a period as answers write it: 2026, 2026-Q1, 2026-01, 2026-W05, 2026-01-31 or 2026-01-31T05:00:00Z.");
            return (Scope(calendar), null);
        }

        if (Choose("frequency", period.Frequency) != period.Frequency)
            Add("frequency", "not_together", "The period is of another frequency; leave this out: the form of `period` tells it.");
        var request = Scope(calendar) with { Frequency = period.Frequency, Start = period.Start, End = period.End };
        CheckOffsets(request);
        return (request, period);
    }

    /// <summary>What a parameter says; null where it is left out, or empty.</summary>
    public string? Single(string name)
    {
        var values = _query[name];
        return values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : values[0];
    }

    /// <summary>One of an enumeration's names, in snake_case.</summary>
    public T Choose<T>(string name, T fallback) where T : struct, Enum
    {
        if (Single(name) is not { } text)
            return fallback;
        foreach (var value in Enum.GetValues<T>())
        {
            if (WireJson.NameOf(value) == text)
                return value;
        }

        Add(name, "unknown_value", $"Must be one of {string.Join(", ", WireJson.NamesOf(typeof(T)))}.");
        return fallback;
    }

    /// <summary>One of an enumeration's names, or null where it is none of them.</summary>
    public T? TryChoose<T>(string name) where T : struct, Enum =>
        Single(name) is { } text ? Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => WireJson.NameOf(value!.Value) == text) : null;

    /// <summary>Says that a parameter that is given has no meaning beside the others.</summary>
    public void Refuse(string name, bool isMeaningless, string why)
    {
        if (isMeaningless && Single(name) is not null)
            Add(name, "not_together", why);
    }

    /// <summary>A whole number within bounds.</summary>
    public int? ReadInteger(string name, int least, int most)
    {
        if (Single(name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Add(name, "out_of_range", $"Must be a whole number from {least} to {most}.");
        return null;
    }

    /// <summary>A number within bounds.</summary>
    public double? ReadNumber(string name, double least, double most)
    {
        if (Single(name) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Add(name, "out_of_range", string.Create(CultureInfo.InvariantCulture, $"Must be a number from {least} to {most}."));
        return null;
    }

    /// <summary>What is told of a figure: <c>units</c>.</summary>
    public Transformation ReadUnits(Frequency frequency)
    {
        var units = Choose("units", Transformation.Lin);
        if (units is Transformation.Pca or Transformation.Cca && Growth.PeriodsPerYear(frequency) is null)
            Add("units", "not_annualised", "Days and hours are not annualised. Ask for `pch` or `cch`, or for weeks and longer.");
        return units;
    }

    /// <summary>A parameter of which only some values can be had.</summary>
    public void Allow(string name, params string[] values)
    {
        if (Single(name) is { } text && !values.Contains(text))
            Add(name, "unknown_value", $"Must be one of {string.Join(", ", values)}.");
    }

    /// <summary>Vintages, in order, each once; none where the parameter is left out.</summary>
    public IReadOnlyList<DateOnly> ReadVintages(string name)
    {
        var dates = new SortedSet<DateOnly>();
        foreach (var text in _query[name].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (ParseVintage(name, text) is { } date)
                dates.Add(date);
        }

        return [.. dates];
    }

    /// <summary>A period as it is written in answers, of the query's frequency.</summary>
    public Period? ReadPeriod(string name, FigureRequest request)
    {
        if (Single(name) is not { } text)
            return null;
        if (request.Calendar.TryParse(text, out var period) && period.Frequency == request.Frequency)
            return period;
        Add(name, "invalid_period", $"Must be a period of frequency {WireJson.NameOf(request.Frequency)}, written as in the answer's `period`.");
        return null;
    }

    public void Add(string parameter, string code, string detail) => _errors.Add(new FieldError($"?{parameter}", code, detail));

    private FigureRequest Scope(ReportingCalendar calendar) => new()
    {
        Frequency = Frequency.Month,
        Calendar = calendar,
        By = Groups(),
        Filters = Filters(),
        AsOf = Single("as_of") is { } text ? ParseVintage("as_of", text) : null,
    };

    private DateTimeOffset? Instant(string name, ReportingCalendar calendar)
    {
        if (Single(name) is not { } text)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && IsInRange(date.Year) && IsInRange(calendar.StartOf(date).UtcDateTime.Year))
            return calendar.StartOf(date);
        if (UtcInstantConverter.TryParse(text, out var instant) && IsInRange(instant.Year))
            return instant;
        Add(name, "invalid_instant", $"Must be a date such as 2026-11-01 (of {calendar.Zone.Id}), or an RFC 3339 instant with an offset.");
        return null;

        bool IsInRange(int year) => year >= calendar.FirstYear && year <= calendar.LastYear;
    }

    private ReportingCalendar Calendar()
    {
        var name = Single("time_zone") ?? options.TimeZone;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && !name.Contains('\0', StringComparison.Ordinal))
            return new ReportingCalendar(zone);
        Add("time_zone", "unknown_value", "Must be an IANA name of a time zone, such as UTC, Europe/Berlin or Asia/Shanghai.");
        return ReportingCalendar.Utc;
    }

    // Cells are of whole hours of UTC: the day of a zone that is half an hour off has no cells of its own.
    private void CheckOffsets(FigureRequest request)
    {
        if (request.Calendar.IsUtc)
            return;
        var start = request.Start > FirstInstant ? request.Start.Value : FirstInstant;
        var end = request.End < LastInstant ? request.End.Value : LastInstant;
        if (!request.Calendar.HasWholeHours(start, end < start ? start : end))
        {
            Add("time_zone", "not_whole_hours",
                $"{request.Calendar.Zone.Id} is not always a whole number of hours from UTC, and figures are kept by the hour. Ask for another zone, or for a window (`start`, `end`) in which it is.");
        }
    }

    private DateOnly? ParseVintage(string name, string text)
    {
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            Add(name, "invalid_date", "Must be a date such as 2026-11-01.");
        else if (date < FirstVintage)
            Add(name, "out_of_range", "Must be 2000-01-01 or later: nothing was recorded before.");
        else
            return date;
        return null;
    }

    private List<Dimension> Groups()
    {
        var groups = new HashSet<Dimension>();
        foreach (var name in _query["by"].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (Dimensions.Parse(name) is { } dimension)
                groups.Add(dimension);
            else
                Add("by", "unknown_value", $"Must be any of {string.Join(", ", Dimensions.All.Select(d => d.Name()))}.");
        }

        return [.. groups.Order()];
    }

    private Dictionary<Dimension, IReadOnlyList<object>> Filters()
    {
        var filters = new Dictionary<Dimension, IReadOnlyList<object>>();
        foreach (var dimension in Dimensions.All)
        {
            var values = _query[dimension.Name()].OfType<string>().SelectMany(v => Values(dimension, v)).ToList();
            if (values.Count > 0)
                filters[dimension] = [.. values.Select(v => Value(dimension, v)).OfType<object>()];
        }

        return filters;
    }

    // An empty parameter asks for nothing, as everywhere. Names of models may hold commas; to ask for several, repeat the parameter.
    private static string[] Values(Dimension dimension, string text) =>
        text.Length == 0 ? [] : dimension == Dimension.Model ? [text]
        : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private object? Value(Dimension dimension, string text)
    {
        switch (dimension)
        {
            case Dimension.Sector when WireNames.TryParseSector(text, out var sector):
                return (short)sector;
            case Dimension.TokenClass when WireNames.TryParseTokenClass(text, out var tokenClass):
                return (short)tokenClass;
            case Dimension.ServiceTier when WireNames.TryParseServiceTier(text, out var tier):
                return (short)tier;
            case Dimension.Producer when catalog.FindProducer(text) is { } producer:
                return producer.Slug;
            case Dimension.Model when !text.Contains('\0', StringComparison.Ordinal):
                return text;
        }

        Add(dimension.Name(), "unknown_value", dimension switch
        {
            Dimension.Sector => $"Must be one of {string.Join(", ", WireNames.AllSectors)}.",
            Dimension.TokenClass => $"Must be one of {string.Join(", ", WireNames.AllTokenClasses)}.",
            Dimension.ServiceTier => $"Must be one of {string.Join(", ", WireNames.AllServiceTiers)}.",
            _ => "Nothing is registered under this name.",
        });
        return null;
    }
}
