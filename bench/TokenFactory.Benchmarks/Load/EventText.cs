using System.Buffers.Binary;
using System.Globalization;
using System.Text.Unicode;

namespace TokenFactory.Benchmarks.Load;

/// <summary>How the ids of events come one after the other.</summary>
internal enum IdKind
{
    /// <summary>As UUIDs of version 7: each id is behind the one before.</summary>
    TimeOrdered,

    /// <summary>As UUIDs of version 4.</summary>
    Random,
}

/// <summary>
/// Events as a gateway would send them, three token classes each, written as JSON without an object in between: the sender shares the machine
/// with the service. An event is a function of its number, so that any body can be made again.
/// </summary>
/// <param name="ids">How ids come one after the other.</param>
/// <param name="isDeclared">Whether events say what they cost; else rate cards do.</param>
internal sealed class EventText(IdKind ids, bool isDeclared = false)
{
    /// <summary>No event is longer.</summary>
    public const int MaxBytes = 512;

    public const int MaxSources = 16;

    public static readonly string[] Producers = ["moonshot", "alibaba", "openai", "anthropic", "google"];
    public static readonly string[] Models = ["kimi-k2", "qwen3-max", "gpt-4o", "claude-sonnet-4", "gemini-2.5-pro"];
    private static readonly string[] Sectors = ["household", "government", "enterprise"];

    // Ten events a second, from two months ago: a batch of 1,000 spans one hour or two, as it would at a gateway.
    private const int MsBetweenEvents = 100;
    private static readonly DateTimeOffset Begin = new(TimeProvider.System.GetUtcNow().AddDays(-60).UtcDateTime.Date, TimeSpan.Zero);
    private static readonly long FirstIdMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    private static long _next;

    public IdKind Ids => ids;

    public static string SourceOf(int source) => string.Create(CultureInfo.InvariantCulture, $"bench-{source}");

    /// <summary>Numbers that no other event of this run has.</summary>
    /// <returns>The first of them.</returns>
    public static long Take(long count) => Interlocked.Add(ref _next, count) - count;

    /// <summary>The event of that number, as one JSON object without a line break.</summary>
    /// <param name="to">Room for <see cref="MaxBytes"/>.</param>
    /// <param name="source">Below <see cref="MaxSources"/>.</param>
    /// <param name="number">From <see cref="Take"/>.</param>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> to, int source, long number)
    {
        var (low, high) = ids == IdKind.TimeOrdered ? TimeOrdered(number) : Scattered(number);
        var turn = (int)(number % 15);
        var at = Begin.AddMilliseconds(number * MsBetweenEvents);
        Span<byte> bits = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bits, high);
        BinaryPrimitives.WriteUInt64BigEndian(bits[8..], low);
        var id = new Guid(bits, bigEndian: true);
        // An interpolated string for UTF-8 writes into the span: nothing is allocated.
        var isWritten = Utf8.TryWrite(to, CultureInfo.InvariantCulture,
            $$"""{"source":"bench-{{source}}","id":"{{id}}","occurred_at":"{{at:yyyy-MM-ddTHH:mm:ss.fff}}Z","producer":"{{Producers[turn % 5]}}","model":"{{Models[turn % 5]}}","sector":"{{Sectors[turn % 3]}}","account":"account-{{number % 100}}","usage":{"input":{{100 + (number % 900)}},"cache_read":{{1 + (number % 5_000)}},"output":{{10 + (number % 400)}}}""", out var written);
        var end = isDeclared ? ""","unit_values":{"input":"0.60","cache_read":"0.15","output":"2.50"},"currency":"USD"}"""u8 : "}"u8;
        if (!isWritten || !end.TryCopyTo(to[written..]))
            throw new InvalidOperationException("An event is longer than it may be.");
        return written + end.Length;
    }

    /// <summary>Events one to a line.</summary>
    public byte[] Lines(int source, long first, int count)
    {
        var lines = new byte[count * MaxBytes];
        var length = 0;
        for (var i = 0; i < count; i++)
        {
            length += Write(lines.AsSpan(length), source, first + i);
            lines[length++] = (byte)'\n';
        }

        return lines[..length];
    }

    public override string ToString() => ids == IdKind.TimeOrdered ? "time-ordered ids" : "random ids";

    // 48 bits of milliseconds, version 7, a count within the millisecond, random bits.
    private static (ulong Low, ulong High) TimeOrdered(long number)
    {
        var high = ((ulong)(FirstIdMs + (number / 64)) << 16) | 0x7000 | ((ulong)(number % 64) << 6);
        return ((Scatter((ulong)number) >> 2) | 0x8000_0000_0000_0000, high);
    }

    private static (ulong Low, ulong High) Scattered(long number)
    {
        var high = Scatter((ulong)number ^ 0x5851_F42D_4C95_7F2D);
        return ((Scatter((ulong)number) >> 2) | 0x8000_0000_0000_0000, (high & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000);
    }

    // The finalizer of SplitMix64 (Steele, Lea and Flood, 2014), offset by when this run began: other bits for each number, in each run.
    private static ulong Scatter(ulong number)
    {
        unchecked
        {
            var z = (number + (ulong)FirstIdMs) * 0x9E37_79B9_7F4A_7C15;
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            return z ^ (z >> 31);
        }
    }
}
