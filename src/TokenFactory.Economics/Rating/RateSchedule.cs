using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>For whom and where a series of cards holds. Null members: for all.</summary>
/// <param name="AccountId">One account: a contract.</param>
/// <param name="Sector">One sector; never together with an account.</param>
/// <param name="Region">Where the tokens were made, as events name it.</param>
/// <param name="ModelPattern">Null: the model itself is named; else the pattern that names it among others.</param>
public sealed record CardScope(long? AccountId = null, Sector? Sector = null, string? Region = null, string? ModelPattern = null)
{
    /// <summary>The closer one goes first: account, sector, region, the model's own name, the longer pattern.</summary>
    internal static int Compare(CardScope left, CardScope right)
    {
        var order = (right.AccountId is not null).CompareTo(left.AccountId is not null);
        if (order == 0)
            order = (right.Sector is not null).CompareTo(left.Sector is not null);
        if (order == 0)
            order = (right.Region is not null).CompareTo(left.Region is not null);
        if (order == 0)
            order = (left.ModelPattern is not null).CompareTo(right.ModelPattern is not null);
        if (order == 0)
            order = (right.ModelPattern?.Length ?? 0).CompareTo(left.ModelPattern?.Length ?? 0);
        return order == 0 ? string.CompareOrdinal(left.ModelPattern, right.ModelPattern) : order;
    }
}

/// <summary>The cards of one scope, one after the other in time.</summary>
public sealed class CardSeries
{
    private readonly RateCard[] _cards;

    /// <param name="scope">For whom they hold.</param>
    /// <param name="cards">Not overlapping, but that an open one ends where the next begins.</param>
    public CardSeries(CardScope scope, IEnumerable<RateCard> cards)
    {
        Scope = scope;
        _cards = [.. cards.OrderBy(c => c.EffectiveFrom)];
    }

    public CardScope Scope { get; }

    public IReadOnlyList<RateCard> Cards => _cards;

    /// <summary>The card in force at an instant: the latest that has begun, unless it has ended.</summary>
    public RateCard? InForceAt(DateTimeOffset instant)
    {
        for (var i = _cards.Length - 1; i >= 0; i--)
        {
            if (_cards[i].EffectiveFrom <= instant)
                return _cards[i].EffectiveTo is { } end && end <= instant ? null : _cards[i];
        }

        return null;
    }

    /// <summary>When a card of the series holds no more: its own end, or the beginning of the next, whichever is first; null: it is open.</summary>
    public DateTimeOffset? EndOf(RateCard card)
    {
        var next = Array.IndexOf(_cards, card) + 1;
        var nextFrom = next < _cards.Length ? _cards[next].EffectiveFrom : (DateTimeOffset?)null;
        return card.EffectiveTo is { } end && (nextFrom is null || end < nextFrom) ? end : nextFrom;
    }
}

/// <summary>What a price depends on besides the token class.</summary>
/// <param name="At">The instant whose prices are asked for.</param>
/// <param name="Input">The request's input, for context tiers.</param>
/// <param name="AccountId">Whom it was for; null: nobody named.</param>
/// <param name="Sector">The account's sector.</param>
/// <param name="Region">Where; null: not said.</param>
/// <param name="CardsAt">The instant whose cards are in force, where it is another than <paramref name="At"/>, whose hour counts for windows.</param>
public readonly record struct PriceQuery(
    DateTimeOffset At, InputBounds Input, long? AccountId = null, Sector Sector = Sector.Unclassified, string? Region = null, DateTimeOffset? CardsAt = null);

