using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>Rows in an order, one after the other: of a statement, or of a file.</summary>
internal interface IRowCursor<TRow>
{
    /// <summary>The row that comes next, which stays; default: there is none.</summary>
    ValueTask<TRow?> PeekAsync(CancellationToken cancellationToken);

    /// <summary>Goes on to the one after it.</summary>
    void Take();

    Task CloseAsync(CancellationToken cancellationToken);
}

/// <summary>Where rows of a batch stand among all.</summary>
internal readonly record struct BatchPlace(long SourceId, DateTimeOffset RecordedAt, long BatchId)
{
    public static bool operator <(BatchPlace left, BatchPlace? right) => right is { } other && left.CompareTo(other) < 0;

    public static bool operator >(BatchPlace left, BatchPlace? right) => right is { } other && left.CompareTo(other) > 0;

    /// <summary>From the first three columns.</summary>
    public static BatchPlace Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(2));

    private int CompareTo(BatchPlace other) =>
        SourceId != other.SourceId ? SourceId.CompareTo(other.SourceId)
        : RecordedAt != other.RecordedAt ? RecordedAt.CompareTo(other.RecordedAt)
        : BatchId.CompareTo(other.BatchId);
}

internal interface IRowOfBatch
{
    BatchPlace Place { get; }
}

/// <summary>A batch with its seal.</summary>
internal sealed record BatchRow(
    BatchPlace Place, short Lane, long Seq, int Accepted, int EntryCount, short Kind, short? Format, byte[]? Root, byte[]? Leaves, byte[]? Head) : IRowOfBatch
{
    public const string Columns = "source_id, recorded_at, batch_id, lane, seq, accepted, entry_count, kind, seal_format, root, leaves, head";

    public static BatchRow Read(NpgsqlDataReader row) => new(BatchPlace.Read(row), row.GetInt16(3), row.GetInt64(4), row.GetInt32(5), row.GetInt32(6), row.GetInt16(7),
        row.IsDBNull(8) ? null : row.GetInt16(8), VerifierRows.BytesOf(row, 9), VerifierRows.BytesOf(row, 10), VerifierRows.BytesOf(row, 11));
}

/// <summary>An event's identity: what it is sealed as, and where its entries are.</summary>
internal sealed record IdentityRow(BatchPlace Place, string EventId, int FirstEntryNo, short EntryCount, byte[] Content) : IRowOfBatch
{
    public static IdentityRow Read(NpgsqlDataReader row) => new(BatchPlace.Read(row), row.GetString(3), row.GetInt32(4), row.GetInt16(5), row.GetFieldValue<byte[]>(6));
}

internal sealed record EntryRow(BatchPlace Place, int EntryNo, byte[] Content) : IRowOfBatch
{
    public static EntryRow Read(NpgsqlDataReader row) => new(BatchPlace.Read(row), row.GetInt32(3), row.GetFieldValue<byte[]>(4));
}

/// <summary>What was held back (<c>Q</c>) or not taken (<c>R</c>).</summary>
internal sealed record OtherRow(BatchPlace Place, char Kind, byte[] Content) : IRowOfBatch
{
    public static OtherRow Read(NpgsqlDataReader row) => new(BatchPlace.Read(row), row.GetString(3)[0], row.GetFieldValue<byte[]>(4));
}

/// <summary>All rows of batches, each kind in the order of <see cref="BatchPlace"/>.</summary>
internal sealed record RecordCursors(
    IRowCursor<BatchRow> Batches, IRowCursor<IdentityRow> Identities, IRowCursor<EntryRow> Entries, IRowCursor<OtherRow> Refusals, IRowCursor<OtherRow> Quarantined)
{
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await Batches.CloseAsync(cancellationToken);
        await Identities.CloseAsync(cancellationToken);
        await Entries.CloseAsync(cancellationToken);
        await Refusals.CloseAsync(cancellationToken);
        await Quarantined.CloseAsync(cancellationToken);
    }
}
