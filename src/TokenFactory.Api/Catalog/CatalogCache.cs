using Microsoft.Extensions.Options;
using Npgsql;

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
    public Task<CatalogSnapshot> RefreshAsync(CancellationToken cancellationToken) => CatchUpAsync(long.MaxValue, cancellationToken);

    /// <summary>
    /// The catalog as it is now, whichever instance changed it: what is asked for by people, one at a time, looks at the version first.
    /// </summary>
    public async Task<CatalogSnapshot> CatchUpAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select version from catalog_version");
        return await command.ExecuteScalarAsync(cancellationToken) is long version ? await CatchUpAsync(version, cancellationToken) : Current;
    }

    /// <summary>The catalog at a version or a later one. Of many who notice at once that they are behind, the first loads it.</summary>
    public async Task<CatalogSnapshot> CatchUpAsync(long version, CancellationToken cancellationToken)
    {
        if (_current is { } known && known.Version >= version)
            return known;
        await _loading.WaitAsync(cancellationToken);
        try
        {
            return _current is { } loaded && loaded.Version >= version
                ? loaded
                : _current = await CatalogLoader.LoadAsync(dataSource, _current, cancellationToken);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Whether <see cref="RegisterAsync"/> would register anything: unknown producers only where that is configured.</summary>
    public bool Registers(CatalogAdditions additions) =>
        additions.Models.Count > 0 || additions.Items.Count > 0 || additions.Accounts.Count > 0
        || (options.Value.RegisterUnknownProducers && additions.Producers.Any(n => ProducerNames.IsSlug(ProducerNames.Normalize(n))));

    /// <summary>
    /// Registers names on sight and adds them to the current snapshot. Any number of instances may register the same at once: one statement
    /// per kind, the first wins, and everybody reads the winner's id.
    /// </summary>
    /// <returns>
    /// The snapshot to go on with. It may be newer than the one that the names were missing in, because nothing is registered on the word of
    /// an old catalog: what looked unknown there may be an alias by now. Then not everything was registered, and the caller looks again.
    /// </returns>
    public async Task<CatalogSnapshot> RegisterAsync(CatalogAdditions additions, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            while (true)
            {
                var snapshot = Current;
                var registration = new CatalogRegistrar(connection, snapshot, additions, options.Value.RegisterUnknownProducers);
                if (await registration.TryInsertAsync(cancellationToken))
                {
                    await registration.ReadAsync(cancellationToken);
                    return snapshot;
                }

                _current = await CatalogLoader.LoadAsync(dataSource, _current, cancellationToken);
            }
        }
        finally
        {
            _loading.Release();
        }
    }
}
