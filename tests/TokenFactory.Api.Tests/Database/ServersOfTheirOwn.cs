using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TokenFactory.Api.Database.PrivateServer;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Database;

/// <summary>Real servers in folders of their own, which go with the test.</summary>
public abstract class ServersOfTheirOwn : IAsyncLifetime
{
    protected const string Server = "server";

    protected string Root { get; } = Path.Combine(Path.GetTempPath(), $"token-factory-servers-{Guid.NewGuid():N}");

    /// <summary>Where the server goes unless a test says otherwise. It is not there yet.</summary>
    protected string Folder => Path.Combine(Root, Server);

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Root);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        try
        {
            // Whatever a failed test left running is stopped before its folder goes.
            if (Directory.Exists(Path.Combine(Folder, "data")))
                await (await StartAsync()).DisposeAsync();
        }
        finally
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    private protected Task<PrivatePostgres> StartAsync(string name = Server) =>
        PrivatePostgres.StartAsync(PostgresServer.OptionsOf(Path.Combine(Root, name)), NullLogger.Instance, TimeProvider.System, CancellationToken.None);

    protected string PidFile(string name = Server) => Path.Combine(Root, name, "data", "postmaster.pid");

    protected int ServerProcessId(string name = Server) => int.Parse(File.ReadLines(PidFile(name)).First(), CultureInfo.InvariantCulture);

    protected static async Task<string> RunAsync(string program, params string[] arguments) =>
        (await Command.RunAsync(program, arguments, TimeSpan.FromMinutes(1), CancellationToken.None)).Output;

    protected static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
            {
                await Task.Yield();
            }
        }
    }

    private protected static async Task ExecuteAsync(PrivatePostgres server, string sql)
    {
        await using var connection = await OpenAsync(server);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private protected static async Task<T> ScalarAsync<T>(PrivatePostgres server, string sql)
    {
        await using var connection = await OpenAsync(server);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private protected static async Task<NpgsqlConnection> OpenAsync(PrivatePostgres server)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
