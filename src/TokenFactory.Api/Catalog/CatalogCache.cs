using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>The catalog in memory: what the hot path reads instead of asking the database per event.</summary>
internal sealed class CatalogCache(NpgsqlDataSource dataSource, IOptions<CatalogOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile CatalogSnapshot? _current;

    public bool IsLoaded => _current is not null;

    /// <summary>The catalog as this instance knows it.</summary>
    /// <exception cref="InvalidOperationException">Nothing has been loaded yet: the service is not ready.</exception>
    public CatalogSnapshot Current => _current ?? throw new InvalidOperationException("The catalog has not been loaded yet.");

    public void Dispose() => _loading.Dispose();

    /// <summary>Loads the catalog anew: after a change of this instance's, or because another's was noticed.</summary>
    public async Task<CatalogSnapshot> RefreshAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            return _current = await CatalogLoader.LoadAsync(dataSource, cancellationToken);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Whether <see cref="RegisterAsync"/> would register anything: unknown producers only where that is configured.</summary>
    public bool Registers(CatalogAdditions additions) =>
        additions.Models.Count > 0 || additions.Items.Count > 0 || additions.Accounts.Count > 0
        || (options.Value.RegisterUnknownProducers && additions.Producers.Count > 0);

    /// <summary>
    /// Registers names on sight and adds them to the current snapshot. Any number of instances may register the same at once: one statement
    /// per kind, the first wins, and everybody reads the winner's id.
    /// </summary>
    public async Task<CatalogSnapshot> RegisterAsync(CatalogAdditions additions, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            var snapshot = Current;
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            if (options.Value.RegisterUnknownProducers)
                await RegisterProducersAsync(connection, snapshot, [.. additions.Producers.Order(StringComparer.Ordinal)], cancellationToken);
            await RegisterModelsAsync(connection, snapshot, [.. additions.Models.Order()], cancellationToken);
            await RegisterItemsAsync(connection, snapshot, [.. additions.Items.Order()], cancellationToken);
            await RegisterAccountsAsync(connection, snapshot, [.. additions.Accounts.Order(StringComparer.Ordinal)], cancellationToken);
            return snapshot;
        }
        finally
        {
            _loading.Release();
        }
    }

    private static async Task RegisterProducersAsync(
        NpgsqlConnection connection, CatalogSnapshot snapshot, string[] names, CancellationToken cancellationToken)
    {
        if (names.Length == 0)
            return;
        string[] slugs = [.. names.Select(n => n.ToLowerInvariant())];
        await using var command = new NpgsqlCommand(
            $"""
            with made as (
                insert into producers (slug, name, kind) select slug, slug, {(int)ProducerKind.Both} from unnest($1) slug
                where not exists (select from producer_aliases a where a.alias = slug)
                on conflict do nothing returning id, slug)
            select id, slug from made union all select id, slug from producers where slug = any ($1)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = slugs });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            snapshot.Add(new ProducerEntry(row.GetInt32(0), row.GetString(1)), []);
    }

    private static async Task RegisterModelsAsync(
        NpgsqlConnection connection, CatalogSnapshot snapshot, (int ProducerId, string Name)[] models, CancellationToken cancellationToken)
    {
        if (models.Length == 0)
            return;
        await InsertAsync(connection,
            """
            insert into models (producer_id, slug, name, registered_on_sight)
            select p, n, n, true from unnest($1, $2) as t (p, n) on conflict do nothing
            """, cancellationToken, models.Select(m => m.ProducerId).ToArray(), models.Select(m => m.Name).ToArray());
        await using var command = Command(connection,
            "select m.id, m.producer_id, m.slug from unnest($1, $2) as t (p, n) join models m on m.producer_id = t.p and m.slug = t.n",
            models.Select(m => m.ProducerId).ToArray(), models.Select(m => m.Name).ToArray());
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            snapshot.Add(new ModelEntry(row.GetInt32(0), row.GetInt32(1), row.GetString(2)));
    }

    private static async Task RegisterItemsAsync(
        NpgsqlConnection connection, CatalogSnapshot snapshot, (int ModelId, TokenClass TokenClass, ServiceTier ServiceTier)[] items,
        CancellationToken cancellationToken)
    {
        if (items.Length == 0)
            return;
        int[] models = [.. items.Select(i => i.ModelId)];
        short[] classes = [.. items.Select(i => (short)i.TokenClass)];
        short[] tiers = [.. items.Select(i => (short)i.ServiceTier)];
        await InsertAsync(connection,
            """
            insert into items (producer_id, model_id, token_class, service_tier)
            select m.producer_id, m.id, t.c, t.s from unnest($1, $2, $3) as t (m, c, s) join models m on m.id = t.m on conflict do nothing
            """, cancellationToken, models, classes, tiers);
        await using var command = Command(connection,
            """
            select i.model_id, i.token_class, i.service_tier, i.id
            from unnest($1, $2, $3) as t (m, c, s) join items i on i.model_id = t.m and i.token_class = t.c and i.service_tier = t.s
            """, models, classes, tiers);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            snapshot.AddItem(row.GetInt32(0), (TokenClass)row.GetInt16(1), (ServiceTier)row.GetInt16(2), row.GetInt32(3));
    }

    private static async Task RegisterAccountsAsync(
        NpgsqlConnection connection, CatalogSnapshot snapshot, string[] slugs, CancellationToken cancellationToken)
    {
        if (slugs.Length == 0)
            return;
        await InsertAsync(connection,
            "insert into accounts (slug, name, registered_on_sight) select n, n, true from unnest($1) n on conflict do nothing", cancellationToken, slugs);
        var sectors = new Dictionary<long, List<(DateTimeOffset, Sector)>>();
        await using var command = Command(connection,
            """
            select a.id, a.slug, coalesce(a.producer_id, 0), s.effective_from, s.sector
            from accounts a left join account_sectors s on s.account_id = a.id
            where a.slug = any ($1)
            order by a.id, s.effective_from
            """, slugs);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var accounts = new Dictionary<long, AccountEntry>();
        while (await row.ReadAsync(cancellationToken))
        {
            var id = row.GetInt64(0);
            if (!accounts.ContainsKey(id))
                accounts[id] = new AccountEntry(id, row.GetString(1), row.GetInt32(2), sectors[id] = []);
            if (!row.IsDBNull(3))
                sectors[id].Add((row.GetFieldValue<DateTimeOffset>(3), (Sector)row.GetInt16(4)));
        }

        foreach (var account in accounts.Values)
            snapshot.Add(account);
    }

    private static async Task InsertAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params Array[] arrays)
    {
        await using var command = Command(connection, sql, arrays);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params Array[] arrays)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var array in arrays)
            command.Parameters.Add(new NpgsqlParameter { Value = array });
        return command;
    }
}
