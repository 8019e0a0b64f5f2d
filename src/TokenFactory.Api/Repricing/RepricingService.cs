using Npgsql;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Repricing;

/// <summary>
/// Does the repricings that are asked for, whichever instance was asked: whoever gets the lock of one works at it, and where an instance dies
/// another goes on.
/// </summary>
internal sealed partial class RepricingService(
    NpgsqlDataSource dataSource, DatabaseReadiness readiness, LedgerSettings settings, Journal journal, TimeProvider time, ILogger<RepricingService> logger)
    : BackgroundService
{
    // At once, so that a short one does not wait for a long one.
    private const int Workers = 2;
    private const int MaxFailureLength = 1_000;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _asked = new(0);

    /// <summary>Says that there is something to do, so that nobody waits for the next look.</summary>
    public void Wake() => _asked.Release();

    public override void Dispose()
    {
        _asked.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)));
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await WorkOnceAsync(stoppingToken))
                    continue;
                await _asked.WaitAsync(PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (DatabaseAwayHandler.IsAway(e))
                    LogInterrupted(logger, e.Message);
                else
                    LogStuck(logger, e);
                await Task.Delay(PollInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // False: there is nothing to do that nobody is at.
    private async Task<bool> WorkOnceAsync(CancellationToken stoppingToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(stoppingToken);
        foreach (var id in await RepricingTasks.FindRunningAsync(connection, stoppingToken))
        {
            if (!await RepricingTasks.TryLockAsync(connection, id, stoppingToken))
                continue;
            try
            {
                if (await RepricingTasks.LoadAsync(connection, id, stoppingToken) is not { } task)
                    continue;
                await RunAsync(connection, task, stoppingToken);
                return true;
            }
            finally
            {
                await RepricingTasks.UnlockAsync(connection, id);
            }
        }

        return false;
    }

    private async Task RunAsync(NpgsqlConnection connection, RepricingTask task, CancellationToken stoppingToken)
    {
        try
        {
            if (task is { Selection.ToSector: not null, Marks.Count: 0 })
                task = await RepricingTasks.MarkAsync(connection, task, time, stoppingToken);
            var prices = await ReadPricesAsync(task, stoppingToken);
            if (await new RepricingRun(connection, journal, task, prices, time).RunAsync(stoppingToken))
                LogCompleted(logger, task.Id);
        }
        // Until the database, or this service, is back.
        catch (Exception e) when (!stoppingToken.IsCancellationRequested && !DatabaseAwayHandler.IsAway(e))
        {
            LogFailed(logger, e, task.Id);
            var failure = e.Message.Length > MaxFailureLength ? e.Message[..MaxFailureLength] : e.Message;
            await RepricingTasks.FailAsync(dataSource, task.Id, time.GetUtcNow(), failure.Replace("\0", "", StringComparison.Ordinal), stoppingToken);
        }
    }

    // A revert needs none: it records what was there before. Nor does a reclassification: it records what is there.
    private async Task<RepricingPrices> ReadPricesAsync(RepricingTask task, CancellationToken cancellationToken)
    {
        var currency = await settings.ReportingCurrencyAsync(cancellationToken);
        var known = task.Reverts is null && task.Selection.ToSector is null ? await KnownPrices.ReadAsync(dataSource, task.Selection.AsOf ?? task.KnownAt, cancellationToken) : KnownPrices.None;
        return new RepricingPrices(task, known, currency);
    }

    [LoggerMessage(6001, LogLevel.Information, "Repricing {RepricingId} is completed")]
    private static partial void LogCompleted(ILogger logger, long repricingId);

    [LoggerMessage(6002, LogLevel.Error, "Repricing {RepricingId} failed: what it has recorded stays, and can be reverted")]
    private static partial void LogFailed(ILogger logger, Exception exception, long repricingId);

    [LoggerMessage(6003, LogLevel.Warning, "Repricings were interrupted and go on later: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string reason);

    [LoggerMessage(6004, LogLevel.Error, "Repricings could not be looked for; it is tried again")]
    private static partial void LogStuck(ILogger logger, Exception exception);
}
