namespace TokenFactory.Economics.Statistics;

/// <summary>
/// The average price of a basket, S v / S q, in money per token: a unit value, never a price index (METHODOLOGY, edge rule 4). It moves when buyers
/// change models though no price does; what part of its movement is of that kind is the composition effect.
/// </summary>
public static class AveragePrice
{
    /// <summary>S v / S q of what was sold; null with <see cref="NullReasons.EmptyPeriod"/> when nothing was.</summary>
    public static IndexValue Of(Basket basket) =>
        basket.IsEmpty ? IndexValue.Null(NullReasons.EmptyPeriod) : IndexValue.Of((double)basket.Value / (double)Quantity(basket));

    /// <summary>The unit value index, average price of period 1 to that of period 0. Null when either period is empty or the base one was free.</summary>
    public static IndexValue Index(Basket @base, Basket current)
    {
        var (before, after) = (Of(@base), Of(current));
        return before.Value is not { } p0 ? before : after.Value is not { } p1 ? after : IndexValue.Ratio(p1, p0);
    }

    /// <summary>
    /// The composition effect: unit value index / price index, 1 = none, below 1 = buyers moved to cheaper items. Null where either is, or the
    /// price index is 0.
    /// </summary>
    /// <param name="base">Period 0.</param>
    /// <param name="current">Period 1.</param>
    /// <param name="price">The price index of the same two periods, 1 = no change: the matched one, or a level of a series over 100.</param>
    public static IndexValue CompositionEffect(Basket @base, Basket current, IndexValue price)
    {
        var unitValue = Index(@base, current);
        return unitValue.Value is not { } numerator ? unitValue : price.Value is not { } denominator ? price : IndexValue.Ratio(numerator, denominator);
    }

    /// <summary>
    /// The share of free tokens in all that were sold, 0 to 1 (METHODOLOGY, edge rule 1, <c>free_share</c>); null when nothing was. Free: sold at a
    /// value of 0.
    /// </summary>
    public static double? FreeShare(Basket basket) => basket.IsEmpty
        ? null
        : (double)(basket.Items.Where(static i => i.Value.Value == 0).Sum(static i => i.Value.Quantity) / Quantity(basket));

    // In decimal: exact while the tokens of a period stay below 10^28.
    private static decimal Quantity(Basket basket) => basket.Items.Sum(static i => i.Value.Quantity);
}
