using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>What a verification found.</summary>
internal sealed class VerificationReport
{
    private const int MostShown = 100;
    private readonly List<string> _faults = [];

    public long Batches { get; set; }
    public long Events { get; set; }
    public long Entries { get; set; }
    public long OtherRows { get; set; }
    public long Sealed { get; set; }
    public long Checkpoints { get; set; }

    /// <summary>Batches that a version without chains wrote: nothing shows whether they were altered.</summary>
    public long Unchained { get; set; }

    /// <summary>What is wrong, the first hundred.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public long FaultCount { get; private set; }

    public bool IsIntact => FaultCount == 0;

    public void Add(string fault)
    {
        FaultCount++;
        if (_faults.Count < MostShown)
            _faults.Add(fault);
    }
}

/// <summary>What whoever verifies knows by himself.</summary>
/// <param name="Keys">Public keys that are trusted; none: those that the database names, which shows less.</param>
/// <param name="Checkpoints">Checkpoints that were kept elsewhere, as notes.</param>
/// <param name="Origin">The origin that these must name; null: any.</param>
internal sealed record Trust(IReadOnlyList<ECDsa> Keys, IReadOnlyList<string> Checkpoints, string? Origin = null);

/// <summary>
/// Verifies a ledger from its rows alone: every record against the leaf of its batch, batches against their roots and chains, chains against the tree, the tree
/// against its signed checkpoints, and against those that were kept elsewhere.
/// </summary>
/// <param name="connection">In a transaction that sees one moment (REPEATABLE READ).</param>
/// <param name="trust">What is known otherwise.</param>
internal sealed class LedgerVerifier(NpgsqlConnection connection, Trust trust)
{
    private static readonly string[] Tables =
        ["ledger_batch", "journal_lane", LedgerColumns.Identity.Table, LedgerColumns.Entry.Table, LedgerColumns.Refusal.Table, LedgerColumns.Quarantined.Table];

    private readonly VerificationReport _report = new();

    /// <summary>Reads everything once.</summary>
    public async Task<VerificationReport> VerifyAsync(CancellationToken cancellationToken)
    {
        await VerifyTablesAsync(cancellationToken);
        foreach (var sourceId in await SourcesAsync(cancellationToken))
            await VerifyRecordsAsync(sourceId, cancellationToken);
        await new ChainVerifier(connection, _report).VerifyAsync(cancellationToken);
        await new TreeVerifier(connection, trust, _report).VerifyAsync(cancellationToken);
        return _report;
    }

