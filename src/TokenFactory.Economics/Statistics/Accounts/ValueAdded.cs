namespace TokenFactory.Economics.Statistics;

/// <summary>What outputs and inputs add to the growth of the volume of value added; all together sum to its growth.</summary>
/// <param name="Outputs">By item, and the growth; its <see cref="Decomposition.Index"/> is the volume link.</param>
/// <param name="Inputs">By item: more input is a negative contribution.</param>
public sealed record ValueAddedContributions(Decomposition Outputs, Decomposition Inputs);

/// <summary>
/// Value added by double deflation: output and intermediate consumption each at constant prices, and the difference of the two. An input is an output
/// of negative quantity. Source: SNA 2008, par. 15.132 ff.
/// </summary>
public static class ValueAdded
{
    /// <summary>
    /// The Fisher volume link: sqrt(L P), L = (out.p0q1 - in.p0q1) / (out.p0q0 - in.p0q0), P = (out.p1q1 - in.p1q1) / (out.p1q0 - in.p1q0). Null with
    /// <see cref="NullReasons.NonpositiveValueAdded"/> when any of the four differences is not above 0, and where a side has no index of its own.
    /// </summary>
    /// <param name="outputs">What was made in the two periods.</param>
    /// <param name="inputs">What was bought to make it; empty baskets where nothing was.</param>
    public static IndexValue Volume(BilateralBasket outputs, BilateralBasket inputs) =>
        Of(outputs, inputs, static s => Bilateral.GeometricMean(IndexValue.Of(s.P0Q1 / s.P0Q0), IndexValue.Of(s.P1Q1 / s.P1Q0)));

    /// <summary>The implicit price link: the same with prices and quantities exchanged; price x volume = the ratio of value added.</summary>
    /// <param name="outputs">As for <see cref="Volume"/>.</param>
    /// <param name="inputs">As for <see cref="Volume"/>.</param>
    public static IndexValue Price(BilateralBasket outputs, BilateralBasket inputs) =>
        Of(outputs, inputs, static s => Bilateral.GeometricMean(IndexValue.Of(s.P1Q0 / s.P0Q0), IndexValue.Of(s.P1Q1 / s.P0Q1)));

    /// <summary>
    /// The contributions to the growth of <see cref="Volume"/>: those of <see cref="Contributions.FisherQuantity"/>, P_F the price link of value
    /// added, inputs with the opposite sign. Both sides are null where the link is.
    /// </summary>
    /// <param name="outputs">As for <see cref="Volume"/>.</param>
    /// <param name="inputs">As for <see cref="Volume"/>.</param>
    public static ValueAddedContributions Contributions(BilateralBasket outputs, BilateralBasket inputs)
    {
        var (volume, price) = (Volume(outputs, inputs), Price(outputs, inputs));
        if (volume.Value is null || price.Value is not > 0)
        {
            var none = Decomposition.Null(volume.NullReason ?? price.NullReason ?? NullReasons.OutOfRange);
            return new ValueAddedContributions(none, none);
        }

        var mean = price.Value.Value;
        var divisor = ((outputs.P1Q0 - inputs.P1Q0) / mean) + (outputs.P0Q0 - inputs.P0Q0);
        Decomposition Side(BilateralBasket side, int sign) => new(volume,
            Statistics.Contributions.Each(side.Pairs, i => sign * ((i.P1 / mean) + i.P0) * (i.Q1 - i.Q0) / divisor));
        return new ValueAddedContributions(Side(outputs, 1), Side(inputs, -1));
    }

    private static IndexValue Of(BilateralBasket outputs, BilateralBasket inputs, Func<Sums, IndexValue> index)
    {
        if ((outputs.NullReason ?? inputs.NullReason) is { } why)
            return IndexValue.Null(why);
        if (outputs.Pairs.Length == 0)
            return IndexValue.Null(NullReasons.NoMatchedItems);
        var sums = new Sums(outputs.P0Q0 - inputs.P0Q0, outputs.P1Q0 - inputs.P1Q0, outputs.P0Q1 - inputs.P0Q1, outputs.P1Q1 - inputs.P1Q1);
        return sums is { P0Q0: > 0, P1Q0: > 0, P0Q1: > 0, P1Q1: > 0 } ? index(sums) : IndexValue.Null(NullReasons.NonpositiveValueAdded);
    }

    private readonly record struct Sums(double P0Q0, double P1Q0, double P0Q1, double P1Q1);
}
