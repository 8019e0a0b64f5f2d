using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Compiles the series of one group, whatever its method.</summary>
internal static class IndexCompiler
{
    /// <summary>The points of a series, one per period, and the place of the period that is 100 (-1: there is none).</summary>
    /// <param name="periods">In order, without a gap.</param>
    /// <param name="baskets">One per period.</param>
    /// <param name="specification">What is computed.</param>
    public static (IReadOnlyList<IndexPoint> Points, int Reference) Compile(
        IReadOnlyList<Period> periods, IReadOnlyList<Basket> baskets, IndexSpecification specification)
    {
        var reference = specification.Reference is { } asked ? PlaceOf(periods, asked) : IndexSeries.DefaultReference(baskets);
        // Nothing in the group has a price: not for want of a reference period, unless one was asked for.
        if (reference < 0 && specification.Reference is null)
            return ([.. baskets.Select(_ => new IndexPoint(null, NullReasons.EmptyPeriod, null, 0, 0))], reference);
        return (specification switch
        {
            { Kind: IndexKind.Value } or { Multilateral: null, Linking: SeriesLinking.Chained or SeriesLinking.FixedBase } =>
                IndexSeries.Compile(baskets, reference, MethodOf(periods, specification)),
            { Multilateral: { } method } => Multilateral(baskets, reference, method, specification),
            _ => Overlapped(periods, baskets, reference, specification),
        }, reference);
    }

    /// <summary>Price, quantity and value by one method, by <see cref="IndexKind"/>, and the place of the period that is 100.</summary>
    /// <param name="periods">In order, without a gap.</param>
    /// <param name="baskets">One per period.</param>
    /// <param name="specification">What is computed, whatever its kind.</param>
    public static (IReadOnlyList<IndexPoint>[] ByKind, int Reference) CompileAll(
        IReadOnlyList<Period> periods, IReadOnlyList<Basket> baskets, IndexSpecification specification)
    {
        var (prices, reference) = Compile(periods, baskets, specification with { Kind = IndexKind.Price });
        // A multilateral price index is the dear part: its quantity index is made from it, and not from the items again.
        var quantities = specification.Multilateral is null
            ? Compile(periods, baskets, specification with { Kind = IndexKind.Quantity }).Points
            : QuantitiesOf(baskets, reference, prices);
        return ([prices, quantities, Compile(periods, baskets, specification with { Kind = IndexKind.Value }).Points], reference);
    }

    /// <summary>
    /// What a series costs: the table that its method lays out, items x periods, present or not (multilateral ones, and prices that are carried over
    /// gaps), and the comparisons of a multilateral one, items x pairs of periods. GEKS walks along the items once for each pair within a window, of
    /// all windows together, intersection-GEKS four times; the time-product-dummy and Geary-Khamis do so anew in each window, and solve for its
    /// periods. 0 for other methods.
    /// </summary>
    public static (long Table, long Comparisons) WorkOf(IReadOnlyList<Basket> baskets, IndexSpecification specification)
    {
        if (specification.Kind == IndexKind.Value || (specification.Multilateral is null && specification.Items != ItemSelection.Carried))
            return default;
        long sold = baskets.Count(b => !b.IsEmpty);
        long items = baskets.SelectMany(b => b.Items, (_, item) => item.Key).Distinct().Count();
        return (sold * items, specification.Multilateral is { } method ? ComparisonsOf(method, sold, Math.Min(specification.Window ?? sold, sold), items) : 0);
    }

    private static long ComparisonsOf(MultilateralMethod method, long sold, long window, long items)
    {
        // However few the items, a pair is kept and each period solved for.
        items = Math.Max(64, items);
        return method switch
        {
            MultilateralMethod.Wtpd or MultilateralMethod.Gk => (sold - window + 1) * window * window / 2 * (items + window),
            // Each window asks for the movements between all of its periods.
            MultilateralMethod.IntGeksFisher or MultilateralMethod.IntGeksTornqvist or MultilateralMethod.IntGeksWalsh or MultilateralMethod.IntGeksJevons =>
                (4 * sold * window * items) + ((sold - window) * window * window),
            _ => (sold * window * items) + ((sold - window) * window * window),
        };
    }

    private static int PlaceOf(IReadOnlyList<Period> periods, Period period)
    {
        for (var t = 0; t < periods.Count; t++)
        {
            if (periods[t] == period)
                return t;
        }

        return -1;
    }

