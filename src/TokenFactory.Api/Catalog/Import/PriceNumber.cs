using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>
/// Prices as catalogues write them: in any power of ten, with an exponent or without. The decimal point is moved in the text, so that
/// 1.25e-06 dollars a token are exactly 1.25 a million, and no binary fraction is ever in between.
/// </summary>
internal static class PriceNumber
{
    /// <summary>From a price per token to one per million tokens.</summary>
    public const int PerToken = 6;

    /// <summary>The catalogue gives prices per million tokens already.</summary>
    public const int PerMillionTokens = 0;

    private const int MaxShift = 100;

    /// <summary>Reads a number times a power of ten as a unit value.</summary>
    /// <param name="utf8">Digits, with a point, an exponent and a leading minus where there are any.</param>
    /// <param name="power">The power of ten.</param>
    /// <param name="unitValue">Money per million tokens, exact, without trailing zeros.</param>
    /// <param name="violation">What is wrong, as a sentence without a subject, when the answer is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> utf8, int power, out decimal unitValue, out string? violation)
    {
        if (!TryReadExact(utf8, power, out unitValue, out violation) || !UnitValue.TryCreate(unitValue, out var value, out violation))
            return false;
        unitValue = value.ValuePerMillionTokens;
        return true;
    }

    /// <summary>Reads a count of tokens, which some catalogues write as 256000.0 or 2.56e5.</summary>
    public static bool TryReadTokens(JsonElement number, out long tokens)
    {
        tokens = 0;
        if (number.ValueKind != JsonValueKind.Number || !TryReadExact(JsonMarshal.GetRawUtf8Value(number), 0, out var exact, out _)
            || exact is < 0 or > Quantity.Maximum || exact != decimal.Truncate(exact))
        {
            return false;
        }

        tokens = (long)exact;
        return true;
    }

    /// <summary>Whether a text is a number below zero.</summary>
    public static bool IsNegative(ReadOnlySpan<byte> utf8) => TryReadExact(utf8, 0, out var value, out _) && value < 0;

    /// <summary>Whether a text is a number, and nothing but zero.</summary>
    public static bool IsZero(ReadOnlySpan<byte> utf8) => TryReadExact(utf8, 0, out var value, out _) && value == 0;

    private static bool TryReadExact(ReadOnlySpan<byte> utf8, int power, out decimal value, out string? violation)
    {
        value = 0;
        violation = "must be a decimal number such as 2.50 or 2.5e-06";
        var mark = utf8.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = mark < 0 ? utf8 : utf8[..mark];
        var exponent = 0;
        if (mark >= 0 && !int.TryParse(utf8[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return false;

        var shift = (long)exponent + power;
        if (shift is < -MaxShift or > MaxShift)
        {
            violation = "has an exponent that no price has";
            return false;
        }

        return shift == 0
            ? ExactDecimal.TryParse(mantissa, out value, out violation)
            : TryShift(mantissa, (int)shift, out var shifted) && ExactDecimal.TryParse(shifted, out value, out violation);
    }

    /// <summary>The same digits with the point so many places further to the right. What else the text may hold is found where it is parsed.</summary>
    private static bool TryShift(ReadOnlySpan<byte> mantissa, int places, out byte[] shifted)
    {
        var sign = mantissa is [(byte)'-', ..] ? 1 : 0;
        var point = mantissa.IndexOf((byte)'.');
        var whole = point < 0 ? mantissa[sign..] : mantissa[sign..Math.Max(sign, point)];
        var fraction = point < 0 ? default : mantissa[(point + 1)..];
        shifted = [];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || fraction.Contains((byte)'.'))
            return false;

        byte[] digits = [.. whole, .. fraction];
        var at = whole.Length + places;
        ReadOnlySpan<byte> minus = mantissa[..sign];
        shifted = at <= 0 ? [.. minus, .. "0."u8, .. Zeros(-at), .. digits]
            : at >= digits.Length ? [.. minus, .. digits, .. Zeros(at - digits.Length)]
            : [.. minus, .. digits.AsSpan(0, at), (byte)'.', .. digits.AsSpan(at)];
        return true;
    }

    private static byte[] Zeros(int count)
    {
        var zeros = new byte[count];
        zeros.AsSpan().Fill((byte)'0');
        return zeros;
    }
}
