using Microsoft.Extensions.Options;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.RollUp;

/// <summary>Releases months in the background, where small cells are withheld. Any number of instances may run it.</summary>
internal sealed partial class ReleaseService(
    Releases releases, DatabaseReadiness readiness, IOptions<SuppressionOptions> options, TimeProvider time, ILogger<ReleaseService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var settings = options.Value;
        if (!settings.IsOn)
            return;
        await readiness.WaitAsync(stoppingToken);
        var rule = new DisclosureRule(settings.MinAccounts, settings.DominancePercent);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var months = await releases.ReleaseDueAsync(rule, settings.ReleaseDays, stoppingToken);
                if (months > 0)
                    LogReleased(logger, months);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // One transaction: whatever failed released nothing, and is tried again.
                if (DatabaseAwayHandler.IsAway(e))
                    LogInterrupted(logger, e.Message);
                else
                    LogFailed(logger, e);
            }

            await Task.Delay(TimeSpan.FromSeconds(settings.ReleaseIntervalSeconds), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(5011, LogLevel.Information, "Released {Months} months to the public, small cells withheld")]
    private static partial void LogReleased(ILogger logger, int months);

    [LoggerMessage(5012, LogLevel.Warning, "The release of months was interrupted and is tried again: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string reason);

    [LoggerMessage(5013, LogLevel.Error, "The release of months failed; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
