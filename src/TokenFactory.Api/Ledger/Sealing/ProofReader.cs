using System.Data;
using System.Security.Cryptography;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>Why an event can't be proved.</summary>
internal enum ProofRefusal
{
    /// <summary>There is no such event.</summary>
    NotFound,

    /// <summary>It was recorded by a version without chains.</summary>
    NotChained,

    /// <summary>What is there now is not what was sealed.</summary>
    Altered,

    /// <summary>Its entries are archived.</summary>
    Archived,

    /// <summary>It is recorded, and can't be sealed at this moment.</summary>
    NotSealed,
}

/// <summary>Makes proofs that events are in the ledger as they were recorded.</summary>
internal sealed class ProofReader(NpgsqlDataSource dataSource, Sealer sealer) : IDisposable
{
    private const int ProofsAtOnce = 4;

    // A proof of an event of a large batch hashes all of its leaves.
    private readonly SemaphoreSlim _room = new(ProofsAtOnce);

    private static readonly string EventSql =
        $"""
        select i.batch_id, i.recorded_at, i.first_entry_no, i.entry_count, {LedgerColumns.Identity.RowSql}
        from event_identity i where source_id = $1 and event_id = $2
        """;

    private static readonly string EntriesSql =
        $"""
        select {LedgerColumns.Entry.RowSql} from ledger_entry
        where source_id = $1 and recorded_at = $2 and batch_id = $3 and entry_no >= $4 and entry_no < $5 order by entry_no
        """;

    /// <summary>The proof of an event; what is committed and not sealed yet is sealed for it.</summary>
    /// <param name="source">The source's slug.</param>
    /// <param name="sourceId">Its number.</param>
    /// <param name="eventId">The sender's id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(LedgerProof? Proof, ProofRefusal? Refusal)> ReadAsync(string source, long sourceId, string eventId, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        try
        {
            var first = await TryReadAsync(source, sourceId, eventId, cancellationToken);
            // Its month may have been dropped while it was read.
            if (first is (null, ProofRefusal.Altered))
                first = await TryReadAsync(source, sourceId, eventId, cancellationToken);
            if (first is not (null, null))
                return first;
            await sealer.SealOnDemandAsync(cancellationToken);
            return await TryReadAsync(source, sourceId, eventId, cancellationToken) is var second and not (null, null) ? second : (null, ProofRefusal.NotSealed);
        }
        catch (Exception e) when (e is LedgerDamagedException or CryptographicException or IOException or UnauthorizedAccessException
            or PostgresException { SqlState: ['2', '3', ..] })
        {
            return (null, ProofRefusal.NotSealed);
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();

    // Neither proof nor refusal: it is not sealed yet.
    private async Task<(LedgerProof? Proof, ProofRefusal? Refusal)> TryReadAsync(string source, long sourceId, string eventId, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        if (await FindEventAsync(connection, sourceId, eventId, cancellationToken) is not { } found)
            return (null, ProofRefusal.NotFound);
        if (await FindBatchAsync(connection, sourceId, found.BatchId, cancellationToken) is not var (batch, leaves, format))
            return (null, ProofRefusal.NotChained);
        if (found.IsShort && await Archives.FindAsync(connection, sourceId, found.BatchId, cancellationToken) is not null)
            return (null, ProofRefusal.Archived);
        var leaf = new byte[MerkleTree.HashBytes];
        BatchSeal.EventLeaf(SHA256.HashData(found.Identity), SHA256.HashData(found.Entries), leaf);
        var index = IndexOf(leaves, leaf);
        var path = index < 0 ? [] : MerkleTree.InclusionPath(leaves, index);
        if (index < 0 || !batch.Root.AsSpan().SequenceEqual(MerkleTree.RootOf(leaf, index, leaves.Length / MerkleTree.HashBytes, path)))
            return (null, ProofRefusal.Altered);

        var tree = new LedgerTree(connection);
        if (await tree.IndexOfAsync(sourceId, batch.Lane, batch.Seq, cancellationToken) is not { } place)
            return (null, null);
        await using var command = new NpgsqlCommand("select tree_size, note from ledger_checkpoint where tree_size > $1 order by tree_size desc limit 1", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = place });
        long size;
        string note;
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
                return (null, null);
            (size, note) = (row.GetInt64(0), row.GetString(1));
        }

        return (new LedgerProof
        {
            Source = source,
            Id = eventId,
            SealFormat = format,
            Identity = Convert.ToBase64String(found.Identity),
            Entries = Convert.ToBase64String(found.Entries),
            Batch = new LedgerProofOfBatch
            {
                BatchId = found.BatchId,
                SourceId = sourceId,
                Lane = batch.Lane,
                Seq = batch.Seq,
                Index = index,
                Size = leaves.Length / MerkleTree.HashBytes,
                Path = [.. path.Select(Convert.ToBase64String)],
                Root = Convert.ToBase64String(batch.Root),
                Head = Convert.ToBase64String(batch.Head),
            },
            Tree = new LedgerProofOfTree
            {
                Index = place,
                Size = size,
                Path = [.. (await tree.InclusionPathAsync(place, size, cancellationToken)).Select(Convert.ToBase64String)],
            },
            Checkpoint = note,
        }, null);
    }

    private static int IndexOf(ReadOnlySpan<byte> leaves, ReadOnlySpan<byte> leaf)
    {
        for (var at = 0; at < leaves.Length; at += MerkleTree.HashBytes)
        {
            if (leaves.Slice(at, MerkleTree.HashBytes).SequenceEqual(leaf))
                return at / MerkleTree.HashBytes;
        }

        return -1;
    }

    private static async Task<(long BatchId, byte[] Identity, byte[] Entries, bool IsShort)?> FindEventAsync(
        NpgsqlConnection connection, long sourceId, string eventId, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(EventSql, connection);
        find.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = eventId });
        long batchId;
        DateTimeOffset recordedAt;
        int firstEntry, entries;
        byte[] identity;
        await using (var row = await find.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
                return null;
            (batchId, recordedAt, firstEntry, entries, identity) =
                (row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt32(2), row.GetInt16(3), row.GetFieldValue<byte[]>(4));
        }

        await using var command = new NpgsqlCommand(EntriesSql, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = recordedAt });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batchId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = firstEntry });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = firstEntry + entries });
        using var rows = new MemoryStream();
        await using var entry = await command.ExecuteReaderAsync(cancellationToken);
        var count = 0;
        for (; await entry.ReadAsync(cancellationToken); count++)
            rows.Write(entry.GetFieldValue<byte[]>(0));
        return (batchId, identity, rows.ToArray(), count < entries);
    }

    private static async Task<(SealedBatch Batch, byte[] Leaves, short Format)?> FindBatchAsync(
        NpgsqlConnection connection, long sourceId, long batchId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select source_id, lane, seq, root, head, leaves, seal_format from ledger_batch where source_id = $1 and batch_id = $2 and num_nulls(root, leaves, head) = 0", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batchId });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (LedgerTree.BatchOf(row), row.GetFieldValue<byte[]>(5), row.GetInt16(6)) : null;
    }
}
