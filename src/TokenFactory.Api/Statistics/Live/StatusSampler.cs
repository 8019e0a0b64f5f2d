using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>Reads the status once a second for all who listen to this instance, and not at all while nobody does.</summary>
internal sealed partial class StatusSampler(
    StatusReader reader, StatusListeners listeners, DatabaseReadiness readiness, TimeProvider time, ILogger<StatusSampler> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly StatusRates _rates = new(time);
    private DateTimeOffset? _lastAt;
    private Task<StatusReading>? _reading;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        while (true)
        {
            await listeners.WaitAsync(stoppingToken);
            _rates.Clear();
            _lastAt = null;
            var wasAway = false;
            using var timer = new PeriodicTimer(Interval, time);
            while (listeners.AreThere())
            {
                wasAway = await SampleAsync(wasAway, stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
    }

    // Whether the database was away.
    private async Task<bool> SampleAsync(bool wasAway, CancellationToken stoppingToken)
    {
        try
        {
            var reading = await ReadAsync(wasAway ? Interval : Patience, stoppingToken);
            // A rate is of two readings.
            if (_rates.Add(reading.Pulse) is not { } rate)
                return false;
            _lastAt = reading.Pulse.At;
            listeners.Publish(StatusOf(reading, rate));
            return false;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            if (!DatabaseAwayHandler.IsAway(e))
                LogFailed(logger, e);
            else if (!wasAway)
                LogAway(logger, e.Message);
            listeners.Publish(new StatusUnavailable { At = time.GetUtcNow(), LastAt = _lastAt }, e);
            return true;
        }
    }

    // A database that stands still does not let go of who asks it, whether that one gives up or not. It is asked one thing at a time.
    private async Task<StatusReading> ReadAsync(TimeSpan patience, CancellationToken stoppingToken)
    {
        var begun = _reading is null;
        var reading = _reading ??= ReadAsync(stoppingToken);
        await Task.WhenAny(reading, Task.Delay(patience, time, stoppingToken));
        stoppingToken.ThrowIfCancellationRequested();
        if (!reading.IsCompleted)
            throw new TimeoutException("The status takes too long to read.");
        _reading = null;
        var read = await reading;
        return begun ? read : throw new TimeoutException("The status took too long to read.");
    }

    private async Task<StatusReading> ReadAsync(CancellationToken stoppingToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, patience.Token);
        try
        {
            return await reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!stoppingToken.IsCancellationRequested)
        {
            throw new TimeoutException("The status took too long to read.", e);
        }
    }

    private static LedgerStatus StatusOf(StatusReading reading, StatusRate rate) => new()
    {
        At = reading.Pulse.At,
        Day = reading.Context.AsOf,
        EventsPerSecond = rate.Events,
        TokensPerSecond = rate.Tokens,
        RateSeconds = rate.Seconds,
        GdpToday = reading.Today?.Gdp ?? "0",
        TokensToday = reading.Today?.Quantity ?? "0",
        UnpricedShareToday = reading.Today?.UnpricedShare,
        Currency = reading.Context.Currency,
        Quarantined = reading.Held,
        LagSeconds = StatusRates.Rounded(reading.Pulse.Lag.TotalSeconds),
        SealingLagSeconds = StatusRates.Rounded(reading.Pulse.SealingLag.TotalSeconds),
        CompleteThrough = reading.Context.CompleteThrough,
    };

    [LoggerMessage(7001, LogLevel.Warning, "The status can't be read and is tried again every second: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(7002, LogLevel.Error, "The status can't be read; it is tried again every second")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
