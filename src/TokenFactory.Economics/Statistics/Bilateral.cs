namespace TokenFactory.Economics.Statistics;

/// <summary>A bilateral index formula.</summary>
public enum BilateralFormula
{
    /// <summary>Weighted by the base period.</summary>
    Laspeyres,

    /// <summary>Weighted by the current period.</summary>
    Paasche,

    /// <summary>The geometric mean of the two.</summary>
    Fisher,
}

/// <summary>
/// Bilateral price indices over compared items, and the quantity index that belongs to each (prices and quantities swapped): ratios of period 1
/// to period 0, 1 = no change, at least 0. p is money per token, q tokens, S the sum over the compared items. Each is null, with a reason, where
/// nothing is compared, where a price can't be imputed, and where it would divide by 0. Source: ILO/IMF et al., Consumer Price Index
/// Manual: Theory and Practice (2004), ch. 15, with the numbers of its equations; the same in the Producer Price Index Manual (2004), ch. 15.
/// </summary>
public static class Bilateral
{
    /// <summary>P_L = S p1 q0 / S p0 q0 (eq. 15.5). Null with <see cref="NullReasons.ZeroPrice"/> when S p0 q0 is 0.</summary>
    public static IndexValue Laspeyres(BilateralBasket basket) => OverItems(basket, b => IndexValue.Ratio(b.P1Q0, b.P0Q0));

    /// <summary>P_P = S p1 q1 / S p0 q1 (eq. 15.6). Null with <see cref="NullReasons.ZeroPrice"/> when S p0 q1 is 0.</summary>
    public static IndexValue Paasche(BilateralBasket basket) => OverItems(basket, b => IndexValue.Ratio(b.P1Q1, b.P0Q1));

    /// <summary>P_F = sqrt(P_L P_P) (eq. 15.12); null when either is.</summary>
    public static IndexValue Fisher(BilateralBasket basket) => GeometricMean(Laspeyres(basket), Paasche(basket));

    /// <summary>Q_L = S p0 q1 / S p0 q0. Null with <see cref="NullReasons.ZeroPrice"/> when S p0 q0 is 0.</summary>
    public static IndexValue LaspeyresQuantity(BilateralBasket basket) => OverItems(basket, b => IndexValue.Ratio(b.P0Q1, b.P0Q0));

    /// <summary>Q_P = S p1 q1 / S p1 q0. Null with <see cref="NullReasons.ZeroPrice"/> when S p1 q0 is 0.</summary>
    public static IndexValue PaascheQuantity(BilateralBasket basket) => OverItems(basket, b => IndexValue.Ratio(b.P1Q1, b.P1Q0));

    /// <summary>Q_F = sqrt(Q_L Q_P). With P_F it meets the product test: P_F Q_F = S p1 q1 / S p0 q0; null when either is.</summary>
    public static IndexValue FisherQuantity(BilateralBasket basket) => GeometricMean(LaspeyresQuantity(basket), PaascheQuantity(basket));

    /// <summary>The price index of a formula.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a formula.</exception>
    public static IndexValue Price(BilateralFormula formula, BilateralBasket basket) => formula switch
    {
        BilateralFormula.Laspeyres => Laspeyres(basket),
        BilateralFormula.Paasche => Paasche(basket),
        BilateralFormula.Fisher => Fisher(basket),
        _ => throw new ArgumentOutOfRangeException(nameof(formula), formula, "Not a bilateral formula."),
    };

    /// <summary>The quantity index of a formula.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a formula.</exception>
    public static IndexValue Quantity(BilateralFormula formula, BilateralBasket basket) => formula switch
    {
        BilateralFormula.Laspeyres => LaspeyresQuantity(basket),
        BilateralFormula.Paasche => PaascheQuantity(basket),
        BilateralFormula.Fisher => FisherQuantity(basket),
        _ => throw new ArgumentOutOfRangeException(nameof(formula), formula, "Not a bilateral formula."),
    };

    /// <summary>V1 / V0, from exact sums over every item of each period; it needs no item in common. Null when either period is empty or V0 is 0.</summary>
    public static IndexValue ValueRatio(Basket @base, Basket current)
    {
        if (@base.IsEmpty || current.IsEmpty)
            return IndexValue.Null(NullReasons.EmptyPeriod);
        return IndexValue.Ratio((double)current.Value, (double)@base.Value);
    }

    private static IndexValue OverItems(BilateralBasket basket, Func<BilateralBasket, IndexValue> formula) =>
        basket.NullReason is { } why ? IndexValue.Null(why)
        : basket.Pairs.Length == 0 ? IndexValue.Null(NullReasons.NoMatchedItems)
        : formula(basket);

    private static IndexValue GeometricMean(IndexValue left, IndexValue right)
    {
        if (left.Value is not { } l)
            return left;
        if (right.Value is not { } r)
            return right;
        var product = l * r;
        // The root of the product is the more exact; two roots where the product leaves the range of a double.
        return IndexValue.Of(double.IsNormal(product) ? Math.Sqrt(product) : Math.Sqrt(l) * Math.Sqrt(r));
    }
}
