using System.Threading.Channels;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// Postings that wait for a writer, by source. Who writes for a source takes all that waits for it: what comes in meanwhile gathers for the next
/// transaction, so that under load one COMMIT is shared by many. A source gets a second writer only while enough waits to be worth one. Sources
/// take turns. A source that many send to at once gathers a little longer, until all are back that were answered just now, or some milliseconds are over: what
/// a transaction costs is the less for each event the more share it.
/// </summary>
/// <param name="maxEvents">Events after which one transaction takes no more postings.</param>
/// <param name="gathering">How long such a source gathers after a transaction at most; 0: not at all.</param>
/// <param name="time">Tells when it is over.</param>
internal sealed class WaitingPostings(int maxEvents, TimeSpan gathering, TimeProvider time)
{
    /// <summary>So many waiting events of a source are worth another writer beside those that write for it.</summary>
    public const int EventsOfAnotherWriter = 500;

    /// <summary>Where a transaction held so many postings, as many senders wait for their answers at once, and the next will come soon. Who sends alone is never made to wait.</summary>
    public const int ManySenders = 8;

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
    /// <param name="source">As <see cref="TakeAsync"/> gave it.</param>
    /// <param name="postings">How many there were.</param>
    public void Return(Source source, int postings)
    {
        lock (_lock)
        {
            source.Writers--;
            if (postings >= ManySenders && gathering > TimeSpan.Zero)
                _ = GatherAsync(source, new Gathering(postings + source.Waiting.Count));
            OfferOrForget(source);
        }
    }

    /// <summary>Takes no more; what waits is still taken by writers.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var source in _sources.Values)
                Offer(source);
            CompleteIfDone();
        }
    }

    private async Task GatherAsync(Source source, Gathering mine)
    {
        source.Gathering = mine;
        await Task.Delay(gathering, time);
        lock (_lock)
        {
            // Over before, the source may even be forgotten.
            if (source.Gathering != mine)
                return;
            source.Gathering = null;
            OfferOrForget(source);
        }
    }

    private void OfferOrForget(Source source)
    {
        Offer(source);
        if (source is { Writers: 0, IsOffered: false, Gathering: null })
            _sources.Remove(source.Id);
        CompleteIfDone();
    }

    private static int EventsOf(PendingPosting pending) => pending.Posting.EventCount;

    // An atomic posting shares no transaction: nothing is gained by letting it wait.
    private static int WorthOf(PendingPosting pending) => Math.Max(EventsOf(pending), pending.Posting.Atomic ? EventsOfAnotherWriter : 0);

    private void Offer(Source source)
    {
        var canWait = source.Writers > 0 || (!_isClosed && source.Waiting.Count < source.Gathering?.Senders);
        if (source.IsOffered || source.Waiting.Count == 0 || (canWait && source.Events < Math.Min(EventsOfAnotherWriter, maxEvents)))
            return;
        (source.IsOffered, source.Gathering) = (true, null);
        _ready.Writer.TryWrite(source);
    }

    private void CompleteIfDone()
    {
        if (_isClosed && _sources.Count == 0)
            _ready.Writer.TryComplete();
    }

    /// <summary>One wait of a source for more.</summary>
    /// <param name="senders">How many are known to send to it: those that were answered just now, and those that waited then.</param>
    public sealed class Gathering(int senders)
    {
        public int Senders { get; } = senders;
    }

    /// <summary>A source of which something waits or is being recorded.</summary>
    public sealed class Source(long id)
    {
        public long Id { get; } = id;

        public Queue<PendingPosting> Waiting { get; } = [];

        /// <summary>Of all that waits; an atomic posting counts for as many as are worth a writer.</summary>
        public int Events { get; set; }

        public int Writers { get; set; }

        /// <summary>It was written just now, and waits a little for more; null: it does not.</summary>
        public Gathering? Gathering { get; set; }

        /// <summary>Whether it waits for a writer itself.</summary>
        public bool IsOffered { get; set; }
    }
}
