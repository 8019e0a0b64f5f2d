namespace TokenFactory.Economics.Statistics;

/// <summary>
/// How periods are chained. Each is compared with the nearest earlier period, empty ones passed over, with which the comparison has a value: a
/// period of free items, or one that shares no item, is linked across. At most <see cref="MostPeriodsBack"/> periods are tried; where none has a
/// value the chain breaks and the point is flagged (METHODOLOGY, edge rule 2). The levels run along the links from the reference period,
/// forwards by multiplication, backwards by division.
/// </summary>
internal static class IndexChain
{
    /// <summary>How many periods that are not empty a period is compared with before the chain breaks.</summary>
    public const int MostPeriodsBack = 12;

    /// <summary>Compiles the chain. The reference period must not be empty.</summary>
    /// <param name="compare">The comparison of an earlier place with a later one, with the ratio of the two, times 100, as its level.</param>
    public static IndexPoint[] Compile(IReadOnlyList<Basket> baskets, int reference, IndexKind kind, Func<int, int, IndexPoint> compare)
    {
        var points = new IndexPoint[baskets.Count];
        var present = new List<int>();
        for (var t = 0; t < baskets.Count; t++)
        {
            if (baskets[t].IsEmpty)
            {
                points[t] = new IndexPoint(null, NullReasons.EmptyPeriod, null, 0, 0);
                continue;
            }

            points[t] = present.Count == 0 ? new IndexPoint(null, null, null, 0, 0) : Link(present, t, compare);
            present.Add(t);
        }

        var levels = Levels(points, present, reference, kind);
        return [.. points.Select((point, t) => baskets[t].IsEmpty ? point : point with { Level = levels[t].Value, NullReason = levels[t].NullReason })];
    }

    private static IndexPoint Link(List<int> present, int to, Func<int, int, IndexPoint> compare)
    {
        IndexPoint? nearest = null;
        for (var back = 1; back <= Math.Min(MostPeriodsBack, present.Count); back++)
        {
            var point = compare(present[^back], to);
            if (point.Level is not null)
                return point;
            nearest ??= point;
        }

        return nearest!.Value with { IsBreak = true };
    }

    private static IndexValue[] Levels(IndexPoint[] points, List<int> present, int reference, IndexKind kind)
    {
        var levels = new IndexValue?[points.Length];
        levels[reference] = IndexValue.Of(100);
        // Backwards along the links of the reference period, to where its chain begins.
        for (var t = reference; levels[t]!.Value.Value is { } level && From(points[t]) is { } from; t = from)
        {
            var link = points[t].Level!.Value / 100;
            levels[from] = link > 0 ? IndexValue.Of(level / link)
                : IndexValue.Null(kind == IndexKind.Quantity ? NullReasons.ZeroQuantity : NullReasons.ZeroPrice);
        }

        for (var k = 0; k < present.Count; k++)
        {
            var t = present[k];
            levels[t] ??= From(points[t]) is { } from && levels[from]!.Value.Value is { } level
                ? IndexValue.Of(level * (points[t].Level!.Value / 100))
                : IndexValue.Null(WhyUnlinked(points, levels, present, k, reference));
        }

        return Array.ConvertAll(levels, static level => level ?? IndexValue.Null(NullReasons.EmptyPeriod));
    }

    private static int? From(IndexPoint point) => point.IsBreak ? null : point.ComparedWith;

    // The periods on either side of a break say why the comparison failed, those beyond it that it did.
    private static string WhyUnlinked(IndexPoint[] points, IndexValue?[] levels, List<int> present, int k, int reference)
    {
        var t = present[k];
        if (From(points[t]) is { } from && levels[from]!.Value.NullReason == NullReasons.OutOfRange)
            return NullReasons.OutOfRange;
        if (points[t].IsBreak)
            return points[t].NullReason!;
        return t < reference && k + 1 < present.Count && points[present[k + 1]] is { IsBreak: true } next ? next.NullReason! : NullReasons.ChainBroken;
    }
}
