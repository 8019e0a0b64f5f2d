using System.Diagnostics;
using System.Text;

namespace TokenFactory.Benchmarks.Load;

/// <summary>One NDJSON body of very many events, made while it is sent and never held as a whole.</summary>
internal sealed class StreamLoad(BenchLedger ledger, EventText text, long events)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Sends the body over one connection.</summary>
    public LoadResult Send()
    {
        var first = EventText.Take(events);
        using var connection = new HttpConnection(ledger.Service.Address);
        var before = ledger.CpuTimes();
        var started = Stopwatch.GetTimestamp();
        connection.Send(HttpConnection.Head("/v1/events", ledger.IngestKey, "application/x-ndjson", "Transfer-Encoding: chunked"));
        var lines = new byte[ChunkBytes + EventText.MaxBytes];
        var length = 0;
        for (long i = 0; i < events; i++)
        {
            length += text.Write(lines.AsSpan(length), source: 0, first + i);
            lines[length++] = (byte)'\n';
            if (length >= ChunkBytes || i == events - 1)
            {
                connection.SendMore(Encoding.ASCII.GetBytes($"{length:x}\r\n"));
                connection.SendMore(lines.AsSpan(0, length));
                connection.SendMore("\r\n"u8);
                length = 0;
            }
        }

        connection.SendMore("0\r\n\r\n"u8);
        connection.Receive();
        var (accepted, duplicate) = LoadResult.CountsOf(connection);
        var result = new LoadResult(accepted, duplicate, Stopwatch.GetElapsedTime(started), ledger.CpuTimes() - before);
        ledger.Note(events, result);
        return result;
    }
}
