using System.Buffers.Text;
using System.Text;

namespace TokenFactory.Benchmarks.Load;

/// <summary>What was sent, what became of it and how long it took.</summary>
/// <param name="Accepted">Events recorded.</param>
/// <param name="Duplicate">Events that were recorded before.</param>
/// <param name="Elapsed">From the first byte to the last answer.</param>
/// <param name="Cpu">What that cost the machine.</param>
internal sealed record LoadResult(long Accepted, long Duplicate, TimeSpan Elapsed, CpuTimes Cpu)
{
    public long Events => Accepted + Duplicate;

    public double Rate => Events / Elapsed.TotalSeconds;

    /// <summary>The two counts that the answer to a batch tells.</summary>
    /// <exception cref="InvalidOperationException">It is no success.</exception>
    public static (long Accepted, long Duplicate) CountsOf(HttpConnection connection) => connection.Status is 200 or 201
        ? (Count(connection.Body, "\"accepted\":"u8), Count(connection.Body, "\"duplicate\":"u8))
        : throw new InvalidOperationException($"A request answered {connection.Status}: {Encoding.UTF8.GetString(connection.Body)}");

    private static long Count(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        var at = body.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(body[(at + name.Length)..], out long count, out _) ? count : 0;
    }
}
