using TokenFactory.Economics.Statistics;
using static TokenFactory.Economics.Tests.Statistics.RandomBaskets;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class CarriedPricesTests
{
    private static readonly IndexMethod Carried = new() { Kind = IndexKind.Price, Items = ItemSelection.Carried };

    [Fact]
    public void An_item_that_is_missing_for_a_while_keeps_its_last_price_with_quantity_0()
    {
        Basket[] baskets = [Of((1, 10, 1), (2, 4, 1)), Of((1, 11, 1)), Of((1, 12, 1)), Of((1, 13, 1), (2, 6, 3)), Of((1, 14, 1))];

        var filled = CarriedPrices.Fill(baskets);

        filled.Select(b => b.CarriedItems).Should().Equal(0, 1, 1, 0, 0);
        filled[2].Ids.ToArray().Should().Equal(1, 2);
        filled[2].Prices.ToArray().Should().Equal(12, 4);
        filled[2].Quantities.ToArray().Should().Equal(1, 0);
        filled[2].Value.Should().Be(12);
        filled[4].Should().BeSameAs(baskets[4]);
    }

    [Fact]
    public void Before_its_first_and_after_its_last_sale_nothing_is_carried_and_an_empty_period_stays_empty()
    {
        Basket[] baskets = [Of((1, 10, 1)), Of((2, 5, 1)), Of(), Of((2, 7, 1)), Of((3, 1, 1))];

        var filled = CarriedPrices.Fill(baskets);

        filled.Should().Equal(baskets);
    }

    [Fact]
    public void The_price_that_is_carried_is_that_of_the_last_sale()
    {
        var filled = CarriedPrices.Fill([Of((1, 10, 1)), Of((1, 8, 1)), Of((2, 1, 1)), Of((1, 9, 1)), Of((2, 1, 1)), Of((1, 3, 1))]);

        filled[2].Prices[0].Should().Be(8);
        filled[4].Prices[0].Should().Be(9);
    }

    [Fact]
    public void A_carried_item_is_neither_new_nor_vanished_and_its_return_enters_the_chain()
    {
        Basket[] baskets = [Of((1, 10, 1), (2, 4, 1)), Of((1, 10, 1)), Of((1, 10, 1), (2, 8, 5))];

        var carried = IndexSeries.Compile(baskets, 0, Carried);
        var matched = IndexSeries.Compile(baskets, 0, Carried with { Items = ItemSelection.Matched });

        carried.Select(p => (p.NewItems, p.VanishedItems, p.CarriedItems)).Should().Equal((0, 0, 0), (0, 0, 1), (0, 0, 0));
        // sqrt(10/10 x (10 + 8 x 5) / (10 + 4 x 5)); the matched model never sees the price of item 2 move.
        carried[2].Level.Should().BeApproximately(100 * Math.Sqrt(50.0 / 30), 1e-12);
        matched.Select(p => (p.Level, p.CarriedItems)).Should().Equal((100, 0), (100, 0), (100, 0));
    }

    [Fact]
    public void A_carried_price_counts_in_the_unweighted_formulas()
    {
        Basket[] baskets = [Of((1, 10, 1), (2, 4, 1)), Of((1, 20, 1)), Of((1, 20, 1), (2, 8, 5))];

        IndexSeries.Compile(baskets, 0, Carried with { Formula = BilateralFormula.Carli })[1].Level.Should().Be(150);
    }

    [Fact]
    public void Where_only_carried_prices_are_matched_nothing_weighs()
    {
        // Periods 1 and 2 share item 1 alone, sold in neither.
        Basket[] baskets = [Of((1, 10, 1)), Of((2, 1, 1)), Of((3, 1, 1)), Of((1, 10, 1))];
        var filled = CarriedPrices.Fill(baskets);

        foreach (var formula in new[] { BilateralFormula.Fisher, BilateralFormula.Walsh, BilateralFormula.Tornqvist, BilateralFormula.SatoVartia, BilateralFormula.Vartia1 })
            Bilateral.Price(formula, BilateralBasket.Of(filled[1], filled[2], ItemSelection.Carried)).NullReason.Should().Be("zero_quantity", formula.ToString());
    }
}
