using Npgsql;
using TokenFactory.Api.Catalog.Sectors;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

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
        select id, slug, signal, signal_since from sources where slug not like '~%';
        select account_id, effective_from, sector from account_sectors order by account_id, effective_from;
        select id, slug, coalesce(producer_id, 0), name, plan from accounts;
        select r.id, r.kind, r.value, r.sector, r.effective_from, case when e.id is null then r.effective_to else e.effective_to end
        from sector_rules r
        left join lateral (select * from sector_rule_ends e where e.sector_rule_id = r.id order by e.id desc limit 1) e on true;
        """;

    /// <param name="dataSource">Where the catalog is.</param>
    /// <param name="known">The snapshot before, for what can't have changed; null: there is none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<CatalogSnapshot> LoadAsync(NpgsqlDataSource dataSource, CatalogSnapshot? known, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var rates = await RateBookReader.ReadAsync(connection, knownAt: null, cancellationToken);
        var exchange = await ReadExchangeAsync(connection, known, cancellationToken);
        await using var command = new NpgsqlCommand(Tables, connection, transaction);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var snapshot = new CatalogSnapshot { Version = row.GetInt64(0), Rates = rates, Exchange = exchange };
        await ReadProducersAsync(row, snapshot, cancellationToken);
        await ReadModelsAsync(row, snapshot, cancellationToken);
        var sources = new List<SourceEntry>();
        await ForEachAsync(row, () => sources.Add(new SourceEntry(
            row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : (SourceSignal)row.GetInt16(2),
            row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3))), cancellationToken);
        snapshot.SetSources(sources);
        await ReadAccountsAsync(row, snapshot, cancellationToken);
        var rules = new List<SectorRule>();
        await ForEachAsync(row, () => rules.Add(new SectorRule(row.GetInt32(0), (SectorRuleKind)row.GetInt16(1), row.GetString(2), (Sector)row.GetInt16(3),
            row.GetFieldValue<DateTimeOffset>(4), row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5))), cancellationToken);
        snapshot.SetSectorRules(rules);
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

    // Decades of daily rates are read once: publications are only ever added.
    private static async Task<ExchangeRates> ReadExchangeAsync(NpgsqlConnection connection, CatalogSnapshot? known, CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand("select count(*) from fx_publications", connection))
        {
            if (known is not null && await command.ExecuteScalarAsync(cancellationToken) is long count && count == known.Exchange.Count)
                return known.Exchange;
        }

        return await RateBookReader.ReadExchangeAsync(connection, knownAt: null, cancellationToken);
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
            row.GetInt64(0), row.GetString(1), row.GetInt32(2), sectors.GetValueOrDefault(row.GetInt64(0)) ?? [], row.GetString(3),
            row.IsDBNull(4) ? null : row.GetString(4))), cancellationToken);
    }

    private static async Task ForEachAsync(NpgsqlDataReader row, Action read, CancellationToken cancellationToken)
    {
        await row.NextResultAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            read();
    }
}
