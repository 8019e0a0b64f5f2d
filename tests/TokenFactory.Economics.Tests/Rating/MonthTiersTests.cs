using CsCheck;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Tests.Rating;

public sealed class MonthTiersTests
{
    // Prices of whole millionths: every amount of them is exact, so that no rounding hides a difference.
    private static readonly Gen<UnitValue> Price = Gen.Int[0, 9_000_000].Select(p => UnitValue.PerMillionTokens(p / 1_000_000m));
    private static readonly Gen<MonthTier[]> Steps = Gen.Select(Gen.Int[1, 3_000], Price).Array[0, 6]
        .Select(steps => steps.DistinctBy(s => s.Item1).OrderBy(s => s.Item1).Select(s => new MonthTier(s.Item1, s.Item2)).ToArray());

    // Up to 1,000 at 3, up to 10,000 at 2, above at 0.5.
    [Theory]
    [InlineData(false, 0, "0")]
    [InlineData(false, -5, "0")]
    [InlineData(false, 1, "0.000003")]
    [InlineData(false, 1_000, "0.003")]
    [InlineData(false, 1_001, "0.003002")]
    [InlineData(false, 10_000, "0.021")]
    [InlineData(false, 10_001, "0.0210005")]
    [InlineData(false, 1_000_000_000_000_000, "500000000.016")]
    [InlineData(true, 0, "0")]
    [InlineData(true, -5, "0")]
    [InlineData(true, 1_000, "0.003")]
    [InlineData(true, 1_001, "0.002002")]
    [InlineData(true, 10_000, "0.02")]
    [InlineData(true, 10_001, "0.0050005")]
    [InlineData(true, 1_000_000_000_000_000, "500000000")]
    public void A_month_costs_what_its_tiers_say_on_each_side_of_each_threshold(bool isVolume, long quantity, string amount)
    {
        var tiers = new MonthTiers(isVolume, UnitValue.PerMillionTokens(3),
            [new MonthTier(1_000, UnitValue.PerMillionTokens(2)), new MonthTier(10_000, UnitValue.PerMillionTokens(0.5m))]);

        tiers.AmountOf(quantity).Should().Be(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_graduated_month_is_the_sum_of_its_tokens()
    {
        Gen.Select(Price, Steps, Gen.Int[0, 4_000]).Sample((first, steps, quantity) =>
        {
            var tokens = Enumerable.Range(1, quantity).Sum(n => PriceOf(n, first, steps).ValuePerMillionTokens / 1_000_000m);

            new MonthTiers(false, first, steps).AmountOf(quantity).Should().Be(tokens);
        });
    }

    [Fact]
    public void A_month_by_volume_costs_one_price_that_of_its_last_token()
    {
        Gen.Select(Price, Steps, Gen.Int[1, 4_000]).Sample((first, steps, quantity) =>
            new MonthTiers(true, first, steps).AmountOf(quantity).Should().Be(PriceOf(quantity, first, steps).AmountOf(quantity)));
    }

    [Fact]
    public void Splitting_a_graduated_quantity_at_any_point_sums_to_the_same_amount()
    {
        Gen.Select(Price, Steps, Gen.Int[0, 4_000], Gen.Int[0, 4_000]).Sample((first, steps, before, after) =>
        {
            // What comes after the point begins in the tier that was reached, and the thresholds are nearer by what came before.
            var rest = new MonthTiers(false, PriceOf(before + 1, first, steps),
                [.. steps.Where(s => s.Above > before).Select(s => s with { Above = s.Above - before })]);
            var whole = new MonthTiers(false, first, steps);

            (whole.AmountOf(before) + rest.AmountOf(after)).Should().Be(whole.AmountOf(before + after));
        });
    }

    [Fact]
    public void A_graduated_month_never_costs_less_for_more_tokens()
    {
        Gen.Select(Price, Steps, Gen.Int[0, 4_000], Gen.Int[0, 4_000]).Sample((first, steps, quantity, more) =>
            new MonthTiers(false, first, steps).AmountOf(quantity + more).Should().BeGreaterThanOrEqualTo(new MonthTiers(false, first, steps).AmountOf(quantity)));
    }

    [Theory]
    [InlineData(new long[] { 0 })]
    [InlineData(new long[] { 10, 10 })]
    [InlineData(new long[] { 10, 9 })]
    public void Thresholds_that_do_not_rise_are_refused(long[] above)
    {
        var act = () => new MonthTiers(false, default, [.. above.Select(a => new MonthTier(a, default))]);

        act.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_month_beyond_the_largest_quantity_is_refused()
    {
        var act = () => new MonthTiers(false, default, []).AmountOf(MonthTiers.MaxQuantity + 1);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    // The n-th token of the month lies above every threshold that is less than n.
    private static UnitValue PriceOf(int token, UnitValue first, MonthTier[] steps) => steps.LastOrDefault(s => token > s.Above)?.UnitValue ?? first;
}
