using System.Globalization;

namespace TokenFactory.Economics.Statistics;

/// <summary>
/// The reference periods of a time zone: hours, days, ISO weeks (Monday to Sunday), months, quarters and years of its local calendar, within the
/// years 2 to 9997 (of UTC: 1 to 9998). A day begins at the first instant of its date, also where the clock skips midnight or passes it twice. Hours are those of UTC:
/// cells are kept by them, so a zone serves where its offsets are whole hours (<see cref="HasWholeHours"/>).
/// </summary>
public sealed class ReportingCalendar
{
    /// <param name="zone">Where the calendar is kept.</param>
    public ReportingCalendar(TimeZoneInfo zone)
    {
        Zone = zone;
        IsUtc = zone.BaseUtcOffset == TimeSpan.Zero && zone.GetAdjustmentRules().Length == 0;
        (FirstYear, LastYear) = IsUtc ? (1, 9998) : (2, 9997);
    }

    /// <summary>The calendar of UTC.</summary>
    public static ReportingCalendar Utc { get; } = new(TimeZoneInfo.Utc);

    public TimeZoneInfo Zone { get; }

    /// <summary>Whether days begin when they do in UTC: the zone is UTC itself.</summary>
    public bool IsUtc { get; }

    /// <summary>The first year that has periods.</summary>
    public int FirstYear { get; }

    /// <summary>The last one.</summary>
    public int LastYear { get; }

