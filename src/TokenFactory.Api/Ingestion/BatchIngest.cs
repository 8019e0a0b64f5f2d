using System.Security.Claims;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Records the events of one body chunk by chunk while the next is read, a few chunks at a time, and reports them in the order of the body.
/// When a chunk fails, what was reported before it is exactly what is known to be recorded.
/// </summary>
internal sealed class BatchIngest(IngestPipeline pipeline, IngestionOptions options, ClaimsPrincipal user, IngestReport report, Action<int> countEvents)
{
    private readonly Queue<(List<IngestItem> Items, Lazy<HashSet<(string Source, string Id)>> Keys, Task Recorded)> _underWay = [];
    private List<IngestItem> _chunk = [];

    /// <summary>Takes the next event; waits while enough chunks are under way.</summary>
    public async ValueTask AddAsync(IngestItem item)
    {
        _chunk.Add(item);
        if (_chunk.Count >= options.ChunkEvents)
            await DispatchAsync();
    }

    /// <summary>Waits until every event is recorded and reported.</summary>
    public async Task CompleteAsync()
    {
        if (_chunk.Count > 0)
            await DispatchAsync();
        while (_underWay.Count > 0)
            await ReportFirstAsync();
    }

    /// <summary>After a failure: lets what is under way come to its end, so that nothing of this request runs on unobserved.</summary>
    public async Task AbandonAsync()
    {
        foreach (var (_, _, recorded) in _underWay)
            await recorded.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _underWay.Clear();
    }

    private async Task DispatchAsync()
    {
        var chunk = _chunk;
        countEvents(chunk.Count);
        _chunk = new List<IngestItem>(options.ChunkEvents);
        // Most bodies are one chunk: only beside another one must its keys be known.
        var keys = new Lazy<HashSet<(string Source, string Id)>>(() => chunk.Select(item => (item.Sent.Source, item.Sent.Id)).ToHashSet(), isThreadSafe: false);
        // Of two events with one id the earlier in the body counts: a chunk that repeats one under way waits for it.
        while (_underWay.Any(other => other.Keys.Value.Overlaps(keys.Value)))
            await ReportFirstAsync();
        // What has been read is recorded even when the sender goes away: it was sent, and sending it again is safe.
        _underWay.Enqueue((chunk, keys, pipeline.RecordAsync(user, chunk, CancellationToken.None)));
        while (_underWay.Count >= options.ChunksInFlight)
            await ReportFirstAsync();
    }

    private async Task ReportFirstAsync()
    {
        var (items, _, recorded) = _underWay.Dequeue();
        await recorded;
        await report.AddAsync(items, CancellationToken.None);
    }
}
