namespace TokenFactory.Economics.Statistics;

/// <summary>
/// The union Fisher that imputes at its own value: missing prices are moved by the Fisher price index of the union itself rather than by that of
/// the matched items. A check on the headline rule, beside which it lies (case 20): where the two are far apart, churn decides the figure.
/// </summary>
public static class SelfConsistentFisher
{
    private const int MostSteps = 200;

    /// <summary>P with P = P_F(union imputed at P), from the matched Fisher on, to the precision of a double.</summary>
    /// <returns>Null where the union Fisher is; with <see cref="NullReasons.OutOfRange"/> where 200 steps do not settle.</returns>
    public static IndexValue Of(Basket @base, Basket current)
    {
        var index = Bilateral.Fisher(BilateralBasket.Of(@base, current, ItemSelection.Union));
        for (var step = 0; step < MostSteps; step++)
        {
            if (index.Value is not > 0)
                return index;
            var next = Bilateral.Fisher(BilateralBasket.OfUnion(@base, current, index.Value.Value));
            if (next.Value is { } value && Math.Abs(value - index.Value.Value) <= 1e-15 * value)
                return next;
            index = next;
        }

        return IndexValue.Null(NullReasons.OutOfRange);
    }
}
