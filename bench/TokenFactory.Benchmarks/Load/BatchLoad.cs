using System.Diagnostics;

namespace TokenFactory.Benchmarks.Load;

/// <summary>Bodies of many events, each source over a connection and a thread of its own that waits for every answer.</summary>
internal sealed class BatchLoad
{
    public const int EventsPerBody = 1_000;
    private const int Connections = 4;

    private readonly BenchLedger _ledger;
    private readonly byte[][][] _requests;

    /// <summary>Makes the bodies.</summary>
    /// <param name="ledger">Where they go.</param>
    /// <param name="text">What the events look like.</param>
    /// <param name="events">Rounded down to whole bodies of each connection.</param>
    public BatchLoad(BenchLedger ledger, EventText text, long events)
    {
        _ledger = ledger;
        var bodies = Math.Max(1, (int)(events / Connections / EventsPerBody));
        var first = EventText.Take((long)bodies * Connections * EventsPerBody);
        // The connections take turns with the numbers: ids that are ordered by time come from all of them at once.
        _requests = [.. Enumerable.Range(0, Connections).Select(source => Enumerable.Range(0, bodies)
            .Select(body => HttpConnection.Request("/v1/events", ledger.IngestKey, "application/x-ndjson",
                text.Lines(source, first + (((body * Connections) + source) * EventsPerBody), EventsPerBody))).ToArray())];
    }

    /// <summary>Sends all of them. A second time, every event is a duplicate.</summary>
    public LoadResult Send()
    {
        var before = _ledger.CpuTimes();
        var started = Stopwatch.GetTimestamp();
        var counts = new (long Accepted, long Duplicate)[Connections];
        Threads.Run(Connections, worker => counts[worker] = Send(_requests[worker]));
        var elapsed = Stopwatch.GetElapsedTime(started);
        var result = new LoadResult(counts.Sum(c => c.Accepted), counts.Sum(c => c.Duplicate), elapsed, _ledger.CpuTimes() - before);
        _ledger.Note(_requests.Sum(r => (long)r.Length) * EventsPerBody, result);
        return result;
    }

    private (long Accepted, long Duplicate) Send(byte[][] requests)
    {
        using var connection = new HttpConnection(_ledger.Service.Address);
        (long Accepted, long Duplicate) sum = default;
        foreach (var request in requests)
        {
            connection.Send(request);
            connection.Receive();
            var (accepted, duplicate) = LoadResult.CountsOf(connection);
            sum = (sum.Accepted + accepted, sum.Duplicate + duplicate);
        }

        return sum;
    }
}
