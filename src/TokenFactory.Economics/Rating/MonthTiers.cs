using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>The price above a quantity of a calendar month.</summary>
/// <param name="Above">Tokens of the month; the price holds for what is above. More than 0.</param>
/// <param name="UnitValue">Money per million tokens.</param>
public sealed record MonthTier(long Above, UnitValue UnitValue);

/// <summary>
/// Prices by the quantity of a calendar month. Graduated: each tier's price holds for the tokens that lie in it. By volume: the price of the
/// tier that the month reaches holds for all of its tokens.
/// </summary>
public sealed class MonthTiers
{
    /// <summary>The largest quantity of a month, in tokens: with it every amount stays within <see cref="decimal"/>'s 28 digits.</summary>
    public const long MaxQuantity = Quantity.Maximum;

    private readonly UnitValue _first;
    private readonly MonthTier[] _tiers;

    /// <param name="isVolume">By volume; else graduated.</param>
    /// <param name="first">The price of the first token: that of the first tier.</param>
    /// <param name="tiers">The tiers above it, in rising order.</param>
    /// <exception cref="ArgumentException">The thresholds do not rise, or the first is not above 0.</exception>
    public MonthTiers(bool isVolume, UnitValue first, IReadOnlyList<MonthTier> tiers)
    {
        IsVolume = isVolume;
        _first = first;
        _tiers = [.. tiers];
        for (var i = 0; i < _tiers.Length; i++)
        {
            if (_tiers[i].Above <= (i == 0 ? 0 : _tiers[i - 1].Above))
                throw new ArgumentException("The thresholds of month tiers must rise, from above 0.", nameof(tiers));
        }
    }

    /// <summary>Whether the price of the tier that is reached holds for the whole month.</summary>
    public bool IsVolume { get; }

    public IReadOnlyList<MonthTier> Tiers => _tiers;

    /// <summary>
    /// What a month's quantity costs: exact until it is rounded once, half away from zero to 12 decimals. A negative quantity (more was taken
    /// back than is recorded yet) costs nothing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MaxQuantity"/>.</exception>
    public decimal AmountOf(long quantity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantity, MaxQuantity);
        if (quantity <= 0)
            return 0;
        Int128 millionthsOfTrillionths = 0;
        if (IsVolume)
        {
            millionthsOfTrillionths = (Int128)quantity * UnitValueAt(quantity).Trillionths;
        }
        else
        {
            long from = 0;
            var price = _first;
            foreach (var tier in _tiers)
            {
                if (tier.Above >= quantity)
                    break;
                millionthsOfTrillionths += (Int128)(tier.Above - from) * price.Trillionths;
                (from, price) = (tier.Above, tier.UnitValue);
            }

            millionthsOfTrillionths += (Int128)(quantity - from) * price.Trillionths;
        }

        return UnitValue.AmountOfMillionths(millionthsOfTrillionths);
    }

    private UnitValue UnitValueAt(long quantity)
    {
        for (var i = _tiers.Length - 1; i >= 0; i--)
        {
            if (quantity > _tiers[i].Above)
                return _tiers[i].UnitValue;
        }

        return _first;
    }
}
