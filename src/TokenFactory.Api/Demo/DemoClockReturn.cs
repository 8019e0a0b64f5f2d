using TokenFactory.Api.Database;

namespace TokenFactory.Api.Demo;

/// <summary>
/// For a start without the demonstration: where one was cut off by the end of its process, the ledger gets the real clock back before the
/// first request is answered. Where another instance is loading one at this moment, it waits for its end.
/// </summary>
internal sealed partial class DemoClockReturn(DatabaseConnections connections, DatabaseReadiness readiness, TimeProvider time, ILogger<DemoClockReturn> logger)
    : BackgroundService
{
    private volatile bool _isReal;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        readiness.Require(() => _isReal);
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => readiness.RunOnceAsync(ReturnAsync, time, stoppingToken);

    private async Task ReturnAsync(CancellationToken cancellationToken)
    {
        if (await DemoClock.IsSetBackAsync(connections, cancellationToken))
        {
            await using var clock = await DemoClock.TakeAsync(connections, cancellationToken);
            if (await clock.ReturnAsync(isComplete: false, cancellationToken))
                LogReturned(logger);
        }

        _isReal = true;
    }

    [LoggerMessage(6003, LogLevel.Warning,
        "A demonstration was cut off in this ledger: it has the real clock again. While nothing else is recorded, a start with --demo loads the rest")]
    private static partial void LogReturned(ILogger logger);
}