    // A view in the place of a table, or a policy on its rows, would show to whoever verifies what the service does not read.
    private async Task VerifyTablesAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select t.name from unnest($1) t (name) left join pg_class c on c.oid = to_regclass(t.name)
            where c.oid is null or c.relkind not in ('r', 'p') or c.relrowsecurity or c.relforcerowsecurity
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Tables, .. TreeVerifier.Tables] });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            _report.Add($"{row.GetString(0)} is not there as a table whose rows everybody sees alike.");
    }

    // Every source that any row names, also one that nothing else knows.
    private async Task<List<long>> SourcesAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"{string.Join(" union ", Tables.Select(t => $"select source_id from {t}"))} order by 1", connection) { CommandTimeout = 0 };
        var sources = new List<long>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            sources.Add(row.GetInt64(0));
        return sources;
    }

    private async Task VerifyRecordsAsync(long sourceId, CancellationToken cancellationToken)
    {
        // Entries have an index of this order.
        var of = string.Create(CultureInfo.InvariantCulture, $"where source_id = {sourceId} order by recorded_at, batch_id");
        var batches = await RowCursor<BatchRow>.OpenAsync(connection, "verify_batches",
            $"select recorded_at, batch_id, accepted, entry_count, kind, seal_format, root, leaves, head from ledger_batch {of}, lane, seq", BatchRow.Read, cancellationToken);
        var identities = await RowCursor<IdentityRow>.OpenAsync(connection, "verify_identities",
            $"select recorded_at, batch_id, event_id, first_entry_no, entry_count, {LedgerColumns.Identity.RowSql} from event_identity {of}, first_entry_no, event_id", IdentityRow.Read, cancellationToken);
        var entries = await RowCursor<EntryRow>.OpenAsync(connection, "verify_entries",
            $"select recorded_at, batch_id, entry_no, {LedgerColumns.Entry.RowSql} from ledger_entry {of}, entry_no", EntryRow.Read, cancellationToken);
        var refusals = await RowCursor<OtherRow>.OpenAsync(connection, "verify_refusals",
            $"select recorded_at, batch_id, 'R', {LedgerColumns.Refusal.RowSql} from event_refusal {of}", OtherRow.Read, cancellationToken);
        var quarantined = await RowCursor<OtherRow>.OpenAsync(connection, "verify_quarantined",
            $"select recorded_at, batch_id, 'Q', {LedgerColumns.Quarantined.RowSql} from quarantined_event {of}", OtherRow.Read, cancellationToken);

        BatchPlace? last = null;
        while (await batches.PeekAsync(cancellationToken) is { } batch)
        {
            batches.Take();
            _report.Batches++;
            if (batch.Place == last)
                _report.Add($"Source {sourceId}: two batches have the number {batch.Place.BatchId}.");
            last = batch.Place;
            await StraysAsync(sourceId, batch.Place, identities, entries, refusals, quarantined, cancellationToken);
            var ofBatch = await TakeAsync(identities, batch.Place, cancellationToken);
            var lines = await TakeAsync(entries, batch.Place, cancellationToken);
            List<OtherRow> others = [.. await TakeAsync(quarantined, batch.Place, cancellationToken), .. await TakeAsync(refusals, batch.Place, cancellationToken)];
            (_report.Events, _report.Entries, _report.OtherRows) = (_report.Events + ofBatch.Count, _report.Entries + lines.Count, _report.OtherRows + others.Count);
            VerifyBatch(sourceId, batch, ofBatch, lines, others);
        }

        await StraysAsync(sourceId, null, identities, entries, refusals, quarantined, cancellationToken);
        foreach (var close in (Func<CancellationToken, Task>[])[batches.CloseAsync, identities.CloseAsync, entries.CloseAsync, refusals.CloseAsync, quarantined.CloseAsync])
            await close(cancellationToken);
    }

    private void VerifyBatch(long sourceId, BatchRow batch, List<IdentityRow> identities, List<EntryRow> entries, List<OtherRow> others)
    {
        var where = $"Source {sourceId}, batch {batch.Place.BatchId}";
        if (entries.Count != batch.EntryCount)
            _report.Add($"{where}: it was recorded with {batch.EntryCount} entries, and there are {entries.Count}.");
        if (batch.Kind == (short)BatchKind.Ingest && identities.Count != batch.Accepted)
            _report.Add($"{where}: it was recorded with {batch.Accepted} new events, and there are {identities.Count}.");
        if (batch is { Format: null, Root: null, Leaves: null, Head: null })
        {
            _report.Unchained++;
            return;
        }

        if (batch is not { Format: LedgerColumns.Format, Root: not null, Leaves: not null, Head: not null })
        {
            _report.Add($"{where}: part of its seal is missing, or of a format that this program does not know.");
            return;
        }

        if (!MerkleTree.Root(batch.Leaves).AsSpan().SequenceEqual(batch.Root))
            _report.Add($"{where}: its leaves do not lead to its root.");
        var leaves = new Dictionary<string, int>();
        foreach (var leaf in batch.Leaves.Chunk(MerkleTree.HashBytes))
            leaves[Convert.ToHexString(leaf)] = leaves.GetValueOrDefault(Convert.ToHexString(leaf)) + 1;
        void Claim(ReadOnlySpan<byte> leaf, string what)
        {
            var name = Convert.ToHexString(leaf);
            if (leaves.GetValueOrDefault(name) == 0)
                _report.Add($"{where}: {what} is not what was recorded.");
            else
                leaves[name]--;
        }

        var next = 0;
        Span<byte> hash = stackalloc byte[MerkleTree.HashBytes];
        foreach (var identity in identities)
        {
            var begin = next;
            while (next < entries.Count && entries[next].EntryNo < identity.FirstEntryNo + identity.EntryCount)
                next++;
            BatchSeal.EventLeaf(SHA256.HashData(identity.Content), SHA256.HashData([.. entries[begin..next].SelectMany(e => e.Content)]), hash);
            Claim(hash, $"the event {identity.EventId}");
        }

        if (next < entries.Count)
            _report.Add($"{where}: the entries from {entries[next].EntryNo} on belong to no event.");
        foreach (var other in others)
            Claim(BatchSeal.OtherLeaf(other.Kind, other.Content), other.Kind == 'Q' ? "an event that was held back" : "an event that was not taken");
        if (leaves.Values.Sum() is > 0 and var missing)
            _report.Add($"{where}: {missing} of its {batch.Leaves.Length / MerkleTree.HashBytes} records are missing or altered.");
    }

    // Rows of batches that there are not.
    private async Task StraysAsync(
        long sourceId, BatchPlace? before, RowCursor<IdentityRow> identities, RowCursor<EntryRow> entries, RowCursor<OtherRow> refusals, RowCursor<OtherRow> quarantined,
        CancellationToken cancellationToken)
    {
        while (await identities.PeekAsync(cancellationToken) is { } identity && (before is null || identity.Place < before))
        {
            identities.Take();
            _report.Add($"Source {sourceId}: the event {identity.EventId} is of batch {identity.Place.BatchId}, which there is not.");
        }

        while (await entries.PeekAsync(cancellationToken) is { } entry && (before is null || entry.Place < before))
        {
            entries.Take();
            _report.Add($"Source {sourceId}: the entry {entry.EntryNo} is of batch {entry.Place.BatchId}, which there is not.");
        }

        foreach (var others in (RowCursor<OtherRow>[])[refusals, quarantined])
        {
            while (await others.PeekAsync(cancellationToken) is { } other && (before is null || other.Place < before))
            {
                others.Take();
                _report.Add($"Source {sourceId}: an event that was {(other.Kind == 'Q' ? "held back" : "not taken")} is of batch {other.Place.BatchId}, which there is not.");
            }
        }
    }

    private static async Task<List<TRow>> TakeAsync<TRow>(RowCursor<TRow> rows, BatchPlace place, CancellationToken cancellationToken) where TRow : class, IRowOfBatch
    {
        var taken = new List<TRow>();
        while (await rows.PeekAsync(cancellationToken) is { } row && row.Place == place)
        {
            rows.Take();
            taken.Add(row);
        }

        return taken;
    }

    // Where rows of a batch stand among those of their source.
    private readonly record struct BatchPlace(DateTimeOffset RecordedAt, long BatchId)
    {
        public static bool operator <(BatchPlace left, BatchPlace? right) => right is { } other && left.CompareTo(other) < 0;

        public static bool operator >(BatchPlace left, BatchPlace? right) => right is { } other && left.CompareTo(other) > 0;

        public static BatchPlace Read(NpgsqlDataReader row) => new(row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1));

        private int CompareTo(BatchPlace other) => RecordedAt != other.RecordedAt ? RecordedAt.CompareTo(other.RecordedAt) : BatchId.CompareTo(other.BatchId);
    }

    private interface IRowOfBatch
    {
        BatchPlace Place { get; }
    }

    private sealed record BatchRow(BatchPlace Place, int Accepted, int EntryCount, short Kind, short? Format, byte[]? Root, byte[]? Leaves, byte[]? Head)
    {
        public static BatchRow Read(NpgsqlDataReader row) => new(BatchPlace.Read(row), row.GetInt32(2), row.GetInt32(3), row.GetInt16(4),
            row.IsDBNull(5) ? null : row.GetInt16(5), VerifierRows.BytesOf(row, 6), VerifierRows.BytesOf(row, 7), VerifierRows.BytesOf(row, 8));
    }

    private sealed record IdentityRow(BatchPlace Place, string EventId, int FirstEntryNo, short EntryCount, byte[] Content) : IRowOfBatch
    {
        public static IdentityRow Read(NpgsqlDataReader row) => new(BatchPlace.Read(row), row.GetString(2), row.GetInt32(3), row.GetInt16(4), row.GetFieldValue<byte[]>(5));
    }

    private sealed record EntryRow(BatchPlace Place, int EntryNo, byte[] Content) : IRowOfBatch
    {
        public static EntryRow Read(NpgsqlDataReader row) => new(BatchPlace.Read(row), row.GetInt32(2), row.GetFieldValue<byte[]>(3));
    }

    private sealed record OtherRow(BatchPlace Place, char Kind, byte[] Content) : IRowOfBatch
    {
        public static OtherRow Read(NpgsqlDataReader row) => new(BatchPlace.Read(row), row.GetString(2)[0], row.GetFieldValue<byte[]>(3));
    }
}
