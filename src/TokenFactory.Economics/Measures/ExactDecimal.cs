using System.Globalization;
using System.Numerics;

namespace TokenFactory.Economics.Measures;

/// <summary>
/// Reads a plain decimal number without ever rounding it. <see cref="decimal.Parse(string)"/> rounds what has more than 28 digits, and
/// turns 0.00000000000000000000000000001 into 0: money must refuse instead.
/// </summary>
public static class ExactDecimal
{
    private const int MaxSignificantDigits = 28;

    /// <summary>The same value without trailing zeros.</summary>
    public static decimal Normalize(decimal value)
    {
        if (value.Scale == 0)
            return value;
        Span<int> words = stackalloc int[4];
        decimal.GetBits(value, words);
        if (words[2] != 0)
            return value / 1.0000000000000000000000000000m;
        return OfDigits(unchecked(((ulong)(uint)words[1] << 32) | (uint)words[0]), value.Scale, words[3] < 0);
    }

    /// <summary>digits / 10^scale, without trailing zeros.</summary>
    /// <param name="digits">What is counted.</param>
    /// <param name="scale">0..28.</param>
    /// <param name="isNegative">Below zero.</param>
    internal static decimal OfDigits(ulong digits, int scale, bool isNegative)
    {
        if (digits == 0)
            return 0;
        while (scale >= 4 && digits % 10_000 == 0)
            (digits, scale) = (digits / 10_000, scale - 4);
        while (scale > 0 && digits % 10 == 0)
            (digits, scale) = (digits / 10, scale - 1);
        return unchecked(new decimal((int)(uint)digits, (int)(uint)(digits >> 32), 0, isNegative, (byte)scale));
    }

    /// <summary>Parses <c>digits[.digits]</c> with an optional leading minus; no exponent, no white space, no group separators.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="value">The exact value, without trailing zeros.</param>
    /// <param name="violation">What is wrong, as a sentence without a subject, when the answer is false.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out decimal value, out string? violation)
    {
        value = 0;
        var negative = utf8 is [(byte)'-', ..];
        var digits = negative ? utf8[1..] : utf8;
        var point = digits.IndexOf((byte)'.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? default : digits[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty)
            || whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            violation = "must be a plain decimal number such as 2.50, without exponent";
            return false;
        }

        whole = whole.TrimStart((byte)'0');
        fraction = fraction.TrimEnd((byte)'0');
        if (whole.Length + fraction.Length > MaxSignificantDigits)
        {
            violation = fraction.Length > UnitValue.Decimals ? "must have at most 12 decimals" : "has more digits than the ledger keeps";
            return false;
        }

        // Nineteen digits fit into 64 bits.
        if (whole.Length + fraction.Length < 20)
        {
            value = OfDigits(DigitsOf(fraction, DigitsOf(whole, 0)), fraction.Length, negative);
            violation = null;
            return true;
        }

        Int128 mantissa = 0;
        foreach (var digit in whole)
            mantissa = (mantissa * 10) + (digit - '0');
        foreach (var digit in fraction)
            mantissa = (mantissa * 10) + (digit - '0');
        // At most 28 digits: below 2^96, so that the three words hold it all.
        value = new decimal(Word(mantissa, 0), Word(mantissa, 1),
            Word(mantissa, 2), negative && mantissa != 0, (byte)fraction.Length);
        violation = null;
        return true;
    }

    /// <summary>
    /// Reads a JSON number as a program writes its floating-point numbers (<c>1.5e-05</c>) and rounds it half away from zero, from its digits and in one
    /// step. For what is told beside a price and never enters a sum: money that counts is read by <see cref="TryParse"/>.
    /// </summary>
    /// <param name="text">A JSON number of at most 64 characters.</param>
    /// <param name="decimals">0..12.</param>
    /// <param name="value">The rounded value, without trailing zeros.</param>
    /// <returns>False where the text is no such number, or its magnitude is above 10^15.</returns>
    public static bool TryRound(ReadOnlySpan<char> text, int decimals, out decimal value)
    {
        value = 0;
        var mark = text.IndexOfAny('e', 'E');
        var exponent = 0;
        if (text.Length > 64 || (mark >= 0 && (!int.TryParse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            || exponent is < -400 or > 400)))
        {
            return false;
        }

        var number = mark < 0 ? text : text[..mark];
        var point = number.IndexOf('.');
        var fraction = point < 0 ? 0 : number.Length - point - 1;
        Span<char> digits = stackalloc char[64];
        var whole = point < 0 ? number : number[..point];
        whole.CopyTo(digits);
        if (point >= 0)
            number[(point + 1)..].CopyTo(digits[point..]);
        if (!BigInteger.TryParse(digits[..(whole.Length + fraction)], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var mantissa))
            return false;

        var shift = exponent - fraction + decimals;
        if (shift >= 0)
        {
            mantissa *= BigInteger.Pow(10, shift);
        }
        else
        {
            var divisor = BigInteger.Pow(10, -shift);
            var (quotient, rest) = BigInteger.DivRem(mantissa, divisor);
            mantissa = BigInteger.Abs(rest) * 2 >= divisor ? quotient + mantissa.Sign : quotient;
        }

        if (BigInteger.Abs(mantissa) > BigInteger.Pow(10, 15 + decimals))
            return false;
        value = Normalize((decimal)mantissa / (decimal)BigInteger.Pow(10, decimals));
        return true;
    }

    private static ulong DigitsOf(ReadOnlySpan<byte> text, ulong before)
    {
        foreach (var digit in text)
            before = (before * 10) + (ulong)(digit - '0');
        return before;
    }

    private static int Word(Int128 mantissa, int index) => unchecked((int)(uint)((mantissa >> (32 * index)) & uint.MaxValue));
}
