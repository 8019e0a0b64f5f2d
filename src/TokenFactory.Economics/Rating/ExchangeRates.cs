using System.Collections.Frozen;
using System.Numerics;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>Exchange rates of one source that were published together: how much of each currency one unit of the base is worth.</summary>
/// <param name="Id">The number that entries pin; positive.</param>
/// <param name="PublishedAt">From when on they hold, until newer ones, but at most <see cref="ExchangeRates.MaxAge"/>.</param>
/// <param name="Base">ISO 4217 code.</param>
/// <param name="Rates">Units of a currency for one of the base, by ISO 4217 code; above 0.</param>
public sealed record FxPublication(long Id, DateTimeOffset PublishedAt, string Base, FrozenDictionary<string, decimal> Rates)
{
    // Amounts of an entry: as the ledger keeps them.
    private const decimal MaxAmount = 1_000_000_000_000_000m;

    /// <summary>Units of a currency for one of the base; null: not published.</summary>
    public decimal? RateOf(string currency) => currency == Base ? 1 : Rates.TryGetValue(currency, out var rate) ? rate : null;

    /// <summary>
    /// An amount in another currency, by way of the base: amount x rate(to) / rate(from), rounded once, half away from zero to 12 decimals.
    /// </summary>
    /// <returns>Null where one of the two has no rate here, or the result is beyond 10^15.</returns>
    public decimal? Convert(decimal amount, string from, string to)
    {
        if (RateOf(from) is not { } rateOfFrom || RateOf(to) is not { } rateOfTo)
            return null;
        var (mantissa, scale) = ExactRounding.Parts(amount);
        var (numerator, numeratorScale) = ExactRounding.Parts(rateOfTo);
        var (denominator, denominatorScale) = ExactRounding.Parts(rateOfFrom);
        var trillionths = ExactRounding.Divide(
            mantissa * numerator * BigInteger.Pow(10, denominatorScale + UnitValue.Decimals),
            denominator * BigInteger.Pow(10, scale + numeratorScale));
        return BigInteger.Abs(trillionths) > (BigInteger)MaxAmount * UnitValue.UnitsPerOne ? null : ExactRounding.OfTrillionths(trillionths);
    }
}

/// <summary>Every publication, and which of them holds for an exchange at an instant.</summary>
public sealed class ExchangeRates
{
    /// <summary>How old rates may be: beyond it an amount has no value in another currency, never 1:1.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    private readonly FxPublication[] _publications;

    /// <param name="publications">Of equal <see cref="FxPublication.PublishedAt"/> the one with the larger number corrects the other.</param>
    public ExchangeRates(IEnumerable<FxPublication> publications) =>
        _publications = [.. publications.OrderBy(p => p.PublishedAt).ThenBy(p => p.Id)];

    public static ExchangeRates None { get; } = new([]);

    public int Count => _publications.Length;

    /// <summary>
    /// The latest publication before or at the instant, not more than 7 days old, that has both currencies; null: there is none.
    /// </summary>
    public FxPublication? Find(string from, string to, DateTimeOffset at)
    {
        for (var i = LastAtOrBefore(at); i >= 0 && at - _publications[i].PublishedAt <= MaxAge; i--)
        {
            if (_publications[i].RateOf(from) is not null && _publications[i].RateOf(to) is not null)
                return _publications[i];
        }

        return null;
    }

    private int LastAtOrBefore(DateTimeOffset at)
    {
        var (low, high) = (0, _publications.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_publications[middle].PublishedAt <= at)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
