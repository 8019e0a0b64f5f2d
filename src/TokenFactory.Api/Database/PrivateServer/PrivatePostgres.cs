using Npgsql;

namespace TokenFactory.Api.Database.PrivateServer;

/// <summary>
/// A real PostgreSQL server for this service alone: made on first use, found again at the next start, restarted when it dies, stopped with
/// its owner. The server is its own process: it outlives a service that is killed, and the next start adopts it.
/// </summary>
/// <remarks>
/// Several processes may share a data folder. One holds the owner lock, watches the server and stops it at its end; the others are guests,
/// and one of them takes over when the owner is gone.
/// </remarks>
internal sealed partial class PrivatePostgres : IAsyncDisposable
{
    private const string Database = "token_factory";
    private const string SuperUser = "postgres";
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);

    private readonly PrivateServerOptions _options;
    private readonly Cluster _cluster;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private FileStream? _ownerLock;
    private Task _watch = Task.CompletedTask;

    private PrivatePostgres(PrivateServerOptions options, Cluster cluster, string connectionString, ILogger logger, TimeProvider time)
    {
        _options = options;
        _cluster = cluster;
        ConnectionString = connectionString;
        _logger = logger;
        _time = time;
    }

    /// <summary>As the owner of the database. Over a socket file, or loopback on Windows: nothing else can reach it.</summary>
    public string ConnectionString { get; }

    public int MajorVersion => _cluster.Binaries.MajorVersion;

    /// <summary>The folder that holds the cluster.</summary>
    public string Folder => _cluster.Folder;

    /// <summary>Whether this process watches the server and stops it.</summary>
    public bool IsOwner => _ownerLock is not null;

    /// <summary>Where a user's cluster is kept unless configured.</summary>
    public static string DefaultFolder() => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess
        ? "/var/lib/token-factory"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "token-factory");

    /// <summary>Starts the server, or finds the one that runs already.</summary>
    /// <exception cref="PrivateServerException">It can't be had; the message says what to do.</exception>
    public static async Task<PrivatePostgres> StartAsync(PrivateServerOptions options, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(options.DataFolder ?? DefaultFolder());
        var cluster = await Cluster.OpenAsync(folder, options, cancellationToken);
        var ownerLock = TryLock(cluster);
        if (ownerLock is not null)
        {
            await cluster.MakeAsync(cancellationToken);
            if (await cluster.StartAsync(options.PostgresStartTimeoutSeconds, cancellationToken))
                LogStarted(logger, cluster.Binaries.MajorVersion, cluster.Folder);
            else
                LogAdopted(logger, cluster.Binaries.MajorVersion, cluster.Folder);
        }

        var server = new PrivatePostgres(options, cluster, await ConnectAsync(cluster, options, cancellationToken), logger, time) { _ownerLock = ownerLock };
        server._watch = Task.Run(server.WatchAsync, CancellationToken.None);
        return server;
    }

    /// <summary>Stops watching; the owner stops the server too.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await AbandonAsync();
        if (_ownerLock is { } ownerLock)
        {
            await _cluster.StopAsync(CancellationToken.None);
            LogStopped(_logger, _cluster.Folder);
            await ownerLock.DisposeAsync();
            _ownerLock = null;
        }

        _stopping.Dispose();
    }

    /// <summary>Lets go of the server as a killed process would: it goes on without an owner.</summary>
    internal async Task AbandonAsync(bool releaseOwnership = false)
    {
        await _stopping.CancelAsync();
        await _watch;
        if (releaseOwnership && _ownerLock is { } ownerLock)
        {
            await ownerLock.DisposeAsync();
            _ownerLock = null;
        }
    }

    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await Task.Delay(WatchInterval, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested)
                return;
            try
            {
                _ownerLock ??= TryLock(_cluster);
                if (_ownerLock is not null && !_cluster.IsRunning() && await _cluster.StartAsync(_options.PostgresStartTimeoutSeconds, _stopping.Token))
                    LogRestarted(_logger, _cluster.Folder);
            }
            catch (PrivateServerException e)
            {
                LogRestartFailed(_logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(2), _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static FileStream? TryLock(Cluster cluster)
    {
        try
        {
            return new FileStream(cluster.OwnerLockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Waits until the server answers (a guest waits for the owner to make it), and makes the database where it is missing.
    private static async Task<string> ConnectAsync(Cluster cluster, PrivateServerOptions options, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(options.PostgresStartTimeoutSeconds));
        while (true)
        {
            try
            {
                var settings = new NpgsqlConnectionStringBuilder
                {
                    Host = cluster.Host,
                    Port = cluster.Port,
                    Username = SuperUser,
                    Password = cluster.Password,
                    Database = "postgres",
                    Pooling = false,
                };
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync(limit.Token);
                await CreateDatabaseAsync(connection, limit.Token);
                settings.Database = Database;
                settings.Remove("Pooling");
                return settings.ConnectionString;
            }
            catch (Exception e) when (e is NpgsqlException { SqlState: null or "57P03" or "57P01" } or IOException or FormatException
                && !limit.IsCancellationRequested)
            {
                await Task.Delay(100, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                    throw new PrivateServerException($"The PostgreSQL server in {cluster.Folder} does not answer: {e.Message} Its log is in {cluster.LogFolder}.", e);
            }
        }
    }

    private static async Task CreateDatabaseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand($"select 1 from pg_database where datname = '{Database}'", connection);
        if (await find.ExecuteScalarAsync(cancellationToken) is not null)
            return;
        try
        {
            await using var create = new NpgsqlCommand($"create database {Database}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another process was faster.
        }
    }

    [LoggerMessage(1101, LogLevel.Information, "Started a private PostgreSQL {Version} in {Folder}")]
    private static partial void LogStarted(ILogger logger, int version, string folder);

    [LoggerMessage(1102, LogLevel.Information, "Found the private PostgreSQL {Version} in {Folder} running, and took it over")]
    private static partial void LogAdopted(ILogger logger, int version, string folder);

    [LoggerMessage(1103, LogLevel.Information, "Stopped the private PostgreSQL in {Folder}")]
    private static partial void LogStopped(ILogger logger, string folder);

    [LoggerMessage(1104, LogLevel.Warning, "The private PostgreSQL in {Folder} had died and was restarted")]
    private static partial void LogRestarted(ILogger logger, string folder);

    [LoggerMessage(1105, LogLevel.Warning, "The private PostgreSQL has died and could not be restarted yet; it is tried again: {Reason}")]
    private static partial void LogRestartFailed(ILogger logger, string reason);
}
