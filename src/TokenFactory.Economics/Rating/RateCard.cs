using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>
/// What a reseller adds to somebody else's prices: to unit values with their tiers and windows, packages and minimum charge. Of month tiers it
/// takes the first price.
/// </summary>
/// <param name="Percent">Per cent of the price that is marked up; above -100. 10: a tenth more.</param>
/// <param name="Base">Finds whose prices; their list, not anybody's contract. Asked when a price is, so that cards may refer to each other in any order.</param>
public sealed record Markup(decimal Percent, Func<RateSchedule> Base)
{
    /// <summary>A price and the percentage, before it is rounded to 12 decimals.</summary>
    public decimal Raise(decimal price) => price * (1 + (Percent / 100));
}

/// <summary>The prices of one scope from an instant on. A version: it is never changed, only superseded.</summary>
public sealed class RateCard
{
    private readonly Rate?[] _rates = new Rate?[Slots];
    private readonly TokenClass[] _fallbacks = new TokenClass[Slots];
    private static readonly int Slots = (int)Enum.GetValues<TokenClass>().Max() + 1;

    /// <exception cref="ArgumentException">Two rates of one token class, or fallbacks that lead in a circle.</exception>
    public RateCard(IEnumerable<Rate> rates, IReadOnlyDictionary<TokenClass, TokenClass>? fallbacks = null)
    {
        foreach (var rate in rates)
        {
            if (_rates[(int)rate.TokenClass] is not null)
                throw new ArgumentException($"There are two rates of {rate.TokenClass.Name()}.", nameof(rates));
            _rates[(int)rate.TokenClass] = rate;
        }

        foreach (var (from, to) in fallbacks ?? new Dictionary<TokenClass, TokenClass>())
            _fallbacks[(int)from] = to;
        if (FindCircle(fallbacks ?? new Dictionary<TokenClass, TokenClass>()) is { } circle)
            throw new ArgumentException($"The fallback of {circle.Name()} leads back to it.", nameof(fallbacks));
    }

    public required long Id { get; init; }

    /// <summary>ISO 4217 code of every price of the card; of a marked-up card the currency is that of what it marks up.</summary>
    public required string Currency { get; init; }
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>Exclusive; null: until the next card of the series.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>What a request with tokens that this card prices costs at least, in <see cref="Currency"/>.</summary>
    public decimal? MinimumCharge { get; init; }

    /// <summary>Where the prices are somebody else's and a percentage.</summary>
    public Markup? Markup { get; init; }

    public IEnumerable<Rate> Rates => _rates.OfType<Rate>();

    /// <summary>The rate of a class: its own, or that of the class that it falls back to; null: it has none. Compare the rate's class to see which.</summary>
    public Rate? RateOf(TokenClass tokenClass)
    {
        // At most one step per class: circles were refused.
        for (var slot = (int)tokenClass; slot != 0; slot = (int)_fallbacks[slot])
        {
            if (_rates[slot] is { } rate)
                return rate;
        }

        return null;
    }

    /// <summary>A class whose fallback leads back to it; null: there is none.</summary>
    public static TokenClass? FindCircle(IReadOnlyDictionary<TokenClass, TokenClass> fallbacks)
    {
        foreach (var start in fallbacks.Keys)
        {
            var at = start;
            for (var steps = 0; fallbacks.TryGetValue(at, out var next); steps++)
            {
                if (next == start || steps > fallbacks.Count)
                    return start;
                at = next;
            }
        }

        return null;
    }
}
