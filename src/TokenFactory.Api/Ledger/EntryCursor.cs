using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace TokenFactory.Api.Ledger;

/// <summary>Where a page of entries begins: after this one.</summary>
internal readonly record struct EntryCursor(DateTimeOffset RecordedAt, long SourceId, long BatchId, int EntryNo)
{
    public static EntryCursor First { get; } = new(DateTimeOffset.UnixEpoch, -1, -1, -1);

    /// <summary>As callers pass it back, without looking into it.</summary>
    public string Text => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{RecordedAt.UtcTicks}.{SourceId}.{BatchId}.{EntryNo}")));

    /// <summary>Reads it back; nothing is the first page.</summary>
    public static bool TryRead(string? text, out EntryCursor cursor)
    {
        cursor = First;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!Base64Url.IsValid(text))
            return false;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        if (parts.Length != 4 || !long.TryParse(parts[0], CultureInfo.InvariantCulture, out var ticks) || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out var source)
            || !long.TryParse(parts[2], CultureInfo.InvariantCulture, out var batch) || !int.TryParse(parts[3], CultureInfo.InvariantCulture, out var entry)
            || ticks < DateTimeOffset.UnixEpoch.Ticks || ticks > DateTimeOffset.MaxValue.Ticks)
        {
            return false;
        }

        cursor = new EntryCursor(new DateTimeOffset(ticks, TimeSpan.Zero), source, batch, entry);
        return true;
    }
}
