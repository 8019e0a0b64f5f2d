using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ingestion;

/// <summary>How the times of a CSV file are written: dates and times, with an offset or in a zone; or numbers, counted from an instant.</summary>
internal sealed partial class CsvInstants
{
    // Beyond what any unit makes a date of, and far from what a decimal holds.
    private const decimal MostUnits = 1e20m;
    private static readonly string[] LocalForms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF"];

    private readonly TimeZoneInfo? _zone;
    private readonly decimal? _ticksPerUnit;
    private readonly DateTimeOffset _origin;

    private CsvInstants(TimeZoneInfo? zone, decimal? ticksPerUnit, DateTimeOffset origin)
    {
        _zone = zone;
        _ticksPerUnit = ticksPerUnit;
        _origin = origin;
    }

    public static CsvInstants Of(CsvParameters parameters, List<FieldError> errors)
    {
        decimal? ticksPerUnit = parameters.time_unit switch
        {
            "s" => TimeSpan.TicksPerSecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "us" => TimeSpan.TicksPerMicrosecond,
            "ns" => 1m / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
        if (parameters.time_unit is not null && ticksPerUnit is null)
            errors.Add(new FieldError("?time_unit", "unknown_value", "Must be s, ms, us or ns."));
        if (parameters.time_origin is not null && parameters.time_unit is null)
            errors.Add(new FieldError("?time_origin", "unexpected", "Numbers are counted from it: say their `time_unit`, or leave it out."));
        if (parameters.time_zone is not null && parameters.time_unit is not null)
            errors.Add(new FieldError("?time_zone", "unexpected", "Numbers have no zone: leave it out, or `time_unit`."));
        TimeZoneInfo? zone = null;
        if (parameters.time_zone is { } name && (name.Contains('\0', StringComparison.Ordinal) || !TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone)))
            errors.Add(new FieldError("?time_zone", "unknown_value", "Must be an IANA name of a time zone, such as UTC, Europe/Berlin or Asia/Shanghai."));
        return new CsvInstants(zone, ticksPerUnit, QueryInstant.Read("time_origin", parameters.time_origin, errors) ?? DateTimeOffset.UnixEpoch);
    }

    /// <summary>The instant of a cell, to the microsecond at least; null with a violation where it says none.</summary>
    public DateTimeOffset? Read(string text, string pointer, EventViolations violations) =>
        _ticksPerUnit is { } ticks ? ReadNumber(text, ticks, pointer, violations) : ReadText(text, pointer, violations);

    private DateTimeOffset? ReadNumber(string text, decimal ticksPerUnit, string pointer, EventViolations violations)
    {
        if (!ExactDecimal.TryParse(Encoding.UTF8.GetBytes(text), out var units, out var violation))
        {
            violations.Add(pointer, "invalid_instant", $"The number {violation}.");
            return null;
        }

        var ticks = Math.Abs(units) < MostUnits ? _origin.UtcTicks + decimal.Floor(units * ticksPerUnit) : -1;
        if (ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks)
            return new DateTimeOffset((long)ticks, TimeSpan.Zero);
        violations.Add(pointer, "out_of_range", "Lies outside of the calendar: check `time_unit` and `time_origin`.");
        return null;
    }

    private DateTimeOffset? ReadText(string text, string pointer, EventViolations violations)
    {
        var match = DateAndTime().Match(text);
        if (!match.Success)
        {
            violations.Add(pointer, "invalid_instant", "Must be a date and time such as 2026-11-23T10:00:00Z or 2026-11-23 10:00:00.250; for plain numbers say their `time_unit`.");
            return null;
        }

        // What lies beyond the microsecond is cut, as in every event.
        var fraction = match.Groups["fraction"].Value.TrimStart('.');
        var local = $"{match.Groups["date"].Value}T{match.Groups["time"].Value}" + (fraction.Length > 0 ? $".{fraction[..Math.Min(6, fraction.Length)]}" : "");
        var offset = match.Groups["offset"];
        if (offset.Success)
        {
            if (UtcInstantConverter.TryParse(local + OffsetOf(offset.Value), out var instant))
                return instant;
            violations.Add(pointer, "invalid_instant", "There is no such date, time or offset.");
            return null;
        }

        if (_zone is null)
        {
            violations.Add(pointer, "no_offset", "The time names no offset: say the `time_zone` that it is in.");
            return null;
        }

        return InZone(local, _zone, pointer, violations);
    }

    private static DateTimeOffset? InZone(string local, TimeZoneInfo zone, string pointer, EventViolations violations)
    {
        if (!DateTime.TryParseExact(local, LocalForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            violations.Add(pointer, "invalid_instant", "There is no such date or time.");
        else if (zone.IsInvalidTime(time))
            violations.Add(pointer, "no_such_time", "The clocks of the `time_zone` were set over this time: send it with its offset.");
        else if (zone.IsAmbiguousTime(time))
            violations.Add(pointer, "ambiguous_time", "The clocks of the `time_zone` showed this time twice: send it with its offset.");
        else
            return new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(time, zone), TimeSpan.Zero);
        return null;
    }

    // Databases write UTC and whole hours in their own ways.
    private static string OffsetOf(string text) => text.Trim() switch
    {
        "Z" or "UTC" => "Z",
        { Length: 3 } hours => hours + ":00",
        var whole => whole,
    };

    [GeneratedRegex(@"\A(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?<time>[0-9]{2}:[0-9]{2}(:[0-9]{2})?)(?<fraction>\.[0-9]{1,16})?(?<offset>Z| UTC|[+-][0-9]{2}(:[0-9]{2})?)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex DateAndTime();
}
