using System.Security.Cryptography;

namespace TokenFactory.Api.Ledger;

/// <summary>Verifies records against the leaves of their batches: each is there, none is altered, and there is nothing else.</summary>
/// <param name="report">Where faults go.</param>
/// <param name="archived">The months that are archived: of their batches the entries are not there, and must not be.</param>
internal sealed class RecordVerifier(VerificationReport report, ArchivedMonths archived)
{
    /// <summary>Reads everything once.</summary>
    public async Task VerifyAsync(RecordCursors rows, CancellationToken cancellationToken)
    {
        BatchPlace? last = null;
        while (await rows.Batches.PeekAsync(cancellationToken) is { } batch)
        {
            rows.Batches.Take();
            report.Batches++;
            if (batch.Place == last)
                report.Add($"Source {batch.Place.SourceId}: two batches have the number {batch.Place.BatchId}.");
            last = batch.Place;
            await StraysAsync(batch.Place, rows, cancellationToken);
            var identities = await TakeAsync(rows.Identities, batch.Place, cancellationToken);
            var entries = await TakeAsync(rows.Entries, batch.Place, cancellationToken);
            List<OtherRow> others = [.. await TakeAsync(rows.Quarantined, batch.Place, cancellationToken), .. await TakeAsync(rows.Refusals, batch.Place, cancellationToken)];
            (report.Events, report.Entries, report.OtherRows) = (report.Events + identities.Count, report.Entries + entries.Count, report.OtherRows + others.Count);
            VerifyBatch(batch, identities, entries, others);
        }

        await StraysAsync(null, rows, cancellationToken);
        await rows.CloseAsync(cancellationToken);
    }

    private void VerifyBatch(BatchRow batch, List<IdentityRow> identities, List<EntryRow> entries, List<OtherRow> others)
    {
        var where = $"Source {batch.Place.SourceId}, batch {batch.Place.BatchId}";
        var archive = archived.Find(batch);
        if (archive is not null && entries.Count > 0)
            report.Add($"{where}: its entries are archived ({archive.Name}), and {entries.Count} are there.");
        else if (archive is null && entries.Count != batch.EntryCount)
            report.Add($"{where}: it was recorded with {batch.EntryCount} entries, and there are {entries.Count}.");
        if (batch.Kind == (short)BatchKind.Ingest && identities.Count != batch.Accepted)
            report.Add($"{where}: it was recorded with {batch.Accepted} new events, and there are {identities.Count}.");
        if (batch is { Format: null, Root: null, Leaves: null, Head: null })
        {
            report.Unchained++;
            return;
        }

        if (batch is not { Format: LedgerColumns.Format, Root: not null, Leaves: not null, Head: not null })
        {
            report.Add($"{where}: part of its seal is missing, or of a format that this program does not know.");
            return;
        }

        if (!MerkleTree.Root(batch.Leaves).AsSpan().SequenceEqual(batch.Root))
            report.Add($"{where}: its leaves do not lead to its root.");
        var leaves = new LeafClaims(batch.Leaves);
        if (archive is null)
            ClaimEvents(where, leaves, identities, entries);
        else
            archive.Take(batch, identities);
        foreach (var other in others)
            Claim(where, leaves, BatchSeal.OtherLeaf(other.Kind, other.Content), other.Kind == 'Q' ? "an event that was held back" : "an event that was not taken");
        // Of an archived batch the leaves of events are left: what they hold is not all here. The identities themselves are hashed in the manifest.
        var left = archive is null ? leaves.Left : leaves.Left - identities.Count;
        if (left != 0)
            report.Add($"{where}: {Math.Abs(left)} of its {leaves.Count} records are missing or altered.");
    }

    private void ClaimEvents(string where, LeafClaims leaves, List<IdentityRow> identities, List<EntryRow> entries)
    {
        var next = 0;
        Span<byte> hash = stackalloc byte[MerkleTree.HashBytes];
        foreach (var identity in identities)
        {
            var begin = next;
            while (next < entries.Count && entries[next].EntryNo < identity.FirstEntryNo + identity.EntryCount)
                next++;
            BatchSeal.EventLeaf(SHA256.HashData(identity.Content), SHA256.HashData([.. entries[begin..next].SelectMany(e => e.Content)]), hash);
            Claim(where, leaves, hash, $"the event {identity.EventId}");
        }

        if (next < entries.Count)
            report.Add($"{where}: the entries from {entries[next].EntryNo} on belong to no event.");
    }

    private void Claim(string where, LeafClaims leaves, ReadOnlySpan<byte> leaf, string what)
    {
        if (!leaves.Claim(leaf))
            report.Add($"{where}: {what} is not what was recorded.");
    }

    // Rows of batches that there are not.
    private async Task StraysAsync(BatchPlace? before, RecordCursors rows, CancellationToken cancellationToken)
    {
        await StraysAsync(before, rows.Identities, identity => $"the event {identity.EventId}", cancellationToken);
        await StraysAsync(before, rows.Entries, entry => $"the entry {entry.EntryNo}", cancellationToken);
        await StraysAsync(before, rows.Refusals, _ => "an event that was not taken", cancellationToken);
        await StraysAsync(before, rows.Quarantined, _ => "an event that was held back", cancellationToken);
    }

    private async Task StraysAsync<TRow>(BatchPlace? before, IRowCursor<TRow> rows, Func<TRow, string> name, CancellationToken cancellationToken) where TRow : class, IRowOfBatch
    {
        while (await rows.PeekAsync(cancellationToken) is { } row && (before is null || row.Place < before))
        {
            rows.Take();
            report.Add($"Source {row.Place.SourceId}: {name(row)} is of batch {row.Place.BatchId}, which there is not.");
        }
    }

    private static async Task<List<TRow>> TakeAsync<TRow>(IRowCursor<TRow> rows, BatchPlace place, CancellationToken cancellationToken) where TRow : class, IRowOfBatch
    {
        var taken = new List<TRow>();
        while (await rows.PeekAsync(cancellationToken) is { } row && row.Place == place)
        {
            rows.Take();
            taken.Add(row);
        }

        return taken;
    }

    // The leaves of a batch, each to be claimed by a record once.
    private sealed class LeafClaims
    {
        private readonly Dictionary<string, int> _leaves = [];

        public LeafClaims(byte[] leaves)
        {
            Count = leaves.Length / MerkleTree.HashBytes;
            Left = Count;
            foreach (var leaf in leaves.Chunk(MerkleTree.HashBytes))
                _leaves[Convert.ToHexString(leaf)] = _leaves.GetValueOrDefault(Convert.ToHexString(leaf)) + 1;
        }

        public int Count { get; }

        public int Left { get; private set; }

        public bool Claim(ReadOnlySpan<byte> leaf)
        {
            var name = Convert.ToHexString(leaf);
            if (_leaves.GetValueOrDefault(name) == 0)
                return false;
            _leaves[name]--;
            Left--;
            return true;
        }
    }
}
