using CsCheck;
using TokenFactory.Economics.Statistics;
using static TokenFactory.Economics.Tests.Statistics.RandomBaskets;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class LoweYoungTests
{
    // Shares of b: 1/4 and 3/4.
    private static readonly Basket Weights = Of((1, 1, 2), (2, 3, 2));
    private static readonly Basket Before = Of((1, 2, 5), (2, 4, 10));
    private static readonly Basket After = Of((1, 4, 10), (2, 2, 40));

    [Theory]
    [InlineData(BilateralFormula.Lowe, (4.0 + 2) / (2 + 4), ((1.0 * 10) + (3 * 40)) / (5 + 30))]
    [InlineData(BilateralFormula.Young, (0.25 * 2) + (0.75 * 0.5), (0.25 * 2) + (0.75 * 4))]
    [InlineData(BilateralFormula.GeometricYoung, 0.70710678118654752, 3.3635856610148580)]
    public void A_third_period_weighs_prices_and_quantities(BilateralFormula formula, double price, double quantity)
    {
        var comparison = WeightedComparison.Of(Weights, Before, After);

        LoweYoung.Price(formula, comparison).Value.Should().BeApproximately(price, 1e-14);
        LoweYoung.Quantity(formula, comparison).Value.Should().BeApproximately(quantity, 1e-14);
        comparison.MatchedShare.Should().Be(1);
    }

    [Fact]
    public void Only_items_of_all_three_periods_are_compared_and_their_share_is_that_of_the_weights()
    {
        var comparison = WeightedComparison.Of(Of((1, 1, 2), (2, 3, 2), (3, 2, 1), (4, 1, 6)), Of((1, 2, 5), (2, 4, 10), (4, 1, 1), (5, 1, 1)), After);

        comparison.MatchedShare.Should().Be(0.5);
        LoweYoung.Price(BilateralFormula.Lowe, comparison).Should().Be(LoweYoung.Price(BilateralFormula.Lowe, WeightedComparison.Of(Weights, Before, After)));
    }

    [Fact]
    public void What_can_not_be_compared_has_a_reason()
    {
        string? Why(BilateralFormula formula, Basket weights, Basket before, Basket after) =>
            LoweYoung.Price(formula, WeightedComparison.Of(weights, before, after)).NullReason;
        var free = Of((1, 0, 5), (2, 4, 10));

        Why(BilateralFormula.Lowe, Of(), Before, After).Should().Be("empty_period");
        Why(BilateralFormula.Lowe, Of((9, 1, 1)), Before, After).Should().Be("no_matched_items");
        Why(BilateralFormula.Lowe, Weights, free, After).Should().BeNull();
        Why(BilateralFormula.Young, Weights, free, After).Should().Be("zero_price");
        Why(BilateralFormula.Young, Weights, Before, free).Should().BeNull();
        Why(BilateralFormula.GeometricYoung, Weights, Before, free).Should().Be("zero_price");
        Why(BilateralFormula.Young, Of((1, 0, 5), (2, 0, 1)), Before, After).Should().Be("zero_price");
        Why(BilateralFormula.Lowe, Weights, Of((1, 0, 5)), Of((1, 1, 1))).Should().Be("zero_price");
    }

    [Fact]
    public void With_the_weights_of_the_base_period_they_are_Laspeyres_and_the_geometric_Laspeyres() => Gen.Select(Full, Full).Sample((a, b) =>
    {
        var comparison = WeightedComparison.Of(a, a, b);
        var (laspeyres, geometric) = (Bilateral.Laspeyres(Matched(a, b)).Value!.Value, Bilateral.GeometricLaspeyres(Matched(a, b)).Value!.Value);

        LoweYoung.Price(BilateralFormula.Lowe, comparison).Value.Should().BeApproximately(laspeyres, 1e-9 * laspeyres);
        LoweYoung.Price(BilateralFormula.Young, comparison).Value.Should().BeApproximately(laspeyres, 1e-9 * laspeyres);
        LoweYoung.Price(BilateralFormula.GeometricYoung, comparison).Value.Should().BeApproximately(geometric, 1e-9 * geometric);
    });

    [Fact]
    public void A_chain_of_Lowe_links_is_the_direct_Lowe_index() => Gen.Select(Full.Array[3, 6], Gen.Int[0, 2], Gen.Int[0, 2]).Sample((baskets, reference, weights) =>
    {
        foreach (var kind in new[] { IndexKind.Price, IndexKind.Quantity })
        foreach (var formula in new[] { BilateralFormula.Lowe, BilateralFormula.GeometricYoung })
        {
            var method = new IndexMethod { Kind = kind, Formula = formula, WeightPeriod = weights };
            var chained = IndexSeries.Compile(baskets, reference, method);
            var direct = IndexSeries.Compile(baskets, reference, method with { Linking = Linking.FixedBase });

            for (var t = 0; t < baskets.Length; t++)
                chained[t].Level.Should().BeApproximately(direct[t].Level!.Value, 1e-9 * direct[t].Level!.Value);
        }
    });

    [Fact]
    public void The_reference_period_weighs_where_none_is_named()
    {
        var method = new IndexMethod { Kind = IndexKind.Price, Formula = BilateralFormula.Lowe };

        IndexSeries.Compile([Weights, Before, After], 0, method).Select(p => p.Level)
            .Should().Equal(IndexSeries.Compile([Weights, Before, After], 0, method with { WeightPeriod = 0 }).Select(p => p.Level));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(3)]
    public void Without_a_weight_period_there_is_no_series(int weights) =>
        IndexSeries.Compile([Before, Of(), After], 0, new IndexMethod { Kind = IndexKind.Price, Formula = BilateralFormula.Young, WeightPeriod = weights })
            .Should().OnlyContain(p => p.Level == null && p.NullReason == "no_weight_period");
}
