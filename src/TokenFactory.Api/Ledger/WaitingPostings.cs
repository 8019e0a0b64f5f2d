using System.Threading.Channels;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// Postings that wait for a writer, by source. Who writes for a source takes all that waits for it: what comes in meanwhile gathers for the next
/// transaction, so that under load one COMMIT is shared by many. A source gets a second writer only while enough waits to be worth one. Sources
/// take turns.
/// </summary>
/// <param name="maxEvents">Events after which one transaction takes no more postings.</param>
internal sealed class WaitingPostings(int maxEvents)
{
    /// <summary>So many waiting events of a source are worth another writer beside those that write for it.</summary>
    public const int EventsOfAnotherWriter = 500;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Source> _sources = [];
    private readonly Channel<Source> _ready = Channel.CreateUnbounded<Source>();
    private bool _isClosed;

    /// <summary>Adds a posting.</summary>
    /// <returns>False after <see cref="Close"/>: it is not taken.</returns>
    public bool TryAdd(PendingPosting pending)
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;
            var sourceId = pending.Posting.SourceId;
            if (!_sources.TryGetValue(sourceId, out var source))
                _sources.Add(sourceId, source = new Source(sourceId));
            source.Waiting.Enqueue(pending);
            source.Events += WorthOf(pending);
            Offer(source);
            return true;
        }
    }

    /// <summary>
    /// Waits for a source that needs a writer and takes its postings. The writer calls <see cref="Return"/> when it has recorded them.
    /// </summary>
    /// <param name="taken">Receives the postings, in the order in which they came: of one source, at least one, and an atomic one alone.</param>
    /// <returns>The source; null: closed, and nothing waits any more.</returns>
    public async Task<Source?> TakeAsync(List<PendingPosting> taken)
    {
        taken.Clear();
        while (await _ready.Reader.WaitToReadAsync())
        {
            if (!_ready.Reader.TryRead(out var source))
                continue;
            lock (_lock)
            {
                source.IsOffered = false;
                source.Writers++;
                var events = 0;
                while (events < maxEvents && source.Waiting.TryPeek(out var pending) && (taken.Count == 0 || !(pending.Posting.Atomic || taken[^1].Posting.Atomic)))
                {
                    taken.Add(source.Waiting.Dequeue());
                    events += EventsOf(pending);
                }

                source.Events -= taken.Sum(WorthOf);
                Offer(source);
            }

            return source;
        }

        return null;
    }

    /// <summary>The postings that were taken of a source are recorded.</summary>
    public void Return(Source source)
    {
        lock (_lock)
        {
            source.Writers--;
            Offer(source);
            if (source is { Writers: 0, IsOffered: false })
                _sources.Remove(source.Id);
            CompleteIfDone();
        }
    }

    /// <summary>Takes no more; what waits is still taken by writers.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            CompleteIfDone();
        }
    }

    private static int EventsOf(PendingPosting pending) => pending.Posting.EventCount;

    // An atomic posting shares no transaction: nothing is gained by letting it wait.
    private static int WorthOf(PendingPosting pending) => Math.Max(EventsOf(pending), pending.Posting.Atomic ? EventsOfAnotherWriter : 0);

    private void Offer(Source source)
    {
        if (source.IsOffered || source.Waiting.Count == 0 || (source.Writers > 0 && source.Events < EventsOfAnotherWriter))
            return;
        source.IsOffered = true;
        _ready.Writer.TryWrite(source);
    }

    private void CompleteIfDone()
    {
        if (_isClosed && _sources.Count == 0)
            _ready.Writer.TryComplete();
    }

    /// <summary>A source of which something waits or is being recorded.</summary>
    public sealed class Source(long id)
    {
        public long Id { get; } = id;

        public Queue<PendingPosting> Waiting { get; } = [];

        /// <summary>Of all that waits; an atomic posting counts for as many as are worth a writer.</summary>
        public int Events { get; set; }

        public int Writers { get; set; }

        /// <summary>Whether it waits for a writer itself.</summary>
        public bool IsOffered { get; set; }
    }
}