/// <summary>A rate that applies, with everything that decided the unit value.</summary>
/// <param name="Scope">For whom its card holds.</param>
/// <param name="Card">The version.</param>
/// <param name="Rate">Its class may be another than the one asked for: the card's fallback.</param>
/// <param name="UnitValue">Money per million tokens.</param>
/// <param name="Currency">ISO 4217 code of the unit value.</param>
/// <param name="Window">The window that the instant is in; null: none.</param>
/// <param name="Tier">The context tier that the request reaches; null: the base price.</param>
/// <param name="TierIsCertain">Whether every input that the request may have reaches it.</param>
/// <param name="MarkedUp">Of a marked-up card: the rate that was marked up.</param>
public sealed record AppliedRate(
    CardScope Scope, RateCard Card, Rate Rate, UnitValue UnitValue, string Currency, PriceWindow? Window, ContextTier? Tier, bool TierIsCertain, AppliedRate? MarkedUp)
{
    /// <summary>Whether it gives what the requests of a usage cost, taken together: each by itself may be of another price, begin a package, or be short of the minimum.</summary>
    public bool HoldsFor(in Requests requests) =>
        TierIsCertain && (!requests.AreSeveral || PackageTokens == 1) && (requests is { AreSeveral: false, AreParts: false } || MinimumCharge is not > 0);

    /// <summary>The card whose packages and minimum charge hold: of a mark-up that of what is marked up.</summary>
    public RateCard PricedBy => MarkedUp?.PricedBy ?? Card;

    /// <summary>Tokens of a package; 1: token by token.</summary>
    public long PackageTokens => MarkedUp?.PackageTokens ?? Rate.PackageTokens;

    /// <summary>What a request costs at least, raised by every mark-up, rounded half away from zero to 12 decimals; null: nothing is said.</summary>
    public decimal? MinimumCharge => MarkedUp is null
        ? Card.MinimumCharge
        : MarkedUp.MinimumCharge is { } minimum ? decimal.Round(Card.Markup!.Raise(minimum), UnitValue.Decimals, MidpointRounding.AwayFromZero) : null;

    /// <summary>What the packages of a request cost beyond its tokens: 0 where the last one is full. They may hold more tokens than an entry may.</summary>
    public decimal PackageExcess(long quantity)
    {
        var rest = quantity % PackageTokens;
        return rest == 0 ? 0 : UnitValue.AmountOfMillionths((Int128)(quantity - rest + PackageTokens) * UnitValue.Trillionths) - UnitValue.AmountOf(quantity);
    }
}

/// <summary>Every series of cards that may price one model in one service tier.</summary>
public sealed partial class RateSchedule
{
    // A mark-up on a mark-up on ...: more are a circle, or a mistake.
    private const int MaxMarkups = 4;

    private readonly CardSeries[] _forAll;
    private readonly CardSeries[] _bySector;
    private readonly Dictionary<long, CardSeries[]> _byAccount;

    public RateSchedule(IEnumerable<CardSeries> series)
    {
        var inOrder = series.ToList();
        inOrder.Sort((a, b) => CardScope.Compare(a.Scope, b.Scope));
        _forAll = [.. inOrder.Where(s => s.Scope is { AccountId: null, Sector: null })];
        _bySector = [.. inOrder.Where(s => s.Scope is { AccountId: null, Sector: not null })];
        _byAccount = inOrder.Where(s => s.Scope.AccountId is not null).GroupBy(s => s.Scope.AccountId!.Value).ToDictionary(g => g.Key, g => g.ToArray());
    }

    /// <summary>
    /// The rate of a token class: of the closest scope whose card in force prices the class, by a rate of its own or its stated fallback; null:
    /// no card does.
    /// </summary>
    public AppliedRate? Find(TokenClass tokenClass, in PriceQuery query) => Find(tokenClass, query, MaxMarkups);

    private AppliedRate? Find(TokenClass tokenClass, in PriceQuery query, int markupsLeft)
    {
        if (query.AccountId is { } account && _byAccount.TryGetValue(account, out var contracts)
            && First(contracts, tokenClass, query, markupsLeft) is { } contract)
        {
            return contract;
        }

        return First(_bySector, tokenClass, query, markupsLeft) ?? First(_forAll, tokenClass, query, markupsLeft);
    }

    private static AppliedRate? First(CardSeries[] inOrder, TokenClass tokenClass, in PriceQuery query, int markupsLeft)
    {
        foreach (var series in inOrder)
        {
            if (IsFor(series.Scope, query) && series.InForceAt(query.CardsAt ?? query.At) is { } card && card.RateOf(tokenClass) is { } rate
                && Apply(series.Scope, card, rate, tokenClass, query, markupsLeft) is { } applied)
            {
                return applied;
            }
        }

        return null;
    }

    private static bool IsFor(CardScope scope, in PriceQuery query) =>
        (scope.Sector ?? query.Sector) == query.Sector && (scope.Region is not { } region || region == query.Region);

    private static AppliedRate? Apply(CardScope scope, RateCard card, Rate rate, TokenClass tokenClass, in PriceQuery query, int markupsLeft)
    {
        if (card.Markup is { } markup)
        {
            if (markupsLeft == 0 || markup.Base().Find(tokenClass, new PriceQuery(query.At, query.Input, Region: query.Region, CardsAt: query.CardsAt), markupsLeft - 1) is not { } marked)
                return null;
            var raised = decimal.Round(markup.Raise(marked.UnitValue.ValuePerMillionTokens), UnitValue.Decimals, MidpointRounding.AwayFromZero);
            return UnitValue.TryCreate(raised, out var unitValue, out _)
                ? new AppliedRate(scope, card, rate, unitValue, marked.Currency, null, null, marked.TierIsCertain, marked)
                : null;
        }

        var (price, window, tier, isCertain) = rate.PriceAt(query.At, query.Input);
        return new AppliedRate(scope, card, rate, price, card.Currency, window, tier, isCertain, null);
    }
}
