using System.Globalization;
using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class LeastSquaresTests
{
    private static readonly Gen<(double X, double Y)[]> Points =
        Gen.Select(Gen.Double[-100, 100], Gen.Double[-100, 100], (x, y) => (X: x, Y: y)).Array[4, 12]
            .Where(points => Spread(points.Select(p => p.X)) > 1 && Spread(points.Select(p => p.Y)) > 1);

    // Anscombe, "Graphs in statistical analysis", The American Statistician (1973): four sets of points with one and the same line.
    public static TheoryData<string, string> Anscombe => new()
    {
        { "10 8 13 9 11 14 6 4 12 7 5", "8.04 6.95 7.58 8.81 8.33 9.96 7.24 4.26 10.84 4.82 5.68" },
        { "10 8 13 9 11 14 6 4 12 7 5", "9.14 8.14 8.74 8.77 9.26 8.10 6.13 3.10 9.13 7.26 4.74" },
        { "10 8 13 9 11 14 6 4 12 7 5", "7.46 6.77 12.74 7.11 7.81 8.84 6.08 5.39 8.15 6.42 5.73" },
        { "8 8 8 8 8 8 8 19 8 8 8", "6.58 5.76 7.71 8.84 8.47 7.04 5.25 12.50 5.56 7.91 6.89" },
    };

    [Theory]
    [MemberData(nameof(Anscombe))]
    public void Anscombe_s_quartet_has_the_line_that_he_published(string x, string y)
    {
        var fit = LeastSquares.Fit(Numbers(x), Numbers(y));

        fit.Slope.Value.Should().BeApproximately(0.5, 0.0005);
        fit.Intercept.Value.Should().BeApproximately(3.0, 0.005);
        fit.SlopeError.Value.Should().BeApproximately(0.118, 0.0005);
        fit.RSquared.Value.Should().BeApproximately(0.667, 0.001);
        fit.ResidualSumOfSquares.Value.Should().BeApproximately(13.75, 0.05);
    }

    [Fact]
    public void The_figures_of_a_small_fit_are_those_reckoned_by_hand()
    {
        // mean x 3, mean y 4, Sxx 10, Sxy 6, Syy 6: b 0.6, a 2.2, RSS 2.4, s^2 0.8; t of 3 degrees of freedom 3.182446305284.
        var fit = LeastSquares.Fit([1, 2, 3, 4, 5], [2, 4, 5, 4, 5]);

        fit.Points.Should().Be(5);
        fit.Slope.Value.Should().BeApproximately(0.6, 1e-14);
        fit.Intercept.Value.Should().BeApproximately(2.2, 1e-14);
        fit.ResidualSumOfSquares.Value.Should().BeApproximately(2.4, 1e-14);
        fit.ResidualVariance.Value.Should().BeApproximately(0.8, 1e-14);
        fit.RSquared.Value.Should().BeApproximately(0.6, 1e-14);
        fit.SlopeError.Value.Should().BeApproximately(Math.Sqrt(0.08), 1e-14);
        fit.InterceptError.Value.Should().BeApproximately(Math.Sqrt(0.88), 1e-14);
        fit.SlopeInterval.Lower.Should().BeApproximately(0.6 - (3.182446305284 * Math.Sqrt(0.08)), 1e-11);
        fit.SlopeInterval.Upper.Should().BeApproximately(0.6 + (3.182446305284 * Math.Sqrt(0.08)), 1e-11);
        fit.BandAt(5).Lower.Should().BeApproximately(5.2 - (3.182446305284 * Math.Sqrt(0.48)), 1e-11);
        fit.BandAt(5).Upper.Should().BeApproximately(5.2 + (3.182446305284 * Math.Sqrt(0.48)), 1e-11);
        fit.BandAt(3).Lower.Should().BeApproximately(4 - (3.182446305284 * Math.Sqrt(0.16)), 1e-11);
    }

    [Fact]
    public void A_line_needs_two_points_and_its_errors_three()
    {
        LeastSquares.Fit([], []).Slope.NullReason.Should().Be("too_few_points");
        LeastSquares.Fit([1], [1]).Slope.NullReason.Should().Be("too_few_points");
        var two = LeastSquares.Fit([1, 3], [1, 5]);
        two.Slope.Value.Should().Be(2);
        two.Intercept.Value.Should().Be(-1);
        two.RSquared.Value.Should().Be(1);
        two.SlopeError.NullReason.Should().Be("too_few_points");
        two.ResidualVariance.NullReason.Should().Be("too_few_points");
        two.SlopeInterval.NullReason.Should().Be("too_few_points");
        two.BandAt(2).NullReason.Should().Be("too_few_points");
    }

    [Fact]
    public void Without_variation_of_x_there_is_no_line_and_without_that_of_y_no_share_of_it()
    {
        // Three times 0.1 is not 0.3 to a double: the mean of equal numbers may differ from them.
        LeastSquares.Fit([0.1, 0.1, 0.1], [1, 2, 3]).Slope.NullReason.Should().Be("no_variation");
        var flat = LeastSquares.Fit([1, 2, 4], [0.1, 0.1, 0.1]);
        flat.Slope.Value.Should().Be(0);
        flat.Intercept.Value.Should().Be(0.1);
        flat.RSquared.NullReason.Should().Be("no_variation");
        flat.SlopeError.Value.Should().Be(0);
    }

    [Fact]
    public void Numbers_that_leave_the_range_are_told_and_those_within_it_are_fitted()
    {
        LeastSquares.Fit([0, double.NaN, 1], [1, 2, 3]).Slope.NullReason.Should().Be("out_of_range");
        LeastSquares.Fit([double.MinValue, double.MaxValue], [1, 2]).Slope.NullReason.Should().Be("out_of_range");
        LeastSquares.Fit([0, 1e-200, 2e-200], [0, 1e200, 2e200]).Slope.NullReason.Should().Be("out_of_range");
        // The squares of these are no doubles.
        LeastSquares.Fit([1e-200, 2e-200, 3e-200], [3e-200, 5e-200, 7e-200]).Slope.Value.Should().BeApproximately(2, 1e-12);
        LeastSquares.Fit([1e200, 2e200, 3e200], [3e200, 5e200, 7e200]).RSquared.Value.Should().BeApproximately(1, 1e-12);
    }

    [Fact]
    public void Not_one_y_per_x_is_refused()
    {
        var fit = () => LeastSquares.Fit([1, 2], [1]);

        fit.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Points_on_a_line_give_the_line() => Gen.Select(Points, Gen.Double[-50, 50], Gen.Double[-50, 50]).Sample((points, a, b) =>
    {
        double[] x = [.. points.Select(p => p.X)];

        var fit = LeastSquares.Fit(x, [.. x.Select(value => a + (b * value))]);

        fit.Slope.Value.Should().BeApproximately(b, 1e-9);
        fit.Intercept.Value.Should().BeApproximately(a, 1e-9);
        fit.ResidualSumOfSquares.Value.Should().BeApproximately(0, 1e-12);
    });

    [Fact]
    public void Shifts_and_scales_move_the_line_and_change_no_share() =>
        Gen.Select(Points, Gen.Double[-1_000, 1_000], Gen.Double[0.01, 100]).Sample((points, shift, scale) =>
        {
            var fit = Fit(points);
            var moved = LeastSquares.Fit([.. points.Select(p => (p.X * scale) + shift)], [.. points.Select(p => p.Y - shift)]);

            moved.Slope.Value.Should().BeApproximately(fit.Slope.Value!.Value / scale, 1e-7 * (1 + (Math.Abs(fit.Slope.Value.Value) / scale)));
            moved.SlopeError.Value.Should().BeApproximately(fit.SlopeError.Value!.Value / scale, 1e-7 * (1 + (fit.SlopeError.Value.Value / scale)));
            moved.RSquared.Value.Should().BeApproximately(fit.RSquared.Value!.Value, 1e-7);
            moved.ResidualSumOfSquares.Value.Should().BeApproximately(fit.ResidualSumOfSquares.Value!.Value, 1e-6 * (1 + fit.ResidualSumOfSquares.Value.Value));
        });

    [Fact]
    public void No_other_line_is_nearer() => Gen.Select(Points, Gen.Double[-1, 1], Gen.Double[-1, 1]).Sample((points, da, db) =>
    {
        var fit = Fit(points);
        double Residuals(double a, double b) => points.Sum(p => Math.Pow(p.Y - a - (b * p.X), 2));
        var least = Residuals(fit.Intercept.Value!.Value, fit.Slope.Value!.Value);

        fit.ResidualSumOfSquares.Value.Should().BeApproximately(least, 1e-9 * (1 + least));
        Residuals(fit.Intercept.Value.Value + da, fit.Slope.Value.Value + db).Should().BeGreaterThanOrEqualTo(least - (1e-9 * (1 + least)));
    });

    [Fact]
    public void The_band_is_narrowest_at_the_mean_and_holds_the_line() => Gen.Select(Points, Gen.Double[-200, 200]).Sample((points, x) =>
    {
        var fit = Fit(points);
        var (band, atMean) = (fit.BandAt(x), fit.BandAt(points.Average(p => p.X)));
        var line = fit.Intercept.Value!.Value + (fit.Slope.Value!.Value * x);

        line.Should().BeInRange(band.Lower!.Value - 1e-7, band.Upper!.Value + 1e-7);
        (atMean.Upper - atMean.Lower).Should().BeLessThanOrEqualTo((band.Upper.Value - band.Lower.Value) + 1e-7);
    });

    [Fact]
    public void A_far_origin_costs_no_accuracy()
    {
        double[] steps = [0, 1, 2, 3, 4];
        var fit = LeastSquares.Fit([.. steps.Select(s => 1_000_000_000 + s)], [.. steps.Select(s => 1_000_000_000 + (s * s))]);

        fit.Slope.Value.Should().BeApproximately(4, 1e-13);
        fit.RSquared.Value.Should().BeApproximately(160.0 / 174, 1e-13);
    }

    [Fact]
    public void Whatever_the_points_each_figure_is_a_number_or_a_reason() =>
        Gen.Select(AnyNumbers.Any, AnyNumbers.Any).Array[0, 6].Sample(points => Fit(points).ShouldBeSound(), iter: 2_000);

    private static LineFit Fit((double X, double Y)[] points) => LeastSquares.Fit([.. points.Select(p => p.X)], [.. points.Select(p => p.Y)]);

    private static double Spread(IEnumerable<double> numbers) => numbers.Max() - numbers.Min();

    private static double[] Numbers(string text) => [.. text.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
}
