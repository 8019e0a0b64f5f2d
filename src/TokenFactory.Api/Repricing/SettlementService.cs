using Microsoft.Extensions.Options;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Repricing;

/// <summary>
/// Settles month tiers in the background: entries are recorded at the first tier, and what the tiers of the month make of it is added as
/// entries of its own. Any number of instances may run it, and it may be cut off anywhere: a settlement owns its number in the ledger, and the
/// next one begins with what is there.
/// </summary>
internal sealed partial class SettlementService(
    SettlementFolding folding, SettlementMonths months, Journal journal, CatalogCache catalog, DatabaseReadiness readiness,
    IOptions<SettlementOptions> options, TimeProvider time, ILogger<SettlementService> logger) : BackgroundService
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    // Months that can't be settled: said once.
    private readonly HashSet<SettlementKey> _tooLarge = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
            return;
        await readiness.WaitAsync(stoppingToken);
        while (true)
        {
            var wait = TimeSpan.FromSeconds(options.Value.IntervalSeconds);
            try
            {
                await SettleOnceAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever was cut off changed nothing, or is there as a whole: it is looked at anew.
                wait = RetryInterval < wait ? RetryInterval : wait;
                if (IsInterruption(e))
                    LogInterrupted(logger, e.Message);
                else
                    LogFailed(logger, e);
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
        }
    }

    private async Task SettleOnceAsync(CancellationToken cancellationToken)
    {
        if (!catalog.IsLoaded)
            await catalog.RefreshAsync(cancellationToken);
        await FoldAsync(cancellationToken);
        var (settled, entries) = (0, 0);
        foreach (var month in await months.FindOpenAsync(cancellationToken))
        {
            var added = await TrySettleAsync(month, cancellationToken);
            settled += added > 0 ? 1 : 0;
            entries += added;
        }

        if (entries > 0)
            LogSettled(logger, settled, entries);
    }

    private async Task FoldAsync(CancellationToken cancellationToken)
    {
        await folding.SkipAsync(cancellationToken);
        foreach (var sourceId in await folding.FindUnfoldedAsync(cancellationToken))
        {
            try
            {
                await folding.FoldAsync(sourceId, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException && !IsInterruption(e))
            {
                // A source whose rows are damaged must not hold up the others.
                LogDamaged(logger, e, sourceId);
            }
        }
    }

    /// <returns>Entries that were recorded.</returns>
    private async Task<int> TrySettleAsync(SettlementKey month, CancellationToken cancellationToken)
    {
        try
        {
            return await SettleAsync(month, cancellationToken);
        }
        catch (OverflowException e)
        {
            if (_tooLarge.Add(month))
                LogTooLarge(logger, month.Month, month.AccountId, month.RateId, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException && !IsInterruption(e))
        {
            LogMonthFailed(logger, e, month.Month, month.AccountId, month.RateId);
        }

        return 0;
    }

    // One settlement after the other, each made from the ledger with those before it, until nothing is to be settled.
    private async Task<int> SettleAsync(SettlementKey month, CancellationToken cancellationToken)
    {
        var entries = 0;
        while (await months.NextAsync(month, cancellationToken) is { } posting)
        {
            var result = await journal.PostAsync(posting, cancellationToken);
            // Another instance has come first with the same number: it goes on, and what it does not see is settled the next time.
            if (result.Refused)
                break;
            entries += posting.Events.Sum(e => e.Lines.Length);
            await folding.FoldAsync(posting.SourceId, cancellationToken);
        }

        return entries;
    }

    private static bool IsInterruption(Exception e) => e is JournalBusyException or StaleTransactionException || DatabaseAwayHandler.IsAway(e);

    [LoggerMessage(6101, LogLevel.Information, "Settled {Months} months of rates with tiers by {Entries} entries")]
    private static partial void LogSettled(ILogger logger, int months, int entries);

    [LoggerMessage(6102, LogLevel.Error, "The month {Month} of account {AccountId} at rate {RateId} is not settled: {Reason}")]
    private static partial void LogTooLarge(ILogger logger, DateOnly month, long accountId, long rateId, string reason);

    [LoggerMessage(6103, LogLevel.Error, "The month {Month} of account {AccountId} at rate {RateId} could not be settled; it is tried again")]
    private static partial void LogMonthFailed(ILogger logger, Exception exception, DateOnly month, long accountId, long rateId);

    [LoggerMessage(6104, LogLevel.Error,
        "Source {SourceId} could not be read for the settlement of month tiers. GET /v1/reconciliation?full=true says what is wrong")]
    private static partial void LogDamaged(ILogger logger, Exception exception, long sourceId);

    [LoggerMessage(6105, LogLevel.Warning, "The settlement of month tiers was interrupted and tries again: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string reason);

    [LoggerMessage(6106, LogLevel.Error, "The settlement of month tiers failed; it tries again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
