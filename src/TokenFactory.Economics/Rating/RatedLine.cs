using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>A price of a rate card, with the id that an entry pins.</summary>
/// <param name="Id">The rate's id; positive.</param>
/// <param name="UnitValue">Money per million tokens.</param>
/// <param name="Currency">ISO 4217 code of <paramref name="UnitValue"/>.</param>
public readonly record struct CardRate(long Id, UnitValue UnitValue, string Currency);

/// <summary>A unit value that an event declares.</summary>
/// <param name="UnitValue">Money per million tokens.</param>
/// <param name="Currency">ISO 4217 code of <paramref name="UnitValue"/>.</param>
public readonly record struct DeclaredValue(UnitValue UnitValue, string Currency);

/// <summary>One token class of one event, valued. For <see cref="ValueBasis.None"/> all members after it are null.</summary>
public readonly record struct RatedLine
{
    private RatedLine(long quantity, ValueBasis basis, UnitValue? unitValue, string? currency, long? rateId)
    {
        Quantity = quantity;
        Basis = basis;
        UnitValue = unitValue;
        Currency = currency;
        RateId = rateId;
        Amount = unitValue?.AmountOf(quantity);
    }

    /// <summary>Tokens, 0..10^15.</summary>
    public long Quantity { get; }

    public ValueBasis Basis { get; }

    /// <summary>Money per million tokens.</summary>
    public UnitValue? UnitValue { get; }

    /// <summary>ISO 4217 code of the unit value and the amount.</summary>
    public string? Currency { get; }

    /// <summary>The rate that was applied; null unless the basis is <see cref="ValueBasis.RateCard"/>.</summary>
    public long? RateId { get; }

    /// <summary>quantity x unit value / 10^6, rounded half away from zero to 12 decimals.</summary>
    public decimal? Amount { get; }

    /// <summary>Values a quantity: a declared value beats the card, the card beats nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The quantity is outside 0..10^15.</exception>
    public static RatedLine Rate(long quantity, DeclaredValue? declared, CardRate? card)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantity);
        if (declared is { } value)
            return new RatedLine(quantity, ValueBasis.Declared, value.UnitValue, value.Currency, null);
        if (card is { } rate)
            return new RatedLine(quantity, ValueBasis.RateCard, rate.UnitValue, rate.Currency, rate.Id);
        return new RatedLine(quantity, ValueBasis.None, null, null, null);
    }
}
