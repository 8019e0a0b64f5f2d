using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Crashes;

/// <summary>A private PostgreSQL as the service runs one for itself, whose processes may be hit one by one. It is restarted when it dies.</summary>
internal sealed class CrashServer : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly PrivateServerOptions _options;
    private PrivatePostgres _server;

    private CrashServer(PrivateServerOptions options, PrivatePostgres server)
    {
        _options = options;
        _server = server;
    }

    /// <summary>As the owner, with few connections of its own.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server.ConnectionString) { MaxPoolSize = 5, Timeout = 5 }.ConnectionString;

    /// <summary>Where its socket is.</summary>
    public string SocketPath
    {
        get
        {
            var settings = new NpgsqlConnectionStringBuilder(_server.ConnectionString);
            return Path.Combine(settings.Host!, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{settings.Port}"));
        }
    }

    /// <summary>The server's first process, as it wrote it down.</summary>
    /// <exception cref="IOException">It does not run.</exception>
    public int PostmasterId => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    public string Data => Path.Combine(_server.Folder, "data");

    /// <param name="folder">Where its cluster goes. It stays when the server is stopped.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<CrashServer> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var options = new PrivateServerOptions { DataFolder = folder, PostgresBinaries = Environment.GetEnvironmentVariable("TokenFactory__PostgresBinaries") };
        return new CrashServer(options, await PrivatePostgres.StartAsync(options, NullLogger.Instance, TimeProvider.System, cancellationToken));
    }

    /// <summary>Stops it, lets something happen to its files, and starts it again.</summary>
    public async Task RestartAsync(Func<Task> meanwhile, CancellationToken cancellationToken)
    {
        // Sessions of before would fail whoever gets them.
        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        await _server.DisposeAsync();
        await meanwhile();
        _server = await PrivatePostgres.StartAsync(_options, NullLogger.Instance, TimeProvider.System, cancellationToken);
    }

    /// <summary>The postmaster and all its children.</summary>
    public async Task<IReadOnlyList<int>> ProcessIdsAsync()
    {
        var postmaster = PostmasterId;
        return [postmaster, .. (await ProcessesAsync()).Where(p => p.Parent == postmaster).Select(p => p.Id)];
    }

    /// <summary>Sends a signal to one of its processes, and waits until every session is gone that was there: what succeeds before that is no sign of a recovery.</summary>
    /// <returns>When it was sent; null: there is no such process.</returns>
    public async Task<long?> StrikeAsync(int processId, int signal)
    {
        var there = await ProcessIdsAsync();
        var struck = Stopwatch.GetTimestamp();
        if (!Signals.Send(processId, signal))
            return null;
        while ((await ProcessesAsync()).Any(p => there.Contains(p.Id) && p.Title.Contains("[local]", StringComparison.Ordinal)))
            await Task.Delay(LookInterval);
        return struck;
    }

    /// <summary>Runs SQL as the owner.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One column, as the owner.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var values = new List<T>();
        while (await row.ReadAsync(cancellationToken))
            values.Add(await row.GetFieldValueAsync<T>(0, cancellationToken));
        return values;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        await _server.DisposeAsync();
    }

    // A process that has ended and was not asked for its end yet is none.
    private static async Task<IReadOnlyList<(int Id, int Parent, string Title)>> ProcessesAsync()
    {
        using var ps = Process.Start(new ProcessStartInfo("ps", ["-A", "-o", "pid=,ppid=,stat=,args="]) { RedirectStandardOutput = true })!;
        var listed = await ps.StandardOutput.ReadToEndAsync();
        await ps.WaitForExitAsync();
        return [.. listed.Split('\n')
            .Select(line => line.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length == 4 && fields[2][0] != 'Z')
            .Select(fields => (int.Parse(fields[0], CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), fields[3]))];
    }
}
