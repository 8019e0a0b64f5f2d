using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.RollUp;

/// <summary>
/// The background aggregator: folds what the ledger records, and audits it from the entries. Any number of instances may run it; figures
/// are right even when none does.
/// </summary>
internal sealed partial class Aggregator(
    Folding folding, NpgsqlDataSource dataSource, DatabaseReadiness readiness, RollUpMetrics metrics, IOptions<RollUpOptions> options,
    TimeProvider time, ILogger<Aggregator> logger) : BackgroundService
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DamagedInterval = TimeSpan.FromMinutes(1);

    // Sources that failed, and when they are tried again.
    private readonly Dictionary<long, DateTimeOffset> _foldingAgain = [];
    private readonly Dictionary<long, DateTimeOffset> _catchingUpAgain = [];
    private readonly Dictionary<long, DateTimeOffset> _auditingAgain = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
            return;
        await readiness.WaitAsync(stoppingToken);
        await Task.WhenAll(
            RepeatAsync(TimeSpan.FromMilliseconds(options.Value.FoldIntervalMs), FoldOnceAsync, stoppingToken),
            RepeatAsync(TimeSpan.FromMilliseconds(options.Value.FoldIntervalMs), CatchUpOnceAsync, stoppingToken),
            RepeatAsync(TimeSpan.FromMilliseconds(options.Value.AuditIntervalMs), AuditOnceAsync, stoppingToken));
    }

    /// <summary>Folds every source until nothing is left to fold.</summary>
    public async Task FoldOnceAsync(CancellationToken cancellationToken) =>
        await ForEachSourceAsync(await folding.FindUnfoldedAsync(cancellationToken), _foldingAgain, async sourceId =>
        {
            while (await folding.FoldAsync(sourceId, cancellationToken) is { Batches: > 0 } fold)
            {
                metrics.Folded(fold, time.GetUtcNow());
                LogFolded(logger, sourceId, fold.Batches, fold.Cells);
            }
        });

    /// <summary>Catches every source's coarse roll-ups up with its cells, beside the folding: step by step, so that neither waits long for the other.</summary>
    public async Task CatchUpOnceAsync(CancellationToken cancellationToken) =>
        await ForEachSourceAsync(await folding.FindBehindAsync(cancellationToken), _catchingUpAgain, async sourceId =>
        {
            while (await folding.CatchUpAsync(sourceId, cancellationToken) > 0)
                cancellationToken.ThrowIfCancellationRequested();
        });

    /// <summary>Audits every source until nothing is left to audit, and looks at what is pending.</summary>
    public async Task AuditOnceAsync(CancellationToken cancellationToken)
    {
        await ForEachSourceAsync(await folding.FindUnauditedAsync(cancellationToken), _auditingAgain, async sourceId =>
        {
            while (await folding.AuditAsync(sourceId, cancellationToken) > 0)
                cancellationToken.ThrowIfCancellationRequested();
        });

        await using var command = dataSource.CreateCommand(
            $"""
            select (select coalesce(sum(l.seq - coalesce(c.folded_seq, 0)), 0)::bigint
                    from journal_lane l left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane),
                   (select count(*) from rollup_pending),
                   coalesce(extract(epoch from ledger_clock() - rollup_first_pending()), 0)::float8,
                   coalesce(extract(epoch from ledger_clock() - ({Sql.Read("Ledger/Sealing/oldest_unsealed.sql")})), 0)::float8
            """);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        metrics.Pending(row.GetInt64(0), row.GetInt64(1), row.GetDouble(2), row.GetDouble(3));
    }

    // A source whose rows are damaged or locked must not hold up the others: it is left for a while, and said so.
    private async Task ForEachSourceAsync(IReadOnlyList<long> sources, Dictionary<long, DateTimeOffset> again, Func<long, Task> work)
    {
        foreach (var sourceId in sources)
        {
            if (again.TryGetValue(sourceId, out var at) && time.GetUtcNow() < at)
                continue;
            try
            {
                await work(sourceId);
                again.Remove(sourceId);
            }
            catch (Exception e) when (e is not OperationCanceledException && (!DatabaseAwayHandler.IsAway(e) || TookTooLong(e)))
            {
                again[sourceId] = time.GetUtcNow() + DamagedInterval;
                LogDamaged(logger, e, sourceId);
            }
        }
    }

    private static bool TookTooLong(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } || e is NpgsqlException { InnerException: TimeoutException };

    private async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await work(stoppingToken);
                await Task.Delay(interval, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // One transaction each: whatever failed changed nothing, and is tried again.
                if (DatabaseAwayHandler.IsAway(e))
                    LogInterrupted(logger, e.Message);
                else
                    LogFailed(logger, e);
                await Task.Delay(RetryInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(5001, LogLevel.Debug, "Folded {Batches} batches of source {SourceId} into {Cells} cells")]
    private static partial void LogFolded(ILogger logger, long sourceId, long batches, long cells);

    [LoggerMessage(5004, LogLevel.Error,
        "Source {SourceId} could not be rolled up: its figures still include what is not folded. GET /v1/reconciliation?full=true says what is wrong")]
    private static partial void LogDamaged(ILogger logger, Exception exception, long sourceId);

    [LoggerMessage(5003, LogLevel.Warning, "The aggregator was interrupted and tries again: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string reason);

    [LoggerMessage(5002, LogLevel.Error, "The aggregator failed; it tries again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
