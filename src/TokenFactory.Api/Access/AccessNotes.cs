using Microsoft.Extensions.Options;
using TokenFactory.Api.Access.Audit;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Access;

/// <summary>Writes down what requests note and must not wait for, now and then and when the service stops.</summary>
internal sealed partial class AccessNotes(
    KeyUses uses, RefusedAttempts attempts, DatabaseReadiness readiness, IOptions<AccessOptions> options, TimeProvider time, ILogger<AccessNotes> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.AccessNotesSeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await FlushAsync(stoppingToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (readiness.IsReady)
            await FlushAsync(cancellationToken);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await uses.FlushAsync(cancellationToken);
            await attempts.FlushAsync(cancellationToken);
        }
        // Notes are not worth the service's life.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogLost(logger, e.Message);
        }
    }

    [LoggerMessage(4012, LogLevel.Warning, "The last uses of keys and refused attempts of this interval could not be written down: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}
