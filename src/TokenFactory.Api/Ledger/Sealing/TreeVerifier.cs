using System.Security.Cryptography;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>Verifies the tree over all batches, leaf by leaf, and the checkpoints over it.</summary>
internal sealed class TreeVerifier(NpgsqlConnection connection, Trust trust, IReadOnlyList<ECDsa> keys, VerificationReport report)
{
    public static readonly string[] Tables = ["ledger_tree_run", "ledger_tree_cursor", "ledger_tree_tile", "ledger_checkpoint", "ledger_checkpoint_key"];

    private const string InLedger = "in the ledger";
    private const string OfArchive = "of an archive";

    // The empty one, and that of the service's own signature.
    private const int LinesAfterText = 2;

    // The roots of whole trees, the largest first, each of twice the size of the next at least: what a tree of this size is made of.
    private readonly List<(int Height, byte[] Root)> _peaks = [];
    private readonly List<byte[]> _tileRoots = [];
    private readonly List<byte[]> _tile = [];

    /// <summary>Reads every leaf once.</summary>
    /// <param name="ofArchives">Checkpoints that archives are under: signed, and each must fit.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task VerifyAsync(IReadOnlyList<Checkpoint> ofArchives, CancellationToken cancellationToken)
    {
        var checkpoints = await CheckpointsAsync(cancellationToken);
        checkpoints.AddRange(ofArchives.Select(c => (c.TreeSize, c.Root, OfArchive)));
        foreach (var note in trust.Checkpoints)
        {
            if (Checkpoint.Read(note, keys) is not var (checkpoint, signedBy))
                report.Add("A checkpoint that was kept can't be read: it must be the note as it was handed out.");
            else if (signedBy is null)
                report.Add($"The checkpoint over {checkpoint.TreeSize} batches that was kept is signed by no key that is trusted.");
            else if (trust.Origin is not null && checkpoint.Origin != trust.Origin)
                report.Add($"The checkpoint over {checkpoint.TreeSize} batches that was kept is of another ledger: {checkpoint.Origin}.");
            else
                checkpoints.Add((checkpoint.TreeSize, checkpoint.Root, "that was kept"));
        }

        var signed = checkpoints.Where(c => c.What == InLedger).Select(c => c.Size).LastOrDefault();
        var size = await VerifyLeavesAsync(checkpoints.ToLookup(c => c.Size), cancellationToken);
        foreach (var (beyond, _, what) in checkpoints.Where(c => c.Size > size))
            report.Add($"The checkpoint over {beyond} batches {what} is of a longer ledger: {beyond - size} batches were removed.");
        if (signed != size)
            report.Add($"The tree has {size} batches, and the last checkpoint is over {signed}.");
        await VerifyTilesAsync(cancellationToken);
        report.Sealed = size;
        report.Checkpoints = checkpoints.Count(c => c.What != OfArchive);
    }

