using Microsoft.Extensions.Options;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// The one way into the ledger. Postings wait in a bounded queue; each writer gathers what waits for the same source into one transaction
/// and answers every posting after COMMIT. Nothing is ever answered from memory.
/// </summary>
internal sealed class Journal(NpgsqlDataSource dataSource, IOptions<LedgerOptions> options, LedgerMetrics metrics, ILoggerFactory loggers, TimeProvider time)
    : BackgroundService
{
    private readonly LedgerOptions _options = options.Value;
    private readonly WaitingPostings _waiting = new(options.Value.MaxEventsPerTransaction, TimeSpan.FromMilliseconds(options.Value.GatherMs), time);

    private readonly WaitingRoom _room = new(options.Value.MaxWaitingPostings, options.Value.MaxWaitingEvents);

    /// <summary>Records a posting. Answers only after COMMIT.</summary>
    /// <exception cref="JournalBusyException">The queue stayed full; nothing was recorded.</exception>
    /// <exception cref="NpgsqlException">
    /// The database failed. Whether the posting was recorded is not known: posting the same again is safe and tells.
    /// </exception>
    /// <exception cref="TimeoutException">It was not committed in time, and may be yet: posting the same again is safe and tells.</exception>
    /// <remarks>
    /// Once queued a posting runs to its end even if the caller stops waiting: the token ends the wait, not the transaction.
    /// </remarks>
    public async Task<PostingResult> PostAsync(Posting posting, CancellationToken cancellationToken)
    {
        if (!await _room.EnterAsync(posting.EventCount, TimeSpan.FromMilliseconds(_options.MaxWaitMs), cancellationToken))
            throw new JournalBusyException();
        var pending = new PendingPosting(posting);
        // False: the service is shutting down.
        if (!_waiting.TryAdd(pending))
            throw new JournalBusyException();
        return await pending.Completion.Task.WaitAsync(TimeSpan.FromMilliseconds(_options.MaxCommitWaitMs), time, cancellationToken);
    }

    public override void Dispose()
    {
        _room.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var writers = Enumerable.Range(0, _options.Writers).Select(_ => WriteAsync()).ToArray();
        // At shutdown the queue closes and the writers finish what was queued: whoever waits gets a true answer.
        stoppingToken.Register(_waiting.Close);
        return Task.WhenAll(writers);
    }

    private async Task WriteAsync()
    {
        await using var writer = new JournalWriter(dataSource, _options, metrics, loggers.CreateLogger<JournalWriter>(), time);
        var taken = new List<PendingPosting>();
        while (await _waiting.TakeAsync(taken) is { } source)
        {
            _room.Leave(taken.Count, taken.Sum(p => p.Posting.EventCount));
            try
            {
                foreach (var transaction in SplitIntoTransactions(taken))
                    await writer.RecordAsync(transaction, CancellationToken.None);
            }
            finally
            {
                _waiting.Return(source, taken.Count);
            }
        }
    }

    // One transaction holds one kind; an atomic posting has one to itself, because it may have to be refused as a whole.
    private static IEnumerable<IReadOnlyList<PendingPosting>> SplitIntoTransactions(List<PendingPosting> gathered)
    {
        if (gathered.Count == 1)
            return [gathered];
        return gathered
            .Select((pending, index) => (Pending: pending, Alone: pending.Posting.Atomic ? index : -1))
            .GroupBy(p => (p.Pending.Posting.Kind, p.Alone), p => p.Pending)
            .Select(group => (IReadOnlyList<PendingPosting>)[.. group]);
    }
}

/// <summary>A posting and whoever waits for it.</summary>
internal sealed class PendingPosting(Posting posting)
{
    public Posting Posting { get; } = posting;

    public TaskCompletionSource<PostingResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
