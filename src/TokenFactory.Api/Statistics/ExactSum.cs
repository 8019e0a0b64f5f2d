using System.Globalization;
using System.Numerics;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Statistics;

/// <summary>
/// A sum of money or tokens of any size, in whole trillionths: what passes a decimal's 28 digits when it is added up here instead of in the
/// database. Written as the database writes its own sums, without trailing zeros.
/// </summary>
internal readonly record struct ExactSum(BigInteger Trillionths) : IComparable<ExactSum>
{
    private const int Decimals = 12;
    private static readonly BigInteger PerOne = BigInteger.Pow(10, Decimals);

    public static ExactSum Zero => default;

    /// <summary>Reads a sum as the database writes it.</summary>
    /// <exception cref="FormatException">Not a plain decimal number of at most 12 decimals.</exception>
    public static ExactSum Parse(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : text.Length - point - 1;
        if (decimals > Decimals)
            throw new FormatException($"{text} has more than {Decimals} decimals.");
        var digits = point < 0 ? text : text.Remove(point, 1);
        return new ExactSum(BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) * BigInteger.Pow(10, Decimals - decimals));
    }

    public static ExactSum operator +(ExactSum left, ExactSum right) => new(left.Trillionths + right.Trillionths);

    public static ExactSum operator -(ExactSum left, ExactSum right) => new(left.Trillionths - right.Trillionths);

    public ExactSum Abs() => new(BigInteger.Abs(Trillionths));

    /// <summary>This x <paramref name="factor"/> / <paramref name="divisor"/>, rounded once, half away from zero, to 12 decimals; null where the divisor is 0.</summary>
    public ExactSum? Per(ExactSum divisor, int factor = 1) =>
        divisor.Trillionths.IsZero ? null : new ExactSum(ExactRounding.Divide(Trillionths * factor * PerOne, divisor.Trillionths));

    /// <summary>To 16 digits.</summary>
    public double ToDouble() => double.Parse(ToString(), CultureInfo.InvariantCulture);

    public int CompareTo(ExactSum other) => Trillionths.CompareTo(other.Trillionths);

    public override string ToString()
    {
        var digits = BigInteger.Abs(Trillionths).ToString(CultureInfo.InvariantCulture).PadLeft(Decimals + 1, '0');
        var fraction = digits[^Decimals..].TrimEnd('0');
        return (Trillionths.Sign < 0 ? "-" : "") + digits[..^Decimals] + (fraction.Length > 0 ? "." + fraction : "");
    }
}
