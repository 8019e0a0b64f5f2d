using Npgsql;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Ledger;

/// <summary>Makes the coming months' partitions ahead, at start and twice a day. A month that is missing all the same is made on sight.</summary>
internal sealed partial class PartitionKeeper(NpgsqlDataSource dataSource, DatabaseReadiness readiness, ILogger<PartitionKeeper> logger, TimeProvider time)
    : BackgroundService
{
    private const int MonthsAhead = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(12);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await using var command = dataSource.CreateCommand($"select ledger_make_partitions(ledger_clock(), {MonthsAhead})");
                var made = (int)(await command.ExecuteScalarAsync(stoppingToken) ?? 0);
                if (made > 0)
                    LogMade(logger, made);
            }
            catch (NpgsqlException e)
            {
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(2101, LogLevel.Information, "Made {Partitions} partitions ahead")]
    private static partial void LogMade(ILogger logger, int partitions);

    [LoggerMessage(2102, LogLevel.Warning, "Partitions could not be made ahead; they will be tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
