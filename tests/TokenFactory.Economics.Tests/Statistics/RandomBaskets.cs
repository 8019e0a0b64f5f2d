using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>Baskets for properties: items that come and go, free ones, and numbers at the ends of what is allowed.</summary>
internal static class RandomBaskets
{
    /// <summary>A price and a quantity above 0.</summary>
    public static readonly Gen<ItemValue> Priced =
        Gen.Select(Gen.Long[1, 1_000_000_000_000], Gen.Long[1, 1_000_000_000]).Select((v, q) => new ItemValue((decimal)v / 1_000_000, q));

    // An item: missing (no quantity), free, or priced.
    private static readonly Gen<ItemValue> Item = Gen.Frequency(
        (1, Gen.Const(new ItemValue(0, 0))),
        (1, Gen.Long[1, 1_000_000_000].Select(q => new ItemValue(0, q))),
        (8, Priced));

    // Values up to 10^27, prices down to 10^-18 per token and below.
    private static readonly Gen<ItemValue> ExtremeItem = Gen.Frequency(
        (1, Item),
        (4, Gen.Select(Gen.Int[-12, 27], Gen.Int[0, 27]).Select((v, q) => new ItemValue(PowerOfTen(v), PowerOfTen(q)))));

    /// <summary>Up to eight items, some missing, some free; often none in common with another.</summary>
    public static readonly Gen<Basket> Any = BasketOf(Item.Array[0, 8]);

    /// <summary>The same at the ends of the range.</summary>
    public static readonly Gen<Basket> Extreme = BasketOf(ExtremeItem.Array[0, 6]);

    /// <summary>Five items, each present and priced.</summary>
    public static readonly Gen<Basket> Full = BasketOf(Priced.Array[5]);

    /// <summary>Some of eight items, each with a price above 0, at least the first one.</summary>
    public static readonly Gen<Basket> Churning =
        Gen.Select(Gen.Bool.Array[8], Priced.Array[8]).Select((present, items) => Of(items.Index().Where(i => i.Index == 0 || present[i.Index])));

    public static BilateralBasket Union(Basket @base, Basket current) => BilateralBasket.Of(@base, current, ItemSelection.Union);

    public static BilateralBasket Matched(Basket @base, Basket current) => BilateralBasket.Of(@base, current, ItemSelection.Matched);

    /// <summary>A basket of items with prices per token.</summary>
    public static Basket Of(params (int Id, decimal Price, decimal Quantity)[] items) =>
        new(items.Select(i => KeyValuePair.Create(i.Id, new ItemValue(i.Price * i.Quantity, i.Quantity))));

    public static Basket Map(this Basket basket, Func<int, ItemValue, ItemValue> change) =>
        new(basket.Items.Select(i => KeyValuePair.Create(i.Key, change(i.Key, i.Value))));

    private static Basket Of(IEnumerable<(int Index, ItemValue Item)> items) => new(items.Select(i => KeyValuePair.Create(i.Index, i.Item)));

    private static Gen<Basket> BasketOf(Gen<ItemValue[]> items) => items.Select(all => Of(all.Index()));

    private static decimal PowerOfTen(int exponent)
    {
        var power = 1m;
        for (var i = 0; i < Math.Abs(exponent); i++)
            power *= 10;
        return exponent < 0 ? 1 / power : power;
    }
}
