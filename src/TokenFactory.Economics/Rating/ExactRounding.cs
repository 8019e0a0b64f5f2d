using System.Numerics;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>Arithmetic in whole trillionths, rounded half away from zero as PostgreSQL's numeric does, where 28 digits would not hold what is in between.</summary>
public static class ExactRounding
{
    private static readonly BigInteger TrillionthsPerOne = UnitValue.UnitsPerOne;

    /// <summary>A quotient, rounded half away from zero to a whole number.</summary>
    public static BigInteger Divide(BigInteger dividend, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out var remainder);
        return BigInteger.Abs(remainder) * 2 >= BigInteger.Abs(divisor) ? quotient + (dividend.Sign * divisor.Sign) : quotient;
    }

    /// <summary>A decimal as mantissa and number of decimals: value = mantissa / 10^scale.</summary>
    public static (BigInteger Mantissa, int Scale) Parts(decimal value)
    {
        Span<int> words = stackalloc int[4];
        decimal.GetBits(value, words);
        var mantissa = ((BigInteger)unchecked((uint)words[2]) << 64) | ((BigInteger)unchecked((uint)words[1]) << 32) | unchecked((uint)words[0]);
        return (value < 0 ? -mantissa : mantissa, value.Scale);
    }

    /// <summary>A value as whole trillionths, rounded where it has more than 12 decimals.</summary>
    public static BigInteger TrillionthsOf(decimal value)
    {
        var (mantissa, scale) = Parts(value);
        return Divide(mantissa * TrillionthsPerOne, BigInteger.Pow(10, scale));
    }

    /// <exception cref="OverflowException">More than 28 digits.</exception>
    public static decimal OfTrillionths(BigInteger trillionths) => ExactDecimal.Normalize((decimal)trillionths * 0.000000000001m);
}
