using TokenFactory.Economics.Statistics;
using static TokenFactory.Economics.Statistics.BilateralFormula;
using static TokenFactory.Economics.Tests.Statistics.RandomBaskets;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>Edge cases of the formulas; their values are those of the published cases (<see cref="ConformanceTests"/>).</summary>
public sealed class BilateralTests
{
    private static readonly BilateralFormula[] Formulas = [.. Enum.GetValues<BilateralFormula>().Where(f => !LoweYoung.Covers(f))];
    private static readonly BilateralFormula[] Unweighted = [Jevons, Carli, Dutot, Harmonic, Cswd];

    [Fact]
    public void Where_an_item_is_free_in_both_periods_only_formulas_without_relatives_have_a_value()
    {
        var pair = Matched(Of((1, 10, 1), (2, 0, 5)), Of((1, 20, 1), (2, 0, 5)));

        Formulas.Where(f => Bilateral.Price(f, pair).Value is not null).Should()
            .BeEquivalentTo([Laspeyres, Paasche, Fisher, Drobisch, MarshallEdgeworth, Walsh, GearyKhamis, Stuvel, Dutot]);
        Formulas.Select(f => Bilateral.Price(f, pair).NullReason).Where(r => r is not null).Should().OnlyContain(r => r == "zero_price");
    }

    [Fact]
    public void A_free_item_has_a_quantity_relative_all_the_same()
    {
        var pair = Matched(Of((1, 10, 1), (2, 0, 5)), Of((1, 20, 3), (2, 0, 15)));

        foreach (var formula in Formulas)
            Bilateral.Quantity(formula, pair).Value.Should().BeApproximately(formula == Dutot ? 18.0 / 6 : 3, 1e-12, formula.ToString());
    }

    [Fact]
    public void A_price_that_becomes_0_has_no_logarithm_and_no_reciprocal_but_a_relative()
    {
        var pair = Matched(Of((1, 10, 1), (2, 10, 1)), Of((1, 10, 1), (2, 0, 1)));

        Bilateral.Carli(pair).Value.Should().Be(0.5);
        Bilateral.Palgrave(pair).Value.Should().Be(1);
        foreach (var formula in new[] { Harmonic, HarmonicLaspeyres, Jevons, Tornqvist, SatoVartia, Vartia1, LloydMoulton })
            Bilateral.Price(formula, pair).NullReason.Should().Be("zero_price", formula.ToString());
    }

    [Fact]
    public void Over_a_union_with_churn_a_quantity_relative_does_not_exist()
    {
        var pair = Union(Of((1, 10, 1), (2, 10, 1)), Of((1, 10, 2), (3, 10, 1)));

        Formulas.Where(f => Bilateral.Quantity(f, pair).NullReason == "zero_quantity").Should()
            .BeEquivalentTo([Tornqvist, SatoVartia, Vartia1, GeometricLaspeyres, GeometricPaasche, HarmonicLaspeyres, Palgrave, LloydMoulton]);
        Formulas.Where(f => Bilateral.Quantity(f, pair).Value is not null).Should()
            .BeEquivalentTo([Laspeyres, Paasche, Fisher, Drobisch, MarshallEdgeworth, Walsh, GearyKhamis, Stuvel, .. Unweighted]);
    }

    [Fact]
    public void Unweighted_formulas_compare_matched_items_whatever_the_selection()
    {
        var (before, after) = (Of((1, 10, 1), (2, 4, 7), (3, 9, 9)), Of((1, 30, 1), (2, 4, 5), (4, 5, 5)));

        foreach (var formula in Unweighted)
        {
            Bilateral.Price(formula, Union(before, after)).Should().Be(Bilateral.Price(formula, Matched(before, after)));
            Bilateral.Quantity(formula, Union(before, after)).Should().Be(Bilateral.Quantity(formula, Matched(before, after)));
        }

        Bilateral.Carli(Union(before, after)).Value.Should().Be(2);
        Bilateral.Jevons(Union(before, after)).Value.Should().BeApproximately(Math.Sqrt(3), 1e-15);
        Bilateral.Harmonic(Union(before, after)).Value.Should().BeApproximately(1.5, 1e-15);
        Bilateral.Dutot(Union(before, after)).Value.Should().BeApproximately(34.0 / 14, 1e-15);
    }

