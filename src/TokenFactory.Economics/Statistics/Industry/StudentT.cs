namespace TokenFactory.Economics.Statistics;

/// <summary>
/// Student's t distribution with a whole number of degrees of freedom. Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964),
/// 26.7.3 and 26.7.4: finite series of terms above zero, so that nothing cancels.
/// </summary>
public static class StudentT
{
    /// <summary>The two-sided critical value: the t with P(|T| at most t) = <paramref name="confidence"/>. For 0.95 it is the quantile of 0.975.</summary>
    /// <param name="confidence">Above 0 and below 1.</param>
    /// <param name="degreesOfFreedom">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside these bounds.</exception>
    public static double CriticalValue(double confidence, int degreesOfFreedom)
    {
        if (!(confidence is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Must be above 0 and below 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(degreesOfFreedom, 1);
        // The probability rises with the angle: halved until two neighbouring doubles are left.
        var (lower, upper) = (0.0, Math.PI / 2);
        while (true)
        {
            var middle = lower + ((upper - lower) / 2);
            if (middle <= lower || middle >= upper)
                return Math.Sqrt(degreesOfFreedom) * Math.Tan(lower);
            if (Within(middle, degreesOfFreedom) < confidence)
                lower = middle;
            else
                upper = middle;
        }
    }

    // P(|T| <= t), where the angle is arctan(t / sqrt(degrees of freedom)).
    private static double Within(double angle, int degreesOfFreedom)
    {
        var (sine, cosine) = Math.SinCos(angle);
        var isOdd = degreesOfFreedom % 2 != 0;
        var term = isOdd ? cosine : 1.0;
        var sum = degreesOfFreedom == 1 ? 0 : term;
        for (var k = isOdd ? 3 : 2; k <= degreesOfFreedom - 2 && term > 0; k += 2)
        {
            term *= cosine * cosine * (k - 1) / k;
            sum += term;
        }

        return isOdd ? (angle + (sine * sum)) * 2 / Math.PI : sine * sum;
    }
}
