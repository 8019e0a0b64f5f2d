using CsCheck;
using TokenFactory.Economics.Statistics;
using static TokenFactory.Economics.Statistics.BilateralFormula;
using static TokenFactory.Economics.Tests.Statistics.RandomBaskets;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>What an index number must satisfy, for every formula that does: the tests of Fisher and Eichhorn (CPI Manual 2004, ch. 16).</summary>
public sealed class IndexAxiomTests
{
    private static readonly BilateralFormula[] Formulas = [.. Enum.GetValues<BilateralFormula>().Where(f => !LoweYoung.Covers(f))];
    private static readonly BilateralFormula[] TimeReversible =
        [Fisher, Tornqvist, Walsh, MarshallEdgeworth, Stuvel, SatoVartia, Vartia1, Jevons, Cswd, Dutot, GearyKhamis];

    [Fact]
    public void Identity_the_same_basket_has_index_1() => Full.Sample(basket =>
    {
        foreach (var formula in Formulas)
        {
            Value(Bilateral.Price(formula, Union(basket, basket))).Should().BeApproximately(1, 1e-12, formula.ToString());
            Value(Bilateral.Quantity(formula, Union(basket, basket))).Should().BeApproximately(1, 1e-12, formula.ToString());
        }
    });

    [Fact]
    public void Identity_the_same_prices_have_price_index_1_whatever_was_bought() => Gen.Select(Full, Full).Sample((a, b) =>
    {
        var bought = WithPricesOf(a, b);
        foreach (var formula in Formulas)
            Value(Bilateral.Price(formula, Union(a, bought))).Should().BeApproximately(1, 1e-9, formula.ToString());
    });

    [Fact]
    public void Proportionality_prices_times_k_give_index_k_whatever_was_bought() => Gen.Select(Full, Full, Gen.Int[1, 1_000]).Sample((a, b, k) =>
    {
        var dearer = WithPricesOf(a, b).Map((_, item) => item with { Value = item.Value * k });

        foreach (var formula in Formulas.Where(f => f != Vartia1))
            Value(Bilateral.Price(formula, Union(a, dearer))).Should().BeApproximately(k, k * 1e-9, formula.ToString());
    });

    [Fact]
    public void Vartia_I_is_the_one_that_is_not_proportional()
    {
        var (before, after) = (Of((1, 1, 10), (2, 1, 1)), Of((1, 3, 1), (2, 3, 10)));

        Value(Bilateral.Vartia1(Union(before, after))).Should().NotBeApproximately(3, 0.1);
    }

    [Fact]
    public void Time_reversal_forwards_and_backwards_cancel() => Gen.Select(Full, Full).Sample((a, b) =>
    {
        foreach (var formula in TimeReversible)
        {
            (Value(Bilateral.Price(formula, Union(a, b))) * Value(Bilateral.Price(formula, Union(b, a)))).Should().BeApproximately(1, 1e-9, formula.ToString());
            (Value(Bilateral.Quantity(formula, Union(a, b))) * Value(Bilateral.Quantity(formula, Union(b, a)))).Should().BeApproximately(1, 1e-9, formula.ToString());
        }
    });

    [Theory]
    [InlineData(Laspeyres, Paasche)]
    [InlineData(GeometricLaspeyres, GeometricPaasche)]
    [InlineData(Carli, Harmonic)]
    [InlineData(Palgrave, HarmonicLaspeyres)]
    public void Time_reversal_one_formula_backwards_is_another_one_forwards(BilateralFormula formula, BilateralFormula other) =>
        Gen.Select(Full, Full).Sample((a, b) =>
            (Value(Bilateral.Price(formula, Union(a, b))) * Value(Bilateral.Price(other, Union(b, a)))).Should().BeApproximately(1, 1e-9));

    [Fact]
    public void Time_reversal_holds_for_Fisher_even_when_items_come_and_go() => Gen.Select(Churning, Churning).Sample((a, b) =>
        (Value(Bilateral.Fisher(Union(a, b))) * Value(Bilateral.Fisher(Union(b, a)))).Should().BeApproximately(1, 1e-9));

    [Theory]
    [InlineData(Fisher)]
    [InlineData(Stuvel)]
    [InlineData(SatoVartia)]
    [InlineData(Vartia1)]
    public void Factor_reversal_price_times_quantity_is_value(BilateralFormula formula) => Gen.Select(Full, Full).Sample((a, b) =>
        IsNear(Value(Bilateral.Price(formula, Union(a, b))) * Value(Bilateral.Quantity(formula, Union(a, b))), Value(Bilateral.ValueRatio(a, b))));

    [Theory]
    [InlineData(Laspeyres, Paasche)]
    [InlineData(Paasche, Laspeyres)]
    [InlineData(Fisher, Fisher)]
    [InlineData(Stuvel, Stuvel)]
    public void Product_test_value_is_price_times_quantity_even_when_items_come_and_go(BilateralFormula price, BilateralFormula quantity) =>
        Gen.Select(Any, Any).Sample((a, b) =>
        {
            if (Bilateral.Price(price, Union(a, b)).Value is { } p && Bilateral.Quantity(quantity, Union(a, b)).Value is { } q
                && Bilateral.ValueRatio(a, b).Value is { } value && p > 0)
            {
                (p * q).Should().BeApproximately(value, 1e-9 * Math.Max(1, value));
            }
        });

