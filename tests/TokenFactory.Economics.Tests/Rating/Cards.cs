using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Tests.Rating;

/// <summary>Rate cards in few words.</summary>
internal static class Cards
{
    private static long _lastId;

    public static DateTimeOffset Day(int day) => new(2026, 11, day, 0, 0, 0, TimeSpan.Zero);

    public static UnitValue Price(decimal value) => UnitValue.PerMillionTokens(value);

    public static Rate Of(TokenClass tokenClass, decimal value) => new() { Id = ++_lastId, TokenClass = tokenClass, UnitValue = Price(value) };

    public static RateCard Card(DateTimeOffset from, params Rate[] rates) => Version(from, null, null, rates);

    public static RateCard Version(DateTimeOffset from, DateTimeOffset? to, Dictionary<TokenClass, TokenClass>? fallbacks, params Rate[] rates) =>
        new(rates, fallbacks) { Id = ++_lastId, Currency = "USD", EffectiveFrom = from, EffectiveTo = to };

    public static RateSchedule Schedule(params RateCard[] cards) => new([new CardSeries(new CardScope(), cards)]);

    public static RateSchedule Schedule(params (CardScope Scope, RateCard Card)[] cards) =>
        new(cards.GroupBy(c => c.Scope).Select(g => new CardSeries(g.Key, g.Select(c => c.Card))));

    public static UsageLine Tokens(TokenClass tokenClass, long quantity) => new(tokenClass, quantity, null);
}
