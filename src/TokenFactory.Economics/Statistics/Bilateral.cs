namespace TokenFactory.Economics.Statistics;

/// <summary>A bilateral index formula.</summary>
public enum BilateralFormula
{
    Laspeyres,
    Paasche,
    Fisher,
}

/// <summary>
/// Bilateral price indices over compared items, and the quantity index that belongs to each (prices and quantities swapped). Source: ILO/IMF
/// et al., Consumer Price Index Manual: Theory and Practice (2004), ch. 15; IMF, Producer Price Index Manual (2004), ch. 15-17.
/// </summary>
public static class Bilateral
{
    /// <summary>P_L = S p1 q0 / S p0 q0 (PPI Manual 15.12). Null with <see cref="NullReasons.ZeroPrice"/> when the base value is 0.</summary>
    public static IndexValue Laspeyres(BilateralBasket basket) => OverItems(basket, b => IndexValue.Ratio(b.P1Q0, b.P0Q0));

    /// <summary>P_P = S p1 q1 / S p0 q1 (PPI Manual 15.13).</summary>
    public static IndexValue Paasche(BilateralBasket basket) => OverItems(basket, b => IndexValue.Ratio(b.P1Q1, b.P0Q1));

    /// <summary>P_F = sqrt(P_L P_P) (PPI Manual 15.19); null when either is.</summary>
    public static IndexValue Fisher(BilateralBasket basket) => GeometricMean(Laspeyres(basket), Paasche(basket));

    /// <summary>Q_L = S p0 q1 / S p0 q0.</summary>
    public static IndexValue LaspeyresQuantity(BilateralBasket basket) => OverItems(basket, b => IndexValue.Ratio(b.P0Q1, b.P0Q0));

    /// <summary>Q_P = S p1 q1 / S p1 q0.</summary>
    public static IndexValue PaascheQuantity(BilateralBasket basket) => OverItems(basket, b => IndexValue.Ratio(b.P1Q1, b.P1Q0));

    /// <summary>Q_F = sqrt(Q_L Q_P). With P_F it meets the product test: P_F Q_F = S p1 q1 / S p0 q0.</summary>
    public static IndexValue FisherQuantity(BilateralBasket basket) => GeometricMean(LaspeyresQuantity(basket), PaascheQuantity(basket));

    /// <summary>The price index of a formula.</summary>
    public static IndexValue Price(BilateralFormula formula, BilateralBasket basket) => formula switch
    {
        BilateralFormula.Laspeyres => Laspeyres(basket),
        BilateralFormula.Paasche => Paasche(basket),
        BilateralFormula.Fisher => Fisher(basket),
        _ => throw new ArgumentOutOfRangeException(nameof(formula), formula, "Not a bilateral formula."),
    };

    /// <summary>The quantity index of a formula.</summary>
    public static IndexValue Quantity(BilateralFormula formula, BilateralBasket basket) => formula switch
    {
        BilateralFormula.Laspeyres => LaspeyresQuantity(basket),
        BilateralFormula.Paasche => PaascheQuantity(basket),
        BilateralFormula.Fisher => FisherQuantity(basket),
        _ => throw new ArgumentOutOfRangeException(nameof(formula), formula, "Not a bilateral formula."),
    };

    /// <summary>V1 / V0, from exact sums over every item of each period.</summary>
    public static IndexValue ValueRatio(Basket @base, Basket current)
    {
        if (@base.IsEmpty || current.IsEmpty)
            return IndexValue.Null(NullReasons.EmptyPeriod);
        return IndexValue.Ratio((double)current.Value, (double)@base.Value);
    }

    private static IndexValue OverItems(BilateralBasket basket, Func<BilateralBasket, IndexValue> formula) =>
        basket.Pairs.Count == 0 ? IndexValue.Null(NullReasons.NoMatchedItems) : formula(basket);

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
