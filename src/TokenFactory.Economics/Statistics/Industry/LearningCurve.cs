namespace TokenFactory.Economics.Statistics;

/// <summary>One observation of price and experience.</summary>
/// <param name="Years">When, in years from any origin.</param>
/// <param name="Price">A price, a price index or a unit cost; null where there is none.</param>
/// <param name="CumulativeVolume">All that was produced until then, in tokens or as a chained volume; null where it is not known.</param>
public readonly record struct LearningPoint(double Years, double? Price, double? CumulativeVolume);

/// <summary>
/// How a price falls with experience (Wright), and its rival, how it falls with time (Moore), over the same points: ln p = a + b ln(cumulative
/// volume), and ln p = a + g years. Both explain the same ln p, so that their R2 and residual sums can be compared. Points without a price or a
/// volume above zero are left out of both. A price is not a cost: what the points hold names the result, price learning or cost learning.
/// Sources: T. P. Wright, "Factors affecting the cost of airplanes", Journal of the Aeronautical Sciences (1936); G. E. Moore, "Cramming more
/// components onto integrated circuits", Electronics (1965); the two beside each other: B. Nagy et al., "Statistical basis for predicting technological
/// progress", PLoS ONE 8(2) (2013).
/// </summary>
public sealed record LearningCurve
{
    /// <summary>Points left out, because price or volume is missing or not above zero.</summary>
    public required int LeftOut { get; init; }

    /// <summary>ln p on ln(cumulative volume).</summary>
    public required LineFit Wright { get; init; }

    /// <summary>ln p on years.</summary>
    public required LineFit Moore { get; init; }

    /// <summary>
    /// log2(last / first cumulative volume) of the points used: how often experience doubled. Few doublings carry little evidence, whatever
    /// the R2. Null with <see cref="FitReasons.TooFewPoints"/> without any point.
    /// </summary>
    public required Statistic Doublings { get; init; }

    /// <summary>b, the elasticity of the price to experience; below 0 where it falls.</summary>
    public Statistic Exponent => Wright.Slope;

    /// <summary>2^b: what a doubling of experience leaves of the price.</summary>
    public Statistic ProgressRatio => Wright.Slope.Then(Left);

    /// <summary>1 - 2^b: the share of the price that a doubling of experience takes away; below 0 where the price rises.</summary>
    public Statistic LearningRate => Wright.Slope.Then(b => 1 - Left(b));

    /// <summary>The learning rates at the ends of the interval of b, at <see cref="LeastSquares.Confidence"/>.</summary>
    public Interval LearningRateInterval => Wright.SlopeInterval.Then(b => 1 - Left(b));

    /// <summary>1 - e^g: the share of the price that a year takes away; below 0 where the price rises.</summary>
    public Statistic AnnualRate => Moore.Slope.Then(g => 1 - Math.Exp(g));

    /// <summary>ln 2 / -g, in years; null with <see cref="FitReasons.NotFalling"/> where g is not below 0.</summary>
    public Statistic HalvingYears => Moore.Slope.Value is >= 0 ? Statistic.Null(FitReasons.NotFalling) : Moore.Slope.Then(g => Math.Log(2) / -g);

    /// <summary>Fits both.</summary>
    /// <param name="points">In the order of time.</param>
    public static LearningCurve Fit(IReadOnlyList<LearningPoint> points)
    {
        var used = points.Where(p => Logarithm.Exists(p.Price) && Logarithm.Exists(p.CumulativeVolume))
            .Select(p => (p.Years, Price: Math.Log(p.Price!.Value), Experience: Math.Log(p.CumulativeVolume!.Value))).ToList();
        double[] prices = [.. used.Select(p => p.Price)];
        return new LearningCurve
        {
            LeftOut = points.Count - used.Count,
            Wright = LeastSquares.Fit([.. used.Select(p => p.Experience)], prices),
            Moore = LeastSquares.Fit([.. used.Select(p => p.Years)], prices),
            Doublings = used.Count == 0
                ? Statistic.Null(FitReasons.TooFewPoints)
                : Statistic.Of((used[^1].Experience - used[0].Experience) / Math.Log(2)),
        };
    }

    private static double Left(double exponent) => Math.Pow(2, exponent);
}

/// <summary>What a double logarithmic line can be drawn through.</summary>
internal static class Logarithm
{
    /// <summary>Whether a number is there and has a logarithm: finite and above zero.</summary>
    public static bool Exists(double? value) => value is > 0 and < double.PositiveInfinity;
}
