using System.Diagnostics;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.EndToEnd;

/// <summary>
/// A ledger with the demonstration in it, loaded the hard way: the first process is killed in the middle, a second one brings it to its end.
/// </summary>
public sealed class DemoLedger : IAsyncLifetime
{
    private const int EventsBeforeTheKill = 5_000;
    private static readonly TimeSpan LoadLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(100);

    public TestDatabase Database { get; private set; } = null!;

    public ApiProcess Api { get; private set; } = null!;

    /// <summary>How many events were in the ledger when the first process was killed.</summary>
    public long RecordedWhenKilled { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Database = await PostgresServer.Current.CreateDatabaseAsync();
        await using (var first = await ApiProcess.StartAsync(Database.ConnectionString, null, "--demo"))
        {
            await WaitAsync(first, async () => await CountEventsAsync() > EventsBeforeTheKill);
            first.Kill();
        }

        RecordedWhenKilled = await CountEventsAsync();
        Api = await StartAsync("The demonstration economy is loaded");
    }

    public async ValueTask DisposeAsync()
    {
        if (Api is not null)
            await Api.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Starts the service with the demonstration and waits until it has said this.</summary>
    public async Task<ApiProcess> StartAsync(string said)
    {
        var api = await ApiProcess.StartAsync(Database.ConnectionString, null, "--demo");
        try
        {
            await WaitAsync(api, () => Task.FromResult(api.Output.Contains(said, StringComparison.Ordinal)));
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the service with the demonstration, where it is to end by itself.</summary>
    public static async Task<(int ExitCode, string Output)> RunToItsEndAsync(string connectionString)
    {
        var start = new ProcessStartInfo("dotnet", ["TokenFactory.Api.dll", "--urls", "http://127.0.0.1:0", "--demo"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["ConnectionStrings__TokenFactory"] = connectionString;
        start.Environment["TokenFactory__BootstrapAdminKey"] = ApiProcess.AdminKey;
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(EndLimit);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private Task<long> CountEventsAsync() => Database.ScalarAsync<long>("select count(*) from event_identity where reason is null");

    private static async Task WaitAsync(ApiProcess api, Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > LoadLimit || !await LivesAsync(api))
                throw new TimeoutException($"The demonstration did not come to where it should.\n{api.Output}");
            // Asking without a pause would take the load's own processor from it.
            await Task.Delay(AskInterval);
        }
    }

    private static async Task<bool> LivesAsync(ApiProcess api)
    {
        try
        {
            using var answer = await api.Client.GetAsync("/health/live");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
