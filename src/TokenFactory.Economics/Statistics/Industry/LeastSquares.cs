namespace TokenFactory.Economics.Statistics;

/// <summary>Why a fitted line, or a figure of it, has no value, beside <see cref="NullReasons.OutOfRange"/>.</summary>
public static class FitReasons
{
    /// <summary>A line needs two points, and its errors need three.</summary>
    public const string TooFewPoints = "too_few_points";

    /// <summary>All x are the same, so that no line is told from another; for R2: all y are the same, and there is nothing to explain.</summary>
    public const string NoVariation = "no_variation";

    /// <summary>The price does not fall, so that it never halves.</summary>
    public const string NotFalling = "not_falling";
}

/// <summary>
/// The straight line y = a + b x of least squares through n points, with what is known about its errors. Every figure is null, with a reason,
/// where the points do not give it: n below 2 nothing, n = 2 no errors, variance or interval.
/// </summary>
public sealed record LineFit
{
    /// <summary>n.</summary>
    public required int Points { get; init; }

    /// <summary>b, in units of y per unit of x.</summary>
    public required Statistic Slope { get; init; }

    /// <summary>a, in units of y.</summary>
    public required Statistic Intercept { get; init; }

    /// <summary>Standard error of b: s / sqrt(Sxx).</summary>
    public required Statistic SlopeError { get; init; }

    /// <summary>Standard error of a: s sqrt(1/n + mean(x)^2 / Sxx).</summary>
    public required Statistic InterceptError { get; init; }

    /// <summary>b -/+ t se(b), with Student's t for n - 2 degrees of freedom, at <see cref="LeastSquares.Confidence"/>.</summary>
    public required Interval SlopeInterval { get; init; }

    /// <summary>R2 = 1 - RSS / Syy: the share of the variation of y that the line explains, 0 to 1.</summary>
    public required Statistic RSquared { get; init; }

    /// <summary>RSS = S (y - a - b x)^2, in squared units of y.</summary>
    public required Statistic ResidualSumOfSquares { get; init; }

    /// <summary>s^2 = RSS / (n - 2), in squared units of y.</summary>
    public required Statistic ResidualVariance { get; init; }

    internal double MeanX { get; init; }

    internal double MeanY { get; init; }

    /// <summary>Standard error of the line at the mean of x: s / sqrt(n).</summary>
    internal double MeanError { get; init; }

    /// <summary>Student's t that intervals and bands are made with.</summary>
    internal double Critical { get; init; }

    /// <summary>
    /// The confidence band of the line (of the mean of y, not of a single y) at <paramref name="x"/>:
    /// a + b x -/+ t s sqrt(1/n + (x - mean(x))^2 / Sxx), at <see cref="LeastSquares.Confidence"/>.
    /// </summary>
    public Interval BandAt(double x)
    {
        if (SlopeError.Value is not { } slopeError || Slope.Value is not { } slope)
            return Interval.Null(SlopeError.NullReason ?? Slope.NullReason!);
        var distance = x - MeanX;
        var y = MeanY + (slope * distance);
        var half = Critical * double.Hypot(MeanError, slopeError * distance);
        return Interval.Of(y - half, y + half);
    }

    internal static LineFit None(int points, string reason)
    {
        var none = Statistic.Null(reason);
        return new LineFit
        {
            Points = points, Slope = none, Intercept = none, SlopeError = none, InterceptError = none, SlopeInterval = Interval.Null(reason),
            RSquared = none, ResidualSumOfSquares = none, ResidualVariance = none,
        };
    }
}

/// <summary>
/// Simple linear regression by ordinary least squares: b = Sxy / Sxx, a = mean(y) - b mean(x), where Sxy = S (x - mean(x)) (y - mean(y)) and
/// Sxx likewise. Source: N. R. Draper and H. Smith, Applied Regression Analysis, ch. 1.
/// </summary>
public static class LeastSquares
{
    /// <summary>How much intervals and bands are to cover: 95 %, two-sided.</summary>
    public const double Confidence = 0.95;