    private async Task<long> VerifyLeavesAsync(ILookup<long, (long Size, byte[] Root, string What)> checkpoints, CancellationToken cancellationToken)
    {
        var leaves = await RowCursor<LeafRow>.OpenAsync(connection, "verify_tree",
            """
            select r.first_leaf, r.source_id, r.lane, r.first_seq, r.last_seq, s.seq, b.root, b.head
            from ledger_tree_run r
            left join journal_lane l on l.source_id = r.source_id and l.lane = r.lane
            cross join lateral generate_series(r.first_seq, least(r.last_seq, l.seq)) s (seq)
            left join ledger_batch b on b.source_id = r.source_id and b.lane = r.lane and b.seq = s.seq
            order by r.first_leaf, s.seq
            """, LeafRow.Read, cancellationToken);
        var size = 0L;
        var seen = new Dictionary<(long, short), (long Last, long Count)>();
        while (await leaves.PeekAsync(cancellationToken) is { } leaf)
        {
            leaves.Take();
            if (leaf.FirstLeaf + leaf.Seq - leaf.FirstSeq != size)
                report.Add($"The tree has a gap: leaf {leaf.FirstLeaf + leaf.Seq - leaf.FirstSeq} follows {size - 1}.");
            var lane = seen.GetValueOrDefault((leaf.SourceId, leaf.Lane));
            if (lane.Last >= leaf.Seq)
                report.Add($"Source {leaf.SourceId}, lane {leaf.Lane}: batch number {leaf.Seq} is out of order in the tree.");
            seen[(leaf.SourceId, leaf.Lane)] = (leaf.Seq, lane.Count + 1);
            if (leaf.Root is null || leaf.Head is null)
                report.Add($"Source {leaf.SourceId}, lane {leaf.Lane}: batch number {leaf.Seq} is in the tree and not in the ledger.");
            else
                Append(new SealedBatch(leaf.SourceId, leaf.Lane, leaf.Seq, leaf.Root, leaf.Head));
            size++;
            foreach (var (_, root, what) in checkpoints[size])
            {
                if (!Root().AsSpan().SequenceEqual(root))
                    report.Add($"The checkpoint over {size} batches {what} has another root than these batches.");
            }
        }

        await leaves.CloseAsync(cancellationToken);
        await VerifyCursorsAsync(seen, cancellationToken);
        return size;
    }

    private void Append(SealedBatch batch)
    {
        var hash = MerkleTree.LeafHash(batch.LeafContent());
        _tile.Add(hash);
        if (_tile.Count == LedgerTree.TileHashes)
        {
            _tileRoots.Add(MerkleTree.Root([.. _tile.SelectMany(h => h)]));
            _tile.Clear();
        }

        var height = 0;
        while (_peaks.Count > 0 && _peaks[^1].Height == height)
        {
            hash = MerkleTree.NodeHash(_peaks[^1].Root, hash);
            _peaks.RemoveAt(_peaks.Count - 1);
            height++;
        }

        _peaks.Add((height, hash));
    }

    private byte[] Root()
    {
        if (_peaks.Count == 0)
            return MerkleTree.EmptyRoot;
        var root = _peaks[^1].Root;
        for (var i = _peaks.Count - 2; i >= 0; i--)
            root = MerkleTree.NodeHash(_peaks[i].Root, root);
        return root;
    }