    [Fact]
    public void Unweighted_formulas_need_no_imputation()
    {
        // All that is matched became free: the price of item 2 before can not be imputed.
        var pair = Union(Of((1, 10, 2)), Of((1, 0, 4), (2, 50, 1)));

        Bilateral.Carli(pair).Value.Should().Be(0);
        Bilateral.Quantity(Carli, pair).Value.Should().Be(2);
        Bilateral.Fisher(pair).NullReason.Should().Be("zero_price");
    }

    [Fact]
    public void An_imputed_price_weighs_only_where_the_item_was_sold()
    {
        // Item 1 doubles; 2 is new and so gets half its price before.
        var pair = Union(Of((1, 10, 4)), Of((1, 20, 1), (2, 20, 1)));

        foreach (var formula in Formulas.Except([Vartia1]))
            Bilateral.Price(formula, pair).Value.Should().BeApproximately(2, 1e-12, formula.ToString());
    }

    [Fact]
    public void Nothing_in_common_is_said_by_every_formula()
    {
        foreach (var formula in Formulas)
        {
            Bilateral.Price(formula, Union(Of((1, 1, 1)), Of((2, 1, 1)))).NullReason.Should().Be("no_matched_items", formula.ToString());
            Bilateral.Price(formula, Matched(Of(), Of((2, 1, 1)))).NullReason.Should().Be("no_matched_items", formula.ToString());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.9999999)]
    [InlineData(1)]
    [InlineData(1.0000001)]
    [InlineData(2)]
    [InlineData(500)]
    public void Lloyd_Moulton_is_a_mean_of_order_1_less_sigma(double sigma)
    {
        var pair = Matched(Of((1, 1, 3), (2, 1, 1)), Of((1, 2, 1), (2, 4, 1)));

        var expected = sigma is > 0.99 and < 1.01 ? Math.Exp((0.75 * Math.Log(2)) + (0.25 * Math.Log(4)))
            : Math.Pow((0.75 * Math.Pow(2, 1 - sigma)) + (0.25 * Math.Pow(4, 1 - sigma)), 1 / (1 - sigma));
        Bilateral.LloydMoulton(pair, sigma).Value.Should().BeApproximately(expected, sigma is 0.9999999 or 1.0000001 ? 1e-6 : 1e-12);
    }

    [Fact]
    public void Lloyd_Moulton_is_smooth_where_its_own_formula_loses_digits()
    {
        var pair = Matched(Of((1, 1, 3), (2, 1, 1)), Of((1, 2, 1), (2, 4, 1)));

        foreach (var step in new[] { 0.9e-5, 1.1e-5 })
        {
            // The mean of order e is, near 0, the geometric one times 1 + e/2 of the variance of the logarithms.
            var variance = 0.75 * 0.25 * Math.Pow(Math.Log(2), 2);
            Bilateral.LloydMoulton(pair, 1 - step).Value.Should()
                .BeApproximately(Bilateral.GeometricLaspeyres(pair).Value!.Value * Math.Exp(step * variance / 2), 1e-10);
        }
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_elasticity_below_0_is_refused(double sigma) =>
        FluentActions.Invoking(() => Bilateral.LloydMoulton(Matched(Of((1, 1, 1)), Of((1, 1, 1))), sigma)).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void A_formula_of_three_periods_is_refused() =>
        FluentActions.Invoking(() => Bilateral.Price(Lowe, Matched(Of((1, 1, 1)), Of((1, 1, 1))))).Should().Throw<ArgumentOutOfRangeException>();

    [Theory]
    [InlineData(0, 5, 0)]
    [InlineData(7, 7, 7)]
    [InlineData(1, 2.718281828459045, 1.718281828459045)]
    [InlineData(1e27, 1.000000000001e27, 1.0000000000005e27)]
    [InlineData(1e-18, 1e27, 1e27 / 103.61632918473205)]
    public void The_logarithmic_mean_keeps_its_digits(double a, double b, double mean)
    {
        LogarithmicMean.Of(a, b).Should().BeApproximately(mean, 4e-15 * mean);
        LogarithmicMean.Of(b, a).Should().BeApproximately(mean, 4e-15 * mean);
    }

    [Fact]
    public void Exchanging_prices_and_quantities_twice_gives_the_same_pair()
    {
        var pair = Union(Of((1, 10, 4)), Of((1, 20, 1), (2, 20, 1)));

        pair.Swapped.Swapped.Should().BeSameAs(pair);
        (pair.Swapped.P1Q0, pair.Swapped.P0Q1).Should().Be((pair.P0Q1, pair.P1Q0));
        (pair.Swapped.NewItems, pair.Swapped.MatchedItems).Should().Be((1, 1));
    }
}
