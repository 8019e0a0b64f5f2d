using System.Globalization;

namespace TokenFactory.Benchmarks.Reporting;

/// <summary>The same measured several times.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <exception cref="InvalidOperationException">There is nothing.</exception>
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return new Spread(Percentile(sorted, 0.5), sorted[0], sorted[^1]);
    }

    /// <summary>The value that so much of all lies at or below (nearest rank).</summary>
    public static double Percentile(double[] sorted, double part) =>
        sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];

    /// <summary>As "median (min-max)".</summary>
    public string Text(string format) => string.Format(CultureInfo.InvariantCulture, Min.Equals(Max) ? "{0}" : "{0} ({1}-{2})",
        Median.ToString(format, CultureInfo.InvariantCulture), Min.ToString(format, CultureInfo.InvariantCulture), Max.ToString(format, CultureInfo.InvariantCulture));
}