    // Of each lane: whether all that is chained is in the tree, up to what may still be on its way there.
    private async Task VerifyCursorsAsync(Dictionary<(long, short), (long Last, long Count)> seen, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select coalesce(b.source_id, c.source_id), coalesce(b.lane, c.lane), coalesce(c.sealed_seq, 0), coalesce(b.chained, 0), coalesce(b.late, 0)
            from (
                select source_id, lane, count(*) filter (where seq <= sealed_seq) as chained,
                       count(*) filter (where seq > sealed_seq and recorded_at < newest - interval '10 minutes') as late
                from (
                    select b.source_id, b.lane, b.seq, b.recorded_at, coalesce(c.sealed_seq, 0) as sealed_seq, max(b.recorded_at) over () as newest
                    from ledger_batch b left join ledger_tree_cursor c on c.source_id = b.source_id and c.lane = b.lane
                    where b.head is not null) b
                group by 1, 2) b
            full join ledger_tree_cursor c on c.source_id = b.source_id and c.lane = b.lane
            """, connection) { CommandTimeout = 0 };
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                var (source, lane, cursor) = (row.GetInt64(0), row.GetInt16(1), row.GetInt64(2));
                seen.Remove((source, lane), out var inTree);
                if (inTree.Last != cursor || inTree.Count != row.GetInt64(3))
                    report.Add($"Source {source}, lane {lane}: the tree does not have exactly the batches up to number {cursor}.");
                if (row.GetInt64(4) > 0)
                    report.Add($"Source {source}, lane {lane}: {row.GetInt64(4)} batches are ten minutes older than the last, and under no checkpoint: is the service sealing?");
            }
        }

        foreach (var (source, lane) in seen.Keys)
            report.Add($"Source {source}, lane {lane}: it is in the tree, and has no batches.");
        await using var beyond = new NpgsqlCommand(
            "select count(*) from ledger_tree_run r left join journal_lane l on l.source_id = r.source_id and l.lane = r.lane where r.last_seq > coalesce(l.seq, 0)", connection);
        if (await beyond.ExecuteScalarAsync(cancellationToken) is > 0L)
            report.Add("The tree has batches that their lanes do not have.");
    }

    // Derived, and what proofs are made from.
    private async Task VerifyTilesAsync(CancellationToken cancellationToken)
    {
        var below = _tileRoots;
        for (short level = 0; ; level++)
        {
            await using var command = new NpgsqlCommand("select tile, hashes, root from ledger_tree_tile where level = $1 order by tile", connection);
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = level });
            var roots = new List<byte[]>();
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                var (tile, hashes, root) = (row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2));
                var isRight = tile == roots.Count && MerkleTree.Root(hashes).AsSpan().SequenceEqual(root)
                    && (level == 0
                        ? tile < below.Count && below[(int)tile].AsSpan().SequenceEqual(root)
                        : (tile + 1) * LedgerTree.TileHashes <= below.Count
                            && hashes.AsSpan().SequenceEqual((byte[])[.. below.Skip((int)tile * LedgerTree.TileHashes).Take(LedgerTree.TileHashes).SelectMany(h => h)]));
                if (!isRight)
                    report.Add($"Tile {tile} of level {level} is not what the batches make.");
                roots.Add(root);
            }

            if (roots.Count != (level == 0 ? below.Count : below.Count / LedgerTree.TileHashes))
                report.Add($"The tree has {roots.Count} tiles of level {level}, and should have another number.");
            if (roots.Count == 0)
                return;
            below = roots;
        }
    }

    private async Task<List<(long Size, byte[] Root, string What)>> CheckpointsAsync(CancellationToken cancellationToken)
    {
        var checkpoints = new List<(long, byte[], string)>();
        await using var command = new NpgsqlCommand("select tree_size, root, sealed_at, note, key_id, number from ledger_checkpoint order by number", connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var (size, root) = (row.GetInt64(0), row.GetFieldValue<byte[]>(1));
            if (row.GetInt64(5) != checkpoints.Count + 1 || (checkpoints.Count > 0 && size <= checkpoints[^1].Item1))
                report.Add($"The checkpoint with the number {row.GetInt64(5)} follows {checkpoints.Count}; what lies between was removed.");
            if (Checkpoint.Read(row.GetString(3), keys) is not ({ } checkpoint, var signedBy) || checkpoint.TreeSize != size || checkpoint.Number != row.GetInt64(5) || !checkpoint.Root.AsSpan().SequenceEqual(root)
                || !row.GetString(3).StartsWith(checkpoint.Text, StringComparison.Ordinal) || row.GetString(3).AsSpan(checkpoint.Text.Length).Count('\n') != LinesAfterText || checkpoint.SealedAt != row.GetFieldValue<DateTimeOffset>(2))
            {
                report.Add($"The checkpoint over {size} batches is not what its note says.");
            }
            else if (signedBy != row.GetString(4))
            {
                report.Add($"The checkpoint over {size} batches is signed by no key that is trusted.");
            }

            checkpoints.Add((size, root, InLedger));
        }

        return checkpoints;
    }

    private sealed record LeafRow(long FirstLeaf, long SourceId, short Lane, long FirstSeq, long Seq, byte[]? Root, byte[]? Head)
    {
        public static LeafRow Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt16(2), row.GetInt64(3), row.GetInt64(5),
            VerifierRows.BytesOf(row, 6), VerifierRows.BytesOf(row, 7));
    }
}
