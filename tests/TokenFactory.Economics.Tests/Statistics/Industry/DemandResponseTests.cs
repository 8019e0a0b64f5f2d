using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class DemandResponseTests
{
    [Fact]
    public void A_constant_elasticity_is_found_in_levels_and_in_differences() =>
        Gen.Select(Gen.Double[0.01, 100].Array[4, 10], Gen.Double[-3, 3], Gen.Double[0.1, 1_000], Gen.Double[0.5, 2]).Sample((prices, elasticity, scale, growth) =>
        {
            var (steady, growing) = (Points(prices, (p, _) => scale * Math.Pow(p, elasticity)), Points(prices, (p, t) => Math.Pow(growth, t) * Math.Pow(p, elasticity)));
            if (prices.Zip(prices.Skip(1), (a, b) => Math.Log(b / a)).ToList() is var steps && steps.Max() - steps.Min() < 0.1)
                return;

            DemandResponse.InLevels(steady).Value.Value.Should().BeApproximately(elasticity, 1e-6);
            DemandResponse.InDifferences(steady).Value.Value.Should().BeApproximately(elasticity, 1e-6);
            // Growth of demand by itself is the intercept of differences, not part of the elasticity.
            DemandResponse.InDifferences(growing).Value.Value.Should().BeApproximately(elasticity, 1e-6);
            DemandResponse.InDifferences(growing).Line.Intercept.Value.Should().BeApproximately(Math.Log(growth), 1e-6);
        });

    [Fact]
    public void A_pair_with_a_gap_in_it_is_left_out()
    {
        // The price halves and demand quadruples each period; what lies beyond the gap is another market.
        DemandPoint[] points = [new(8, 1), new(4, 4), new(2, 16), new(null, 5), new(0, 7), new(1, 1_000), new(1, 1_000), new(0.25, 16_000)];

        var response = DemandResponse.InDifferences(points);

        response.Line.Points.Should().Be(4);
        response.LeftOut.Should().Be(3);
        response.Value.Value.Should().BeApproximately(-2, 1e-12);
        response.RSquared.Value.Should().BeApproximately(1, 1e-12);
        DemandResponse.InLevels(points).LeftOut.Should().Be(2);
        DemandResponse.InLevels(points).Line.Points.Should().Be(6);
    }

    [Fact]
    public void The_error_and_the_interval_are_those_of_the_line()
    {
        // The small fit of the least squares tests, in logarithms.
        var response = DemandResponse.InLevels([.. new double[] { 2, 4, 5, 4, 5 }.Select((y, t) => new DemandPoint(Math.Exp(t + 1), Math.Exp(y)))]);

        response.Value.Value.Should().BeApproximately(0.6, 1e-12);
        response.Error.Value.Should().BeApproximately(Math.Sqrt(0.08), 1e-12);
        response.RSquared.Value.Should().BeApproximately(0.6, 1e-12);
        response.Interval.Upper.Should().BeApproximately(0.6 + (3.182446305284 * Math.Sqrt(0.08)), 1e-11);
    }

    [Fact]
    public void Too_few_points_and_a_steady_price_are_told()
    {
        DemandResponse.InLevels([new(1, 1)]).Value.NullReason.Should().Be("too_few_points");
        DemandResponse.InDifferences([]).Should().Match<Elasticity>(e => e.Value.NullReason == "too_few_points" && e.LeftOut == 0);
        DemandResponse.InDifferences([new(1, 1), new(2, 1)]).Value.NullReason.Should().Be("too_few_points");
        DemandResponse.InLevels([new(3, 1), new(3, 2), new(3, 4)]).Value.NullReason.Should().Be("no_variation");
    }

    [Fact]
    public void Whatever_the_points_each_figure_is_a_number_or_a_reason() =>
        Gen.Select(AnyNumbers.AnyOrNone, AnyNumbers.AnyOrNone).Array[0, 8].Sample(points =>
        {
            DemandPoint[] demand = [.. points.Select(p => new DemandPoint(p.Item1, p.Item2))];
            var (levels, differences) = (DemandResponse.InLevels(demand), DemandResponse.InDifferences(demand));

            levels.Line.ShouldBeSound();
            differences.Line.ShouldBeSound();
            (levels.Line.Points + levels.LeftOut).Should().Be(points.Length);
            (differences.Line.Points + differences.LeftOut).Should().Be(Math.Max(points.Length - 1, 0));
        }, iter: 2_000);

    private static DemandPoint[] Points(double[] prices, Func<double, int, double> demand) => [.. prices.Select((p, t) => new DemandPoint(p, demand(p, t)))];
}
