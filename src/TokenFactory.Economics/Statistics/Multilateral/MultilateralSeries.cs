namespace TokenFactory.Economics.Statistics;

/// <summary>One period of a multilateral price index.</summary>
/// <param name="Level">Reference period = 100, in full precision; null with a reason.</param>
/// <param name="NullReason">One of <see cref="NullReasons"/>.</param>
/// <param name="MatchedShare">
/// See <see cref="BilateralBasket.MatchedShare"/>: against the nearest earlier period that is not empty. Null where there is none.
/// </param>
/// <param name="NewItems">Items that that period did not have.</param>
/// <param name="VanishedItems">Items that that period had and this one has not.</param>
/// <param name="SplicedAt">The place of the period at which the window was spliced on; null in the first window, and for the mean splices.</param>
/// <param name="IsSpliceFallback">Whether a period that the splice asks for could not be used: another one stood in, or the mean does without it.</param>
public readonly record struct MultilateralPoint(
    double? Level, string? NullReason, double? MatchedShare, int NewItems, int VanishedItems, int? SplicedAt, bool IsSpliceFallback);

/// <summary>Multilateral price index series over the periods of a query.</summary>
public static class MultilateralSeries
{
    /// <summary>
    /// Compiles a series: all periods in one window, or a rolling window spliced together. An empty period has no level; a period that
    /// nothing ties to the reference period has none either, with <see cref="NullReasons.ZeroPrice"/> where free items alone are in the way and
    /// <see cref="NullReasons.NoMatchedItems"/> where too few items are matched, and <see cref="NullReasons.ChainBroken"/> beyond such a period. The reference period is 100 whenever it is not empty.
    /// </summary>
    /// <param name="baskets">One per period, in order; empty ones included. Carried prices are present, with weight 0.</param>
    /// <param name="reference">The place of the reference period among them; -1: it is not among them.</param>
    /// <param name="window">W, the calendar periods of a window, at least 2; null: all of them in one.</param>
    /// <param name="splice">How windows are spliced onto each other; of no consequence in the first one.</param>
    /// <returns>One per period. Without a reference period that holds an item, none has a level.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No such method or splice, or a window of less than 2.</exception>
    /// <remarks>
    /// The number of items that at least two periods have times the number of periods is held in memory a few times over, as doubles. GEKS
    /// walks along the items once for each pair of periods less than a window apart, intersection-GEKS four times; the time-product-dummy and
    /// Geary-Khamis do so for each pair of each window.
    /// </remarks>
    public static IReadOnlyList<MultilateralPoint> Compile(
        IReadOnlyList<Basket> baskets, int reference, MultilateralMethod method, int? window, Splice splice)
    {
        if (window is < 2)
            throw new ArgumentOutOfRangeException(nameof(window), window, "A window has at least 2 periods.");
        if (!Enum.IsDefined(method))
            throw new ArgumentOutOfRangeException(nameof(method), method, "Not a multilateral method.");
        if (!Enum.IsDefined(splice))
            throw new ArgumentOutOfRangeException(nameof(splice), splice, "Not a splice.");
        if (reference < 0 || reference >= baskets.Count || baskets[reference].IsEmpty)
            return [.. baskets.Select(_ => new MultilateralPoint(null, NullReasons.NoReference, null, 0, 0, null, false))];

        int[] places = [.. Enumerable.Range(0, baskets.Count).Where(t => !baskets[t].IsEmpty)];
        var present = Array.ConvertAll(places, t => baskets[t]);
        var at = Array.IndexOf(places, reference);
        var estimate = Estimator(method, new MultilateralPanel(present), Math.Min(window ?? present.Length, present.Length));
        var spliced = new RollingWindow(places, at, window, splice, estimate).Run();

        var points = new MultilateralPoint[baskets.Count];
        Array.Fill(points, new MultilateralPoint(null, NullReasons.EmptyPeriod, null, 0, 0, null, false));
        for (var t = 0; t < places.Length; t++)
            points[places[t]] = Point(t, at, places, present, spliced);
        return points;
    }

    private static Func<int, int, IMultilateralWindow> Estimator(MultilateralMethod method, MultilateralPanel panel, int span)
    {
        return method switch
        {
            MultilateralMethod.GeksFisher => Geks(GeksFormula.Fisher),
            MultilateralMethod.GeksTornqvist => Geks(GeksFormula.Tornqvist),
            MultilateralMethod.GeksWalsh => Geks(GeksFormula.Walsh),
            MultilateralMethod.GeksJevons => Geks(GeksFormula.Jevons),
            MultilateralMethod.IntGeksFisher => Intersection(GeksFormula.Fisher),
            MultilateralMethod.IntGeksTornqvist => Intersection(GeksFormula.Tornqvist),
            MultilateralMethod.IntGeksWalsh => Intersection(GeksFormula.Walsh),
            MultilateralMethod.IntGeksJevons => Intersection(GeksFormula.Jevons),
            MultilateralMethod.Wtpd => (start, end) => WeightedTimeProductDummy.Estimate(panel, start, end),
            MultilateralMethod.Gk => (start, end) => GearyKhamis.Estimate(panel, start, end),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Not a multilateral method."),
        };

        Func<int, int, IMultilateralWindow> Geks(GeksFormula formula)
        {
            var pairs = new GeksPairs(new GeksComparison(panel, formula), panel.Periods, span);
            return (start, end) => new GeksWindow(pairs, start, end);
        }

        Func<int, int, IMultilateralWindow> Intersection(GeksFormula formula) =>
            new GeksIntersection(new GeksComparison(panel, formula), panel.Periods, span).Window;
    }

    private static MultilateralPoint Point(int t, int reference, int[] places, Basket[] present, IReadOnlyList<SplicedPeriod> spliced)
    {
        var churn = t > 0 ? BilateralBasket.Of(present[t - 1], present[t], ItemSelection.Matched) : null;
        var period = spliced[t];
        var point = new MultilateralPoint(
            null, null, churn?.MatchedShare, churn?.NewItems ?? 0, churn?.VanishedItems ?? 0,
            period.SplicedAt is { } j ? places[j] : null, period.IsFallback);
        if (period.Segment != spliced[reference].Segment)
        {
            // Tied to its neighbour on the side of the reference period, and with it to nothing that leads there: the break lies between.
            var towards = t > reference ? t - 1 : t + 1;
            return point with { NullReason = spliced[towards].Segment == period.Segment ? NullReasons.ChainBroken : period.NullReason ?? spliced[reference].NullReason };
        }

        var level = 100 * Math.Exp(period.LogLevel - spliced[reference].LogLevel);
        return double.IsNormal(level) ? point with { Level = level } : point with { NullReason = NullReasons.OutOfRange };
    }
}
