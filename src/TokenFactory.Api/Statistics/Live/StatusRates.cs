using TokenFactory.Api.RollUp;

namespace TokenFactory.Api.Statistics;

/// <summary>What was recorded per second, and over how many seconds that was measured.</summary>
internal readonly record struct StatusRate(double Events, double Tokens, double Seconds);

/// <summary>Rates from readings of the ledger's own counters, which count what every instance records. For one reader at a time.</summary>
internal sealed class StatusRates(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Queue<(long Timestamp, Pulse Pulse)> _readings = [];

    public void Clear() => _readings.Clear();

    /// <summary>The rate from the first reading of the last five seconds, or the last before, to this one; null: it is the first.</summary>
    public StatusRate? Add(Pulse pulse)
    {
        var now = time.GetTimestamp();
        while (_readings.Count > 1 && time.GetElapsedTime(_readings.Peek().Timestamp, now) > Window)
            _readings.Dequeue();
        // A database that was brought back to an earlier moment counts from there.
        if (_readings.Count > 0 && _readings.Peek().Pulse.Accepted > pulse.Accepted)
            _readings.Clear();
        StatusRate? rate = null;
        if (_readings.TryPeek(out var first) && time.GetElapsedTime(first.Timestamp, now).TotalSeconds is > 0 and var seconds)
        {
            rate = new StatusRate(
                Rounded((pulse.Accepted - first.Pulse.Accepted) / seconds), Rounded((double)(pulse.Tokens - first.Pulse.Tokens) / seconds), Rounded(seconds));
        }

        _readings.Enqueue((now, pulse));
        return rate;
    }

    public static double Rounded(double value) => Math.Round(value, 3, MidpointRounding.AwayFromZero);
}
