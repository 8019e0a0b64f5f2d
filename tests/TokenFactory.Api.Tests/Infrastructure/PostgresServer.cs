using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.PrivateServer;
using TokenFactory.Api.Tests.Infrastructure;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace TokenFactory.Api.Tests.Infrastructure;

/// <summary>
/// The PostgreSQL server of this test run: the one that TOKENFACTORY_TEST_POSTGRES names (as an owner's connection string), else a private one
/// in a temporary folder that goes with the run; TokenFactory__PostgresBinaries says whose programs it runs, as it does for the service. Where
/// neither can be had the tests fail: nothing here is skipped.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string FolderPrefix = "token-factory-tests-";
    private static readonly string RunName = string.Create(CultureInfo.InvariantCulture, $"tf_test_{Environment.ProcessId}_{Guid.NewGuid().ToString("N")[..6]}");

    private readonly SemaphoreSlim _cloning = new(1, 1);
    private PrivatePostgres? _private;
    private string _owner = "";
    private int _databases;

    /// <summary>The server of this run, for places that no fixture reaches.</summary>
    public static PostgresServer Current { get; private set; } = null!;

    public int MajorVersion { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Current = this;
        if (Environment.GetEnvironmentVariable("TOKENFACTORY_TEST_POSTGRES") is { Length: > 0 } named)
        {
            _owner = named;
        }
        else
        {
            await RemoveLeftoversAsync();
            var folder = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"{FolderPrefix}{Environment.ProcessId}"));
            _private = await PrivatePostgres.StartAsync(
                OptionsOf(folder), NullLogger.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
            _owner = _private.ConnectionString;
        }

        await ExecuteAsync($"create database {RunName}");
        await DatabaseMigrator.MigrateAsync(ConnectionStringOf(RunName), null, TestContext.Current.CancellationToken);
        MajorVersion = int.Parse((await ScalarAsync("show server_version_num"))[..^4], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync($"drop database if exists {RunName} with (force)");
        if (_private is not null)
        {
            await _private.DisposeAsync();
            Directory.Delete(_private.Folder, recursive: true);
        }

        _cloning.Dispose();
    }

    /// <summary>A migrated database of its own: a clone of the template.</summary>
    /// <param name="of">Another database to clone, to which nobody is connected.</param>
    public async Task<TestDatabase> CreateDatabaseAsync(string? of = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{RunName}_{Interlocked.Increment(ref _databases)}");
        // The server clones a template for one at a time.
        await _cloning.WaitAsync();
        try
        {
            await ExecuteAsync($"create database {name} template {of ?? RunName}");
        }
        finally
        {
            _cloning.Release();
        }

        return new TestDatabase(this, name, ConnectionStringOf(name));
    }

    /// <summary>A private server in this folder, of the programs that the environment asks for.</summary>
    internal static PrivateServerOptions OptionsOf(string folder) =>
        new() { DataFolder = folder, PostgresBinaries = Environment.GetEnvironmentVariable("TokenFactory__PostgresBinaries") };

    internal Task DropAsync(string name) => ExecuteAsync($"drop database if exists {name} with (force)");

    private string ConnectionStringOf(string database) => new NpgsqlConnectionStringBuilder(_owner) { Database = database, MaxPoolSize = 20 }.ConnectionString;

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_owner) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_owner) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    // A run that was killed could not clean up behind itself: its folder carries its process id. What can't be removed (another user's, a damaged
    // one) is no reason to fail.
    private static async Task RemoveLeftoversAsync()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), FolderPrefix + "*"))
        {
            if (!int.TryParse(Path.GetFileName(folder)[FolderPrefix.Length..], CultureInfo.InvariantCulture, out var id) || IsAlive(id))
                continue;
            try
            {
                // Taken over as it runs, and stopped.
                await (await PrivatePostgres.StartAsync(OptionsOf(folder), NullLogger.Instance, TimeProvider.System, CancellationToken.None)).DisposeAsync();
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is PrivateServerException or IOException or UnauthorizedAccessException)
            {
                TestContext.Current.SendDiagnosticMessage($"{folder} of an earlier run could not be removed: {e.Message}");
            }
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
