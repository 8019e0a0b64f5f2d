using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Reads the query string of a figure and collects every violation.</summary>
internal sealed class FigureQuery(ActionContext action, CatalogSnapshot catalog)
{
    private readonly IQueryCollection _query = action.HttpContext.Request.Query;
    private readonly List<FieldError> _errors = KnownParameters.FaultsOf(action);

    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>Reads what all figures share.</summary>
    public FigureRequest Read()
    {
        var request = new FigureRequest
        {
            Frequency = Choose("frequency", Frequency.Month),
            Start = Instant("start"),
            End = Instant("end"),
            By = Groups(),
            Filters = Filters(),
            AsOf = Date("as_of"),
        };
        if (request.Start >= request.End)
            Add("end", "out_of_range", "Must lie after `start`: the window is half-open.");
        foreach (var (name, instant) in (ReadOnlySpan<(string, DateTimeOffset?)>)[("start", request.Start), ("end", request.End)])
        {
            if (instant is not { } at)
                continue;
            if (request.Frequency != Frequency.Hour && at.TimeOfDay != TimeSpan.Zero)
                Add(name, "not_a_day", "Must be the beginning of a UTC day unless the frequency is hour.");
            if (request.Frequency == Frequency.Hour && at.Ticks % TimeSpan.TicksPerHour != 0)
                Add(name, "not_an_hour", "Must be the beginning of an hour: figures are kept by the hour.");
        }

        return request;
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

    /// <summary>A parameter of which only some values can be had.</summary>
    public void Allow(string name, params string[] values)
    {
        if (Single(name) is { } text && !values.Contains(text))
            Add(name, "unknown_value", $"Must be one of {string.Join(", ", values)}.");
    }

    /// <summary>A period as it is written in answers, of the query's frequency.</summary>
    public Period? ReadPeriod(string name, Frequency frequency)
    {
        if (Single(name) is not { } text)
            return null;
        if (Period.TryParse(text, out var period) && period.Frequency == frequency)
            return period;
        Add(name, "invalid_period", $"Must be a period of frequency {WireJson.NameOf(frequency)}, written as in the answer's `period`.");
        return null;
    }

    public void Add(string parameter, string code, string detail) => _errors.Add(new FieldError($"?{parameter}", code, detail));

    private string? Single(string name)
    {
        var values = _query[name];
        return values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : values[0];
    }

    private DateTimeOffset? Instant(string name)
    {
        if (Single(name) is not { } text)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year <= 9998)
            return new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
        if (UtcInstantConverter.TryParse(text, out var instant) && instant.Year <= 9998)
            return instant;
        Add(name, "invalid_instant", "Must be a date such as 2026-11-01 (UTC), or an RFC 3339 instant with an offset.");
        return null;
    }

    private DateOnly? Date(string name)
    {
        if (Single(name) is not { } text)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return date;
        Add(name, "invalid_date", "Must be a date such as 2026-11-01.");
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
