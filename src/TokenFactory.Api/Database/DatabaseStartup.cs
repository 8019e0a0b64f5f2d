using Npgsql;

namespace TokenFactory.Api.Database;

/// <summary>Whether the schema has been brought up to date; what needs tables waits for it.</summary>
internal sealed class DatabaseReadiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    public void SetReady() => _ready.TrySetResult();
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
                readiness.SetReady();
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
