using System.Globalization;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>A figure that growth is measured over.</summary>
/// <param name="Level">The figure; null with a reason.</param>
/// <param name="Reason">Why it has none.</param>
/// <param name="Exact">The figure as the database wrote it, where it is a sum of money.</param>
/// <param name="IsPartial">Whether it covers less than its period.</param>
internal readonly record struct GrowthPoint(Period Period, IReadOnlyList<string> Group, double? Level, string? Reason, string? Exact, bool IsPartial);

/// <summary>Growth of figures, group by group.</summary>
internal static class FigureGrowth
{
    /// <summary>What a transformation makes of each point: a number with 6 decimals (a change of exact money: exact), or the reason why there is none.</summary>
    public static (string? Value, string? Reason)[] Of(Transformation transformation, ReportingCalendar calendar, IReadOnlyList<GrowthPoint> points)
    {
        var values = new (string?, string?)[points.Count];
        foreach (var group in Enumerable.Range(0, points.Count).GroupBy(i => points[i].Group, GroupComparer.Instance))
        {
            int[] places = [.. group];
            var transformed = OfGroup(transformation, calendar, Array.ConvertAll(places, i => points[i]));
            for (var t = 0; t < places.Length; t++)
                values[places[t]] = transformed[t];
        }

        return values;
    }

    // In the order of periods. The place 0 of the series is a gap: what a point is compared with where nothing was recorded.
    private static (string? Value, string? Reason)[] OfGroup(Transformation transformation, ReportingCalendar calendar, GrowthPoint[] points)
    {
        var known = points.Select((p, t) => KeyValuePair.Create(p.Period, t + 1)).ToDictionary();
        var places = new EarlierPlaces
        {
            PeriodBefore = [-1, .. points.Select(p => PlaceOf(calendar.Previous(p.Period)))],
            YearBefore = [-1, .. points.Select(p => PlaceOf(calendar.YearBefore(p.Period)))],
        };
        var growth = Growth.Of(
            transformation, [null, .. points.Select(p => p.Level)], places, points[0].Period.Frequency, [null, .. points.Select(p => p.Reason)]);
        var before = transformation is Transformation.Ch1 or Transformation.Pc1 ? places.YearBefore : places.PeriodBefore;
        return [.. points.Select((point, t) =>
        {
            var with = before[t + 1] > 0 ? points[before[t + 1] - 1] : default(GrowthPoint?);
            if (transformation != Transformation.Log && point.Level is not null && (point.IsPartial || with?.IsPartial == true))
                return (null, FigureTable.PartialPeriod);
            var (value, reason) = (growth[t + 1].Value, growth[t + 1].NullReason);
            return value is not null && transformation is Transformation.Chg or Transformation.Ch1 && point.Exact is { } exact
                ? (ExactMoney.Difference(exact, with!.Value.Exact!), null)
                : (FigureTable.SixDecimals(value), reason);
        })];

        int PlaceOf(Period? period) => period is not { } wanted ? -1
            : known.TryGetValue(wanted, out var place) ? place
            : wanted < points[0].Period ? -1 : 0;
    }

    /// <summary>What a transformation is measured in.</summary>
    /// <param name="ofLevels">What the figure itself is.</param>
    public static string UnitOf(Transformation transformation, string ofLevels) => transformation switch
    {
        Transformation.Lin or Transformation.Chg or Transformation.Ch1 => ofLevels,
        Transformation.Log => "log",
        _ => "percent",
    };

    /// <summary>The level of an exact sum.</summary>
    public static double LevelOf(string exact) => double.Parse(exact, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
