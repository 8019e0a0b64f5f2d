namespace TokenFactory.Economics.Statistics;

/// <summary>The logarithmic mean, by which the indices of Vartia and Sato weigh. Source: Balk, Price and Quantity Index Numbers (2008).</summary>
public static class LogarithmicMean
{
    /// <summary>
    /// L(a, b) = (a - b) / ln(a / b); L(a, a) = a; 0 when either is 0, which is its limit. It lies between the geometric and the arithmetic mean.
    /// </summary>
    /// <param name="a">At least 0.</param>
    /// <param name="b">At least 0.</param>
    public static double Of(double a, double b)
    {
        if (a == 0 || b == 0)
            return 0;
        var log = Math.Log(a / b);
        // Where a and b lie close together, their difference and their logarithm both lose digits: sqrt(ab) sinh(x/2) / (x/2) does not.
        return log == 0 ? a
            : Math.Abs(log) < 1 ? Math.Sqrt(a) * Math.Sqrt(b) * Math.Sinh(log / 2) / (log / 2)
            : (a - b) / log;
    }
}
