using System.Globalization;

namespace TokenFactory.Economics.Statistics;

/// <summary>
/// A reference period of a <see cref="ReportingCalendar"/>: half-open [<see cref="Start"/>, <see cref="End"/>). A day of a zone with daylight
/// saving has 23 or 25 hours twice a year. Two are equal when they are of one frequency and span the same instants.
/// </summary>
public readonly record struct Period : IComparable<Period>
{
    internal Period(Frequency frequency, DateTimeOffset start, DateTimeOffset end)
    {
        Frequency = frequency;
        Start = start;
        End = end;
    }

    public Frequency Frequency { get; }

    /// <summary>The first instant of the period, with the offset that the calendar's zone has then.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The first instant after the period.</summary>
    public DateTimeOffset End { get; }

    /// <summary>
    /// As written in answers: <c>2026</c>, <c>2026-Q1</c>, <c>2026-01</c>, <c>2026-W05</c>, <c>2026-01-31</c>, <c>2026-01-31T05:00:00Z</c> (of
    /// another zone: <c>2026-01-31T05:00:00+01:00</c>).
    /// </summary>
    public string Label => Frequency switch
    {
        Frequency.Hour => Start.ToString(Start.Offset == TimeSpan.Zero ? "yyyy-MM-dd'T'HH':00:00Z'" : "yyyy-MM-dd'T'HH':00:00'zzz", CultureInfo.InvariantCulture),
        Frequency.Day => Start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Frequency.Week => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(Start.DateTime):0000}-W{ISOWeek.GetWeekOfYear(Start.DateTime):00}"),
        Frequency.Month => Start.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        Frequency.Quarter => string.Create(CultureInfo.InvariantCulture, $"{Start.Year:0000}-Q{((Start.Month - 1) / 3) + 1}"),
        Frequency.Year => Start.ToString("yyyy", CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"{Frequency} is not a frequency."),
    };

    /// <summary>By start; the shorter frequency first where two begin together.</summary>
    public int CompareTo(Period other) => Start.CompareTo(other.Start) is not 0 and var order ? order : Frequency.CompareTo(other.Frequency);

    public static bool operator <(Period left, Period right) => left.CompareTo(right) < 0;

    public static bool operator >(Period left, Period right) => left.CompareTo(right) > 0;

    public static bool operator <=(Period left, Period right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Period left, Period right) => left.CompareTo(right) >= 0;

    public override string ToString() => Label;
}
