namespace TokenFactory.Economics.Statistics;

/// <summary>Which items of two periods are compared.</summary>
public enum ItemSelection
{
    /// <summary>Every item of either period; the missing price of one that came or went is imputed. The headline rule.</summary>
    Union,

    /// <summary>Items that are present in both periods only (matched model).</summary>
    Matched,

    /// <summary>
    /// As <see cref="Matched"/>, over prices carried forward: an item that is missing for a while keeps its last price, with quantity 0
    /// (<see cref="CarriedPrices"/>). A flagged option, not the headline rule: a price that nobody paid stands still.
    /// </summary>
    Carried,
}

/// <summary>
/// Two periods side by side: the sums of products from which every basket index is made, p and q of period 0 and 1 over the compared items.
/// Sums of p x q across periods are taken in double: prices are quotients, which no decimal holds exactly. They run in a
/// fixed order and carry the error of each addition along (<see cref="CompensatedSum"/>), so that figures don't depend on how the items happen
/// to be numbered.
/// </summary>
public sealed class BilateralBasket
{
    private readonly Pair[] _pairs;
    private readonly bool _isSwapped;
    private BilateralBasket? _swapped;

    private BilateralBasket(Pair[] pairs)
    {
        _pairs = pairs;
        CompensatedSum p0q0 = default, p1q0 = default, p0q1 = default, p1q1 = default;
        foreach (ref readonly var i in pairs.AsSpan())
        {
            p0q0.Add(i.P0 * i.Q0);
            p1q0.Add(i.P1 * i.Q0);
            p0q1.Add(i.P0 * i.Q1);
            p1q1.Add(i.P1 * i.Q1);
        }

        (P0Q0, P1Q0, P0Q1, P1Q1) = (p0q0.Value, p1q0.Value, p0q1.Value, p1q1.Value);
    }

    private BilateralBasket(BilateralBasket of)
    {
        _pairs = Array.ConvertAll(of._pairs, static i => new Pair(i.ItemId, i.Q0, i.P0, i.Q1, i.P1));
        (_swapped, _isSwapped) = (of, !of._isSwapped);
        (P0Q0, P1Q0, P0Q1, P1Q1) = (of.P0Q0, of.P0Q1, of.P1Q0, of.P1Q1);
        (NullReason, MatchedShare) = (of.NullReason, of.MatchedShare);
        (NewItems, VanishedItems, MatchedItems) = (of.NewItems, of.VanishedItems, of.MatchedItems);
    }

    /// <summary>One compared item. An imputed price has quantity 0.</summary>
    /// <param name="P0">Price in period 0, money per token.</param>
    /// <param name="Q0">Tokens in period 0.</param>
    /// <param name="P1">Price in period 1, money per token.</param>
    /// <param name="Q1">Tokens in period 1.</param>
    public readonly record struct Pair(int ItemId, double P0, double Q0, double P1, double Q1);

    /// <summary>The compared items: matched ones by id, then new ones, then vanished ones.</summary>
    public ReadOnlySpan<Pair> Pairs => _pairs;

    /// <summary>Those of them that have a price of their own in both periods.</summary>
    public ReadOnlySpan<Pair> Matched => _pairs.AsSpan(0, MatchedItems);

    /// <summary>The same items with prices and quantities exchanged: the price index over it is the quantity index of the formula.</summary>
    public BilateralBasket Swapped => _swapped ??= new BilateralBasket(this);

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

    /// <summary>Why a relative does not exist: its price is 0, or its quantity after the exchange.</summary>
    internal string ZeroRelativeReason => _isSwapped ? NullReasons.ZeroQuantity : NullReasons.ZeroPrice;

