namespace TokenFactory.Economics.Statistics;

/// <summary>Two periods and the weights of a third, b: the items that have a price in all three.</summary>
public sealed class WeightedComparison
{
    private WeightedComparison(Item[] items, double? matchedShare)
    {
        Items = items;
        MatchedShare = matchedShare;
    }

    /// <summary>One compared item.</summary>
    /// <param name="PB">Price in the weight period, money per token.</param>
    /// <param name="QB">Tokens in the weight period.</param>
    /// <param name="P0">Price in period 0.</param>
    /// <param name="P1">Price in period 1.</param>
    internal readonly record struct Item(double PB, double QB, double P0, double Q0, double P1, double Q1);

    /// <summary>
    /// The share of the compared items in the value of the weight period; by number of items where that value is 0. Null when a period is empty.
    /// </summary>
    public double? MatchedShare { get; }

    internal Item[] Items { get; }

    /// <summary>Finds the items of all three periods.</summary>
    public static WeightedComparison Of(Basket weights, Basket @base, Basket current)
    {
        if (weights.IsEmpty || @base.IsEmpty || current.IsEmpty)
            return new WeightedComparison([], null);
        var items = new List<Item>(weights.Count);
        decimal value = 0;
        for (var k = 0; k < weights.Count; k++)
        {
            var b = @base.Ids.BinarySearch(weights.Ids[k]);
            var c = current.Ids.BinarySearch(weights.Ids[k]);
            if (b < 0 || c < 0)
                continue;
            items.Add(new Item(weights.Prices[k], weights.Quantities[k], @base.Prices[b], @base.Quantities[b], current.Prices[c], current.Quantities[c]));
            value += weights.Values[k];
        }

        return new WeightedComparison([.. items], weights.Value > 0 ? (double)(value / weights.Value) : (double)items.Count / weights.Count);
    }
}

/// <summary>
/// Indices weighted by a third period b, s_b its shares over the compared items: those with a price in 0, 1 and b. An item that is missing in any of
/// the three is left out, whatever the selection; <see cref="WeightedComparison.MatchedShare"/> says how much of b's value is compared. The
/// quantity index exchanges p and q. With b = 0 they are Laspeyres and the geometric Laspeyres. Source: CPI Manual (2004), ch. 15, sec. D.
/// </summary>
public static class LoweYoung
{
    /// <summary>Whether a formula is one of these, and so needs a weight period.</summary>
    public static bool Covers(BilateralFormula formula) =>
        formula is BilateralFormula.Lowe or BilateralFormula.Young or BilateralFormula.GeometricYoung;

    /// <summary>
    /// The price index: Lowe S p1 qb / S p0 qb; Young S s_b (p1 / p0); geometric Young exp S s_b ln(p1 / p0). Null with
    /// <see cref="NullReasons.NoMatchedItems"/> where nothing is compared, with <see cref="NullReasons.ZeroPrice"/> where Lowe's denominator or the
    /// weights are 0 or a relative does not exist (Young: free in 0; geometric Young: free in 0 or 1).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not one of these formulas.</exception>
    public static IndexValue Price(BilateralFormula formula, WeightedComparison comparison) =>
        Of(formula, comparison, NullReasons.ZeroPrice, static i => i);

    /// <summary>
    /// The quantity index: Lowe S pb q1 / S pb q0; Young S s_b (q1 / q0); geometric Young exp S s_b ln(q1 / q0). Null as the price index; with
    /// <see cref="NullReasons.ZeroQuantity"/> where a quantity relative of a carried price does not exist.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not one of these formulas.</exception>
    public static IndexValue Quantity(BilateralFormula formula, WeightedComparison comparison) =>
        Of(formula, comparison, NullReasons.ZeroQuantity, static i => new(i.QB, i.PB, i.Q0, i.P0, i.Q1, i.P1));

    private static IndexValue Of(
        BilateralFormula formula, WeightedComparison comparison, string zero, Func<WeightedComparison.Item, WeightedComparison.Item> side)
    {
        if (!Covers(formula))
            throw new ArgumentOutOfRangeException(nameof(formula), formula, "Not weighted by a third period.");
        if (comparison.MatchedShare is null)
            return IndexValue.Null(NullReasons.EmptyPeriod);
        if (comparison.Items.Length == 0)
            return IndexValue.Null(NullReasons.NoMatchedItems);
        CompensatedSum sum = default, weights = default;
        foreach (var item in comparison.Items)
        {
            var i = side(item);
            if (formula != BilateralFormula.Lowe && (i.P0 == 0 || (formula == BilateralFormula.GeometricYoung && i.P1 == 0)))
                return IndexValue.Null(zero);
            var weight = i.PB * i.QB;
            sum.Add(formula switch
            {
                BilateralFormula.Lowe => i.P1 * i.QB,
                BilateralFormula.Young => weight * (i.P1 / i.P0),
                _ => weight * Math.Log(i.P1 / i.P0),
            });
            weights.Add(formula == BilateralFormula.Lowe ? i.P0 * i.QB : weight);
        }

        if (weights.Value == 0)
            return IndexValue.Null(comparison.Items.Any(static i => i.PB == 0 || i.P0 == 0) ? NullReasons.ZeroPrice : NullReasons.ZeroQuantity);
        var mean = sum.Value / weights.Value;
        return IndexValue.Of(formula == BilateralFormula.GeometricYoung ? Math.Exp(mean) : mean);
    }
}
