using TokenFactory.Api.Catalog;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>A usage as it would be recorded: rated by what recording rates by, with what is needed to say why.</summary>
internal sealed class PricedUsage
{
    private readonly ExchangeRates _exchange;

    /// <param name="sent">A valid event.</param>
    /// <param name="producer">Its producer; null: it would be registered on sight.</param>
    /// <param name="catalog">Knows the names.</param>
    /// <param name="prices">The prices that are asked for.</param>
    /// <param name="reportingCurrency">The currency of the ledger.</param>
    public PricedUsage(UsageEvent sent, ProducerEntry? producer, CatalogSnapshot catalog, KnownPrices prices, string reportingCurrency)
    {
        Event = sent;
        ReportingCurrency = reportingCurrency;
        _exchange = prices.Exchange;
        Account = sent.Account is { } name ? catalog.FindAccount(name) : null;
        var named = producer is null ? null : catalog.FindModel(producer, sent.Model);
        var own = ModelNameRules.Own(sent.Model);
        Model = named?.Model;
        ModelName = Model?.Slug ?? own.Name;
        var terms = named?.Terms ?? own.Terms;
        ServiceTier = terms.TierOf(sent.ServiceTier);
        Schedule = Model is { } model ? prices.Rates.ScheduleOf(model, ServiceTier)
            : producer is null ? new RateSchedule([])
            : prices.Rates.ScheduleOfNew(producer.Id, ModelName, ServiceTier);
        Sector = EventRater.SectorOf(sent, Account, catalog.SectorRules);
        Lines = EventRater.Value(sent, terms, Schedule, Account, Sector.Sector, reportingCurrency);
        // No item is needed: nothing is recorded under it.
        Entries = [.. Lines.Select(line => LedgerLine.Of(line, itemId: 0, Sector, _exchange, reportingCurrency, sent.OccurredAt))];
        InputTokens = EventRating.InputTokens(sent.Usage);
        Query = new PriceQuery(sent.OccurredAt, UsageProfiles.RequestsOf(sent.UsageProfile).InputOf(sent.Usage), Account?.Id, Sector.Sector, terms.RegionOf(sent.Region));
    }

    public UsageEvent Event { get; }

    public string ReportingCurrency { get; }

    /// <summary>Null: the event names none, or one that is not known.</summary>
    public AccountEntry? Account { get; }

    /// <summary>What it would count for, and why.</summary>
    public SectorDecision Sector { get; }

    /// <summary>Null: it is not known.</summary>
    public ModelEntry? Model { get; }

    public bool ModelIsKnown => Model is not null;

    /// <summary>The name under which it is published, or would be registered.</summary>
    public string ModelName { get; }

    /// <summary>The event's own, else that of its model's name.</summary>
    public ServiceTier ServiceTier { get; }

    public RateSchedule Schedule { get; }

    public RatedLine[] Lines { get; }

    /// <summary>The lines as the ledger would take them, in their order.</summary>
    public LedgerLine[] Entries { get; }

    public long InputTokens { get; }

    public PriceQuery Query { get; }

    /// <summary>Every card that had a part in the prices, those that were marked up too.</summary>
    public HashSet<long> CardIds()
    {
        var ids = new HashSet<long>();
        foreach (var line in Lines)
        {
            for (var applied = line.Applied; applied is not null; applied = applied.MarkedUp)
                ids.Add(applied.Card.Id);
        }

        return ids;
    }

    /// <summary>Every publication that had a part in the amounts.</summary>
    public HashSet<long> PublicationIds() => [.. Entries.Select(e => e.FxRateId).OfType<long>()];

    /// <summary>The publication that a line was converted by; null: none was needed, or there is none.</summary>
    public FxPublication? PublicationOf(int index) => Entries[index].FxRateId is null ? null : Find(Lines[index].Currency!);

    /// <summary>Whether there are exchange rates from a currency into the ledger's.</summary>
    public bool HasExchange(string currency) => Find(currency) is not null;

    private FxPublication? Find(string currency) => _exchange.Find(currency, ReportingCurrency, Event.OccurredAt);
}
