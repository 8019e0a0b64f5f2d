namespace TokenFactory.Economics.Statistics;

/// <summary>
/// The unweighted formulas, n the number of matched items. They compare matched items alone, whatever the selection: an imputed price is the
/// mean of the others and carries no information of its own. So they need no imputation either, and have a value where it fails.
/// </summary>
public static partial class Bilateral
{
    /// <summary>P_J = (product of p1 / p0)^(1/n). Null with <see cref="NullReasons.ZeroPrice"/> when a matched item is free in either period.</summary>
    public static IndexValue Jevons(BilateralBasket basket)
    {
        CompensatedSum logs = default;
        foreach (ref readonly var i in basket.Matched)
        {
            if (i.P0 == 0 || i.P1 == 0)
                return IndexValue.Null(basket.ZeroRelativeReason);
            logs.Add(Math.Log(i.P1 / i.P0));
        }

        return OverMatched(basket, n => IndexValue.Of(Math.Exp(logs.Value / n)));
    }

    /// <summary>P_C = S (p1 / p0) / n. Null with <see cref="NullReasons.ZeroPrice"/> when a matched item is free in period 0.</summary>
    public static IndexValue Carli(BilateralBasket basket)
    {
        CompensatedSum relatives = default;
        foreach (ref readonly var i in basket.Matched)
        {
            if (i.P0 == 0)
                return IndexValue.Null(basket.ZeroRelativeReason);
            relatives.Add(i.P1 / i.P0);
        }

        return OverMatched(basket, n => IndexValue.Of(relatives.Value / n));
    }

    /// <summary>
    /// P_H = n / S (p0 / p1). Null with <see cref="NullReasons.ZeroPrice"/> when a matched item is free in period 1, or all are in period 0.
    /// </summary>
    public static IndexValue Harmonic(BilateralBasket basket)
    {
        CompensatedSum relatives = default;
        foreach (ref readonly var i in basket.Matched)
        {
            if (i.P1 == 0)
                return IndexValue.Null(basket.ZeroRelativeReason);
            relatives.Add(i.P0 / i.P1);
        }

        return OverMatched(basket, n => relatives.Value == 0 ? IndexValue.Null(basket.ZeroRelativeReason) : IndexValue.Of(n / relatives.Value));
    }

    /// <summary>P_CSWD = sqrt(P_C P_H); null when either is.</summary>
    public static IndexValue Cswd(BilateralBasket basket) => GeometricMean(Carli(basket), Harmonic(basket));

    /// <summary>
    /// P_D = S p1 / S p0, prices per token, so that it depends on the unit of each item. Null with <see cref="NullReasons.ZeroPrice"/> when
    /// every matched item is free in period 0.
    /// </summary>
    public static IndexValue Dutot(BilateralBasket basket)
    {
        CompensatedSum current = default, @base = default;
        foreach (ref readonly var i in basket.Matched)
        {
            current.Add(i.P1);
            @base.Add(i.P0);
        }

        return OverMatched(basket, _ => @base.Value == 0
            ? IndexValue.Null(basket.ZeroRelativeReason)
            : IndexValue.Of(current.Value / @base.Value));
    }

    private static IndexValue OverMatched(BilateralBasket basket, Func<int, IndexValue> formula) =>
        basket.Matched.Length == 0 ? IndexValue.Null(NullReasons.NoMatchedItems) : formula(basket.Matched.Length);
}
