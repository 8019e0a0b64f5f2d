using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class StudentTTests
{
    // The table of critical values that every textbook prints (two-sided 90 %, 95 % and 99 %).
    [Theory]
    [InlineData(1, 6.314, 12.706, 63.657)]
    [InlineData(2, 2.920, 4.303, 9.925)]
    [InlineData(3, 2.353, 3.182, 5.841)]
    [InlineData(4, 2.132, 2.776, 4.604)]
    [InlineData(5, 2.015, 2.571, 4.032)]
    [InlineData(6, 1.943, 2.447, 3.707)]
    [InlineData(7, 1.895, 2.365, 3.499)]
    [InlineData(8, 1.860, 2.306, 3.355)]
    [InlineData(9, 1.833, 2.262, 3.250)]
    [InlineData(10, 1.812, 2.228, 3.169)]
    [InlineData(12, 1.782, 2.179, 3.055)]
    [InlineData(15, 1.753, 2.131, 2.947)]
    [InlineData(20, 1.725, 2.086, 2.845)]
    [InlineData(25, 1.708, 2.060, 2.787)]
    [InlineData(30, 1.697, 2.042, 2.750)]
    [InlineData(40, 1.684, 2.021, 2.704)]
    [InlineData(60, 1.671, 2.000, 2.660)]
    [InlineData(120, 1.658, 1.980, 2.617)]
    public void Critical_values_are_those_of_the_printed_table(int degreesOfFreedom, double at90, double at95, double at99)
    {
        StudentT.CriticalValue(0.90, degreesOfFreedom).Should().BeApproximately(at90, 0.0005);
        StudentT.CriticalValue(0.95, degreesOfFreedom).Should().BeApproximately(at95, 0.0005);
        StudentT.CriticalValue(0.99, degreesOfFreedom).Should().BeApproximately(at99, 0.0005);
    }

    [Fact]
    public void Two_degrees_of_freedom_have_closed_forms()
    {
        foreach (var confidence in (double[])[0.001, 0.5, 0.9, 0.95, 0.99, 0.999999])
        {
            var (one, two) = (Math.Tan(confidence * Math.PI / 2), confidence * Math.Sqrt(2 / ((1 - confidence) * (1 + confidence))));

            StudentT.CriticalValue(confidence, 1).Should().BeApproximately(one, 1e-9 * one);
            StudentT.CriticalValue(confidence, 2).Should().BeApproximately(two, 1e-9 * two);
        }
    }

    [Fact]
    public void The_density_integrates_to_the_confidence()
    {
        for (var degreesOfFreedom = 1; degreesOfFreedom <= 120; degreesOfFreedom++)
        {
            var critical = StudentT.CriticalValue(0.95, degreesOfFreedom);
            var angle = Math.Atan(critical / Math.Sqrt(degreesOfFreedom));

            (Integral(angle, degreesOfFreedom) / Integral(Math.PI / 2, degreesOfFreedom)).Should().BeApproximately(0.95, 1e-10, "of {0}", degreesOfFreedom);
        }
    }

    [Fact]
    public void Many_degrees_of_freedom_come_down_to_the_normal_distribution()
    {
        StudentT.CriticalValue(0.95, 100_000).Should().BeInRange(1.959964, 1.96);
        StudentT.CriticalValue(0.95, 100_001).Should().BeInRange(1.959964, 1.96);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 5)]
    [InlineData(double.NaN, 5)]
    [InlineData(0.95, 0)]
    public void Outside_its_bounds_there_is_no_critical_value(double confidence, int degreesOfFreedom)
    {
        var critical = () => StudentT.CriticalValue(confidence, degreesOfFreedom);

        critical.Should().Throw<ArgumentOutOfRangeException>();
    }

    // The density over t = sqrt(degrees of freedom) tan(angle) is cos^(degrees of freedom - 1), by Simpson's rule.
    private static double Integral(double until, int degreesOfFreedom)
    {
        const int steps = 4_000;
        double At(int i) => Math.Pow(Math.Cos(until * i / steps), degreesOfFreedom - 1);
        return until / steps / 3 * Enumerable.Range(0, steps + 1).Sum(i => At(i) * (i is 0 or steps ? 1 : i % 2 == 0 ? 2 : 4));
    }
}
