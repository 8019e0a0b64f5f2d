using System.Diagnostics;
using System.Text;

namespace TokenFactory.Benchmarks.Load;

/// <summary>
/// One event to a request over many connections, each of which waits for its answer. One thread serves them all: it asks the system which have
/// an answer, takes it and sends the next.
/// </summary>
internal sealed class SingleLoad
{
    public const int Connections = 256;
    private const int Sources = 4;

    private readonly BenchLedger _ledger;
    private readonly byte[][] _requests;

    public SingleLoad(BenchLedger ledger, EventText text, int events)
    {
        _ledger = ledger;
        var first = EventText.Take(events);
        var room = new byte[EventText.MaxBytes];
        _requests = new byte[events][];
        for (var i = 0; i < events; i++)
        {
            var length = text.Write(room, i % Sources, first + i);
            _requests[i] = HttpConnection.Request("/v1/events", ledger.IngestKey, "application/json", room.AsSpan(0, length));
        }
    }

    /// <summary>Sends all of them.</summary>
    /// <returns>The result, and how long each answer took, in milliseconds, in order.</returns>
    public (LoadResult Result, double[] LatenciesMs) Send()
    {
        var senders = Enumerable.Range(0, Connections).Select(_ => new Sender(new HttpConnection(_ledger.Service.Address))).ToList();
        try
        {
            var before = _ledger.CpuTimes();
            var started = Stopwatch.GetTimestamp();
            var latencies = Send(senders);
            var elapsed = Stopwatch.GetElapsedTime(started);
            var result = new LoadResult(_requests.Length, 0, elapsed, _ledger.CpuTimes() - before);
            _ledger.Note(_requests.Length, result);
            Array.Sort(latencies);
            return (result, latencies);
        }
        finally
        {
            senders.ForEach(s => s.Connection.Dispose());
        }
    }

    private double[] Send(List<Sender> senders)
    {
        var latencies = new double[_requests.Length];
        var (next, answered) = (0, 0);
        foreach (var sender in senders.Take(_requests.Length))
            Send(sender, next++);
        using var sockets = new ReadySockets([.. senders.Select(s => s.Connection.Socket)]);
        var ready = new List<int>(senders.Count);
        while (answered < _requests.Length)
        {
            sockets.Wait(ready);
            foreach (var place in ready)
            {
                var sender = senders[place];
                if (!sender.Connection.TryReceive())
                    continue;
                latencies[answered++] = Stopwatch.GetElapsedTime(sender.SentAt).TotalMilliseconds;
                if (sender.Connection.Status != 201)
                    throw new InvalidOperationException($"An event answered {sender.Connection.Status}: {Encoding.UTF8.GetString(sender.Connection.Body)}");
                if (next < _requests.Length)
                    Send(sender, next++);
            }
        }

        return latencies;
    }

    private void Send(Sender sender, int request)
    {
        sender.SentAt = Stopwatch.GetTimestamp();
        sender.Connection.Send(_requests[request]);
    }

    private sealed class Sender(HttpConnection connection)
    {
        public HttpConnection Connection { get; } = connection;

        public long SentAt { get; set; }
    }
}
