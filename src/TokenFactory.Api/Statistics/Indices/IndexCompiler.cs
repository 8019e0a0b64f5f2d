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

    /// <summary>
    /// The work of a multilateral series: items x pairs of periods that are compared. GEKS walks along the items once for each pair within a window, of
    /// all windows together, intersection-GEKS four times; the time-product-dummy and Geary-Khamis do so anew in each window, and solve for its
    /// periods. 0 for other methods.
    /// </summary>
    public static long ComparisonsOf(IReadOnlyList<Basket> baskets, IndexSpecification specification)
    {
        if (baskets.Count == 0 || specification.Kind == IndexKind.Value || specification.Multilateral is not { } method)
            return 0;
        // However few the items, a pair is kept and each period solved for.
        var items = Math.Max(64, ItemsOf(baskets));
        var sold = (long)baskets.Count(b => !b.IsEmpty);
        var window = Math.Min(specification.Window ?? sold, sold);
        return method switch
        {
            MultilateralMethod.Wtpd or MultilateralMethod.Gk => (sold - window + 1) * window * window / 2 * (items + window),
            // Each window asks for the movements between all of its periods.
            MultilateralMethod.IntGeksFisher or MultilateralMethod.IntGeksTornqvist or MultilateralMethod.IntGeksWalsh or MultilateralMethod.IntGeksJevons =>
                (4 * sold * window * items) + ((sold - window) * window * window),
            _ => (sold * window * items) + ((sold - window) * window * window),
        };
    }

    /// <summary>Items x periods of the table that a method lays out, present or not: multilateral ones, and prices that are carried over gaps. 0 for others.</summary>
    public static long TableOf(IReadOnlyList<Basket> baskets, IndexSpecification specification) =>
        specification.Kind != IndexKind.Value && (specification.Multilateral is not null || specification.Items == ItemSelection.Carried)
            ? baskets.Count(b => !b.IsEmpty) * ItemsOf(baskets) : 0;

    private static long ItemsOf(IReadOnlyList<Basket> baskets) => baskets.SelectMany(b => b.Items, (_, item) => item.Key).Distinct().Count();

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
        var prices = MultilateralSeries.Compile(baskets, reference, method, specification.Window, specification.Splice);
        return [.. prices.Select((price, t) => Of(
            new IndexPoint(null, null, price.MatchedShare, price.NewItems, price.VanishedItems),
            specification.Kind == IndexKind.Price || price.Level is null
                ? price.Level is { } level ? IndexValue.Of(level / 100) : IndexValue.Null(price.NullReason!)
                : Implicit(baskets, reference, t, IndexValue.Of(price.Level.Value / 100))))];
    }

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
