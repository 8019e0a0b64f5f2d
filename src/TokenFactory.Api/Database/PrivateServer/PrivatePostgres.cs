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
    internal const int RestartFailedEvent = 1105;

    private const string Database = "token_factory";
    private const string SuperUser = "postgres";

    // What the operating system says of a file that another process has locked.
    private const int LockedOnLinux = 11;
    private const int LockedOnMac = 35;
    private const int LockedOnWindows = unchecked((int)0x80070020);

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RestartInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectInterval = TimeSpan.FromMilliseconds(100);

    private readonly PrivateServerOptions _options;
    private readonly Cluster _cluster;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private FileStream? _ownerLock;
    private Task _watch = Task.CompletedTask;

    private PrivatePostgres(PrivateServerOptions options, Cluster cluster, ILogger logger, TimeProvider time)
    {
        _options = options;
        _cluster = cluster;
        _logger = logger;
        _time = time;
    }

    /// <summary>As the owner of the database. Over a socket file, or loopback on Windows: nothing else can reach it.</summary>
    public string ConnectionString { get; private set; } = "";

    public int MajorVersion => _cluster.Binaries.MajorVersion;

    /// <summary>The folder that holds the cluster.</summary>
    public string Folder => _cluster.Folder;

    /// <summary>Whether this process watches the server and stops it.</summary>
    public bool IsOwner => _ownerLock is not null;

    /// <summary>Starts the server, or finds the one that runs already.</summary>
    /// <exception cref="PrivateServerException">It can't be had; the message says what to do. Nothing that was started for it is left running.</exception>
    public static async Task<PrivatePostgres> StartAsync(PrivateServerOptions options, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var cluster = await Cluster.OpenAsync(DataFolder.Find(options.DataFolder), options, cancellationToken);
            var server = new PrivatePostgres(options, cluster, logger, time);
            try
            {
                server.ConnectionString = await server.ConnectAsync(cancellationToken);
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }

            server._watch = Task.Run(server.WatchAsync, CancellationToken.None);
            return server;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PrivateServerException($"The private PostgreSQL server's files can't be used: {e.Message} Choose a folder of this user's by TokenFactory__DataFolder.", e);
        }
    }

    /// <summary>Stops watching; the owner stops the server too.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await AbandonAsync();
        if (_ownerLock is { } ownerLock)
        {
            if (!_cluster.IsRunning)
                LogNotRunning(_logger, _cluster.Folder);
            else if (await _cluster.StopAsync(_options.PostgresStartTimeoutSeconds, CancellationToken.None))
                LogStopped(_logger, _cluster.Folder);
            else
                LogStillStopping(_logger, _cluster.Folder);
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
                if (await OwnAsync(mayMake: false, _stopping.Token) == true)
                    LogRestarted(_logger, _cluster.Folder);
            }
            catch (Exception e) when (e is PrivateServerException or IOException or UnauthorizedAccessException)
            {
                LogRestartFailed(_logger, e.Message);
                await Task.Delay(RestartInterval, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Takes the folder over where it has no owner, and starts the server where this process is the owner and it does not run.
    // Only at the beginning may a cluster be made: one that vanishes later must not be replaced by an empty one.
    // True: it was started. False: it was running already. Null: this is a guest.
    private async Task<bool?> OwnAsync(bool mayMake, CancellationToken cancellationToken)
    {
        _ownerLock ??= TryLock(_cluster);
        if (_ownerLock is null)
            return null;
        if (_cluster.IsRunning)
            return false;
        if (mayMake)
            await _cluster.MakeAsync(cancellationToken);
        return await _cluster.StartAsync(_options.PostgresStartTimeoutSeconds, cancellationToken);
    }

    private static FileStream? TryLock(Cluster cluster)
    {
        try
        {
            return new FileStream(cluster.OwnerLockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (e.HResult is LockedOnLinux or LockedOnMac or LockedOnWindows)
        {
            return null;
        }
    }

    // Until the server answers: a guest waits for the owner to make it and takes over where the owner goes away; a server that is found running
    // may be on its way down.
    private async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bool? started = null;
        var isLimited = false;
        while (true)
        {
            switch (await OwnAsync(mayMake: true, cancellationToken))
            {
                case true:
                    LogStarted(_logger, _cluster.Binaries.MajorVersion, _cluster.Folder);
                    started = true;
                    break;
                case false when started is null:
                    LogAdopted(_logger, _cluster.Binaries.MajorVersion, _cluster.Folder);
                    started = false;
                    break;
            }

            // What a start takes does not count: the limit is for the server's answer.
            if (!isLimited)
            {
                isLimited = true;
                limit.CancelAfter(TimeSpan.FromSeconds(_options.PostgresStartTimeoutSeconds));
            }

            try
            {
                return await ConnectOnceAsync(limit.Token);
            }
            catch (PostgresException e) when (e.SqlState is not (PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown))
            {
                throw new PrivateServerException($"The PostgreSQL server in {_cluster.Folder} refuses this service: {e.MessageText}.\n{_cluster.LastWords()}", e);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                if (limit.IsCancellationRequested)
                    throw new PrivateServerException($"The PostgreSQL server in {_cluster.Folder} does not answer: {e.Message}\n{_cluster.LastWords()}", e);
                await Task.Delay(ConnectInterval, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Makes the database where it is missing.
    private async Task<string> ConnectOnceAsync(CancellationToken cancellationToken)
    {
        var (host, port) = _cluster.Endpoint();
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = host,
            Port = port,
            Username = SuperUser,
            Password = _cluster.Password,
            Database = "postgres",
            Pooling = false,
        };
        await using var source = DatabaseConnections.CreateOwnerSource(settings.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await CreateDatabaseAsync(connection, cancellationToken);
        settings.Database = Database;
        settings.Remove("Pooling");
        return settings.ConnectionString;
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

    [LoggerMessage(1107, LogLevel.Debug, "The private PostgreSQL in {Folder} does not run: there is nothing to stop")]
    private static partial void LogNotRunning(ILogger logger, string folder);

    [LoggerMessage(1106, LogLevel.Warning, "The private PostgreSQL in {Folder} is still stopping; it comes to its end by itself")]
    private static partial void LogStillStopping(ILogger logger, string folder);

    [LoggerMessage(1104, LogLevel.Warning, "The private PostgreSQL in {Folder} had died and was restarted")]
    private static partial void LogRestarted(ILogger logger, string folder);

    [LoggerMessage(RestartFailedEvent, LogLevel.Warning, "The private PostgreSQL has died and could not be restarted yet; it is tried again: {Reason}")]
    private static partial void LogRestartFailed(ILogger logger, string reason);
}
