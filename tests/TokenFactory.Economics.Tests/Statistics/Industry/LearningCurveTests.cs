using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class LearningCurveTests
{
    [Fact]
    public void A_price_that_halves_each_year_while_experience_quadruples_follows_both_laws()
    {
        var curve = LearningCurve.Fit([.. Enumerable.Range(0, 5).Select(t => new LearningPoint(2020 + t, 8 / Math.Pow(2, t), Math.Pow(4, t)))]);

        curve.Exponent.Value.Should().BeApproximately(-0.5, 1e-12);
        curve.ProgressRatio.Value.Should().BeApproximately(Math.Sqrt(0.5), 1e-12);
        curve.LearningRate.Value.Should().BeApproximately(1 - Math.Sqrt(0.5), 1e-12);
        curve.Doublings.Value.Should().BeApproximately(8, 1e-12);
        curve.AnnualRate.Value.Should().BeApproximately(0.5, 1e-12);
        curve.HalvingYears.Value.Should().BeApproximately(1, 1e-12);
        curve.Moore.RSquared.Value.Should().BeApproximately(1, 1e-12);
        curve.LeftOut.Should().Be(0);
    }

    [Fact]
    public void The_interval_of_the_learning_rate_is_that_of_the_exponent()
    {
        // The points of case 25, and b -/+ t(3) se(b) from its published figures.
        var curve = LearningCurve.Fit([new(0, 100, 1), new(1, 82, 2), new(2, 63, 4), new(3, 52, 8), new(4, 40.5, 16)]);
        var (b, half) = (-0.3265124660257193, 3.182446305284 * 0.00869650461710056);
        curve.LearningRateInterval.Lower.Should().BeApproximately(1 - Math.Pow(2, b + half), 1e-9);
        curve.LearningRateInterval.Upper.Should().BeApproximately(1 - Math.Pow(2, b - half), 1e-9);
    }

    [Fact]
    public void A_price_that_does_not_fall_never_halves()
    {
        LearningPoint[] rising = [new(0, 1, 1), new(1, 2, 2), new(2, 4, 4)];
        LearningPoint[] steady = [new(0, 1, 1), new(1, 1, 2), new(2, 1, 4)];

        LearningCurve.Fit(rising).HalvingYears.NullReason.Should().Be("not_falling");
        LearningCurve.Fit(rising).AnnualRate.Value.Should().BeApproximately(-1, 1e-12);
        LearningCurve.Fit(rising).LearningRate.Value.Should().BeApproximately(-1, 1e-12);
        LearningCurve.Fit(steady).HalvingYears.NullReason.Should().Be("not_falling");
        LearningCurve.Fit(steady).Wright.RSquared.NullReason.Should().Be("no_variation");
    }

    [Fact]
    public void Points_without_price_or_volume_are_left_out_of_both_and_counted()
    {
        LearningPoint[] points = [new(0, 8, 1), new(1, null, 2), new(2, 0, 4), new(3, 1, null), new(4, 1, 0), new(5, -1, 9), new(6, 4, 4), new(7, 2, 16)];

        var curve = LearningCurve.Fit(points);

        curve.LeftOut.Should().Be(5);
        curve.Wright.Points.Should().Be(3);
        curve.Moore.Points.Should().Be(3);
        curve.LearningRate.Value.Should().BeApproximately(1 - Math.Sqrt(0.5), 1e-12);
        curve.Doublings.Value.Should().BeApproximately(4, 1e-12);
    }

    [Fact]
    public void Without_points_everything_says_why()
    {
        var curve = LearningCurve.Fit([new(0, 0, 1)]);

        Statistic[] all = [curve.Exponent, curve.LearningRate, curve.ProgressRatio, curve.Doublings, curve.AnnualRate, curve.HalvingYears];
        all.Should().OnlyContain(s => s.NullReason == "too_few_points");
        curve.LearningRateInterval.NullReason.Should().Be("too_few_points");
    }

    [Fact]
    public void The_unit_of_price_and_volume_changes_no_rate() =>
        Gen.Select(Gen.Double[0.01, 100], Gen.Double[1.1, 10]).Array[3, 8].Select(Gen.Double[0.001, 1_000], Gen.Double[0.001, 1_000]).Sample((steps, price, volume) =>
        {
            LearningPoint[] Points(double prices, double volumes) =>
                [.. steps.Select((s, t) => new LearningPoint(t, s.Item1 * prices, volumes * steps.Take(t + 1).Aggregate(1.0, (product, next) => product * next.Item2)))];
            var (plain, other) = (LearningCurve.Fit(Points(1, 1)), LearningCurve.Fit(Points(price, volume)));

            other.Exponent.Value.Should().BeApproximately(plain.Exponent.Value!.Value, 1e-7);
            other.AnnualRate.Value.Should().BeApproximately(plain.AnnualRate.Value!.Value, 1e-7 * (1 + Math.Abs(plain.AnnualRate.Value.Value)));
            other.Doublings.Value.Should().BeApproximately(plain.Doublings.Value!.Value, 1e-7);
            other.Wright.RSquared.Value.Should().BeApproximately(plain.Wright.RSquared.Value!.Value, 1e-6);
        });

    [Fact]
    public void Whatever_the_points_each_figure_is_a_number_or_a_reason() =>
        Gen.Select(AnyNumbers.Any, AnyNumbers.AnyOrNone, AnyNumbers.AnyOrNone).Array[0, 8].Sample(points =>
        {
            var curve = LearningCurve.Fit([.. points.Select(p => new LearningPoint(p.Item1, p.Item2, p.Item3))]);

            curve.Wright.ShouldBeSound();
            curve.Moore.ShouldBeSound();
            Statistic[] all = [curve.Exponent, curve.LearningRate, curve.ProgressRatio, curve.Doublings, curve.AnnualRate, curve.HalvingYears];
            foreach (var statistic in all)
                statistic.ShouldBeSound();
            curve.LearningRateInterval.ShouldBeSound();
            (curve.Wright.Points + curve.LeftOut).Should().Be(points.Length);
        }, iter: 2_000);
}
