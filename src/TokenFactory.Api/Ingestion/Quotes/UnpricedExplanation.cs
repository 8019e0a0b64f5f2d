using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ingestion;

/// <summary>Says why a line has no value in the reporting currency, and what to do about it.</summary>
internal sealed class UnpricedExplanation(PricedUsage priced)
{
    public UnpricedReason Of(RatedLine line)
    {
        var (code, detail) = line.Basis == ValueBasis.None ? WhyNoPrice(line.TokenClass) : WhyNoExchange(line.Currency!);
        return new UnpricedReason { Code = code, Detail = detail };
    }

    private (string Code, string Detail) WhyNoPrice(TokenClass tokenClass)
    {
        var (why, card) = priced.Schedule.WhyNot(tokenClass, priced.Query);
        var at = UtcInstantConverter.Text(priced.Event.OccurredAt);
        return why switch
        {
            PriceAbsence.NoCard when !priced.ModelIsKnown => ("unknown_model",
                "No model of the producer has this name, and no card's pattern fits it. Check the name; or record with it, which registers the model, and price it by POST /v1/rate-cards."),
            PriceAbsence.NoCard => ("no_card",
                $"No rate card prices this model in the tier {priced.ServiceTier.Name()} for this account, sector and region. Add one by POST /v1/rate-cards."),
            PriceAbsence.NoCardInForce => ("no_card_in_force",
                $"There are rate cards for it, but none holds at {at}. Add one with an earlier effective_from, or for the time after the last one's end, by POST /v1/rate-cards."),
            PriceAbsence.ClassNotOnCard => ("class_not_on_card",
                $"The rate card {card!.Id} holds, but has no price of {tokenClass.Name()} and no fallback. Replace it by one that has, or that names the class to fall back to."),
            PriceAbsence.NothingToMarkUp => ("nothing_to_mark_up",
                $"The rate card {card!.Id} marks up the list price of another model, which has none of {tokenClass.Name()} at {at} (or one that would pass the largest unit value). Price that model by POST /v1/rate-cards."),
            PriceAbsence.RequestsNotTold => ("requests_not_told",
                $"The rate card {card!.Id} prices {tokenClass.Name()} by each request (tiers by input, packages or a minimum charge), and the usage is not told request by request. Send the requests themselves, or a card without such terms."),
            _ => throw new ArgumentOutOfRangeException(nameof(tokenClass), why, "Not a reason."),
        };
    }

    private (string Code, string Detail) WhyNoExchange(string currency) => priced.HasExchange(currency)
        ? ("out_of_range", $"In {priced.ReportingCurrency} the amount would pass 10^15. Check quantity, price and exchange rate.")
        : ("no_exchange_rate",
            $"No exchange rates that have both {currency} and {priced.ReportingCurrency} were published in the 7 days before {UtcInstantConverter.Text(priced.Event.OccurredAt)}. "
            + "Add them by POST /v1/fx-rates.");
}
