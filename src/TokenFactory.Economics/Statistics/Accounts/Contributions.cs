namespace TokenFactory.Economics.Statistics;

/// <summary>
/// Additive contributions of items to the growth of a bilateral price index, exact: they sum to the index less 1. Over
/// <see cref="BilateralBasket.Swapped"/> they are those to the quantity index. Over a union the items that came and went contribute with their
/// imputed prices and a quantity of 0 (case 20). Each is null, with the reason, where its index is.
/// </summary>
public static class Contributions
{
    /// <summary>
    /// To the Fisher: C_i = (q1 / Q_F + q0)(p1 - p0) / S (q1 / Q_F + q0) p0. Null also where Q_F is null or 0. Sources: van IJzeren, in Balk (2008),
    /// par. 4.2.2; the quantity form is that of BEA (NIPA chain-type indices) and Statistics Canada (cases 02, 12).
    /// </summary>
    public static Decomposition Fisher(BilateralBasket basket)
    {
        var index = Bilateral.Fisher(basket);
        var other = Bilateral.Fisher(basket.Swapped);
        if (index.Value is null || other.Value is not > 0)
            return Decomposition.Null(index.NullReason ?? other.NullReason ?? basket.Swapped.ZeroWeightReason);
        var factor = other.Value.Value;
        var divisor = (basket.P0Q1 / factor) + basket.P0Q0;
        return new Decomposition(index, Each(basket.Pairs, i => ((i.Q1 / factor) + i.Q0) * (i.P1 - i.P0) / divisor));
    }

    /// <summary>
    /// To the Fisher quantity: C_i = (p1 / P_F + p0)(q1 - q0) / S (p1 / P_F + p0) q0; they sum to Q_F - 1 (METHODOLOGY). The headline
    /// contributions to real growth. Null also where P_F is null or 0.
    /// </summary>
    public static Decomposition FisherQuantity(BilateralBasket basket) => Fisher(basket.Swapped);

    /// <summary>
    /// To the Fisher, by its geometric form: the Laspeyres and the Paasche are written as geometric means of relatives, their weights averaged, and
    /// the mean written as an arithmetic one again. Lies close to <see cref="Fisher"/>. Null with <see cref="NullReasons.ZeroPrice"/> also where an
    /// item is free. Source: Reinsdorf, Diewert and Ehemann, Additive Decompositions for Fisher, Tornqvist and Geometric Mean Indexes (2002), sec. 6.
    /// </summary>
    public static Decomposition Reinsdorf(BilateralBasket basket)
    {
        var (laspeyres, paasche) = (Bilateral.Laspeyres(basket), Bilateral.Paasche(basket));
        return Geometric(basket.Pairs, Bilateral.Fisher(basket), basket, pairs =>
        {
            var fromLaspeyres = Shares(pairs, i => i.P0 * i.Q0 * LogarithmicMean.Of(i.P1 / i.P0, laspeyres.Value!.Value));
            var fromPaasche = Shares(pairs, i => i.P0 * i.Q1 * LogarithmicMean.Of(i.P1 / i.P0, paasche.Value!.Value));
            return [.. fromLaspeyres.Zip(fromPaasche, static (l, p) => (l + p) / 2)];
        });
    }

    /// <summary>To the Jevons over the matched items: C_i = w_i (r_i - 1), r = p1 / p0, w_i = (1 / L(r_i, P_J)) / S (1 / L(r, P_J)).</summary>
    public static Decomposition Jevons(BilateralBasket basket) =>
        Geometric(basket.Matched, Bilateral.Jevons(basket), basket, static pairs => Shares(pairs, static _ => 1));

    /// <summary>To the Tornqvist: as <see cref="Jevons"/>, each relative weighted by 1/2 (s0 + s1).</summary>
    public static Decomposition Tornqvist(BilateralBasket basket) => Geometric(
        basket.Pairs, Bilateral.Tornqvist(basket), basket, pairs => Shares(pairs, i => (i.P0 * i.Q0 / basket.P0Q0) + (i.P1 * i.Q1 / basket.P1Q1)));

    /// <summary>To the Laspeyres: C_i = q0 (p1 - p0) / S p0 q0.</summary>
    public static Decomposition Laspeyres(BilateralBasket basket) =>
        new(Bilateral.Laspeyres(basket), Each(basket.Pairs, i => i.Q0 * (i.P1 - i.P0) / basket.P0Q0));

    /// <summary>To the Paasche: C_i = q1 (p1 - p0) / S p0 q1.</summary>
    public static Decomposition Paasche(BilateralBasket basket) =>
        new(Bilateral.Paasche(basket), Each(basket.Pairs, i => i.Q1 * (i.P1 - i.P0) / basket.P0Q1));

    /// <summary>Sums contributions by what their items belong to: a producer, a model, a token class, a sector. Unrounded.</summary>
    /// <param name="keyOf">The group of an item, by its id.</param>
    /// <returns>The groups in the order in which they are met.</returns>
    public static IReadOnlyList<KeyValuePair<TKey, double>> Roll<TKey>(IEnumerable<Contribution> contributions, Func<int, TKey> keyOf)
        where TKey : notnull
    {
        return [.. contributions.GroupBy(c => keyOf(c.ItemId))
            .Select(static group => KeyValuePair.Create(group.Key, CompensatedSum.Of(group.Select(static c => c.Value))))];
    }

    /// <summary>The same for published contributions: exact, so that each level adds up to the same growth.</summary>
    /// <param name="keyOf">The group of an item, by its id.</param>
    /// <returns>The groups in the order in which they are met.</returns>
    public static IReadOnlyList<KeyValuePair<TKey, decimal>> Roll<TKey>(IEnumerable<RoundedContribution> contributions, Func<int, TKey> keyOf)
        where TKey : notnull
    {
        return [.. contributions.GroupBy(c => keyOf(c.ItemId)).Select(static group => KeyValuePair.Create(group.Key, group.Sum(c => c.Value)))];
    }

    internal static List<Contribution> Each(ReadOnlySpan<BilateralBasket.Pair> pairs, Func<BilateralBasket.Pair, double> contribution)
    {
        var all = new List<Contribution>(pairs.Length);
        foreach (ref readonly var i in pairs)
            all.Add(new Contribution(i.ItemId, contribution(i)));
        return all;
    }

    // A geometric mean of relatives P, weights w, is their arithmetic mean with weights w / L(r, P): both sides are then linear in r - 1.
    private static Decomposition Geometric(
        ReadOnlySpan<BilateralBasket.Pair> pairs, IndexValue index, BilateralBasket basket, Func<BilateralBasket.Pair[], double[]> weights)
    {
        if (index.Value is not { } mean)
            return Decomposition.Null(index.NullReason!);
        BilateralBasket.Pair[] all = [.. pairs];
        if (mean == 0 || Array.Exists(all, static i => i.P0 == 0 || i.P1 == 0))
            return Decomposition.Null(basket.ZeroRelativeReason);
        var geometric = weights(all);
        var arithmetic = geometric.Select((w, k) => w / LogarithmicMean.Of(all[k].P1 / all[k].P0, mean)).ToArray();
        var total = CompensatedSum.Of(arithmetic);
        return new Decomposition(index, all.Select((i, k) => new Contribution(i.ItemId, arithmetic[k] / total * ((i.P1 - i.P0) / i.P0))));
    }

    private static double[] Shares(BilateralBasket.Pair[] pairs, Func<BilateralBasket.Pair, double> weight)
    {
        var weights = Array.ConvertAll(pairs, i => weight(i));
        var total = CompensatedSum.Of(weights);
        return Array.ConvertAll(weights, w => w / total);
    }
}
