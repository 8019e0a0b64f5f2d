using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>Numbers that break arithmetic: zero, huge, tiny, negative, not finite; and the rule that no answer may break.</summary>
internal static class AnyNumbers
{
    public static readonly Gen<double> Ordinary = Gen.Double[0.001, 1_000_000];

    public static readonly Gen<double> Finite = Gen.Frequency(
        (4, Ordinary),
        (2, Gen.Double[-1_000_000, 1_000_000]),
        (4, Gen.OneOf(0.0, 1.0, -1.0, double.Epsilon, -double.Epsilon, 1e-308, 1e-160, 1e160, 1e308, double.MaxValue, double.MinValue)));

    public static readonly Gen<double> Any = Gen.Frequency(
        (12, Finite),
        (1, Gen.OneOf(double.NaN, double.PositiveInfinity, double.NegativeInfinity)));

    public static readonly Gen<double?> AnyOrNone = Gen.Frequency((9, Any.Select(x => (double?)x)), (1, Gen.Const((double?)null)));

    public static void ShouldBeSound(this Statistic statistic)
    {
        (statistic.Value is null).Should().Be(statistic.NullReason is not null);
        (statistic.Value is null || double.IsFinite(statistic.Value.Value)).Should().BeTrue();
    }

    public static void ShouldBeSound(this Interval interval)
    {
        (interval.Lower is null).Should().Be(interval.NullReason is not null);
        (interval.Upper is null).Should().Be(interval.NullReason is not null);
        if (interval is { Lower: { } lower, Upper: { } upper })
            (double.IsFinite(lower) && double.IsFinite(upper) && lower <= upper).Should().BeTrue();
    }

    public static void ShouldBeSound(this LineFit fit)
    {
        Statistic[] all = [fit.Slope, fit.Intercept, fit.SlopeError, fit.InterceptError, fit.RSquared, fit.ResidualSumOfSquares, fit.ResidualVariance];
        foreach (var statistic in all)
            statistic.ShouldBeSound();
        fit.SlopeInterval.ShouldBeSound();
        foreach (var x in (double[])[0, 1, -1e308, double.Epsilon, double.NaN])
            fit.BandAt(x).ShouldBeSound();
        (fit.RSquared.Value is null or (>= 0 and <= 1)).Should().BeTrue();
        (fit.SlopeError.Value is null or >= 0).Should().BeTrue();
        (fit.ResidualSumOfSquares.Value is null or >= 0).Should().BeTrue();
    }
}
