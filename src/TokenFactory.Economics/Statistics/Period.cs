using System.Globalization;

namespace TokenFactory.Economics.Statistics;

/// <summary>
/// A reference period: half-open [<see cref="Start"/>, <see cref="End"/>), on the UTC calendar, within the years 1 to 9998 (so that a period's
/// end is always a date). <c>default</c> is the first hour of the year 1.
/// </summary>
public readonly record struct Period : IComparable<Period>
{
    private const int LastYear = 9998;

    private Period(Frequency frequency, DateTimeOffset start)
    {
        Frequency = frequency;
        Start = start;
    }

    public Frequency Frequency { get; }

    /// <summary>The first instant of the period.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The first instant after the period.</summary>
    public DateTimeOffset End => StartOf(Frequency, Start, 1);

    /// <summary>As written in answers: <c>2026</c>, <c>2026-Q1</c>, <c>2026-01</c>, <c>2026-W05</c>, <c>2026-01-31</c>, <c>2026-01-31T05:00:00Z</c>.</summary>
    public string Label => Frequency switch
    {
        Frequency.Hour => Start.ToString("yyyy-MM-dd'T'HH':00:00Z'", CultureInfo.InvariantCulture),
        Frequency.Day => Start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Frequency.Week => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(Start.DateTime):0000}-W{ISOWeek.GetWeekOfYear(Start.DateTime):00}"),
        Frequency.Month => Start.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        Frequency.Quarter => string.Create(CultureInfo.InvariantCulture, $"{Start.Year:0000}-Q{((Start.Month - 1) / 3) + 1}"),
        Frequency.Year => Start.ToString("yyyy", CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"{Frequency} is not a frequency."),
    };

    /// <summary>The period that holds an instant.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant lies outside the years 1 to 9998.</exception>
    public static Period Containing(Frequency frequency, DateTimeOffset instant)
    {
        var utc = instant.ToUniversalTime();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(utc.Year, LastYear, nameof(instant));
        var day = new DateTimeOffset(utc.Year, utc.Month, utc.Day, 0, 0, 0, TimeSpan.Zero);
        return new Period(frequency, frequency switch
        {
            Frequency.Hour => day.AddHours(utc.Hour),
            Frequency.Day => day,
            Frequency.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            Frequency.Month => day.AddDays(1 - day.Day),
            Frequency.Quarter => new DateTimeOffset(day.Year, (((day.Month - 1) / 3) * 3) + 1, 1, 0, 0, 0, TimeSpan.Zero),
            Frequency.Year => new DateTimeOffset(day.Year, 1, 1, 0, 0, 0, TimeSpan.Zero),
            _ => throw new ArgumentOutOfRangeException(nameof(frequency), frequency, "Not a frequency."),
        });
    }

    /// <summary>The period after this one, of the same frequency.</summary>
    public Period Next() => new(Frequency, End);

    /// <summary>The periods that hold any instant of [<paramref name="start"/>, <paramref name="end"/>), in order; none when it is empty.</summary>
    public static IEnumerable<Period> Range(Frequency frequency, DateTimeOffset start, DateTimeOffset end)
    {
        for (var period = Containing(frequency, start); period.Start < end; period = period.Next())
            yield return period;
    }

    /// <summary>Reads a period as <see cref="Label"/> writes it; the form tells the frequency.</summary>
    public static bool TryParse(string text, out Period period)
    {
        period = default;
        if (text.Length == 8 && text[4..6] == "-W")
            return TryParseWeek(text, out period);
        if (text.Length == 7 && text[4..6] == "-Q" && text[6] is >= '1' and <= '4')
            return TryParseStart($"{text[..4]}-{((text[6] - '1') * 3) + 1:00}", "yyyy-MM", Frequency.Quarter, out period);
        var (format, frequency) = text.Length switch
        {
            4 => ("yyyy", Frequency.Year),
            7 => ("yyyy-MM", Frequency.Month),
            10 => ("yyyy-MM-dd", Frequency.Day),
            20 => ("yyyy-MM-dd'T'HH':00:00Z'", Frequency.Hour),
            _ => ("", Frequency.Day),
        };
        return format.Length > 0 && TryParseStart(text, format, frequency, out period);
    }

    /// <summary>By start; the shorter frequency first where two begin together.</summary>
    public int CompareTo(Period other) => Start.CompareTo(other.Start) is not 0 and var order ? order : Frequency.CompareTo(other.Frequency);

    public static bool operator <(Period left, Period right) => left.CompareTo(right) < 0;

    public static bool operator >(Period left, Period right) => left.CompareTo(right) > 0;

    public static bool operator <=(Period left, Period right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Period left, Period right) => left.CompareTo(right) >= 0;

    public override string ToString() => Label;

    private static DateTimeOffset StartOf(Frequency frequency, DateTimeOffset start, int later) => frequency switch
    {
        Frequency.Hour => start.AddHours(later),
        Frequency.Day => start.AddDays(later),
        Frequency.Week => start.AddDays(7 * later),
        Frequency.Month => start.AddMonths(later),
        Frequency.Quarter => start.AddMonths(3 * later),
        Frequency.Year => start.AddYears(later),
        _ => throw new InvalidOperationException($"{frequency} is not a frequency."),
    };

    private static bool TryParseWeek(string text, out Period period)
    {
        period = default;
        if (!int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            || !int.TryParse(text.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var week)
            || year is < 1 or > LastYear || week < 1 || week > ISOWeek.GetWeeksInYear(year))
        {
            return false;
        }

        var monday = DateTime.SpecifyKind(ISOWeek.ToDateTime(year, week, DayOfWeek.Monday), DateTimeKind.Utc);
        period = new Period(Frequency.Week, new DateTimeOffset(monday));
        return true;
    }

    private static bool TryParseStart(string text, string format, Frequency frequency, out Period period)
    {
        period = default;
        if (!DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var start) || start.Year > LastYear)
        {
            return false;
        }

        period = new Period(frequency, start);
        return true;
    }
}
