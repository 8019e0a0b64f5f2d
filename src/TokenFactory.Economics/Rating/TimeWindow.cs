namespace TokenFactory.Economics.Rating;

/// <summary>
/// Hours of the day by the clock on the wall of a time zone, <c>[From, To)</c>, on the days on which the window begins. A window whose end is
/// not after its beginning runs into the next day. Where clocks are put back the hour that comes twice is inside twice, or not at all; a
/// minute that clocks leap over is in no window.
/// </summary>
/// <param name="From">The first minute.</param>
/// <param name="To">The first minute that is outside; equal to <paramref name="From"/>: a whole day.</param>
/// <param name="Zone">Whose clock.</param>
/// <param name="Weekdays">The days on which it begins; never empty.</param>
public sealed record TimeWindow(TimeOnly From, TimeOnly To, TimeZoneInfo Zone, IReadOnlySet<DayOfWeek> Weekdays)
{
    private static readonly IReadOnlySet<DayOfWeek> EveryDay = Enum.GetValues<DayOfWeek>().ToHashSet();

    /// <summary>A window of every day.</summary>
    public TimeWindow(TimeOnly from, TimeOnly to, TimeZoneInfo zone) : this(from, to, zone, EveryDay)
    {
    }

    /// <summary>Whether an instant is inside.</summary>
    public bool Contains(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, Zone);
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        if (From < To)
            return time >= From && time < To && Weekdays.Contains(local.DayOfWeek);
        // Past midnight the window is the one that began the day before.
        return time >= From ? Weekdays.Contains(local.DayOfWeek) : time < To && Weekdays.Contains(local.AddDays(-1).DayOfWeek);
    }
}

/// <summary>The price inside a window.</summary>
/// <param name="Window">When.</param>
/// <param name="UnitValue">Money per million tokens.</param>
/// <param name="ContextTiers">In rising order; may be empty.</param>
public sealed record PriceWindow(TimeWindow Window, Measures.UnitValue UnitValue, IReadOnlyList<ContextTier> ContextTiers);
