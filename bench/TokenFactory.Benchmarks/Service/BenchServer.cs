using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Benchmarks;

/// <summary>A private PostgreSQL as the service would run one for itself, in a folder that is removed at the end.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly PrivatePostgres _server;
    private readonly string _folder;

    private BenchServer(PrivatePostgres server, string folder, PostgresBinaries binaries)
    {
        _server = server;
        _folder = folder;
        Binaries = binaries;
        ProcessId = int.Parse(File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
    }

    public string ConnectionString => _server.ConnectionString;

    /// <summary>The programs of the same version: pg_ctl and pgbench are beside the server's.</summary>
    public PostgresBinaries Binaries { get; }

    /// <summary>The server's first process.</summary>
    public int ProcessId { get; }

    public string Folder => _folder;

    private static string? ConfiguredBinaries => Environment.GetEnvironmentVariable("TokenFactory__PostgresBinaries");

    public static async Task<BenchServer> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"token-factory-bench-{Environment.ProcessId}");
        var server = await PrivatePostgres.StartAsync(
            new PrivateServerOptions { DataFolder = folder, PostgresBinaries = ConfiguredBinaries }, NullLogger.Instance, TimeProvider.System, cancellationToken);
        try
        {
            var user = await ServerUser.FindAsync(Path.Combine(folder, "data"), cancellationToken);
            return new BenchServer(server, folder, await PostgresBinaries.FindAsync(ConfiguredBinaries, server.MajorVersion, user, cancellationToken));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>An empty database.</summary>
    /// <returns>Its connection string, as the owner.</returns>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var create = source.CreateCommand($"create database {name}");
        await create.ExecuteNonQueryAsync(cancellationToken);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
