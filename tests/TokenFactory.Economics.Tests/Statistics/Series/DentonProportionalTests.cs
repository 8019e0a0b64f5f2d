using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class DentonProportionalTests
{
    private static readonly Gen<(double[] Indicator, double[] Benchmarks, int SubPeriods)> AnySeries =
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 6], Gen.Int[0, 5]).SelectMany(shape => Gen.Select(
            Gen.Double[1, 1_000].Array[(shape.Item1 * shape.Item2) + shape.Item3], Gen.Double[-1_000, 10_000].Array[shape.Item2],
            (indicator, benchmarks) => (indicator, benchmarks, shape.Item1)));

    [Fact]
    public void Two_years_of_half_years_are_those_reckoned_by_hand()
    {
        // Indicator 1 everywhere, benchmarks 2 and 4: ratios r, r+d, r+d+e, r+d+e+f with 2r+d = 2 and 2r+2d+2e+f = 4, least d^2+e^2+f^2.
        // By symmetry d = f, so that d+e = 1 and 2d^2+e^2 is least at d = 1/3.
        var benchmarked = DentonProportional.Benchmark([1, 1, 1, 1], [2, 4], 2, BenchmarkKind.Sum);

        double[] expected = [5.0 / 6, 7.0 / 6, 11.0 / 6, 13.0 / 6];
        for (var t = 0; t < expected.Length; t++)
            benchmarked[t].Value.Should().BeApproximately(expected[t], 1e-12);
    }

    [Fact]
    public void Each_year_meets_its_benchmark() => Gen.Select(AnySeries, Gen.Enum<BenchmarkKind>()).Sample((series, kind) =>
    {
        var (indicator, benchmarks, subPeriods) = series;
        var benchmarked = Values(indicator, benchmarks, subPeriods, kind);

        for (var year = 0; year < benchmarks.Length; year++)
        {
            var own = benchmarked.Skip(year * subPeriods).Take(subPeriods).ToList();
            (kind == BenchmarkKind.Sum ? own.Sum() : own.Average()).Should().BeApproximately(benchmarks[year], 1e-7 * (1 + own.Sum(Math.Abs)));
        }
    });

    [Fact]
    public void Benchmarks_in_proportion_leave_one_ratio() => Gen.Select(AnySeries, Gen.Double[0.01, 100]).Sample((series, ratio) =>
    {
        var (indicator, _, subPeriods) = series;
        double[] sums = [.. Enumerable.Range(0, series.Benchmarks.Length).Select(year => ratio * indicator.Skip(year * subPeriods).Take(subPeriods).Sum())];

        var benchmarked = Values(indicator, sums, subPeriods, BenchmarkKind.Sum);

        for (var t = 0; t < indicator.Length; t++)
            benchmarked[t].Should().BeApproximately(ratio * indicator[t], 1e-8 * ratio * indicator[t]);
    });

    [Fact]
    public void No_other_series_that_meets_the_benchmarks_moves_less() => Gen.Select(AnySeries, Gen.Int[0, 1_000], Gen.Int[0, 1_000], Gen.Double[-10, 10])
        .Sample((series, first, second, shift) =>
        {
            var (indicator, benchmarks, subPeriods) = series;
            var benchmarked = Values(indicator, benchmarks, subPeriods, BenchmarkKind.Sum);
            // Moving a sum from one sub-period to another of its year keeps the benchmark.
            double[] other = [.. benchmarked];
            var year = first % benchmarks.Length * subPeriods;
            other[year + (first % subPeriods)] += shift;
            other[year + (second % subPeriods)] -= shift;
            double Movement(double[] x) => x.Zip(indicator, (value, i) => value / i).ToList() is var r ? r.Zip(r.Skip(1), (a, b) => (b - a) * (b - a)).Sum() : 0;

            Movement(other).Should().BeGreaterThanOrEqualTo(Movement(benchmarked) - (1e-9 * (1 + Movement(benchmarked))));
        });

    [Fact]
    public void Sub_periods_after_the_last_benchmark_keep_its_last_ratio()
    {
        var benchmarked = Values([10, 20, 30, 40, 50, 60, 70], [40, 100], 2, BenchmarkKind.Sum);

        var ratio = benchmarked[3] / 40;
        (benchmarked[4] / 50).Should().BeApproximately(ratio, 1e-12);
        (benchmarked[6] / 70).Should().BeApproximately(ratio, 1e-12);
    }

    [Fact]
    public void Sixty_years_of_months_meet_their_benchmarks()
    {
        var random = new Random(15);
        double[] indicator = [.. Enumerable.Range(0, 720).Select(t => Math.Exp(t / 60.0) * (1 + random.NextDouble()))];
        double[] benchmarks = [.. Enumerable.Range(0, 60).Select(y => indicator.Skip(12 * y).Take(12).Sum() * (0.9 + (0.2 * random.NextDouble())))];

        var benchmarked = Values(indicator, benchmarks, 12, BenchmarkKind.Sum);

        for (var year = 0; year < 60; year++)
            benchmarked.Skip(12 * year).Take(12).Sum().Should().BeApproximately(benchmarks[year], 1e-10 * benchmarks[year]);
    }

    [Fact]
    public void An_indicator_that_is_not_above_zero_has_no_ratio()
    {
        DentonProportional.Benchmark([1, 0, 1], [3], 3, BenchmarkKind.Sum).Should().OnlyContain(v => v.NullReason == "indicator_not_positive");
        DentonProportional.Benchmark([1, 1], [double.NaN], 2, BenchmarkKind.Sum).Should().OnlyContain(v => v.NullReason == "out_of_range");
    }

    [Fact]
    public void Benchmarks_without_an_indicator_are_refused()
    {
        var none = () => DentonProportional.Benchmark([1, 2], [], 2, BenchmarkKind.Sum);
        var tooFew = () => DentonProportional.Benchmark([1, 2, 3], [1, 2], 2, BenchmarkKind.Sum);

        none.Should().Throw<ArgumentException>();
        tooFew.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Whatever_the_series_each_value_is_a_number_or_a_reason() =>
        Gen.Select(AnyNumbers.Any.Array[6, 9], AnyNumbers.Any.Array[1, 3], Gen.Bool).Sample((indicator, benchmarks, isPositive) =>
        {
            double[] usable = isPositive ? [.. indicator.Select(i => i > 0 && double.IsFinite(i) ? i : 1)] : indicator;
            foreach (var kind in Enum.GetValues<BenchmarkKind>())
            {
                var benchmarked = DentonProportional.Benchmark(usable, benchmarks, 2, kind);

                benchmarked.Should().HaveCount(usable.Length);
                foreach (var value in benchmarked)
                    value.ShouldBeSound();
            }
        }, iter: 2_000);

    private static double[] Values(double[] indicator, double[] benchmarks, int subPeriods, BenchmarkKind kind) =>
        [.. DentonProportional.Benchmark(indicator, benchmarks, subPeriods, kind).Select(v => v.Value!.Value)];
}