    /// <summary>Why all weights are 0: something is free, or else nothing was sold at the prices that were imputed or carried.</summary>
    internal string ZeroWeightReason
    {
        get
        {
            var swapped = _isSwapped;
            return Array.Exists(_pairs, i => swapped ? i.Q0 == 0 || i.Q1 == 0 : i.P0 == 0 || i.P1 == 0)
                ? NullReasons.ZeroPrice
                : NullReasons.ZeroQuantity;
        }
    }

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
        var matching = Matching.Of(@base, current);
        var imputed = matching.Fresh.Count + matching.Gone.Count;
        return Of(@base, current, matching,
            selection == ItemSelection.Union && imputed > 0 ? Bilateral.Fisher(new BilateralBasket(matching.Pairs)) : null);
    }

    // The union with missing prices imputed at a given mean; the matched items alone where there is none.
    private static BilateralBasket Of(Basket @base, Basket current, Matching matching, IndexValue? mean)
    {
        var why = mean?.Value == 0 && matching.Fresh.Count > 0 ? NullReasons.ZeroPrice : mean?.NullReason;
        var pairs = mean?.Value is { } imputedAt && why is null ? Union(@base, current, matching, imputedAt) : matching.Pairs;
        return new BilateralBasket(pairs)
        {
            NullReason = why,
            MatchedItems = matching.Pairs.Length,
            NewItems = matching.Fresh.Count,
            VanishedItems = matching.Gone.Count,
            MatchedShare = @base.IsEmpty || current.IsEmpty
                ? null
                : (ShareOf(@base, matching.BaseValue, matching.Pairs.Length) + ShareOf(current, matching.CurrentValue, matching.Pairs.Length)) / 2,
        };
    }

    /// <summary>The union with the missing prices imputed at a mean that the caller gives: see <see cref="SelfConsistentFisher"/>.</summary>
    /// <param name="mean">The price index by which a new item's price is taken back and a vanished one's forward; above 0.</param>
    internal static BilateralBasket OfUnion(Basket @base, Basket current, double mean) =>
        Of(@base, current, Matching.Of(@base, current), IndexValue.Of(mean));

    private static Pair[] Union(Basket @base, Basket current, Matching matching, double mean) =>
    [
        .. matching.Pairs,
        .. matching.Fresh.Select(k => new Pair(current.Ids[k], current.Prices[k] / mean, 0, current.Prices[k], current.Quantities[k])),
        .. matching.Gone.Select(k => new Pair(@base.Ids[k], @base.Prices[k], @base.Quantities[k], @base.Prices[k] * mean, 0)),
    ];

    private static double ShareOf(Basket basket, decimal matchedValue, int matchedItems) =>
        basket.Value > 0 ? (double)(matchedValue / basket.Value) : (double)matchedItems / basket.Count;

    // Both baskets are in the order of ids: one walk along the two.
    private readonly record struct Matching(Pair[] Pairs, List<int> Fresh, List<int> Gone, decimal BaseValue, decimal CurrentValue)
    {
        public static Matching Of(Basket @base, Basket current)
        {
            ReadOnlySpan<int> baseIds = @base.Ids, currentIds = current.Ids;
            var pairs = new Pair[Math.Min(baseIds.Length, currentIds.Length)];
            List<int> fresh = [], gone = [];
            decimal baseValue = 0, currentValue = 0;
            int matched = 0, b = 0, c = 0;
            while (b < baseIds.Length || c < currentIds.Length)
            {
                if (c == currentIds.Length || (b < baseIds.Length && baseIds[b] < currentIds[c]))
                {
                    gone.Add(b++);
                }
                else if (b == baseIds.Length || currentIds[c] < baseIds[b])
                {
                    fresh.Add(c++);
                }
                else
                {
                    pairs[matched++] = new Pair(baseIds[b], @base.Prices[b], @base.Quantities[b], current.Prices[c], current.Quantities[c]);
                    baseValue += @base.Values[b++];
                    currentValue += current.Values[c++];
                }
            }

            return new Matching(pairs[..matched], fresh, gone, baseValue, currentValue);
        }
    }
}
