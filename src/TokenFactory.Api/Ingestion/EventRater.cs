using TokenFactory.Api.Catalog;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ingestion;

/// <summary>Resolves an event's names in one catalog snapshot and values it at its own time. Pure: no look-up leaves memory.</summary>
internal static class EventRater
{
    /// <summary>Notes what the catalog does not know yet of a valid event; an unknown producer or source is left for <see cref="Rate"/> to refuse.</summary>
    public static void NoteUnknown(UsageEvent sent, CatalogSnapshot catalog, CatalogAdditions additions)
    {
        if (sent.Account is { } account && catalog.FindAccount(account) is null)
            additions.Accounts.Add(account);
        if (catalog.FindProducer(sent.Producer) is not { } producer)
        {
            additions.Producers.Add(sent.Producer);
            return;
        }

        if (catalog.FindModel(producer, sent.Model) is not { } model)
        {
            additions.Models.Add((producer.Id, sent.Model));
            return;
        }

        foreach (var line in sent.Usage)
        {
            if (model.ItemId(line.TokenClass, sent.ServiceTier) == 0)
                additions.Items.Add((model.Id, line.TokenClass, sent.ServiceTier));
        }
    }

    /// <summary>The event as the ledger takes it, or null with a violation: its producer is not registered.</summary>
    public static LedgerEvent? Rate(UsageEvent sent, CatalogSnapshot catalog, string reportingCurrency, EventViolations violations)
    {
        if (catalog.FindProducer(sent.Producer) is not { } producer)
        {
            violations.Add("/producer", "unknown_producer",
                "No producer has this id or alias. Register it at POST /v1/producers, or add the name as an alias of one.");
            return null;
        }

        var model = catalog.FindModel(producer, sent.Model) ?? throw new InvalidOperationException("A model was to be registered on sight.");
        var account = sent.Account is { } name
            ? catalog.FindAccount(name) ?? throw new InvalidOperationException("An account was to be registered on sight.")
            : null;
        return new LedgerEvent
        {
            EventId = sent.Id,
            Fingerprint = EventFingerprint.Of(sent),
            OccurredAt = sent.OccurredAt,
            AccountId = account?.Id,
            BuyerId = account?.BuyerId ?? 0,
            Sector = sent.Sector ?? account?.SectorAt(sent.OccurredAt) ?? Sector.Unclassified,
            ReportedAmount = sent.ReportedAmount,
            ReportedCurrency = sent.ReportedCurrency,
            Lines = [.. sent.Usage.Select(line => LineOf(line, sent, model, reportingCurrency))],
        };
    }

    private static LedgerLine LineOf(UsageLine line, UsageEvent sent, ModelEntry model, string reportingCurrency)
    {
        var rate = model.RateAt(line.TokenClass, sent.ServiceTier, sent.OccurredAt);
        var rated = RatedLine.Rate(line.Quantity, line.Declared, rate is null ? null : new CardRate(rate.Id, rate.UnitValue, rate.Currency));
        return new LedgerLine
        {
            ItemId = model.ItemId(line.TokenClass, sent.ServiceTier),
            Quantity = rated.Quantity,
            Basis = rated.Basis,
            UnitValue = rated.UnitValue,
            Currency = rated.Currency,
            RateId = rated.RateId,
            Amount = rated.Amount,
            // Never 1:1: an amount in another currency has no value in this one until an exchange rate says so.
            ReportingAmount = rated.Currency == reportingCurrency ? rated.Amount : null,
        };
    }
}