    [Fact]
    public void Commensurability_the_unit_of_an_item_does_not_matter() => Gen.Select(Full, Full, Gen.Int[2, 1_000]).Sample((a, b, k) =>
    {
        Basket InOtherUnits(Basket basket) => basket.Map((id, item) => id == 0 ? item with { Quantity = item.Quantity * k } : item);

        foreach (var formula in Formulas.Where(f => f != Dutot))
        {
            IsNear(Value(Bilateral.Price(formula, Union(InOtherUnits(a), InOtherUnits(b)))), Value(Bilateral.Price(formula, Union(a, b))));
            IsNear(Value(Bilateral.Quantity(formula, Union(InOtherUnits(a), InOtherUnits(b)))), Value(Bilateral.Quantity(formula, Union(a, b))));
        }
    });

    [Fact]
    public void Dutot_is_the_one_that_depends_on_units()
    {
        var inTokens = Union(Of((1, 10, 1), (2, 10, 1)), Of((1, 20, 1), (2, 10, 1)));
        var inThousands = Union(Of((1, 10_000, 1), (2, 10, 1)), Of((1, 20_000, 1), (2, 10, 1)));

        Value(Bilateral.Dutot(inTokens)).Should().Be(1.5);
        Value(Bilateral.Dutot(inThousands)).Should().BeApproximately(2, 0.001);
    }

    [Fact]
    public void Mean_value_an_index_lies_between_the_smallest_and_the_largest_relative() => Gen.Select(Full, Full).Sample((a, b) =>
    {
        var relatives = Union(a, b).Pairs.ToArray().Select(i => i.P1 / i.P0).ToList();

        foreach (var formula in Formulas.Except([Stuvel, Vartia1]))
        {
            Value(Bilateral.Price(formula, Union(a, b))).Should()
                .BeInRange(relatives.Min() * (1 - 1e-9), relatives.Max() * (1 + 1e-9), formula.ToString());
        }
    });

    [Theory]
    [InlineData(Harmonic, Jevons)]
    [InlineData(Jevons, Carli)]
    [InlineData(HarmonicLaspeyres, GeometricLaspeyres)]
    [InlineData(GeometricLaspeyres, Laspeyres)]
    [InlineData(Paasche, GeometricPaasche)]
    [InlineData(GeometricPaasche, Palgrave)]
    [InlineData(LloydMoulton, GeometricLaspeyres)]
    [InlineData(Fisher, Drobisch)]
    public void Bounds_one_mean_never_exceeds_another(BilateralFormula smaller, BilateralFormula larger) => Gen.Select(Full, Full).Sample((a, b) =>
        Value(Bilateral.Price(smaller, Union(a, b))).Should().BeLessThanOrEqualTo(Value(Bilateral.Price(larger, Union(a, b))) * (1 + 1e-9)));

    [Fact]
    public void Bounds_what_averages_Laspeyres_and_Paasche_lies_between_them() => Gen.Select(Any, Any).Sample((a, b) =>
    {
        var pair = Union(a, b);
        if (Bilateral.Laspeyres(pair).Value is not { } laspeyres || Bilateral.Paasche(pair).Value is not { } paasche)
            return;
        foreach (var formula in new[] { Fisher, Drobisch, MarshallEdgeworth })
        {
            Value(Bilateral.Price(formula, pair)).Should()
                .BeInRange(Math.Min(laspeyres, paasche) * (1 - 1e-12), Math.Max(laspeyres, paasche) * (1 + 1e-12), formula.ToString());
        }
    });

    [Fact]
    public void Symmetry_the_numbers_of_items_do_not_matter() => Gen.Select(Any, Any).Sample((a, b) =>
    {
        static Basket Renumbered(Basket basket) => new(basket.Items.Select(i => KeyValuePair.Create(i.Key * 5 % 11, i.Value)));

        foreach (var formula in Formulas)
        {
            var (first, second) = (Bilateral.Price(formula, Union(a, b)), Bilateral.Price(formula, Union(Renumbered(a), Renumbered(b))));
            second.NullReason.Should().Be(first.NullReason);
            if (first.Value is { } value)
                IsNear(Value(second), value);
        }
    });

    [Fact]
    public void Numbers_at_the_ends_of_the_range_give_a_value_or_a_reason_and_never_a_NaN() => Gen.Select(Extreme, Extreme).Sample((a, b) =>
    {
        foreach (var selection in Enum.GetValues<ItemSelection>())
        foreach (var formula in Formulas)
        {
            var pair = BilateralBasket.Of(a, b, selection);
            foreach (var index in new[] { Bilateral.Price(formula, pair), Bilateral.Quantity(formula, pair) })
            {
                (index.Value is null).Should().Be(index.NullReason is not null);
                (index.Value is null or (>= 0 and < double.PositiveInfinity)).Should().BeTrue();
                index.NullReason.Should().NotBe(NullReasons.OutOfRange, formula.ToString());
            }
        }
    }, iter: 1_000);

    private static Basket WithPricesOf(Basket prices, Basket quantities)
    {
        var price = prices.Items.ToDictionary(i => i.Key, i => i.Value.Value / i.Value.Quantity);
        return quantities.Map((id, item) => item with { Value = price[id] * item.Quantity });
    }

    private static void IsNear(double actual, double expected) => actual.Should().BeApproximately(expected, 1e-9 * expected);

    private static double Value(IndexValue index) => index.Value ?? throw new InvalidOperationException(index.NullReason);
}
