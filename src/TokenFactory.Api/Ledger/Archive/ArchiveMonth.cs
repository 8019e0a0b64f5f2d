using System.Globalization;

namespace TokenFactory.Api.Ledger;

/// <summary>A month of recording, of UTC: what a partition of the ledger holds.</summary>
/// <param name="First">Its first day.</param>
internal readonly record struct ArchiveMonth(DateOnly First)
{
    /// <summary>Such as <c>2025-01</c>.</summary>
    public string Text => First.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public DateTimeOffset Start => new(First, TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>The first instant after it.</summary>
    public DateTimeOffset End => new(First.AddMonths(1), TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>The name of its partition, as <c>ledger_make_partitions</c> gives it.</summary>
    public string PartitionOf(string table) => $"{table}_{First.ToString("yyyy_MM", CultureInfo.InvariantCulture)}";

    /// <summary>A condition on when a row of <c>t</c> was recorded, of constants, so that one partition is read; none where the month has none.</summary>
    public string RecordedSql(string t) => string.Create(CultureInfo.InvariantCulture, $"{t}.recorded_at >= timestamptz '{Start:yyyy-MM-dd}Z' and {t}.recorded_at < timestamptz '{End:yyyy-MM-dd}Z'");

    public bool Holds(DateTimeOffset recordedAt) => recordedAt >= Start && recordedAt < End;

    public static bool TryParse(string? text, out ArchiveMonth month)
    {
        var isMonth = DateOnly.TryParseExact($"{text}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) && first.Year > 1;
        month = new ArchiveMonth(first);
        return isMonth;
    }
}
