namespace TokenFactory.Api.Ledger;

/// <summary>Rows of a volume as what they are, by the columns of <see cref="LedgerColumns"/>.</summary>
internal static class ArchiveRows
{
    public static IdentityRow Identity(CopyRow row) =>
        new(new BatchPlace(row.Number(0), row.Instant(3), row.Number(4)), row.Text(1), (int)row.Number(5), (short)row.Number(6), row.Content);

    public static EntryRow Entry(CopyRow row) => new(PlaceOf(row), (int)row.Number(3), row.Content);

    public static OtherRow Refusal(CopyRow row) => new(PlaceOf(row), 'R', row.Content);

    public static OtherRow Quarantined(CopyRow row) => new(new BatchPlace(row.Number(0), row.Instant(3), row.Number(4)), 'Q', row.Content);

    public static BatchRow Batch(CopyRow row) => new(PlaceOf(row), (short)row.Number(3), row.Number(4), (int)row.Number(7), (int)row.Number(12), (short)row.Number(5),
        row.IsNull(13) ? null : (short)row.Number(13), row.BytesOrNull(14), row.BytesOrNull(15), row.BytesOrNull(16));

    /// <summary>A batch as its chain has it.</summary>
    public static ChainRow Chained(CopyRow row) => new(row.Number(0), (short)row.Number(3), row.Number(4), row.Number(2), (short)row.Number(5), row.Instant(1),
        [.. Enumerable.Range(6, 7).Select(i => (int)row.Number(i))], row.IsNull(13) ? null : (short)row.Number(13), row.BytesOrNull(14), row.BytesOrNull(16));

    public static TreeRun Run(CopyRow row) => new(row.Number(0), row.Number(1), (short)row.Number(2), row.Number(3), row.Number(4));

    private static BatchPlace PlaceOf(CopyRow row) => new(row.Number(0), row.Instant(1), row.Number(2));
}
