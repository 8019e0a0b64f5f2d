using Microsoft.EntityFrameworkCore;
using Npgsql;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>Prices usages without recording them: nothing is written, and no name is registered.</summary>
internal sealed class Quotes(
    EventParser parser, CatalogCache catalog, LedgerSettings settings, NpgsqlDataSource dataSource, IDbContextFactory<TokenFactoryContext> contexts, TimeProvider time)
{
    /// <param name="usage">A usage that was parsed without violation.</param>
    /// <param name="knownAt">By prices as they were known then; null: as they are known now.</param>
    /// <param name="violations">Receives why there is no quote.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null with violations.</returns>
    public async Task<Quote?> QuoteAsync(QuotedUsage usage, DateTimeOffset? knownAt, EventViolations violations, CancellationToken cancellationToken)
    {
        var snapshot = await catalog.CatchUpAsync(cancellationToken);
        // After the reading: whatever is in the snapshot was recorded before, so that the answer's known_at gives the same quote again.
        var now = time.GetUtcNow();
        var sent = usage.Event;
        var producer = snapshot.FindProducer(sent.Producer);
        if (producer is null && !IsRegisteredOnSight(sent.Producer))
        {
            var unknown = EventRater.UnknownProducer;
            violations.Add(usage.Raw is null ? unknown.Pointer : "/provider", unknown.Code, unknown.Detail);
        }

        var profile = usage.Raw is { } raw ? parser.ReadResponse(sent, raw, producer?.Slug, violations) : null;
        if (violations.Any)
            return null;
        var prices = knownAt is { } then ? await KnownPrices.ReadAsync(dataSource, then, cancellationToken) : new KnownPrices(snapshot.Rates, snapshot.Exchange);
        var priced = new PricedUsage(sent, producer, snapshot, prices, await settings.ReportingCurrencyAsync(cancellationToken));
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var origins = await PriceOrigins.ReadAsync(context, priced.CardIds(), priced.PublicationIds(), cancellationToken);
        return QuoteOf(priced, producer, profile, knownAt ?? now, origins);
    }

    private static Quote QuoteOf(PricedUsage priced, ProducerEntry? producer, UsageProfile? profile, DateTimeOffset knownAt, PriceOrigins origins)
    {
        var sent = priced.Event;
        var explanation = new QuoteExplanation(priced, origins);
        List<string> unknown = [];
        if (producer is null)
            unknown.Add("producer");
        if (!priced.ModelIsKnown)
            unknown.Add("model");
        if (sent.Account is not null && priced.Account is null)
            unknown.Add("account");
        return new Quote
        {
            Producer = producer?.Slug ?? ProducerNames.Normalize(sent.Producer),
            Model = priced.ModelName,
            ServiceTier = priced.ServiceTier.Name(),
            Account = sent.Account,
            Sector = priced.Sector.Sector.Name(),
            Region = priced.Query.Region,
            NotRegistered = unknown.Count == 0 ? null : unknown,
            OccurredAt = sent.OccurredAt,
            KnownAt = knownAt,
            Profile = profile is null ? null : new QuoteProfile { Id = profile.Id, Version = profile.Version },
            InputTokens = ReceiptText.Quantity(priced.InputTokens),
            Currency = priced.ReportingCurrency,
            Amount = ReceiptText.Amount(priced.Entries),
            UnpricedQuantity = ReceiptText.UnpricedQuantity(priced.Entries),
            ReportedCost = ReportedCost.Of(sent.ReportedAmount, sent.ReportedCurrency),
            Lines = [.. Enumerable.Range(0, priced.Lines.Length).Select(explanation.Of)],
        };
    }

    private bool IsRegisteredOnSight(string producer)
    {
        var additions = new CatalogAdditions();
        additions.Producers.Add(producer);
        return catalog.Registers(additions);
    }
}
