using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>What every index number must satisfy, over random baskets with entry, exit, missing quantities and free items.</summary>
public sealed class IndexAxiomTests
{
    // An item: missing (no quantity), free, or priced.
    private static readonly Gen<ItemValue> Item = Gen.Frequency(
        (1, Gen.Const(new ItemValue(0, 0))),
        (1, Gen.Long[1, 1_000_000_000].Select(q => new ItemValue(0, q))),
        (8, Gen.Select(Gen.Long[1, 1_000_000_000_000], Gen.Long[1, 1_000_000_000]).Select((v, q) => new ItemValue((decimal)v / 1_000_000, q))));

    private static readonly Gen<Basket> AnyBasket = Item.Array[0, 8].Select(items =>
        new Basket(items.Select((item, id) => KeyValuePair.Create(id, item))));

    private static readonly Gen<Basket> PricedBasket = Gen.Select(Gen.Long[1, 1_000_000_000_000], Gen.Long[1, 1_000_000_000]).Array[5].Select(items =>
        new Basket(items.Select((item, id) => KeyValuePair.Create(id, new ItemValue((decimal)item.Item1 / 1_000_000, item.Item2)))));

    private static readonly BilateralFormula[] Formulas = Enum.GetValues<BilateralFormula>();
    private static readonly ItemSelection[] Selections = Enum.GetValues<ItemSelection>();

    [Fact]
    public void Identity_the_same_basket_has_index_1() => PricedBasket.Sample(basket =>
    {
        foreach (var formula in Formulas)
        {
            Bilateral.Price(formula, Pair(basket, basket)).Value.Should().BeApproximately(1, 1e-12);
            Bilateral.Quantity(formula, Pair(basket, basket)).Value.Should().BeApproximately(1, 1e-12);
        }
    });

    [Fact]
    public void Proportionality_prices_times_k_give_index_k() => Gen.Select(PricedBasket, Gen.Int[1, 1_000]).Sample((basket, k) =>
    {
        var dearer = new Basket(basket.Items.Select(i => KeyValuePair.Create(i.Key, i.Value with { Value = i.Value.Value * k })));

        foreach (var formula in Formulas)
            Bilateral.Price(formula, Pair(basket, dearer)).Value.Should().BeApproximately(k, k * 1e-12);
    });

    [Fact]
    public void Time_reversal_Fisher_forwards_and_backwards_cancel() => Gen.Select(PricedBasket, PricedBasket).Sample((a, b) =>
        (Bilateral.Fisher(Pair(a, b)).Value * Bilateral.Fisher(Pair(b, a)).Value).Should().BeApproximately(1, 1e-9));

    [Fact]
    public void Product_test_value_is_price_times_quantity_even_when_items_come_and_go() => Gen.Select(AnyBasket, AnyBasket).Sample((a, b) =>
    {
        var union = Pair(a, b);
        if (Bilateral.Fisher(union).Value is not { } price || Bilateral.FisherQuantity(union).Value is not { } quantity
            || Bilateral.ValueRatio(a, b).Value is not { } value || price == 0)
        {
            return;
        }

        (price * quantity).Should().BeApproximately(value, 1e-9 * Math.Max(1, value));
    });

    [Fact]
    public void Commensurability_the_unit_of_an_item_does_not_matter() => Gen.Select(PricedBasket, PricedBasket, Gen.Int[2, 1_000]).Sample((a, b, k) =>
    {
        Basket InThousands(Basket basket) => new(basket.Items.Select(i => i.Key == 0
            ? KeyValuePair.Create(i.Key, i.Value with { Quantity = i.Value.Quantity * k })
            : i));

        foreach (var formula in Formulas)
        {
            var expected = Bilateral.Price(formula, Pair(a, b)).Value!.Value;
            Bilateral.Price(formula, Pair(InThousands(a), InThousands(b))).Value.Should().BeApproximately(expected, 1e-9 * expected);
        }
    });

    [Fact]
    public void Fisher_lies_between_Laspeyres_and_Paasche() => Gen.Select(AnyBasket, AnyBasket).Sample((a, b) =>
    {
        var pair = Pair(a, b);
        if (Bilateral.Fisher(pair).Value is not { } fisher)
            return;
        var bounds = new[] { Bilateral.Laspeyres(pair).Value!.Value, Bilateral.Paasche(pair).Value!.Value };
        fisher.Should().BeInRange(bounds.Min() * (1 - 1e-12), bounds.Max() * (1 + 1e-12));
    });

    [Fact]
    public void A_series_never_holds_a_NaN_or_an_infinity_and_says_why_a_level_is_missing() =>
        Gen.Select(AnyBasket.Array[1, 8], Gen.Int[-1, 8]).Sample((baskets, reference) =>
        {
            foreach (var kind in Enum.GetValues<IndexKind>())
            foreach (var formula in Formulas)
            foreach (var linking in Enum.GetValues<Linking>())
            foreach (var selection in Selections)
            {
                var series = IndexSeries.Compile(baskets, reference, new IndexMethod { Kind = kind, Formula = formula, Linking = linking, Items = selection });

                series.Should().HaveCount(baskets.Length);
                foreach (var point in series)
                {
                    (point.Level is null).Should().Be(point.NullReason is not null);
                    (point.Level is null || double.IsFinite(point.Level.Value)).Should().BeTrue();
                    (point.MatchedShare is null or (>= 0 and <= 1.0000001)).Should().BeTrue();
                }
            }
        });

    [Fact]
    public void The_reference_period_is_100_whatever_the_method() => PricedBasket.Array[2, 6].Sample(baskets =>
    {
        foreach (var linking in Enum.GetValues<Linking>())
        {
            for (var reference = 0; reference < baskets.Length; reference++)
            {
                IndexSeries.Compile(baskets, reference, new IndexMethod { Kind = IndexKind.Price, Linking = linking })[reference].Level
                    .Should().BeApproximately(100, 1e-9);
            }
        }
    });

    [Fact]
    public void Another_reference_period_scales_a_chain_and_changes_no_movement() => Gen.Select(PricedBasket.Array[3, 6], Gen.Int[1, 2]).Sample((baskets, other) =>
    {
        var method = new IndexMethod { Kind = IndexKind.Quantity };
        var first = IndexSeries.Compile(baskets, 0, method);
        var second = IndexSeries.Compile(baskets, other, method);

        for (var t = 1; t < baskets.Length; t++)
        {
            var movement = first[t].Level!.Value / first[t - 1].Level!.Value;
            (second[t].Level!.Value / second[t - 1].Level!.Value).Should().BeApproximately(movement, 1e-9 * movement);
        }
    });

    private static BilateralBasket Pair(Basket @base, Basket current) => BilateralBasket.Of(@base, current, ItemSelection.Union);
}
