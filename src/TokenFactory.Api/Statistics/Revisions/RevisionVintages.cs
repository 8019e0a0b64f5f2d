namespace TokenFactory.Api.Statistics;

/// <summary>Which vintages a triangle has.</summary>
internal static class RevisionVintages
{
    /// <summary>The vintages of a schedule, or those asked for; in order, each once, none after the last.</summary>
    /// <param name="cells">What was recorded.</param>
    /// <param name="asked">The schedule, or the vintages.</param>
    /// <param name="last">The last vintage, which a schedule always ends with.</param>
    /// <param name="limit">The most vintages.</param>
    /// <exception cref="TooManyVintagesException">There would be more.</exception>
    public static IReadOnlyList<DateOnly> Of(IReadOnlyList<VintageCell> cells, RevisionSpecification asked, DateOnly last, int limit)
    {
        // A vintage that is still to come is the last one, as everywhere.
        var vintages = asked.Vintages.Count > 0
            ? asked.Vintages.Select(v => v < last ? v : last).Distinct()
            : Scheduled(cells, asked.Schedule, last);
        List<DateOnly> all = [.. vintages.Take(limit + 1)];
        return all.Count <= limit ? all : throw new TooManyVintagesException(
            $"It would have more than {limit} vintages. Ask for `vintages=week` or `vintages=month`, for single ones by `vintage`, or narrow it by `start` and `end`.");
    }

    private static IEnumerable<DateOnly> Scheduled(IReadOnlyList<VintageCell> cells, VintageSchedule schedule, DateOnly last)
    {
        if (cells.Count == 0)
            return [];
        var first = cells.Min(c => c.Vintage);
        return schedule switch
        {
            VintageSchedule.Day => new SortedSet<DateOnly>(cells.Select(c => c.Vintage).Concat(Closings(cells, first, last)).Append(last)),
            VintageSchedule.Week => Regular(first, last, static day => day.AddDays((7 - (int)day.DayOfWeek) % 7)),
            VintageSchedule.Month => Regular(first, last, static day => new DateOnly(day.Year, day.Month, 1).AddMonths(1).AddDays(-1)),
            _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, "Not a schedule."),
        };
    }

    // The day with whose end a period is over: what was published then is its first estimate, whether or not anything was recorded on it.
    private static IEnumerable<DateOnly> Closings(IReadOnlyList<VintageCell> cells, DateOnly first, DateOnly last) =>
        cells.Select(c => c.Period).Distinct().Select(p => DateOnly.FromDateTime(p.End.UtcDateTime.AddTicks(-1))).Where(day => day >= first && day < last);

    private static IEnumerable<DateOnly> Regular(DateOnly first, DateOnly last, Func<DateOnly, DateOnly> ending)
    {
        for (var day = ending(first); day < last; day = ending(day.AddDays(1)))
            yield return day;
        yield return last;
    }
}
