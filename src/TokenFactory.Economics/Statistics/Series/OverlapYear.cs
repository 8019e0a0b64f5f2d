namespace TokenFactory.Economics.Statistics;

/// <summary>One year of <see cref="Overlap"/>: what its items brought in each sub-period and on average.</summary>
internal sealed class OverlapYear
{
    private readonly double[][] _quantities;
    private readonly double[] _total;

    public OverlapYear(IReadOnlyList<OverlapItem> items, int year)
    {
        var places = Enumerable.Range(0, items[0].Prices[year].Count).ToList();
        _quantities = [.. places.Select(t => items.Select(item => IsPresent(item, year, t) ? item.Quantities[year][t] : 0).ToArray())];
        _total = [.. items.Select((_, i) => places.Sum(t => _quantities[t][i]))];
        Prices = [.. items.Select((item, i) => _total[i] > 0
            ? places.Sum(t => IsPresent(item, year, t) ? item.Prices[year][t]!.Value * _quantities[t][i] : 0) / _total[i]
            : (double?)null)];
    }

    public int SubPeriods => _quantities.Length;

    /// <summary>Average price of each item, its unit value; null where it is missing all year.</summary>
    public IReadOnlyList<double?> Prices { get; }

    public bool IsEmpty => Prices.All(price => price is null);

    /// <summary>The last sub-period with an item in it; -1: none.</summary>
    public int Last => Array.FindLastIndex(_quantities, quantities => quantities.Any(quantity => quantity > 0));

    public bool IsEmptyIn(int t) => _quantities[t].All(quantity => quantity == 0);

    /// <summary>S P q of a sub-period.</summary>
    public double ValueIn(int t, IReadOnlyList<double?> prices) => Value(_quantities[t], prices);

    /// <summary>S P q of the average quantities of the year.</summary>
    public double AverageValue(IReadOnlyList<double?> prices) => Value(_total, prices) / SubPeriods;

    /// <summary>Why the year's own value, or that of a sub-period of it, can't be divided by when it is 0: all is free, or too small to tell.</summary>
    public string WhyZero(int? t = null) =>
        Prices.Where((price, i) => price > 0 && (t is { } place ? _quantities[place] : _total)[i] > 0).Any() ? NullReasons.OutOfRange : NullReasons.ZeroPrice;

    /// <summary>The average prices of this year for the items of a later one, with those imputed that this year has not.</summary>
    /// <returns>The prices, how many are imputed, and why one that is needed can't be; the prices mean nothing then.</returns>
    public (IReadOnlyList<double?> Prices, int Imputed, string? NullReason) PricesFor(OverlapYear later)
    {
        var isNew = Prices.Select((price, i) => price is null && later.Prices[i] is not null).ToList();
        if (!isNew.Contains(true))
            return (Prices, 0, null);
        var fisher = MatchedFisher(later);
        double?[] prices = [.. Prices.Select((price, i) => isNew[i] ? later.Prices[i] / fisher.Value ?? 0 : price)];
        // A new item that is free needs no price to be imputed.
        var isNeeded = isNew.Where((item, i) => item && later.Prices[i] > 0).Any();
        return (prices, isNew.Count(item => item), isNeeded ? fisher.Value is 0 ? NullReasons.ZeroPrice : fisher.NullReason : null);
    }

    // sqrt(P_L P_P) of average prices, over the items of both years.
    private IndexValue MatchedFisher(OverlapYear later)
    {
        var (p0q0, p1q0, p0q1, p1q1, matched) = (0.0, 0.0, 0.0, 0.0, 0);
        for (var i = 0; i < _total.Length; i++)
        {
            if (Prices[i] is not { } p0 || later.Prices[i] is not { } p1)
                continue;
            matched++;
            p0q0 += p0 * _total[i];
            p1q0 += p1 * _total[i];
            p0q1 += p0 * later._total[i];
            p1q1 += p1 * later._total[i];
        }

        return matched == 0
            ? IndexValue.Null(NullReasons.NoMatchedItems)
            : Bilateral.GeometricMean(IndexValue.Ratio(p1q0, p0q0), IndexValue.Ratio(p1q1, p0q1));
    }

    private static double Value(double[] quantities, IReadOnlyList<double?> prices) =>
        quantities.Select((quantity, i) => quantity > 0 ? quantity * prices[i]!.Value : 0).Sum();

    private static bool IsPresent(OverlapItem item, int year, int t) => item.Quantities[year][t] > 0 && item.Prices[year][t] >= 0;
}
