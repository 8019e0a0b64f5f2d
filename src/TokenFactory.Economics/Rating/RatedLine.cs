using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>A unit value that an event declares.</summary>
/// <param name="UnitValue">Money per million tokens.</param>
/// <param name="Currency">ISO 4217 code of <paramref name="UnitValue"/>.</param>
public readonly record struct DeclaredValue(UnitValue UnitValue, string Currency);

/// <summary>One token class of one event: what is to be rated.</summary>
/// <param name="TokenClass">The class.</param>
/// <param name="Quantity">Tokens, 0..10^15.</param>
/// <param name="Declared">The unit value that the event itself states.</param>
public readonly record struct UsageLine(TokenClass TokenClass, long Quantity, DeclaredValue? Declared);

/// <summary>One token class of one event, valued; or money without tokens that its rating adds. For <see cref="ValueBasis.None"/> there is no money.</summary>
public readonly record struct RatedLine
{
    private RatedLine(TokenClass tokenClass, long quantity, ValueBasis basis, UnitValue? unitValue, string? currency, decimal? amount, AppliedRate? applied)
    {
        TokenClass = tokenClass;
        Quantity = quantity;
        Basis = basis;
        UnitValue = unitValue;
        Currency = currency;
        Amount = amount;
        Applied = applied;
    }

    public TokenClass TokenClass { get; }

    /// <summary>Tokens, 0..10^15; 0 where the line is an adjustment.</summary>
    public long Quantity { get; }

    public ValueBasis Basis { get; }

    /// <summary>Money per million tokens; null where nothing is known, and in an adjustment.</summary>
    public UnitValue? UnitValue { get; }

    /// <summary>ISO 4217 code of the unit value and the amount.</summary>
    public string? Currency { get; }

    /// <summary>quantity x unit value / 10^6, rounded half away from zero to 12 decimals; of an adjustment the money that it adds.</summary>
    public decimal? Amount { get; }

    /// <summary>The rate and what decided it; null unless it comes from a card.</summary>
    public AppliedRate? Applied { get; }

    /// <summary>The number of the rate that was applied.</summary>
    public long? RateId => Applied?.Rate.Id;

    /// <summary>Values a quantity: a declared value beats the card, the card beats nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The quantity is outside 0..10^15.</exception>
    public static RatedLine Rate(in UsageLine line, AppliedRate? applied)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(line.Quantity);
        if (line.Declared is { } declared)
            return new RatedLine(line.TokenClass, line.Quantity, ValueBasis.Declared, declared.UnitValue, declared.Currency, declared.UnitValue.AmountOf(line.Quantity), null);
        if (applied is null)
            return new RatedLine(line.TokenClass, line.Quantity, ValueBasis.None, null, null, null, null);
        return new RatedLine(line.TokenClass, line.Quantity, ValueBasis.RateCard, applied.UnitValue, applied.Currency,
            applied.UnitValue.AmountOf(line.Quantity), applied);
    }

    /// <summary>Money without tokens.</summary>
    internal static RatedLine Adjustment(TokenClass tokenClass, ValueBasis basis, decimal amount, AppliedRate applied) =>
        new(tokenClass, 0, basis, null, applied.Currency, amount, applied);
}
