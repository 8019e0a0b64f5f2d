using Npgsql;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Catalog;

/// <summary>
/// Keeps this instance's catalog current: listens for other instances' changes, and looks at the version every few seconds for what a lost
/// connection did not hear.
/// </summary>
internal sealed partial class CatalogRefresh(
    NpgsqlDataSource dataSource, DatabaseReadiness readiness, CatalogCache cache, ILogger<CatalogRefresh> logger, TimeProvider time) : BackgroundService
{
    public const string Channel = "catalog_changed";
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException && !stoppingToken.IsCancellationRequested)
            {
                LogLost(logger, e.Message);
                await Task.Delay(RetryInterval, time, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(stoppingToken);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(stoppingToken);
        var loaded = (await cache.RefreshAsync(stoppingToken)).Version;
        while (true)
        {
            await connection.WaitAsync(PollInterval, stoppingToken);
            await using var command = new NpgsqlCommand("select version from catalog_version", connection);
            var version = (long)(await command.ExecuteScalarAsync(stoppingToken) ?? loaded);
            if (version == loaded)
                continue;
            loaded = (await cache.RefreshAsync(stoppingToken)).Version;
            LogRefreshed(logger, loaded);
        }
    }

    [LoggerMessage(3001, LogLevel.Debug, "The catalog is at version {Version}")]
    private static partial void LogRefreshed(ILogger logger, long version);

    [LoggerMessage(3002, LogLevel.Warning, "The catalog can't be followed for the moment: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}
