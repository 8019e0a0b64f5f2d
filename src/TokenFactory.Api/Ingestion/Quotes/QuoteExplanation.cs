using System.Globalization;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ingestion;

/// <summary>Says of each line of a quote what decided its value. Pure: origins were read before.</summary>
/// <param name="priced">What was rated, and by what.</param>
/// <param name="origins">Of every card and publication that was applied.</param>
internal sealed class QuoteExplanation(PricedUsage priced, PriceOrigins origins)
{
    private const string Rule = "half away from zero, to 12 decimals";
    private const string MonthTierNote =
        "This is the price of the first tier. What the tiers add to it or take from it is settled over the calendar month (UTC), as entries of the basis month_tiers.";

    private readonly UnpricedExplanation _unpriced = new(priced);

    public QuoteLine Of(int index)
    {
        var (line, entry) = (priced.Lines[index], priced.Entries[index]);
        return new QuoteLine
        {
            TokenClass = line.TokenClass.Name(),
            Quantity = ReceiptText.Quantity(line.Quantity),
            Basis = ReceiptText.Basis(line.Basis),
            UnitValue = line.UnitValue?.ValuePerMillionTokens,
            Currency = line.Currency,
            Amount = line.Amount,
            ReportingAmount = line.Currency == priced.ReportingCurrency ? null : entry.ReportingAmount,
            Because = line.Basis == ValueBasis.None ? null : ReasonOf(line, priced.PublicationOf(index)),
            Why = entry.ReportingAmount is null ? _unpriced.Of(line) : null,
        };
    }

    private QuoteReason? ReasonOf(RatedLine line, FxPublication? fx)
    {
        var reason = new QuoteReason
        {
            Exchange = fx is null ? null : ExchangeOf(fx, line.Currency!),
            Rounding = line.UnitValue?.UnroundedAmountOf(line.Quantity) is { } exact ? new QuoteRounding { Exact = exact, Rule = Rule } : null,
        };
        if (line.Applied is not { } applied)
            return reason is { Exchange: null, Rounding: null } ? null : reason;
        var filled = Fill(reason, applied, line.TokenClass, priced.Schedule);
        // It is the card's, whatever the price.
        if (line.Basis == ValueBasis.MinimumCharge)
            return filled with { MinimumCharge = MinimumOf(applied.Card), ContextTier = null, Window = null };
        return filled with
        {
            Package = PackageOf(line, applied.PackageTokens),
            MonthTiers = line.Basis == ValueBasis.RateCard && applied.Rate.MonthTiers is { } tiers ? MonthTiersOf(tiers) : null,
        };
    }

    private T Fill<T>(T price, AppliedRate applied, TokenClass tokenClass, RateSchedule schedule) where T : AppliedPrice
    {
        var origin = origins.Cards[applied.Card.Id];
        return (T)(price with
        {
            RateId = applied.Rate.Id,
            RateCardId = applied.Card.Id,
            Card = new QuoteCard
            {
                Producer = origin.Producer,
                Model = origin.Model,
                ServiceTier = origin.ServiceTier.Name(),
                Account = origin.Account,
                Sector = applied.Scope.Sector?.Name(),
                Region = applied.Scope.Region,
            },
            EffectiveFrom = applied.Card.EffectiveFrom,
            EffectiveTo = schedule.EndOf(applied.Card),
            RecordedAt = origin.RecordedAt,
            Provenance = origin.Provenance,
            RatedAs = applied.Rate.TokenClass == tokenClass ? null : applied.Rate.TokenClass.Name(),
            ContextTier = applied.Tier is { } tier
                ? new QuoteContextTier { Above = tier.Above, Inclusive = tier.Inclusive, InputTokens = ReceiptText.Quantity(priced.InputTokens) }
                : null,
            Window = applied.Window?.Window is { } window ? WindowOf(window) : null,
            Markup = applied.MarkedUp is { } marked ? MarkupOf(applied.Card.Markup!, marked, tokenClass) : null,
        });
    }

    private QuoteMarkup MarkupOf(Markup markup, AppliedRate marked, TokenClass tokenClass)
    {
        var raised = ExactDecimal.Normalize(markup.Raise(marked.UnitValue.ValuePerMillionTokens));
        return new QuoteMarkup
        {
            Percent = ExactDecimal.Normalize(markup.Percent),
            Of = Fill(new MarkedUpPrice { UnitValue = marked.UnitValue.ValuePerMillionTokens, Currency = marked.Currency }, marked, tokenClass, markup.Base()),
            Rounding = raised.Scale > UnitValue.Decimals
                ? new QuoteRounding { Exact = raised.ToString(CultureInfo.InvariantCulture), Rule = Rule }
                : null,
        };
    }

    private QuotePackage? PackageOf(RatedLine line, long packageTokens)
    {
        if (packageTokens == 1)
            return null;
        var tokens = line.Basis == ValueBasis.Package ? priced.Lines.First(l => l.TokenClass == line.TokenClass).Quantity : line.Quantity;
        return new QuotePackage { Tokens = packageTokens, Packages = (tokens + packageTokens - 1) / packageTokens };
    }

    private QuoteMinimumCharge MinimumOf(RateCard card) => new()
    {
        Minimum = ExactDecimal.Normalize(card.MinimumCharge!.Value),
        Sum = ExactDecimal.Normalize(priced.Lines.Where(l => l.Applied?.Card == card && l.Basis != ValueBasis.MinimumCharge).Sum(l => l.Amount!.Value)),
    };

    private static QuoteMonthTiers MonthTiersOf(MonthTiers tiers) => new()
    {
        Kind = tiers.IsVolume ? MonthTierKind.Volume : MonthTierKind.Graduated,
        Tiers = [.. tiers.Tiers.Select(t => new MonthTierStep { Above = t.Above, UnitValue = t.UnitValue.ValuePerMillionTokens })],
        Note = MonthTierNote,
    };

    private static QuoteWindow WindowOf(TimeWindow window) => new()
    {
        From = RateTermsReader.TextOf(window.From),
        To = RateTermsReader.TextOf(window.To),
        TimeZone = window.Zone.Id,
        Weekdays = RateTermsReader.WeekdaysOf(window),
    };

    private QuoteExchange ExchangeOf(FxPublication fx, string currency) => new()
    {
        FxRateId = fx.Id,
        PublishedAt = fx.PublishedAt,
        Source = origins.FxSources[fx.Id],
        Base = fx.Base,
        Rates = new[] { currency, priced.ReportingCurrency }.ToDictionary(c => c, c => ExactDecimal.Normalize(fx.RateOf(c)!.Value)),
    };
}
