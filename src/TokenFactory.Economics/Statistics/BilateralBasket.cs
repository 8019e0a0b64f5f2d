namespace TokenFactory.Economics.Statistics;

/// <summary>Which items of two periods are compared.</summary>
public enum ItemSelection
{
    /// <summary>Every item of either period; the missing price of one that came or went is imputed. The headline rule.</summary>
    Union,

    /// <summary>Items that are present in both periods only (matched model).</summary>
    Matched,
}

/// <summary>
/// Two periods side by side: the sums of products from which every basket index is made, p and q of period 0 and 1 over the compared items.
/// Sums of p x q across periods are taken in double: prices are quotients, which no decimal holds exactly. They run in a
/// fixed order and carry the error of each addition along (Neumaier 1974), so that figures don't depend on how the items happen to be numbered.
/// </summary>
public sealed class BilateralBasket
{
    private BilateralBasket(IReadOnlyList<Pair> pairs)
    {
        Pairs = pairs;
        P0Q0 = Sum(pairs, i => i.P0 * i.Q0);
        P1Q0 = Sum(pairs, i => i.P1 * i.Q0);
        P0Q1 = Sum(pairs, i => i.P0 * i.Q1);
        P1Q1 = Sum(pairs, i => i.P1 * i.Q1);
    }

    /// <summary>One compared item. An imputed price has quantity 0.</summary>
    /// <param name="P0">Price in period 0, money per token.</param>
    /// <param name="Q0">Tokens in period 0.</param>
    /// <param name="P1">Price in period 1, money per token.</param>
    /// <param name="Q1">Tokens in period 1.</param>
    public readonly record struct Pair(int ItemId, double P0, double Q0, double P1, double Q1);

    public IReadOnlyList<Pair> Pairs { get; }

    /// <summary>S p0 q0, in money.</summary>
    public double P0Q0 { get; }

    /// <summary>S p1 q0, in money.</summary>
    public double P1Q0 { get; }

    /// <summary>S p0 q1, in money.</summary>
    public double P0Q1 { get; }

    /// <summary>S p1 q1, in money.</summary>
    public double P1Q1 { get; }

    /// <summary>
    /// One of <see cref="NullReasons"/> where the union asks for a price that can't be imputed: every index over it is null then, because
    /// leaving the item out would drop it from volume. Null otherwise.
    /// </summary>
    public string? NullReason { get; private init; }

    /// <summary>
    /// The share of matched items in the value of the two periods, the mean of both: (S_matched v0 / V0 + S_matched v1 / V1) / 2. A period
    /// whose value is 0 (all free) counts by its number of items instead. Null when either period has no item.
    /// </summary>
    public double? MatchedShare { get; private init; }

    /// <summary>Items of period 1 that period 0 does not have.</summary>
    public int NewItems { get; private init; }

    /// <summary>Items of period 0 that period 1 does not have.</summary>
    public int VanishedItems { get; private init; }

    /// <summary>Items of both periods.</summary>
    public int MatchedItems { get; private init; }

    /// <summary>Pairs the items of two periods.</summary>
    /// <param name="base">Period 0.</param>
    /// <param name="current">Period 1.</param>
    /// <param name="selection">
    /// For <see cref="ItemSelection.Union"/> a missing price is imputed at the overall mean of the matched items, P their Fisher price index: a
    /// new item gets p0 = p1 / P, a vanished one p1 = p0 P, each with quantity 0 where it is missing (METHODOLOGY, items that come and go;
    /// CPI Manual 2020, par. 6.36: overall mean imputation). Without a matched Fisher index nothing can be imputed, and with P = 0 (all that is
    /// matched became free) no price of a new item: see <see cref="NullReason"/>.
    /// </param>
    public static BilateralBasket Of(Basket @base, Basket current, ItemSelection selection)
    {
        var matched = new List<Pair>();
        var fresh = new List<(int Id, ItemValue Item)>();
        foreach (var (id, item) in current.Items)
        {
            if (@base.Items.TryGetValue(id, out var before))
                matched.Add(new Pair(id, before.Price, (double)before.Quantity, item.Price, (double)item.Quantity));
            else
                fresh.Add((id, item));
        }

        var gone = @base.Items.Where(i => !current.Items.ContainsKey(i.Key)).Select(i => (i.Key, i.Value)).ToList();
        var isImputed = selection == ItemSelection.Union && fresh.Count + gone.Count > 0;
        var mean = isImputed ? Bilateral.Fisher(new BilateralBasket(matched)) : default;
        var why = !isImputed ? null : mean.Value == 0 && fresh.Count > 0 ? NullReasons.ZeroPrice : mean.NullReason;
        List<Pair> pairs = [.. matched];
        if (isImputed && why is null)
        {
            pairs.AddRange(fresh.Select(i => new Pair(i.Id, i.Item.Price / mean.Value!.Value, 0, i.Item.Price, (double)i.Item.Quantity)));
            pairs.AddRange(gone.Select(i => new Pair(i.Key, i.Value.Price, (double)i.Value.Quantity, i.Value.Price * mean.Value!.Value, 0)));
        }

        return new BilateralBasket(pairs)
        {
            NullReason = why,
            MatchedItems = matched.Count,
            NewItems = fresh.Count,
            VanishedItems = gone.Count,
            MatchedShare = @base.IsEmpty || current.IsEmpty
                ? null
                : (ShareOf(@base, current) + ShareOf(current, @base)) / 2,
        };
    }

    private static double Sum(IReadOnlyList<Pair> pairs, Func<Pair, double> term)
    {
        double sum = 0, lost = 0;
        foreach (var pair in pairs)
        {
            var next = term(pair);
            var total = sum + next;
            lost += Math.Abs(sum) >= Math.Abs(next) ? sum - total + next : next - total + sum;
            sum = total;
        }

        return sum + lost;
    }

    private static double ShareOf(Basket basket, Basket other)
    {
        var matched = basket.Items.Where(i => other.Items.ContainsKey(i.Key)).ToList();
        return basket.Value > 0
            ? (double)(matched.Sum(i => i.Value.Value) / basket.Value)
            : (double)matched.Count / basket.Items.Count;
    }
}
