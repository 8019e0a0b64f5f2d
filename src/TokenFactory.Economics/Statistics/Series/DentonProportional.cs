namespace TokenFactory.Economics.Statistics;

/// <summary>What a benchmark says of the sub-periods of its year.</summary>
public enum BenchmarkKind
{
    /// <summary>Their sum: of flows, such as money.</summary>
    Sum,

    /// <summary>Their average: of index numbers.</summary>
    Average,
}

/// <summary>
/// Benchmarking: a series of sub-periods x that meets annual benchmarks and moves as an indicator i does. The proportional first-difference
/// variant with Cholette's correction: minimise S over t = 2..n of (x_t / i_t - x_(t-1) / i_(t-1))^2, subject to the sum, or average, of x over each
/// year = its benchmark. Nothing ties the first ratio to a starting value, which is the correction. Sub-periods after the last benchmark keep
/// its last ratio. Sources: F. T. Denton, "Adjustment of monthly or quarterly series to annual totals: an approach based on quadratic minimization",
/// Journal of the American Statistical Association (1971); P. A. Cholette, "Adjusting sub-annual series to yearly benchmarks", Survey
/// Methodology (1984); IMF, Quarterly National Accounts Manual (2017), ch. 6, and example 8.8.
/// </summary>
public static class DentonProportional
{
    /// <summary>The indicator has a value that is not above zero, by which a ratio would be divided.</summary>
    public const string IndicatorNotPositive = "indicator_not_positive";

    /// <summary>Benchmarks a series.</summary>
    /// <param name="indicator">Sub-periods in order from the first of the first year, above 0.</param>
    /// <param name="benchmarks">One per year, in order; of any sign.</param>
    /// <param name="subPeriods">Sub-periods in a year: 4 of quarters, 12 of months.</param>
    /// <param name="kind">What the benchmarks are.</param>
    /// <returns>
    /// One per sub-period of the indicator, in the unit of the benchmarks. All are null with <see cref="IndicatorNotPositive"/>, or with
    /// <see cref="NullReasons.OutOfRange"/> where a number is not finite or leaves the range of a double.
    /// </returns>
    /// <exception cref="ArgumentException">No benchmark, fewer sub-periods than the benchmarks cover, or no sub-periods in a year.</exception>
    public static IReadOnlyList<Statistic> Benchmark(IReadOnlyList<double> indicator, IReadOnlyList<double> benchmarks, int subPeriods, BenchmarkKind kind)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(subPeriods, 1);
        if (benchmarks.Count == 0 || indicator.Count < benchmarks.Count * subPeriods)
            throw new ArgumentException("There must be a benchmark, and an indicator for each sub-period of its year.", nameof(benchmarks));
        if (indicator.Any(i => i <= 0))
            return Nothing(indicator.Count, IndicatorNotPositive);

        // In each year the ratios r = x / i, weighted by the indicator, average to the year's own ratio.
        var weights = new double[benchmarks.Count][];
        var ratios = new double[benchmarks.Count];
        for (var year = 0; year < weights.Length; year++)
        {
            var own = indicator.Skip(year * subPeriods).Take(subPeriods).ToList();
            var largest = own.Max();
            double[] relative = [.. own.Select(i => i / largest)];
            var sum = relative.Sum();
            weights[year] = [.. relative.Select(i => i / sum)];
            ratios[year] = benchmarks[year] / largest / sum * (kind == BenchmarkKind.Average ? subPeriods : 1);
        }

        var scale = ratios.Max(Math.Abs);
        if (!double.IsFinite(scale) || !indicator.All(double.IsFinite))
            return Nothing(indicator.Count, NullReasons.OutOfRange);
        var smooth = Ratios(weights, [.. ratios.Select(ratio => scale == 0 ? 0 : ratio / scale)], indicator.Count);
        Statistic[] values = [.. indicator.Select((i, t) => Statistic.Of(smooth[t] * scale * i))];
        return values.Any(v => v.Value is null) ? Nothing(indicator.Count, NullReasons.OutOfRange) : values;
    }

    // Ratios are the first one, r, plus steps. The smallest steps d (least S d^2) that meet the years, B d + r = ratio where B(y, s) is the weight
    // in year y of what lies at or after step s, are d = B'm with B B' m + r = ratio and S m = 0: one small system for m and r.
    private static double[] Ratios(double[][] weights, double[] ratios, int count)
    {
        var years = weights.Length;
        var subPeriods = weights[0].Length;
        double[][] tails = [.. weights.Select(Tails)];
        var system = new double[years + 1, years + 2];
        for (var y = 0; y < years; y++)
        {
            // Steps into the years before weigh 1 in this year, steps into later years 0; the first sub-period of all has no step into it.
            double[] steps = y == 0 ? tails[0][1..] : tails[y];
            var until = (y * subPeriods) - 1;
            system[y, y] = steps.Sum(weight => weight * weight) + Math.Max(until, 0);
            var shared = steps.Sum() + Math.Max(until, 0);
            for (var later = y + 1; later < years; later++)
                system[y, later] = system[later, y] = shared;
            system[y, years] = system[years, y] = 1;
            system[y, years + 1] = ratios[y];
        }

        var solution = Solve(system);
        var path = new double[count];
        path[0] = solution[years];
        for (var t = 1; t < count; t++)
        {
            var year = t / subPeriods;
            // The multipliers of this year, by what is left of it, and of all later ones in full.
            var step = year < years ? solution[year] * tails[year][t % subPeriods] : 0;
            for (var later = year + 1; later < years; later++)
                step += solution[later];
            path[t] = path[t - 1] + step;
        }

        return path;
    }

    // What lies at or after each place of a year; the whole year weighs 1.
    private static double[] Tails(double[] weights)
    {
        var tails = new double[weights.Length];
        var sum = 0.0;
        for (var t = weights.Length - 1; t >= 0; t--)
            tails[t] = sum += weights[t];
        return tails;
    }

    // Gaussian elimination with partial pivoting; the last column is the right-hand side. The system always has one solution: each year has weights
    // above zero of its own, so that no year's condition follows from the others.
    private static double[] Solve(double[,] system)
    {
        var n = system.GetLength(0);
        for (var column = 0; column < n; column++)
        {
            var pivot = Enumerable.Range(column, n - column).MaxBy(row => Math.Abs(system[row, column]));
            for (var j = column; j <= n; j++)
                (system[column, j], system[pivot, j]) = (system[pivot, j], system[column, j]);
            for (var row = column + 1; row < n; row++)
            {
                var factor = system[row, column] / system[column, column];
                for (var j = column; j <= n; j++)
                    system[row, j] -= factor * system[column, j];
            }
        }

        var solution = new double[n];
        for (var row = n - 1; row >= 0; row--)
        {
            var known = 0.0;
            for (var j = row + 1; j < n; j++)
                known += system[row, j] * solution[j];
            solution[row] = (system[row, n] - known) / system[row, row];
        }

        return solution;
    }

    private static IReadOnlyList<Statistic> Nothing(int count, string reason) => [.. Enumerable.Repeat(Statistic.Null(reason), count)];
}
