using System.Globalization;

namespace TokenFactory.Economics.Measures;

/// <summary>
/// Money per million tokens: at least 0 (free is a real price), at most <see cref="Maximum"/>, at most 12 decimals. Exact: held as a
/// whole number of 10^-12 currency units, so that no operation on it rounds. <c>default</c> is a price of zero.
/// </summary>
public readonly record struct UnitValue : IComparable<UnitValue>
{
    /// <summary>Decimals of a unit value and of an amount.</summary>
    public const int Decimals = 12;

    /// <summary>The largest unit value, in currency units per million tokens (one currency unit per token).</summary>
    public const decimal Maximum = 1_000_000m;

    internal const long UnitsPerOne = 1_000_000_000_000;

    private readonly long _trillionths;

    private UnitValue(long trillionths) => _trillionths = trillionths;

    /// <summary>The value in currency units per million tokens, without trailing zeros.</summary>
    public decimal ValuePerMillionTokens => ExactDecimal.OfDigits((ulong)_trillionths, Decimals, isNegative: false);

    /// <summary>The value as a whole number of 10^-12 currency units per million tokens.</summary>
    public long Trillionths => _trillionths;

    /// <summary>Makes a unit value of money per million tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, above <see cref="Maximum"/>, or more than 12 decimals.</exception>
    public static UnitValue PerMillionTokens(decimal value) => TryCreate(value, out var unitValue, out var why)
        ? unitValue
        : throw new ArgumentOutOfRangeException(nameof(value), value, why);

    /// <summary>As <see cref="PerMillionTokens"/>, with the violation as a sentence where there is one.</summary>
    public static bool TryCreate(decimal value, out UnitValue unitValue, out string? violation)
    {
        unitValue = default;
        violation = value switch
        {
            < 0 => "must not be negative",
            > Maximum => "must not exceed 1000000 per million tokens",
            _ => null,
        };
        if (violation is not null)
            return false;

        var exact = ExactDecimal.Normalize(value);
        if (exact.Scale > Decimals)
        {
            violation = "must have at most 12 decimals";
            return false;
        }

        // At most 10^6 with 12 decimals: 10^18 is in reach of 64 bits, and the product is exact.
        unitValue = new UnitValue((long)(exact * UnitsPerOne));
        return true;
    }

    /// <summary>
    /// quantity x unit value / 10^6, rounded half away from zero to 12 decimals: the one rounding in the life of an entry. Exact before
    /// that: the product is taken in 128-bit integers. A negative quantity (a reversal) gives the negated amount.
    /// </summary>
    /// <param name="quantity">Tokens, within +-10^15.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quantity is outside +-10^15.</exception>
    public decimal AmountOf(long quantity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantity, Quantity.Maximum);
        ArgumentOutOfRangeException.ThrowIfLessThan(quantity, -Quantity.Maximum);

        var high = Math.BigMul((ulong)Math.Abs(quantity), (ulong)_trillionths, out var product);
        if (high != 0)
            return AmountOfMillionths((Int128)quantity * _trillionths);
        var (amount, rest) = Math.DivRem(product, 1_000_000);
        return ExactDecimal.OfDigits(rest >= 500_000 ? amount + 1 : amount, Decimals, quantity < 0);
    }

    /// <summary>
    /// quantity x unit value / 10^6 in plain digits, at most 18 decimals, where <see cref="AmountOf"/> rounds it; null where that is exact. A
    /// text, because it may have more digits than <see cref="decimal"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The quantity is outside 0..10^15.</exception>
    public string? UnroundedAmountOf(long quantity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantity, Quantity.Maximum);
        ArgumentOutOfRangeException.ThrowIfNegative(quantity);
        const int decimals = Decimals + 6;
        var product = (Int128)quantity * _trillionths;
        if (product % 1_000_000 == 0)
            return null;
        var digits = product.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return $"{digits[..^decimals]}.{digits[^decimals..].TrimEnd('0')}";
    }

    /// <summary>An amount of 10^-18 currency units, rounded half away from zero to 12 decimals.</summary>
    internal static decimal AmountOfMillionths(Int128 millionthsOfTrillionths)
    {
        var (quotient, remainder) = Int128.DivRem(millionthsOfTrillionths, 1_000_000);
        if (Int128.Abs(remainder) >= 500_000)
            quotient += millionthsOfTrillionths < 0 ? -1 : 1;
        return ExactDecimal.Normalize((decimal)quotient * 0.000000000001m);
    }

    public int CompareTo(UnitValue other) => _trillionths.CompareTo(other._trillionths);

    public static bool operator <(UnitValue left, UnitValue right) => left.CompareTo(right) < 0;

    public static bool operator >(UnitValue left, UnitValue right) => left.CompareTo(right) > 0;

    public static bool operator <=(UnitValue left, UnitValue right) => left.CompareTo(right) <= 0;

    public static bool operator >=(UnitValue left, UnitValue right) => left.CompareTo(right) >= 0;

    public override string ToString() => ValuePerMillionTokens.ToString(CultureInfo.InvariantCulture);
}
