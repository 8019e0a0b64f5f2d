using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Demo;

/// <summary>How the demonstration and who looks at it get in.</summary>
internal sealed record DemoAccess
{
    /// <summary>Makes the admin key that the demonstration posts with.</summary>
    public required Func<CancellationToken, Task<string>> CreateKeyAsync { get; init; }

    public required Func<string, CancellationToken, Task> RevokeKeyAsync { get; init; }

    public required bool FiguresArePublic { get; init; }

    /// <summary>The configuration sets an admin key; else the first start has made one.</summary>
    public required bool HasConfiguredKey { get; init; }
}

/// <summary>Fills an empty ledger with the demonstration economy once the service listens.</summary>
internal sealed partial class DemoService(
    DemoAccess access, DatabaseConnections connections, DatabaseReadiness readiness, IServer server, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<DemoService> logger) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TidyLimit = TimeSpan.FromSeconds(10);

    private readonly DemoConsole _console = new(Console.Out, isTerminal: !Console.IsOutputRedirected);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!lifetime.ApplicationStarted.IsCancellationRequested || !readiness.IsReady)
            await Task.Delay(LookInterval, time, stoppingToken);
        try
        {
            var address = OwnAddress();
            await using var clock = await DemoClock.TakeAsync(connections, stoppingToken);
            var plan = await clock.PrepareAsync(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-1), stoppingToken);
            if (plan is not null)
                await LoadAsync(address, clock, plan, stoppingToken);
            _console.Ready(plan is null ? "was loaded before" : "is loaded", address, access);
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            _console.EndLine();
            LogCut(logger);
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or NpgsqlException or OperationCanceledException)
        {
            _console.EndLine();
            LogFailed(logger, e.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task LoadAsync(Uri address, DemoClock clock, DemoPlan plan, CancellationToken stoppingToken)
    {
        string? key = null;
        var isComplete = false;
        try
        {
            key = await access.CreateKeyAsync(stoppingToken);
            using var api = new HttpClient { BaseAddress = address };
            api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            api.DefaultRequestHeaders.UserAgent.ParseAdd(HostingRegistration.DemonstrationAgent);
            await new DemoLoader(api, clock, _console).LoadAsync(plan, stoppingToken);
            isComplete = true;
        }
        finally
        {
            // Also where the load was cut off: the ledger is not left with the demonstration's clock, nor with its key.
            using var limit = new CancellationTokenSource(TidyLimit, time);
            await clock.ReturnAsync(isComplete, limit.Token);
            if (key is not null)
                await access.RevokeKeyAsync(key, limit.Token);
        }
    }

    private Uri OwnAddress()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(a => a.StartsWith("http://", StringComparison.Ordinal))
            ?? throw new InvalidOperationException("The demonstration needs the service to listen on http: give it --urls http://127.0.0.1:5080.");
        return new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)
            .Replace("//+", "//127.0.0.1", StringComparison.Ordinal).Replace("//*", "//127.0.0.1", StringComparison.Ordinal));
    }

    [LoggerMessage(6001, LogLevel.Warning, "The demonstration was cut off; a start with --demo loads the rest")]
    private static partial void LogCut(ILogger logger);

    [LoggerMessage(6002, LogLevel.Critical, "{Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
