namespace TokenFactory.Economics.Statistics;

/// <summary>What an index measures.</summary>
public enum IndexKind
{
    /// <summary>How the money per token changed.</summary>
    Price,

    /// <summary>How the volume changed, items weighted by their prices.</summary>
    Quantity,

    /// <summary>How the money changed: V_t / V_reference, over every item. Formula, linking and selection make no difference to it.</summary>
    Value,
}

/// <summary>How the periods of a series are tied together.</summary>
public enum Linking
{
    /// <summary>Each period is compared with the one before it (an empty period is passed over), and the links are multiplied.</summary>
    Chained,

    /// <summary>Each period is compared with the reference period directly.</summary>
    FixedBase,
}

/// <summary>What a series is made by.</summary>
public sealed record IndexMethod
{
    public required IndexKind Kind { get; init; }

    /// <summary>The formula of each comparison.</summary>
    public BilateralFormula Formula { get; init; } = BilateralFormula.Fisher;

    public Linking Linking { get; init; } = Linking.Chained;

    public ItemSelection Items { get; init; } = ItemSelection.Union;
}

/// <summary>One period of a series.</summary>
/// <param name="Level">Reference period = 100, in full precision; null with a reason.</param>
/// <param name="NullReason">One of <see cref="NullReasons"/>.</param>
/// <param name="MatchedShare">
/// Of the comparison behind it: with the period before (the one before that is not empty) in a chain, with the reference period for a fixed
/// base. Null where there is none: the first period of a chain, an empty period.
/// </param>
/// <param name="NewItems">Items that the compared period did not have.</param>
/// <param name="VanishedItems">Items that the compared period had and this one has not.</param>
public readonly record struct IndexPoint(double? Level, string? NullReason, double? MatchedShare, int NewItems, int VanishedItems);

/// <summary>Index series over the periods of a query.</summary>
public static class IndexSeries
{
    /// <summary>
    /// Compiles a series. An empty period has no level and the chain links across it (METHODOLOGY, edge rule 2); a chain whose link has no
    /// value breaks there: the periods beyond it, seen from the reference period, have no level, with the link's reason.
    /// </summary>
    /// <param name="baskets">One per period, in order; empty ones included.</param>
    /// <param name="reference">The place of the reference period among them; -1: it is not among them.</param>
    /// <param name="method">What is computed.</param>
    /// <returns>One per period. Without a reference period that holds an item, none has a level.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The method names no formula or kind.</exception>
    public static IReadOnlyList<IndexPoint> Compile(IReadOnlyList<Basket> baskets, int reference, IndexMethod method)
    {
        if (reference < 0 || reference >= baskets.Count || baskets[reference].IsEmpty)
            return [.. baskets.Select(_ => new IndexPoint(null, NullReasons.NoReference, null, 0, 0))];
        return method.Linking == Linking.FixedBase
            ? [.. baskets.Select((basket, t) => t == reference ? Base(1) : Compare(baskets[reference], basket, method))]
            : Chain(baskets, reference, method);
    }

    // Compared with itself, or with nothing.
    private static IndexPoint Base(double? matchedShare) => new(100, null, matchedShare, 0, 0);

    private static IndexPoint Compare(Basket @base, Basket current, IndexMethod method)
    {
        if (current.IsEmpty)
            return new IndexPoint(null, NullReasons.EmptyPeriod, null, 0, 0);
        var pairs = BilateralBasket.Of(@base, current, method.Items);
        var link = method.Kind switch
        {
            IndexKind.Price => Bilateral.Price(method.Formula, pairs),
            IndexKind.Quantity => Bilateral.Quantity(method.Formula, pairs),
            IndexKind.Value => Bilateral.ValueRatio(@base, current),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method.Kind, "Not an index kind."),
        };
        return At(new IndexPoint(null, null, pairs.MatchedShare, pairs.NewItems, pairs.VanishedItems), link, 100);
    }

    // Links run between neighbours that are not empty. From the reference period, 100, the chain is multiplied forwards and divided
    // backwards as far as its links hold.
    private static IndexPoint[] Chain(IReadOnlyList<Basket> baskets, int reference, IndexMethod method)
    {
        var points = new IndexPoint[baskets.Count];
        var present = new List<int>();
        for (var t = 0; t < baskets.Count; t++)
        {
            points[t] = baskets[t].IsEmpty ? new IndexPoint(null, NullReasons.EmptyPeriod, null, 0, 0)
                : present.Count == 0 ? Base(null)
                : Compare(baskets[present[^1]], baskets[t], method);
            if (!baskets[t].IsEmpty)
                present.Add(t);
        }

        if (method.Kind == IndexKind.Value)
        {
            // The ratio of two values needs no links, and a period of free items in between does not break it.
            foreach (var t in present)
                points[t] = At(points[t], t == reference ? IndexValue.Of(1) : Bilateral.ValueRatio(baskets[reference], baskets[t]), 100);
            return points;
        }

        var links = present.Select(t => (Ratio: points[t].Level / 100, Reason: points[t].NullReason)).ToList();
        var at = present.IndexOf(reference);
        points[reference] = points[reference] with { Level = 100, NullReason = null };
        for (var i = at + 1; i < present.Count; i++)
            points[present[i]] = Carry(points[present[i]], points[present[i - 1]], links[i].Ratio, links[i].Reason);
        for (var i = at - 1; i >= 0; i--)
        {
            var link = links[i + 1].Ratio is { } forwards ? IndexValue.Ratio(1, forwards) : IndexValue.Null(links[i + 1].Reason!);
            points[present[i]] = Carry(points[present[i]], points[present[i + 1]], link.Value, link.NullReason);
        }

        return points;
    }

    private static IndexPoint Carry(IndexPoint point, IndexPoint from, double? ratio, string? reason)
    {
        if (from.Level is not { } level || ratio is not { } link)
            return point with { Level = null, NullReason = reason ?? from.NullReason };
        return At(point, IndexValue.Of(link), level);
    }

    private static IndexPoint At(IndexPoint point, IndexValue ratio, double level)
    {
        var carried = ratio.Value is { } value ? IndexValue.Of(value * level) : ratio;
        return point with { Level = carried.Value, NullReason = carried.NullReason };
    }
}
