using System.Globalization;
using System.Numerics;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Statistics;

/// <summary>Arithmetic over sums as the database writes them: plain decimals of any length, of which a <see cref="decimal"/> may not hold all digits.</summary>
internal static class ExactMoney
{
    // 10^38 fits.
    private const int MostDigits = 37;

    private const int LongDigits = 18;
    private static readonly long[] PowersOfTen = [.. Enumerable.Range(0, LongDigits + 1).Select(n => (long)BigInteger.Pow(10, n))];

    /// <summary>left - right, exact, without trailing zeros.</summary>
    public static string Difference(string left, string right)
    {
        if (left == right)
            return "0";
        if (right == "0")
            return left.Contains('.', StringComparison.Ordinal) ? WithoutZeros(left)! : left;
        var decimals = Math.Max(Decimals(left), Decimals(right));
        var difference = Units(left, decimals) - Units(right, decimals);
        var digits = BigInteger.Abs(difference).ToString($"D{decimals + 1}", CultureInfo.InvariantCulture);
        var (whole, fraction) = (digits[..^decimals], digits[^decimals..].TrimEnd('0'));
        return $"{(difference.Sign < 0 ? "-" : "")}{whole}{(fraction.Length > 0 ? "." : "")}{fraction}";
    }

    /// <summary>numerator x factor / denominator with so many decimals, rounded once, half away from zero; null where the denominator is 0.</summary>
    /// <param name="factor">At most 1,000,000.</param>
    public static string? Quotient(string numerator, string denominator, int decimals, int factor = 1)
    {
        if (denominator == "0")
            return null;
        var (digitsOf, digitsPer) = (Decimals(numerator), Decimals(denominator));
        var shift = decimals + digitsPer - digitsOf;
        var (up, down) = (digitsOf + Math.Max(shift, 0), digitsPer + Math.Max(-shift, 0));
        // A factor has 7 digits at most.
        if (numerator.Length + Math.Max(shift, 0) + 7 > MostDigits || denominator.Length + Math.Max(-shift, 0) > MostDigits)
            return Text(ExactRounding.Divide(Units(numerator, up) * factor, Units(denominator, down)), decimals);

        var (dividend, divisor) = (SmallUnits(numerator, up) * factor, SmallUnits(denominator, down));
        var (quotient, remainder) = Int128.DivRem(dividend, divisor);
        if (Int128.Abs(remainder) * 2 >= Int128.Abs(divisor))
            quotient += Int128.Sign(dividend) * Int128.Sign(divisor);
        return quotient > long.MinValue && quotient <= long.MaxValue ? Text((long)quotient, decimals) : Text((BigInteger)quotient, decimals);
    }

    /// <summary>A number with a point, without the zeros at its end.</summary>
    public static string? WithoutZeros(string? number) => number?.TrimEnd('0').TrimEnd('.');

    private static string Text<T>(T units, int decimals) where T : INumber<T>
    {
        var digits = T.Abs(units).ToString($"D{decimals + 1}", CultureInfo.InvariantCulture);
        return string.Concat(T.IsNegative(units) && units != T.Zero ? "-" : "", digits.AsSpan(..^decimals), ".", digits.AsSpan(^decimals..));
    }

    // Eighteen digits at a time: they fit into a long, whose arithmetic is the processor's own.
    private static Int128 SmallUnits(string number, int decimals)
    {
        Int128 units = 0;
        var (part, digits, after) = (0L, 0, -1);
        foreach (var c in number)
        {
            if (c == '.')
                after = 0;
            if (c is < '0' or > '9')
                continue;
            if (digits == LongDigits)
            {
                units = (units * PowersOfTen[LongDigits]) + part;
                (part, digits) = (0, 0);
            }

            part = (part * 10) + (c - '0');
            digits++;
            after += after < 0 ? 0 : 1;
        }

        units = units == 0 ? part : (units * PowersOfTen[digits]) + part;
        for (var left = decimals - Math.Max(after, 0); left > 0; left -= LongDigits)
            units *= PowersOfTen[Math.Min(left, LongDigits)];
        return number[0] == '-' ? -units : units;
    }

    private static int Decimals(string number) => number.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? number.Length - point - 1 : 0;

    // In units of the last decimal.
    private static BigInteger Units(string number, int decimals) => BigInteger.Parse(
        number.Replace(".", "", StringComparison.Ordinal) + new string('0', decimals - Decimals(number)), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