    /// <summary>Fits a line.</summary>
    /// <param name="x">What explains.</param>
    /// <param name="y">What is explained, one per x.</param>
    /// <returns>
    /// The fit. Null with <see cref="FitReasons.TooFewPoints"/>, <see cref="FitReasons.NoVariation"/>, or <see cref="NullReasons.OutOfRange"/> where a
    /// number is not finite or leaves the range of a double.
    /// </returns>
    /// <exception cref="ArgumentException">Not one y per x.</exception>
    public static LineFit Fit(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (x.Count != y.Count)
            throw new ArgumentException("There must be one y per x.", nameof(y));
        var n = x.Count;
        if (n < 2)
            return LineFit.None(n, FitReasons.TooFewPoints);
        if (Centred.Of(x) is not { } cx || Centred.Of(y) is not { } cy)
            return LineFit.None(n, NullReasons.OutOfRange);
        if (cx.IsConstant)
            return LineFit.None(n, FitReasons.NoVariation);

        var sxx = SumOfProducts(cx.Values, cx.Values);
        var syy = SumOfProducts(cy.Values, cy.Values);
        var scaled = SumOfProducts(cx.Values, cy.Values) / sxx;
        double[] residuals = [.. cy.Values.Zip(cx.Values, (dy, dx) => dy - (scaled * dx))];
        var rss = SumOfProducts(residuals, residuals);
        var slope = Math.ScaleB(scaled, cy.Exponent - cx.Exponent);
        var withoutErrors = LineFit.None(n, FitReasons.TooFewPoints) with
        {
            Slope = Statistic.Of(slope),
            Intercept = Statistic.Of(cy.Mean - (slope * cx.Mean)),
            // At least 0 but for the rounding of what is left.
            RSquared = cy.IsConstant ? Statistic.Null(FitReasons.NoVariation) : Statistic.Of(Math.Clamp(1 - (rss / syy), 0, 1)),
            ResidualSumOfSquares = Statistic.Of(Math.ScaleB(rss, 2 * cy.Exponent)),
            MeanX = cx.Mean,
            MeanY = cy.Mean,
        };
        if (n == 2)
            return withoutErrors;

        var s = Math.Sqrt(rss / (n - 2));
        var meanError = Math.ScaleB(s / Math.Sqrt(n), cy.Exponent);
        var slopeError = Math.ScaleB(s / Math.Sqrt(sxx), cy.Exponent - cx.Exponent);
        var critical = StudentT.CriticalValue(Confidence, n - 2);
        return withoutErrors with
        {
            SlopeError = Statistic.Of(slopeError),
            InterceptError = Statistic.Of(double.Hypot(meanError, slopeError * cx.Mean)),
            SlopeInterval = Interval.Of(slope - (critical * slopeError), slope + (critical * slopeError)),
            ResidualVariance = Statistic.Of(Math.ScaleB(rss / (n - 2), 2 * cy.Exponent)),
            MeanError = meanError,
            Critical = critical,
        };
    }

    private static double SumOfProducts(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    // Numbers less their mean, divided by a power of two (which rounds nothing) so that the largest is near 1 and no square leaves the range.
    // Two passes: first less the first number, which is exact where numbers lie close together, then less the mean of that.
    private sealed record Centred(double[] Values, double Mean, int Exponent)
    {
        public bool IsConstant { get; private init; }

        public static Centred? Of(IReadOnlyList<double> numbers)
        {
            var first = numbers[0];
            double[] distances = [.. numbers.Select(number => number - first)];
            if (!distances.All(double.IsFinite))
                return null;
            var largest = distances.Max(Math.Abs);
            if (largest == 0)
                return new Centred(distances, first, 0) { IsConstant = true };
            var exponent = Math.ILogB(largest);
            double[] scaled = [.. distances.Select(distance => Math.ScaleB(distance, -exponent))];
            var mean = scaled.Sum() / scaled.Length;
            mean += scaled.Sum(value => value - mean) / scaled.Length;
            return new Centred([.. scaled.Select(value => value - mean)], first + Math.ScaleB(mean, exponent), exponent);
        }
    }
}
