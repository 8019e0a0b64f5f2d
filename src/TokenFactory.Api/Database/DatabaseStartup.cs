using Npgsql;

namespace TokenFactory.Api.Database;

/// <summary>Whether the schema is up to date, and what has to be loaded from it before requests are answered.</summary>
internal sealed class DatabaseReadiness
{
    private readonly TaskCompletionSource _schema = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private readonly List<Func<bool>> _conditions = [];

    /// <summary>The schema is up to date, and everything that was asked for with <see cref="Require"/> is there.</summary>
    public bool IsReady => _schema.Task.IsCompletedSuccessfully && _conditions.TrueForAll(isMet => isMet());

    /// <summary>Waits until the schema is up to date.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _schema.Task.WaitAsync(cancellationToken);

    /// <summary>Waits for the schema and does some work that must be done once, trying again while the database is away.</summary>
    public async Task RunOnceAsync(Func<CancellationToken, Task> work, TimeProvider time, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        while (true)
        {
            try
            {
                await work(cancellationToken);
                return;
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException { InnerException: NpgsqlException })
            {
                await Task.Delay(RetryInterval, time, cancellationToken);
            }
        }
    }

    /// <summary>Adds a condition. Only while services are being constructed.</summary>
    public void Require(Func<bool> isMet) => _conditions.Add(isMet);

    public void SetSchemaReady() => _schema.TrySetResult();
}

/// <summary>Migrates at start, and keeps trying while the server is not there yet: the process lives and says that it is not ready.</summary>
internal sealed partial class DatabaseStartup(
    DatabaseConnections connections,
    DatabaseReadiness readiness,
    ILoggerFactory loggers,
    ILogger<DatabaseStartup> logger,
    TimeProvider time,
    IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await DatabaseMigrator.MigrateAsync(connections.Owner, loggers, stoppingToken);
                readiness.SetSchemaReady();
                LogReady(logger);
                return;
            }
            catch (NpgsqlException e) when (IsAway(e))
            {
                LogAway(logger, RetryInterval.TotalSeconds, e.Message);
                await Task.Delay(RetryInterval, time, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(logger, e);
                Environment.ExitCode = 1;
                lifetime.StopApplication();
                return;
            }
        }
    }

    // A server that can't be reached or is starting or stopping will be back; one that refuses what we ask will refuse it again.
    private static bool IsAway(NpgsqlException e) =>
        e is not PostgresException postgres || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal)
        || postgres.SqlState.StartsWith("08", StringComparison.Ordinal) || postgres.SqlState == PostgresErrorCodes.TooManyConnections;

    [LoggerMessage(1001, LogLevel.Information, "The database is at this version's schema")]
    private static partial void LogReady(ILogger logger);

    [LoggerMessage(1002, LogLevel.Warning, "The database does not answer; trying again in {RetrySeconds} s: {Reason}")]
    private static partial void LogAway(ILogger logger, double retrySeconds, string reason);

    [LoggerMessage(1003, LogLevel.Critical, "The database could not be brought to this version's schema")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