    /// <summary>The period that holds an instant.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant lies outside the years of the calendar.</exception>
    public Period Containing(Frequency frequency, DateTimeOffset instant)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(instant.UtcDateTime.Year, FirstYear, nameof(instant));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(instant.UtcDateTime.Year, LastYear, nameof(instant));
        if (frequency == Frequency.Hour)
            return HourOf(instant);
        var period = Of(frequency, FirstDay(frequency, DateOnly.FromDateTime(Local(instant).DateTime)));
        // Where a clock is put back over midnight a date comes twice: each day has one beginning, and the instant between belongs before it.
        while (instant < period.Start)
            period = Of(frequency, FirstDay(frequency, DateOnly.FromDateTime(period.Start.DateTime).AddDays(-1)));
        while (instant >= period.End)
            period = Of(frequency, FirstDay(frequency, DateOnly.FromDateTime(period.End.DateTime)));
        return period;
    }

    /// <summary>The period after this one, of the same frequency.</summary>
    public Period Next(Period period) => Containing(period.Frequency, period.End);

    /// <summary>The period before this one, of the same frequency.</summary>
    public Period Previous(Period period) => Containing(period.Frequency, period.Start.AddTicks(-1));

    /// <summary>
    /// The same period of the year before: the ISO week of the same number, the day of the same date, the hour of the same date and time. Null
    /// where that year has none: week 53, 29 February, an hour that the clock skipped.
    /// </summary>
    public Period? YearBefore(Period period)
    {
        var local = Local(period.Start).DateTime;
        switch (period.Frequency)
        {
            case Frequency.Week:
                var (year, week) = (ISOWeek.GetYear(local) - 1, ISOWeek.GetWeekOfYear(local));
                return week > ISOWeek.GetWeeksInYear(year) ? null : Of(Frequency.Week, DateOnly.FromDateTime(ISOWeek.ToDateTime(year, week, DayOfWeek.Monday)));
            case Frequency.Hour or Frequency.Day when local is { Month: 2, Day: 29 }:
                return null;
            case Frequency.Hour:
                var before = local.AddYears(-1);
                return Zone.IsInvalidTime(before) ? null : HourOf(new DateTimeOffset(before, Zone.GetUtcOffset(before)));
            default:
                return Of(period.Frequency, DateOnly.FromDateTime(local.AddYears(-1)));
        }
    }

    /// <summary>The periods that hold any instant of [<paramref name="start"/>, <paramref name="end"/>), in order; none when it is empty.</summary>
    public IEnumerable<Period> Range(Frequency frequency, DateTimeOffset start, DateTimeOffset end)
    {
        for (var period = Containing(frequency, start); period.Start < end; period = Next(period))
            yield return period;
    }

    /// <summary>Reads a period as <see cref="Period.Label"/> writes it; the form tells the frequency.</summary>
    public bool TryParse(string text, out Period period)
    {
        period = default;
        if (text.Length > 10)
        {
            if (!DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH':00:00Z'", "yyyy-MM-dd'T'HH':00:00'zzz"], CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal, out var hour) || !IsInRange(hour.UtcDateTime.Year))
            {
                return false;
            }

            period = HourOf(hour);
            return hour.Offset == TimeSpan.Zero || hour.Offset == period.Start.Offset;
        }

        if (!TryParseDate(text, out var frequency, out var first) || first.Year < FirstYear || first.Year > LastYear)
            return false;
        period = Of(frequency, first);
        return period.Start < period.End;
    }

    /// <summary>The first instant of a date, with the zone's offset then.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The date lies outside the years of the calendar by more than a year.</exception>
    public DateTimeOffset StartOf(DateOnly date)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(date.Year, FirstYear - 1, nameof(date));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(date.Year, LastYear + 1, nameof(date));
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        var offset = Zone.IsAmbiguousTime(midnight) ? Zone.GetAmbiguousTimeOffsets(midnight).Max() : Zone.GetUtcOffset(midnight);
        var start = Local(new DateTimeOffset(midnight, offset));
        if (IsFirst(start.UtcTicks))
            return start;
        // The clock skips midnight, or the zone's rules change about then: the first instant whose date is this one or later, to the second.
        var (before, after) = (midnight.AddHours(-30).Ticks / TimeSpan.TicksPerSecond, midnight.AddHours(30).Ticks / TimeSpan.TicksPerSecond);
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            if (DateAt(middle * TimeSpan.TicksPerSecond) < date)
                before = middle;
            else
                after = middle;
        }

        return Local(new DateTimeOffset(after * TimeSpan.TicksPerSecond, TimeSpan.Zero));

        bool IsFirst(long ticks) => DateAt(ticks) == date && (ticks == 0 || DateAt(ticks - 1) < date);

        DateOnly DateAt(long ticks) => DateOnly.FromDateTime(Local(new DateTimeOffset(ticks, TimeSpan.Zero)).DateTime);
    }

    /// <summary>Whether the zone is a whole number of hours from UTC in every week of a window.</summary>
    public bool HasWholeHours(DateTimeOffset start, DateTimeOffset end)
    {
        for (var at = start; at < end; at = at.AddDays(7))
        {
            if (!IsWhole(at))
                return false;
        }

        return IsWhole(start) && IsWhole(end);

        bool IsWhole(DateTimeOffset instant) => Zone.GetUtcOffset(instant).Ticks % TimeSpan.TicksPerHour == 0;
    }

    private bool IsInRange(int year) => year >= FirstYear && year <= LastYear;

    private DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone);

    private Period HourOf(DateTimeOffset instant)
    {
        var start = new DateTimeOffset(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        return new Period(Frequency.Hour, Local(start), Local(start.AddHours(1)));
    }

    private Period Of(Frequency frequency, DateOnly first) => new(frequency, StartOf(first), StartOf(frequency switch
    {
        Frequency.Day => first.AddDays(1),
        Frequency.Week => first.AddDays(7),
        Frequency.Month => first.AddMonths(1),
        Frequency.Quarter => first.AddMonths(3),
        Frequency.Year => first.AddYears(1),
        _ => throw new ArgumentOutOfRangeException(nameof(frequency), frequency, "Not a frequency of days."),
    }));

    private static DateOnly FirstDay(Frequency frequency, DateOnly day) => frequency switch
    {
        Frequency.Day => day,
        Frequency.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        Frequency.Month => new DateOnly(day.Year, day.Month, 1),
        Frequency.Quarter => new DateOnly(day.Year, (((day.Month - 1) / 3) * 3) + 1, 1),
        Frequency.Year => new DateOnly(day.Year, 1, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(frequency), frequency, "Not a frequency."),
    };

    private bool TryParseDate(string text, out Frequency frequency, out DateOnly first)
    {
        (frequency, first) = (default, default);
        if (text.Length == 8 && text[4..6] == "-W")
            return TryParseWeek(text, out frequency, out first);
        if (text.Length == 7 && text[4..6] == "-Q" && text[6] is >= '1' and <= '4')
        {
            frequency = Frequency.Quarter;
            return TryParseDay($"{text[..4]}-{((text[6] - '1') * 3) + 1:00}-01", out first);
        }

        (frequency, var rest) = text.Length switch
        {
            4 => (Frequency.Year, "-01-01"),
            7 => (Frequency.Month, "-01"),
            _ => (Frequency.Day, ""),
        };
        return TryParseDay(text + rest, out first);
    }

    private static bool TryParseDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    private bool TryParseWeek(string text, out Frequency frequency, out DateOnly monday)
    {
        (frequency, monday) = (Frequency.Week, default);
        if (!int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            || !int.TryParse(text.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var week)
            || !IsInRange(year) || week < 1 || week > ISOWeek.GetWeeksInYear(year))
        {
            return false;
        }

        monday = DateOnly.FromDateTime(ISOWeek.ToDateTime(year, week, DayOfWeek.Monday));
        return true;
    }
}
