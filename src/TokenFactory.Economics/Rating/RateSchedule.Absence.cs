using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>Why there is no price.</summary>
public enum PriceAbsence
{
    /// <summary>No card is for the account, the sector or the region, and none for all.</summary>
    NoCard,

    /// <summary>There are such cards, and none of them holds at the instant.</summary>
    NoCardInForce,

    /// <summary>A card holds, and it has no rate of the token class, nor of one that it falls back to.</summary>
    ClassNotOnCard,

    /// <summary>A card holds that marks up other prices, and there is none of them, or it would be raised beyond the largest unit value.</summary>
    NothingToMarkUp,

    /// <summary>A card prices it, by what each request was: of several that is not known.</summary>
    RequestsNotTold,
}

/// <summary>What is told of prices besides the price.</summary>
public sealed partial class RateSchedule
{
    private IEnumerable<CardSeries> Series => _byAccount.Values.SelectMany(s => s).Concat(_bySector).Concat(_forAll);

    /// <summary>When a card of the schedule holds no more; null: it is open.</summary>
    /// <exception cref="InvalidOperationException">The card is of another schedule.</exception>
    public DateTimeOffset? EndOf(RateCard card) => Series.First(s => s.Cards.Contains(card)).EndOf(card);

    /// <summary>Why a token class of a usage is unpriced.</summary>
    /// <returns>The reason, and the closest card that holds; null: none does.</returns>
    public (PriceAbsence Why, RateCard? Card) WhyNot(TokenClass tokenClass, PriceQuery query)
    {
        if (Find(tokenClass, query) is { } applied)
            return (PriceAbsence.RequestsNotTold, applied.Card);
        var asked = Series.Where(s => (s.Scope.AccountId ?? query.AccountId) == query.AccountId && IsFor(s.Scope, query)).ToList();
        var inForce = asked.Select(s => s.InForceAt(query.At)).OfType<RateCard>().ToList();
        return inForce.Find(c => c.Markup is not null) is { } markedUp ? (PriceAbsence.NothingToMarkUp, markedUp)
            : inForce.Count > 0 ? (PriceAbsence.ClassNotOnCard, inForce[0])
            : (asked.Count > 0 ? PriceAbsence.NoCardInForce : PriceAbsence.NoCard, null);
    }
}
