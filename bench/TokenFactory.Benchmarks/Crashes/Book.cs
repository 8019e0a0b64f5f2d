using System.Collections.Concurrent;
using System.Diagnostics;

namespace TokenFactory.Crashes;

/// <summary>An event as it was sent, and what its sender was told.</summary>
/// <param name="Input">Tokens read.</param>
/// <param name="Output">Tokens made.</param>
/// <param name="UnitValue">Of both classes, per million tokens.</param>
/// <param name="OccurredAt">When.</param>
internal sealed record SentEvent(long Input, long Output, decimal UnitValue, DateTimeOffset OccurredAt)
{
    /// <summary>Rounded as each entry is: half away from zero to 12 decimals.</summary>
    public decimal Amount => AmountOf(Input) + AmountOf(Output);

    /// <summary>What the first acknowledgement said; null: none came yet.</summary>
    public Recorded? Acknowledged { get; set; }

    /// <summary>What the acknowledgement of its reversal said; null: it was not taken back.</summary>
    public Recorded? Reversed { get; set; }

    private decimal AmountOf(long quantity) => Math.Round(quantity * UnitValue / 1_000_000m, 12, MidpointRounding.AwayFromZero);
}

/// <summary>What a receipt says of where an event stands.</summary>
internal readonly record struct Recorded(DateTimeOffset RecordedAt, long BatchId);

/// <summary>What kind of promise was broken.</summary>
internal enum FindingKind
{
    /// <summary>Acknowledged, and not in the ledger.</summary>
    Lost,

    /// <summary>In the ledger more than once.</summary>
    Doubled,

    /// <summary>In the ledger with other content or in another place than its sender was told.</summary>
    Altered,

    /// <summary>In the ledger, and nobody sent it.</summary>
    NeverSent,

    /// <summary>Two contents of one id were both taken, or none was.</summary>
    WronglyAccepted,

    /// <summary>An answer that was not promised: neither a success nor a 503 with Retry-After.</summary>
    WrongAnswer,

    /// <summary>A number of a journal lane is missing.</summary>
    LaneGap,

    /// <summary>A record, a chain or the tree over all batches is not what was sealed.</summary>
    BrokenChain,

    /// <summary>The books do not balance, or a cell is not what its entries add up to.</summary>
    Drift,

    /// <summary>A published figure is not what the entries add up to.</summary>
    WrongFigure,

    /// <summary>It did not come back by itself.</summary>
    NoRecovery,
}

/// <summary>A promise that was broken.</summary>
internal sealed record Finding(FindingKind Kind, string Detail);

/// <summary>What was sent in a round, what its senders were told, and when.</summary>
/// <param name="events">What has been sent already.</param>
internal sealed class Book(ConcurrentDictionary<(string Source, string Id), SentEvent>? events = null)
{
    private const int MaxFindingsPerKind = 20;

    private readonly ConcurrentQueue<Finding> _findings = new();
    private readonly ConcurrentDictionary<FindingKind, int> _found = new();
    private readonly Lock _lock = new();
    private readonly List<(long After, int? Instance, TaskCompletionSource Heard)> _waiting = [];
    private long _requests;
    private long _unknown;
    private long _resent;
    private long _races;

    public ConcurrentDictionary<(string Source, string Id), SentEvent> Events { get; } = events ?? new();

    /// <summary>Requests that were answered with a success.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests whose outcome their sender did not learn: each was sent again with the same ids.</summary>
    public long Unknown => Interlocked.Read(ref _unknown);

    /// <summary>Events that were sent again although they had been acknowledged.</summary>
    public long Resent => Interlocked.Read(ref _resent);

    /// <summary>Ids under which many contents were sent at once.</summary>
    public long Races => Interlocked.Read(ref _races);

    /// <summary>The first of each kind.</summary>
    public IReadOnlyCollection<Finding> Findings => _findings;

    public int Count(FindingKind kind) => _found.GetValueOrDefault(kind);

    public void Find(FindingKind kind, string detail)
    {
        if (_found.AddOrUpdate(kind, 1, (_, n) => n + 1) <= MaxFindingsPerKind)
            _findings.Enqueue(new Finding(kind, detail));
    }

    public void NoteUnknown() => Interlocked.Increment(ref _unknown);

    public void NoteRace() => Interlocked.Increment(ref _races);

    /// <summary>An event's acknowledgement: the first is remembered, every other must say the same.</summary>
    public void Acknowledge(string source, string id, Recorded recorded)
    {
        var sent = Events[(source, id)];
        if (sent.Acknowledged is not { } first)
        {
            sent.Acknowledged = recorded;
            return;
        }

        Interlocked.Increment(ref _resent);
        if (first != recorded)
            Find(FindingKind.Altered, $"{source} {id} was acknowledged as {first}, and later as {recorded}");
    }

    /// <summary>A request was answered with a success.</summary>
    /// <param name="instance">By which.</param>
    /// <param name="sentAt">When it was sent.</param>
    public void Heard(int instance, long sentAt)
    {
        Interlocked.Increment(ref _requests);
        lock (_lock)
        {
            foreach (var (_, _, heard) in _waiting.Where(w => sentAt >= w.After && (w.Instance ?? instance) == instance))
                heard.TrySetResult();
            _waiting.RemoveAll(w => w.Heard.Task.IsCompleted);
        }
    }

    /// <summary>Waits for the answer to a request that is sent from now on.</summary>
    /// <param name="instance">Of which; null: of any.</param>
    /// <param name="limit">How long.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False: none came within the limit.</returns>
    public async Task<bool> NextAsync(int? instance, TimeSpan limit, CancellationToken cancellationToken)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _waiting.Add((Stopwatch.GetTimestamp(), instance, heard));
        try
        {
            await heard.Task.WaitAsync(limit, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
