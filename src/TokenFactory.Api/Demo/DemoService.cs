using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Demo;

/// <summary>The admin key that the demonstration posts with, made when it is needed.</summary>
internal sealed record DemoCredentials(Func<CancellationToken, Task<string>> AdminKeyAsync);

/// <summary>Fills an empty ledger with the demonstration economy once the service listens.</summary>
internal sealed partial class DemoService(
    DemoCredentials credentials, DatabaseConnections connections, DatabaseReadiness readiness, IServer server, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<DemoService> logger) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!lifetime.ApplicationStarted.IsCancellationRequested || !readiness.IsReady)
            await Task.Delay(LookInterval, time, stoppingToken);
        try
        {
            var address = OwnAddress();
            using var api = new HttpClient { BaseAddress = address };
            api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await credentials.AdminKeyAsync(stoppingToken));
            api.DefaultRequestHeaders.UserAgent.ParseAdd(HostingRegistration.DemonstrationAgent);
            var loader = new DemoLoader(api, new DemoClock(connections), Console.Out, isTerminal: !Console.IsOutputRedirected);
            var posted = await loader.LoadAsync(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), stoppingToken);
            LogReady(logger, posted == 0 ? "was loaded before" : "is loaded", address);
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException && !stoppingToken.IsCancellationRequested)
        {
            LogFailed(logger, e.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private Uri OwnAddress()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(a => a.StartsWith("http://", StringComparison.Ordinal))
            ?? throw new InvalidOperationException("The demonstration needs the service to listen on http: give it --urls http://127.0.0.1:5080.");
        return new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)
            .Replace("//+", "//127.0.0.1", StringComparison.Ordinal).Replace("//*", "//127.0.0.1", StringComparison.Ordinal));
    }

    [LoggerMessage(6001, LogLevel.Information, "The demonstration economy {State}. Look at {Address}swagger and {Address}v1/gdp?frequency=quarter&by=sector")]
    private static partial void LogReady(ILogger logger, string state, Uri address);

    [LoggerMessage(6002, LogLevel.Critical, "{Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