    private static IndexMethod MethodOf(IReadOnlyList<Period> periods, IndexSpecification specification) => new()
    {
        Kind = specification.Kind,
        Formula = specification.Formula,
        Linking = specification.Linking == SeriesLinking.FixedBase ? Linking.FixedBase : Linking.Chained,
        Items = specification.Items,
        WeightPeriod = specification.Weights is { } weights ? PlaceOf(periods, weights) : null,
        Sigma = specification.Sigma,
    };

    private static List<IndexPoint> Multilateral(
        IReadOnlyList<Basket> baskets, int reference, MultilateralMethod method, IndexSpecification specification)
    {
        List<IndexPoint> prices = [.. MultilateralSeries.Compile(baskets, reference, method, specification.Window, specification.Splice)
            .Select(price => new IndexPoint(price.Level, price.NullReason, price.MatchedShare, price.NewItems, price.VanishedItems))];
        return specification.Kind == IndexKind.Price ? prices : QuantitiesOf(baskets, reference, prices);
    }

    // What a price index leaves of the value.
    private static List<IndexPoint> QuantitiesOf(IReadOnlyList<Basket> baskets, int reference, IReadOnlyList<IndexPoint> prices) =>
        [.. prices.Select((price, t) => price.Level is { } level ? Of(price, Implicit(baskets, reference, t, IndexValue.Of(level / 100))) : price)];

    // Annually chained Laspeyres volumes; the price index is what the value leaves.
    private static IndexPoint[] Overlapped(IReadOnlyList<Period> periods, IReadOnlyList<Basket> baskets, int reference, IndexSpecification specification)
    {
        var perYear = periods.Count > 0 && periods[0].Frequency == Frequency.Month ? 12 : 4;
        var (first, last) = (periods[0].Start.Year, periods[^1].Start.Year);
        var items = new Dictionary<int, (double?[][] Prices, double[][] Quantities)>();
        for (var t = 0; t < periods.Count; t++)
        {
            foreach (var (id, item) in baskets[t].Items)
            {
                if (!items.TryGetValue(id, out var columns))
                {
                    items.Add(id, columns = (
                        [.. Enumerable.Range(first, last - first + 1).Select(_ => new double?[perYear])],
                        [.. Enumerable.Range(first, last - first + 1).Select(_ => new double[perYear])]));
                }

                var (year, sub) = PlaceIn(periods[t]);
                columns.Prices[year][sub] = item.Price;
                columns.Quantities[year][sub] = (double)item.Quantity;
            }
        }

        OverlapItem[] sorted = [.. items.OrderBy(i => i.Key).Select(i => new OverlapItem(i.Value.Prices, i.Value.Quantities))];
        var volume = specification.Linking == SeriesLinking.AnnualOverlap ? Overlap.Annual(sorted) : Overlap.OneQuarter(sorted);
        var @base = reference >= 0 ? At(reference) : Statistic.Null(NullReasons.NoReference);
        var points = new IndexPoint[periods.Count];
        for (var t = 0; t < points.Length; t++)
        {
            var quantity = At(t).Value is not { } level ? IndexValue.Null(baskets[t].IsEmpty ? NullReasons.EmptyPeriod : At(t).NullReason!)
                : @base.Value is not { } of ? IndexValue.Null(NullReasons.NoReference)
                : of == 0 ? IndexValue.Null(NullReasons.ZeroQuantity) : IndexValue.Of(level / of);
            points[t] = Of(new IndexPoint(null, null, null, 0, 0), specification.Kind == IndexKind.Quantity || quantity.Value is null
                ? quantity
                : Implicit(baskets, reference, t, quantity));
        }

        return points;

        (int Year, int Sub) PlaceIn(Period period) => (period.Start.Year - first, (period.Start.Month - 1) * perYear / 12);

        Statistic At(int t)
        {
            var (year, sub) = PlaceIn(periods[t]);
            return volume.Values[year][sub];
        }
    }

    // Value = price x quantity: one of the two is what the other leaves of the value.
    private static IndexValue Implicit(IReadOnlyList<Basket> baskets, int reference, int t, IndexValue other)
    {
        var value = t == reference ? IndexValue.Of(1) : Bilateral.ValueRatio(baskets[reference], baskets[t]);
        return value.Value is not { } ratio ? value : IndexValue.Ratio(ratio, other.Value!.Value);
    }

    private static IndexPoint Of(IndexPoint point, IndexValue ratio)
    {
        var level = ratio.Value is { } value ? IndexValue.Of(value * 100) : ratio;
        return point with { Level = level.Value, NullReason = level.NullReason };
    }
}
