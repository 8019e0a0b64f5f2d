namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Names that come again in event after event: each is checked and made a string once. A fixed number of places, each taken by whoever came last:
/// it can't be filled up, and nothing depends on what is in it.
/// </summary>
internal sealed class RecurringTexts
{
    private const int Places = 4096;
    private const int MaxBytes = 64;

    private readonly Text?[] _texts = new Text?[Places];

    private sealed record Text(byte[] Utf8, string Value);

    /// <summary>The string that was remembered for these bytes; null: none was.</summary>
    public string? Find(ReadOnlySpan<byte> utf8) =>
        utf8.Length <= MaxBytes && Volatile.Read(ref _texts[PlaceOf(utf8)]) is { } known && utf8.SequenceEqual(known.Utf8) ? known.Value : null;

    public void Remember(ReadOnlySpan<byte> utf8, string value)
    {
        if (utf8.Length <= MaxBytes)
            Volatile.Write(ref _texts[PlaceOf(utf8)], new Text(utf8.ToArray(), value));
    }

    // FNV-1a. Two names in one place take it from each other: slower, not wrong.
    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        var hash = 2166136261u;
        foreach (var b in utf8)
            hash = unchecked((hash ^ b) * 16777619u);
        return (int)((hash ^ (hash >> 16)) % Places);
    }
}
