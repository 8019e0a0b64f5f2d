using Npgsql;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>
/// Registers on sight what a snapshot does not know, while the catalog is still at that snapshot's version. First every insert in one
/// transaction; then, when they are committed, their ids into the snapshot: it must never know what is not there.
/// </summary>
internal sealed class CatalogRegistrar(NpgsqlConnection connection, CatalogSnapshot snapshot, CatalogAdditions additions, bool registersProducers)
{
    // In one order everywhere, so that no two instances wait for each other. What the snapshot knows by now is not unknown.
    private readonly string[] _producers = registersProducers
        ? [.. additions.Producers.Select(ProducerNames.Normalize).Where(n => ProducerNames.IsSlug(n) && snapshot.FindProducer(n) is null)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
        : [];

    private (int ProducerId, string Name)[] _models =
        [.. additions.Models.Where(m => snapshot.HasProducer(m.ProducerId) && snapshot.FindModel(m.ProducerId, m.Name) is null)
            .OrderBy(m => m.ProducerId).ThenBy(m => m.Name, StringComparer.Ordinal)];

    private readonly (int ModelId, TokenClass TokenClass, ServiceTier ServiceTier)[] _items =
        [.. additions.Items.Where(i => snapshot.HasModel(i.ModelId)).Order()];

    private readonly string[] _accounts = [.. additions.Accounts.Where(n => snapshot.FindAccount(n) is null).Order(StringComparer.Ordinal)];

    /// <returns>False: the catalog is at another version, and nothing was registered.</returns>
    public async Task<bool> TryInsertAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The shared lock holds off changes of the catalog, not other registrations.
        await using (var version = new NpgsqlCommand("select version from catalog_version for share", connection, transaction))
        {
            if ((long?)await version.ExecuteScalarAsync(cancellationToken) != snapshot.Version)
                return false;
        }

        await InsertAsync($"insert into producers (slug, name, kind) select n, n, {(int)ProducerKind.Both} from unnest($1) n on conflict do nothing",
            cancellationToken, _producers);
        await FindRegisteredAsync(cancellationToken);
        await InsertAsync(
            """
            insert into models (producer_id, slug, name, registered_on_sight)
            select p, n, n, true from unnest($1, $2) as t (p, n) on conflict do nothing
            """, cancellationToken, _models.Select(m => m.ProducerId).ToArray(), _models.Select(m => m.Name).ToArray());
        await InsertAsync(
            """
            insert into items (producer_id, model_id, token_class, service_tier)
            select m.producer_id, m.id, t.c, t.s from unnest($1, $2, $3) as t (m, c, s) join models m on m.id = t.m on conflict do nothing
            """, cancellationToken, ItemArrays());
        await InsertAsync("insert into accounts (slug, name, registered_on_sight) select n, n, true from unnest($1) n on conflict do nothing",
            cancellationToken, _accounts);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    // A name may stand for a model that another instance has registered meanwhile: models are registered one transaction after the other, and each sees
    // all of those before it, so that one name never stands for two models. Of names that come together the shortest are first.
    private async Task FindRegisteredAsync(CancellationToken cancellationToken)
    {
        if (_models.Length == 0)
            return;
        await using (var turn = new NpgsqlCommand("select pg_advisory_xact_lock(hashtext('models_on_sight'))", connection))
            await turn.ExecuteNonQueryAsync(cancellationToken);
        await ForEachAsync("select id, producer_id, slug from models where producer_id = any ($1)",
            row => snapshot.Add(new ModelEntry(row.GetInt32(0), row.GetInt32(1), row.GetString(2))), cancellationToken,
            _models.Select(m => m.ProducerId).Distinct().ToArray());
        var together = _models.Select(m => m.ProducerId).Distinct().ToDictionary(id => id, _ => new ModelNameTable<string>());
        List<(int ProducerId, string Name)> unknown = [];
        foreach (var (producerId, name) in _models.OrderBy(m => m.Name.Length))
        {
            if (snapshot.FindModel(producerId, name) is not null || together[producerId].Find(name) is not null)
                continue;
            together[producerId].Add(name, name);
            unknown.Add((producerId, name));
        }

        _models = [.. unknown.OrderBy(m => m.ProducerId).ThenBy(m => m.Name, StringComparer.Ordinal)];
    }

    /// <summary>Takes what is registered into the snapshot, whoever was first.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        await ForEachAsync("select id, slug from producers where slug = any ($1)",
            row => snapshot.Add(new ProducerEntry(row.GetInt32(0), row.GetString(1)), []), cancellationToken, _producers);
        await ForEachAsync("select m.id, m.producer_id, m.slug from unnest($1, $2) as t (p, n) join models m on m.producer_id = t.p and m.slug = t.n",
            row => snapshot.Add(new ModelEntry(row.GetInt32(0), row.GetInt32(1), row.GetString(2))),
            cancellationToken, _models.Select(m => m.ProducerId).ToArray(), _models.Select(m => m.Name).ToArray());
        await ForEachAsync(
            """
            select i.model_id, i.token_class, i.service_tier, i.id
            from unnest($1, $2, $3) as t (m, c, s) join items i on i.model_id = t.m and i.token_class = t.c and i.service_tier = t.s
            """,
            row => snapshot.AddItem(row.GetInt32(0), (TokenClass)row.GetInt16(1), (ServiceTier)row.GetInt16(2), row.GetInt32(3)),
            cancellationToken, ItemArrays());
        await ReadAccountsAsync(cancellationToken);
    }

    private async Task ReadAccountsAsync(CancellationToken cancellationToken)
    {
        var sectors = new Dictionary<long, List<(DateTimeOffset, Sector)>>();
        var accounts = new Dictionary<long, AccountEntry>();
        await ForEachAsync(
            """
            select a.id, a.slug, coalesce(a.producer_id, 0), s.effective_from, s.sector, a.name, a.plan
            from accounts a left join account_sectors s on s.account_id = a.id
            where a.slug = any ($1)
            order by a.id, s.effective_from
            """,
            row =>
            {
                var id = row.GetInt64(0);
                if (!accounts.ContainsKey(id))
                    accounts[id] = new AccountEntry(id, row.GetString(1), row.GetInt32(2), sectors[id] = [], row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6));
                if (!row.IsDBNull(3))
                    sectors[id].Add((row.GetFieldValue<DateTimeOffset>(3), (Sector)row.GetInt16(4)));
            }, cancellationToken, _accounts);
        foreach (var account in accounts.Values)
            snapshot.Add(account);
    }

    private Array[] ItemArrays() =>
    [
        _items.Select(i => i.ModelId).ToArray(), _items.Select(i => (short)i.TokenClass).ToArray(), _items.Select(i => (short)i.ServiceTier).ToArray(),
    ];

    private async Task InsertAsync(string sql, CancellationToken cancellationToken, params Array[] arrays)
    {
        if (arrays[0].Length == 0)
            return;
        await using var command = Command(sql, arrays);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task ForEachAsync(string sql, Action<NpgsqlDataReader> read, CancellationToken cancellationToken, params Array[] arrays)
    {
        if (arrays[0].Length == 0)
            return;
        await using var command = Command(sql, arrays);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            read(row);
    }

    private NpgsqlCommand Command(string sql, Array[] arrays)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var array in arrays)
            command.Parameters.Add(new NpgsqlParameter { Value = array });
        return command;
    }
}
