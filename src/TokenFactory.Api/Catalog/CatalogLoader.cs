using Npgsql;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>Reads the whole catalog in one transaction, so that a snapshot is of one moment.</summary>
internal static class CatalogLoader
{
    private const string Tables =
        """
        select version from catalog_version;
        select id, slug from producers order by id;
        select producer_id, alias from producer_aliases;
        select id, producer_id, slug from models;
        select producer_id, alias, model_id from model_aliases;
        select model_id, token_class, service_tier, id from items;
        select c.model_id, r.token_class, c.service_tier, r.id, r.unit_value, c.currency, c.effective_from, c.effective_to
        from rate_cards c join rates r on r.rate_card_id = c.id
        order by c.model_id, r.token_class, c.service_tier, c.effective_from;
        select c.model_id, c.service_tier, c.effective_from from rate_cards c order by c.model_id, c.service_tier, c.effective_from;
        select id, slug from sources;
        select account_id, effective_from, sector from account_sectors order by account_id, effective_from;
        select id, slug, coalesce(producer_id, 0) from accounts;
        """;

    public static async Task<CatalogSnapshot> LoadAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand(Tables, connection, transaction);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var snapshot = new CatalogSnapshot { Version = row.GetInt64(0) };
        await ReadProducersAsync(row, snapshot, cancellationToken);
        await ReadModelsAsync(row, snapshot, cancellationToken);
        await ReadRatesAsync(row, snapshot, cancellationToken);
        var sources = new List<SourceEntry>();
        await ForEachAsync(row, () => sources.Add(new SourceEntry(row.GetInt64(0), row.GetString(1))), cancellationToken);
        snapshot.SetSources(sources);
        await ReadAccountsAsync(row, snapshot, cancellationToken);
        return snapshot;
    }

    private static async Task ReadProducersAsync(NpgsqlDataReader row, CatalogSnapshot snapshot, CancellationToken cancellationToken)
    {
        var producers = new List<ProducerEntry>();
        await ForEachAsync(row, () => producers.Add(new ProducerEntry(row.GetInt32(0), row.GetString(1))), cancellationToken);
        var aliases = new List<(int ProducerId, string Alias)>();
        await ForEachAsync(row, () => aliases.Add((row.GetInt32(0), row.GetString(1))), cancellationToken);
        var byProducer = aliases.ToLookup(a => a.ProducerId, a => a.Alias);
        foreach (var producer in producers)
            snapshot.Add(producer, byProducer[producer.Id]);
    }

    private static async Task ReadModelsAsync(NpgsqlDataReader row, CatalogSnapshot snapshot, CancellationToken cancellationToken)
    {
        await ForEachAsync(row, () => snapshot.Add(new ModelEntry(row.GetInt32(0), row.GetInt32(1), row.GetString(2))), cancellationToken);
        var aliases = new List<(int ProducerId, string Alias, int ModelId)>();
        await ForEachAsync(row, () => aliases.Add((row.GetInt32(0), row.GetString(1), row.GetInt32(2))), cancellationToken);
        foreach (var ofProducer in aliases.GroupBy(a => a.ProducerId))
            snapshot.AddAliases(ofProducer.Key, ofProducer.Select(a => (a.Alias, a.ModelId)));
        await ForEachAsync(row, () => snapshot.AddItem(
            row.GetInt32(0), (TokenClass)row.GetInt16(1), (ServiceTier)row.GetInt16(2), row.GetInt32(3)), cancellationToken);
    }

    private static async Task ReadRatesAsync(NpgsqlDataReader row, CatalogSnapshot snapshot, CancellationToken cancellationToken)
    {
        var rates = new List<(int ModelId, TokenClass TokenClass, ServiceTier Tier, RateEntry Rate)>();
        await ForEachAsync(row, () => rates.Add((row.GetInt32(0), (TokenClass)row.GetInt16(1), (ServiceTier)row.GetInt16(2), new RateEntry(
            row.GetInt64(3), UnitValue.PerMillionTokens(row.GetDecimal(4)), row.GetString(5), row.GetFieldValue<DateTimeOffset>(6),
            row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7)))), cancellationToken);
        var cards = new List<(int ModelId, ServiceTier Tier, DateTimeOffset From)>();
        await ForEachAsync(row, () => cards.Add((row.GetInt32(0), (ServiceTier)row.GetInt16(1), row.GetFieldValue<DateTimeOffset>(2))), cancellationToken);
        var begins = cards.ToLookup(c => (c.ModelId, c.Tier), c => c.From);
        foreach (var ofItem in rates.GroupBy(r => (r.ModelId, r.TokenClass, r.Tier)))
        {
            var ends = begins[(ofItem.Key.ModelId, ofItem.Key.Tier)].ToList();
            snapshot.SetRates(ofItem.Key.ModelId, ofItem.Key.TokenClass, ofItem.Key.Tier, [.. ofItem.Select(r => Until(r.Rate, ends))]);
        }
    }

    // A later card supersedes an open one as a whole: a token class that it does not price any more has no price.
    private static RateEntry Until(RateEntry rate, List<DateTimeOffset> cardsInOrder)
    {
        var next = cardsInOrder.FindIndex(from => from > rate.EffectiveFrom);
        if (next < 0 || rate.EffectiveTo <= cardsInOrder[next])
            return rate;
        return rate with { EffectiveTo = cardsInOrder[next] };
    }

    private static async Task ReadAccountsAsync(NpgsqlDataReader row, CatalogSnapshot snapshot, CancellationToken cancellationToken)
    {
        var sectors = new Dictionary<long, List<(DateTimeOffset, Sector)>>();
        await ForEachAsync(row, () =>
        {
            var ofAccount = sectors.TryGetValue(row.GetInt64(0), out var known) ? known : sectors[row.GetInt64(0)] = [];
            ofAccount.Add((row.GetFieldValue<DateTimeOffset>(1), (Sector)row.GetInt16(2)));
        }, cancellationToken);
        await ForEachAsync(row, () => snapshot.Add(new AccountEntry(
            row.GetInt64(0), row.GetString(1), row.GetInt32(2), sectors.GetValueOrDefault(row.GetInt64(0)) ?? [])), cancellationToken);
    }

    private static async Task ForEachAsync(NpgsqlDataReader row, Action read, CancellationToken cancellationToken)
    {
        await row.NextResultAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            read();
    }
}
