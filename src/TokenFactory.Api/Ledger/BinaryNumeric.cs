using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// PostgreSQL's binary form of <c>numeric</c>: digits to the base 10,000, most significant first, the place of the first (its weight), the sign, and
/// the decimals that are shown.
/// </summary>
internal static class BinaryNumeric
{
    /// <summary>The longest: a head of four words, and 28 decimal digits on both sides of a point that needn't lie between two of these.</summary>
    public const int MaxBytes = (4 + 9) * sizeof(short);

    private const int Base = 10_000;
    private const int DigitsPerWord = 4;
    private const short Negative = 0x4000;

    /// <summary>Writes a number with all its decimals.</summary>
    /// <returns>So many bytes.</returns>
    public static int Write(decimal value, Span<byte> destination)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var scale = value.Scale;
        // The point must lie between two words.
        var wordsBehindPoint = (scale + DigitsPerWord - 1) / DigitsPerWord;
        var mantissa = unchecked(new UInt128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]));
        for (var missing = (wordsBehindPoint * DigitsPerWord) - scale; missing > 0; missing--)
            mantissa *= 10;

        Span<short> words = stackalloc short[9];
        var first = words.Length;
        while (mantissa > ulong.MaxValue)
        {
            (mantissa, var rest) = UInt128.DivRem(mantissa, Base);
            words[--first] = (short)rest;
        }

        for (var low = (ulong)mantissa; low > 0; low /= Base)
            words[--first] = (short)(low % Base);

        // Zeros at the end are left away; the weight tells where the first word stands.
        var weight = words.Length - first - wordsBehindPoint - 1;
        var last = words.Length;
        while (last > first && words[last - 1] == 0)
            last--;
        var count = last - first;
        BinaryPrimitives.WriteInt16BigEndian(destination, (short)count);
        BinaryPrimitives.WriteInt16BigEndian(destination[2..], (short)(count == 0 ? 0 : weight));
        BinaryPrimitives.WriteInt16BigEndian(destination[4..], value < 0 ? Negative : (short)0);
        BinaryPrimitives.WriteInt16BigEndian(destination[6..], scale);
        for (var i = 0; i < count; i++)
            BinaryPrimitives.WriteInt16BigEndian(destination[((4 + i) * sizeof(short))..], words[first + i]);
        return (4 + count) * sizeof(short);
    }

    /// <summary>A number as PostgreSQL writes it.</summary>
    /// <param name="value">As it is sent.</param>
    /// <exception cref="FormatException">It is none, or not a number.</exception>
    public static string Text(ReadOnlySpan<byte> value)
    {
        if (value.Length < 4 * sizeof(short) || value.Length != (4 + BinaryPrimitives.ReadInt16BigEndian(value)) * sizeof(short))
            throw new FormatException("It is no number.");
        var (count, weight) = (BinaryPrimitives.ReadInt16BigEndian(value), BinaryPrimitives.ReadInt16BigEndian(value[2..]));
        var (sign, scale) = (BinaryPrimitives.ReadInt16BigEndian(value[4..]), BinaryPrimitives.ReadInt16BigEndian(value[6..]));
        if (sign is not (0 or Negative))
            throw new FormatException("It is no number.");
        var text = new StringBuilder();
        for (var place = Math.Max(weight, (short)0); place >= 0 || -place * DigitsPerWord < scale + DigitsPerWord; place--)
        {
            if (place == -1)
                text.Append('.');
            var word = weight - place;
            text.Append(CultureInfo.InvariantCulture, $"{(word >= 0 && word < count ? BinaryPrimitives.ReadInt16BigEndian(value[((4 + word) * sizeof(short))..]) : 0):D4}");
        }

        var (whole, fraction) = (text.ToString().Split('.')[0].TrimStart('0'), text.ToString().Contains('.', StringComparison.Ordinal) ? text.ToString().Split('.')[1] : "");
        return $"{(sign == Negative ? "-" : "")}{(whole.Length > 0 ? whole : "0")}{(scale > 0 ? $".{fraction[..scale]}" : "")}";
    }
}
