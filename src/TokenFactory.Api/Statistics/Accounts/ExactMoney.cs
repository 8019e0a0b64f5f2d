using System.Globalization;
using System.Numerics;

namespace TokenFactory.Api.Statistics;

/// <summary>Arithmetic over sums as the database writes them: plain decimals of any length, of which a <see cref="decimal"/> may not hold all digits.</summary>
internal static class ExactMoney
{
    /// <summary>left - right, exact, without trailing zeros.</summary>
    public static string Difference(string left, string right)
    {
        var decimals = Math.Max(Decimals(left), Decimals(right));
        var difference = Units(left, decimals) - Units(right, decimals);
        var digits = BigInteger.Abs(difference).ToString($"D{decimals + 1}", CultureInfo.InvariantCulture);
        var (whole, fraction) = (digits[..^decimals], digits[^decimals..].TrimEnd('0'));
        return $"{(difference.Sign < 0 ? "-" : "")}{whole}{(fraction.Length > 0 ? "." : "")}{fraction}";
    }

    private static int Decimals(string number) => number.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? number.Length - point - 1 : 0;

    // In units of the last decimal.
    private static BigInteger Units(string number, int decimals) => BigInteger.Parse(
        number.Replace(".", "", StringComparison.Ordinal) + new string('0', decimals - Decimals(number)), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
