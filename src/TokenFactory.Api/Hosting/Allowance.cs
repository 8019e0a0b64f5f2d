namespace TokenFactory.Api.Hosting;

/// <summary>
/// So many units per window, which come back evenly (the generic cell rate algorithm): one number, changed without a lock. More may be spent than is
/// left, where only afterwards it is known how much it was; then nothing is left until that has come back.
/// </summary>
/// <param name="units">Units per window; at least 1.</param>
/// <param name="window">Greater than zero.</param>
/// <remarks>All times are nanoseconds since one instant.</remarks>
internal sealed class Allowance(long units, TimeSpan window)
{
    // Debts end somewhere: thirty years.
    private const long MaxNanoseconds = 1_000_000_000_000_000_000;

    private readonly long _window = window.Ticks * TimeSpan.NanosecondsPerTick;

    // When all of it is there again.
    private long _wholeAt;

    public long Units => units;

    /// <summary>Spends one unit, if one is left.</summary>
    /// <param name="now">The present.</param>
    /// <param name="wait">How long until there is one; zero where it was spent.</param>
    public bool TrySpend(long now, out long wait)
    {
        while (true)
        {
            var wholeAt = Volatile.Read(ref _wholeAt);
            wait = WaitFor(now, wholeAt);
            if (wait > 0)
                return false;
            if (Interlocked.CompareExchange(ref _wholeAt, Later(wholeAt, now, 1), wholeAt) == wholeAt)
                return true;
        }
    }

    /// <summary>Spends units, however many are left.</summary>
    /// <param name="spent">Not negative.</param>
    /// <param name="now">The present.</param>
    public void Spend(long spent, long now)
    {
        while (true)
        {
            var wholeAt = Volatile.Read(ref _wholeAt);
            if (Interlocked.CompareExchange(ref _wholeAt, Later(wholeAt, now, spent), wholeAt) == wholeAt)
                return;
        }
    }

    /// <summary>Gives a unit back that was spent and turned out to be owed by somebody else.</summary>
    public void Return() => Interlocked.Add(ref _wholeAt, -CostOf(1));

    /// <summary>How long until one unit is left; zero: there is one.</summary>
    public long WaitAt(long now) => WaitFor(now, Volatile.Read(ref _wholeAt));

    /// <summary>Whole units that are left, 0 to <see cref="Units"/>.</summary>
    public long LeftAt(long now)
    {
        var missing = WholeInAt(now);
        return missing >= _window ? 0 : (long)((Int128)(_window - missing) * units / _window);
    }

    /// <summary>How long until all of it is there again.</summary>
    public long WholeInAt(long now) => Math.Max(0, Volatile.Read(ref _wholeAt) - now);

    private long WaitFor(long now, long wholeAt) => Math.Max(0, Math.Max(0, wholeAt - now) + CostOf(1) - _window);

    private long Later(long wholeAt, long now, long spent) => Math.Min(Math.Max(wholeAt, now) + CostOf(spent), now + MaxNanoseconds);

    // Rounded down, so that as many as are promised can be spent.
    private long CostOf(long spent) => (long)Int128.Min((Int128)spent * _window / units, MaxNanoseconds);
}
