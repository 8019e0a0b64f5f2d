using Npgsql;
using TokenFactory.Api.Hosting;

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
            catch (Exception e) when (DatabaseAwayHandler.IsAway(e))
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
    NpgsqlDataSource service,
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
                // The service's login may be another: it would fail at everything, and say so again and again.
                await (await service.OpenConnectionAsync(stoppingToken)).DisposeAsync();
                readiness.SetSchemaReady();
                LogReady(logger);
                return;
            }
            catch (NpgsqlException e) when (IsAway(e))
            {
                LogAway(logger, RetryInterval.TotalSeconds, e.Message);
                await Task.Delay(RetryInterval, time, stoppingToken);
            }
            catch (PostgresException e) when (RemedyOf(e) is { } remedy)
            {
                LogRefused(logger, e.MessageText, remedy);
                Stop();
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(logger, e);
                Stop();
                return;
            }
        }
    }

    private void Stop()
    {
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    // What an operator can put right, said so that it can be done.
    private static string? RemedyOf(PostgresException e) => e.SqlState switch
    {
        "3D000" => "Create the database first, or correct its name in the connection string.",
        ['2', '8', ..] => "Check the user name and the password of the connection string.",
        // A schema that the login may not use is no schema at all to it.
        PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidSchemaName => e.Hint ?? (e.MessageText.Contains(DatabaseConnections.ServiceRole, StringComparison.Ordinal)
            ? $"Let the schema's owner run: GRANT {DatabaseConnections.ServiceRole} TO <the service's login>;"
            : "Migrations need a login that owns the schema: name one in ConnectionStrings__TokenFactoryOwner, or let an administrator run: "
                + "GRANT CREATE, USAGE ON SCHEMA public TO <the login>;"),
        PostgresErrorCodes.LockNotAvailable => "Something holds what the migration changes. See pg_stat_activity for what it is, and start again when that is over.",
        _ => null,
    };

    // A server that can't be reached or is starting or stopping will be back; one that refuses what we ask will refuse it again.
    private static bool IsAway(NpgsqlException e) =>
        e is not PostgresException postgres || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal)
        || postgres.SqlState.StartsWith("08", StringComparison.Ordinal) || postgres.SqlState == PostgresErrorCodes.TooManyConnections;

    [LoggerMessage(1001, LogLevel.Information, "The database is at this version's schema")]
    private static partial void LogReady(ILogger logger);

    [LoggerMessage(1002, LogLevel.Warning, "The database does not answer; trying again in {RetrySeconds} s: {Reason}")]
    private static partial void LogAway(ILogger logger, double retrySeconds, string reason);

    [LoggerMessage(1004, LogLevel.Critical, "The database refuses the service: {Reason}. {Remedy}")]
    private static partial void LogRefused(ILogger logger, string reason, string remedy);

    [LoggerMessage(1003, LogLevel.Critical, "The database could not be brought to this version's schema")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
