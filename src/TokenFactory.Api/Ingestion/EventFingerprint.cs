using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// A version byte and the SHA-256 of an event's values as sent: before aliases are resolved or a price is looked up, so that a catalog change
/// never turns a resent event into a conflict. Values that mean the same (2.5 and 2.50, a missing tier and <c>standard</c>, another order of
/// members, another offset of the same instant) give the same fingerprint.
/// </summary>
internal static class EventFingerprint
{
    public const byte Version = 1;

    /// <summary>Of an event that came in another shape: over what was sent, in the form in which it is kept.</summary>
    public const byte ReportedVersion = 2;
    public const int Length = 1 + SHA256.HashSizeInBytes;

    // Of the thread: an event is a few hundred bytes, gone as soon as they are digested.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_canonical;

    public static byte[] Of(UsageEvent usageEvent)
    {
        // What was held back stays the event that it was, whatever form a later version would write it in.
        if (usageEvent.HeldFingerprint is { } held)
            return held;
        if (usageEvent.Reported is { } reported)
            return [ReportedVersion, .. SHA256.HashData(reported.ToBytes())];
        var canonical = t_canonical ??= new ArrayBufferWriter<byte>(512);
        canonical.ResetWrittenCount();
        Text(canonical, usageEvent.Source);
        Text(canonical, usageEvent.Id);
        Number(canonical, usageEvent.OccurredAt.UtcTicks / TimeSpan.TicksPerMicrosecond);
        Text(canonical, usageEvent.Producer);
        Text(canonical, usageEvent.Model);
        Text(canonical, usageEvent.Account);
        Number(canonical, usageEvent.Sector is { } sector ? (long)sector : -1);
        Number(canonical, (long)usageEvent.ServiceTier);
        Number(canonical, usageEvent.Usage.Length);
        foreach (var line in usageEvent.Usage)
        {
            Number(canonical, (long)line.TokenClass);
            Number(canonical, line.Quantity);
            Number(canonical, line.Declared is { } declared ? declared.UnitValue.Trillionths : -1);
            Text(canonical, line.Declared?.Currency);
        }

        Money(canonical, usageEvent.ReportedAmount);
        Text(canonical, usageEvent.ReportedCurrency);
        // Later than version 1 and absent from most events: what was recorded without it keeps its fingerprint.
        if (usageEvent.Region is { } region)
            Text(canonical, region);

        var fingerprint = new byte[Length];
        fingerprint[0] = Version;
        SHA256.HashData(canonical.WrittenSpan, fingerprint.AsSpan(1));
        return fingerprint;
    }

    private static void Number(ArrayBufferWriter<byte> canonical, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(canonical.GetSpan(sizeof(long)), value);
        canonical.Advance(sizeof(long));
    }

    // The length goes first, so that no two lists of texts run together; null is not the empty text.
    private static void Text(ArrayBufferWriter<byte> canonical, string? value)
    {
        if (value is null)
        {
            Number(canonical, -1);
            return;
        }

        var text = canonical.GetSpan(sizeof(long) + Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = Encoding.UTF8.GetBytes(value, text[sizeof(long)..]);
        BinaryPrimitives.WriteInt64BigEndian(text, length);
        canonical.Advance(sizeof(long) + length);
    }

    private static void Money(ArrayBufferWriter<byte> canonical, decimal? value)
    {
        if (value is not { } amount)
        {
            Number(canonical, -1);
            return;
        }

        // The parser has dropped trailing zeros: equal values have equal words.
        Span<int> words = stackalloc int[4];
        decimal.GetBits(amount, words);
        foreach (var word in words)
            Number(canonical, word);
    }
}
