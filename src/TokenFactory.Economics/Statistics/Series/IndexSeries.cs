namespace TokenFactory.Economics.Statistics;

/// <summary>Index series over the periods of a query.</summary>
public static class IndexSeries
{
    /// <summary>
    /// Compiles a series. An empty period has no level and the chain links across it (METHODOLOGY, edge rule 2). How a chain passes a period that
    /// can't be compared with the one before it, and where it breaks: <see cref="IndexChain"/>.
    /// </summary>
    /// <param name="baskets">One per period, in order; empty ones included.</param>
    /// <param name="reference">The place of the reference period among them; -1: it is not among them.</param>
    /// <param name="method">What is computed.</param>
    /// <returns>
    /// One per period. Without a reference period that holds an item none has a level; nor has any, with Lowe and Young, without a weight period.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The method names no formula or kind, or an elasticity below 0.</exception>
    public static IReadOnlyList<IndexPoint> Compile(IReadOnlyList<Basket> baskets, int reference, IndexMethod method)
    {
        if (!Holds(baskets, reference))
            return Without(baskets, NullReasons.NoReference);
        if (method.Items == ItemSelection.Carried)
            baskets = CarriedPrices.Fill(baskets);
        Basket? weights = null;
        if (method.Kind != IndexKind.Value && LoweYoung.Covers(method.Formula))
        {
            var place = method.WeightPeriod ?? reference;
            if (!Holds(baskets, place))
                return Without(baskets, NullReasons.NoWeights);
            weights = baskets[place];
        }

        IndexPoint Compare(int from, int to) => Comparison(baskets[from], baskets[to], weights, method) with { ComparedWith = from };
        var points = method.Kind == IndexKind.Value ? Values(baskets, reference, method, Compare)
            : method.Linking == Linking.FixedBase ? FixedBase(baskets, reference, Compare)
            : IndexChain.Compile(baskets, reference, method.Kind, Compare);
        if (method.Items == ItemSelection.Carried)
        {
            for (var t = 0; t < points.Length; t++)
                points[t] = points[t] with { CarriedItems = baskets[t].CarriedItems };
        }

        return points;
    }

    /// <summary>
    /// The reference period where none is asked for: the first that is worth something, because a free one can be the base of no basket index;
    /// or else the first with an item. -1: there is none.
    /// </summary>
    public static int DefaultReference(IReadOnlyList<Basket> baskets)
    {
        var first = -1;
        for (var t = 0; t < baskets.Count; t++)
        {
            if (baskets[t].Value > 0)
                return t;
            if (first < 0 && !baskets[t].IsEmpty)
                first = t;
        }

        return first;
    }

    private static bool Holds(IReadOnlyList<Basket> baskets, int place) => place >= 0 && place < baskets.Count && !baskets[place].IsEmpty;

    private static IndexPoint[] Without(IReadOnlyList<Basket> baskets, string reason) =>
        [.. baskets.Select(_ => new IndexPoint(null, reason, null, 0, 0))];

    // The level is the ratio of the two, times 100.
    private static IndexPoint Comparison(Basket @base, Basket current, Basket? weights, IndexMethod method)
    {
        if (current.IsEmpty)
            return new IndexPoint(null, NullReasons.EmptyPeriod, null, 0, 0);
        var pairs = BilateralBasket.Of(@base, current, weights is null ? method.Items : ItemSelection.Matched);
        var weighted = weights is null ? null : WeightedComparison.Of(weights, @base, current);
        var ratio = (method.Kind, weighted) switch
        {
            (IndexKind.Value, _) => Bilateral.ValueRatio(@base, current),
            (IndexKind.Price, null) => Bilateral.Price(method.Formula, pairs, method.Sigma),
            (IndexKind.Quantity, null) => Bilateral.Quantity(method.Formula, pairs, method.Sigma),
            (IndexKind.Price, not null) => LoweYoung.Price(method.Formula, weighted),
            (IndexKind.Quantity, not null) => LoweYoung.Quantity(method.Formula, weighted),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method.Kind, "Not an index."),
        };
        var level = ratio.Value is { } value ? IndexValue.Of(value * 100) : ratio;
        return new IndexPoint(
            level.Value, level.NullReason, weighted is null ? pairs.MatchedShare : weighted.MatchedShare, pairs.NewItems, pairs.VanishedItems);
    }

    private static IndexPoint[] FixedBase(IReadOnlyList<Basket> baskets, int reference, Func<int, int, IndexPoint> compare) =>
        [.. baskets.Select((basket, t) => basket.IsEmpty ? compare(reference, t) with { ComparedWith = null }
            : t == reference ? compare(t, t) with { Level = 100, NullReason = null }
            : compare(reference, t))];

    // The ratio of two values needs no links, and a period of free items in between does not break it.
    private static IndexPoint[] Values(IReadOnlyList<Basket> baskets, int reference, IndexMethod method, Func<int, int, IndexPoint> compare)
    {
        var points = new IndexPoint[baskets.Count];
        int? before = null;
        for (var t = 0; t < points.Length; t++)
        {
            if (baskets[t].IsEmpty)
            {
                points[t] = new IndexPoint(null, NullReasons.EmptyPeriod, null, 0, 0);
                continue;
            }

            // How the items changed is told against the period before; in a fixed base, against the reference period.
            var from = method.Linking == Linking.FixedBase ? reference : before;
            var level = t == reference ? IndexValue.Of(1) : Bilateral.ValueRatio(baskets[reference], baskets[t]);
            var point = from is { } compared ? compare(compared, t) : new IndexPoint(null, null, null, 0, 0);
            points[t] = point with { Level = level.Value * 100, NullReason = level.NullReason };
            before = t;
        }

        return points;
    }
}
