using System.Buffers.Binary;
using System.Numerics;
using Npgsql;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Ledger;

/// <summary>A batch as the tree has it.</summary>
internal readonly record struct SealedBatch(long SourceId, short Lane, long Seq, byte[] Root, byte[] Head)
{
    /// <summary>What its leaf holds: source, lane and number as the database sends them, the root over its records, the head of its lane.</summary>
    public byte[] LeafContent()
    {
        var content = new byte[sizeof(long) + sizeof(short) + sizeof(long) + (2 * MerkleTree.HashBytes)];
        BinaryPrimitives.WriteInt64BigEndian(content, SourceId);
        BinaryPrimitives.WriteInt16BigEndian(content.AsSpan(8), Lane);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(10), Seq);
        Root.CopyTo(content, 18);
        Head.CopyTo(content, 18 + MerkleTree.HashBytes);
        return content;
    }
}

/// <summary>
/// The tree over all sealed batches, as it is in one transaction. Whole stretches of 256 are kept, so that a root or a path is made from a few rows however
/// long the ledger.
/// </summary>
internal sealed class LedgerTree(NpgsqlConnection connection)
{
    public const int TileHashes = 256;
    private const int TileLevels = 8;

    private readonly Dictionary<(int Level, long Tile), byte[]> _tiles = [];

    /// <summary>How many leaves there are.</summary>
    public async Task<long> SizeAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select first_leaf + last_seq - first_seq + 1 from ledger_tree_run order by first_leaf desc limit 1", connection);
        return (long?)await command.ExecuteScalarAsync(cancellationToken) ?? 0;
    }

    /// <summary>The root over the first leaves.</summary>
    public Task<byte[]> RootAsync(long size, CancellationToken cancellationToken) =>
        size == 0 ? Task.FromResult(MerkleTree.EmptyRoot) : RangeAsync(0, size, cancellationToken);

    /// <summary>The hashes that lead from a leaf to the root over the first leaves, from below (RFC 9162, 2.1.3).</summary>
    public async Task<List<byte[]>> InclusionPathAsync(long index, long size, CancellationToken cancellationToken)
    {
        var path = new List<byte[]>();
        for (var (begin, end) = (0L, size); end - begin > 1;)
        {
            var middle = begin + SplitOf(end - begin);
            if (index < middle)
            {
                path.Add(await RangeAsync(middle, end, cancellationToken));
                end = middle;
            }
            else
            {
                path.Add(await RangeAsync(begin, middle, cancellationToken));
                begin = middle;
            }
        }

        path.Reverse();
        return path;
    }

    /// <summary>The hashes that show that the first leaves of a larger tree are those of a smaller one (RFC 9162, 2.1.4).</summary>
    public async Task<List<byte[]>> ConsistencyProofAsync(long first, long second, CancellationToken cancellationToken)
    {
        var proof = new List<byte[]>();
        if (first == 0)
            return proof;
        var (begin, end, isWhole) = (0L, second, true);
        while (end != first)
        {
            var middle = begin + SplitOf(end - begin);
            if (first <= middle)
            {
                proof.Add(await RangeAsync(middle, end, cancellationToken));
                end = middle;
            }
            else
            {
                proof.Add(await RangeAsync(begin, middle, cancellationToken));
                (begin, isWhole) = (middle, false);
            }
        }

        if (!isWhole)
            proof.Add(await RangeAsync(begin, end, cancellationToken));
        proof.Reverse();
        return proof;
    }

    /// <summary>The place of a batch among the leaves; null: it is not sealed yet.</summary>
    public async Task<long?> IndexOfAsync(long sourceId, short lane, long seq, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select first_leaf + $3 - first_seq, last_seq from ledger_tree_run
            where source_id = $1 and lane = $2 and first_seq <= $3 order by first_seq desc limit 1
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = lane });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = seq });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) && row.GetInt64(1) >= seq ? row.GetInt64(0) : null;
    }

    /// <summary>Hashes of neighbours, none beyond a tile: of level 0 leaves, of level n the nodes over 256 of level n - 1.</summary>
    public async Task<byte[]> HashesAsync(int level, long first, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
            return [];
        var (tile, place) = (first / TileHashes, (int)(first % TileHashes));
        if (!_tiles.TryGetValue((level, tile), out var hashes))
        {
            hashes = await TileAsync(level, tile, cancellationToken)
                ?? (level == 0 ? await LeavesAsync(tile * TileHashes, (tile + 1) * TileHashes, cancellationToken) : await TileRootsAsync(connection, level - 1, tile * TileHashes, (tile + 1) * TileHashes, cancellationToken));
            _tiles.Add((level, tile), hashes);
        }

        return hashes.Length >= (place + count) * MerkleTree.HashBytes
            ? hashes[(place * MerkleTree.HashBytes)..((place + count) * MerkleTree.HashBytes)]
            : throw new LedgerDamagedException($"The tree has no {count} hashes from {first} on, of level {level}.");
    }

    /// <summary>How many of the leaves of a tree are left of its split.</summary>
    public static long SplitOf(long leaves) => (long)BitOperations.RoundUpToPowerOf2((ulong)leaves) / 2;

    /// <summary>The root over leaves from begin to end (half-open), where a tree over more of them has a node.</summary>
    public async Task<byte[]> RangeAsync(long begin, long end, CancellationToken cancellationToken)
    {
        var count = end - begin;
        if (!BitOperations.IsPow2(count))
        {
            var middle = begin + SplitOf(count);
            var (left, right) = (await RangeAsync(begin, middle, cancellationToken), await RangeAsync(middle, end, cancellationToken));
            return MerkleTree.NodeHash(left, right);
        }

        var height = BitOperations.Log2((ulong)count);
        var level = height / TileLevels;
        var hashes = await HashesAsync(level, begin >> (level * TileLevels), 1 << (height % TileLevels), cancellationToken);
        return MerkleTree.Root(hashes);
    }

    private async Task<byte[]?> TileAsync(int level, long tile, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select hashes from ledger_tree_tile where level = $1 and tile = $2", connection);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)level });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = tile });
        return (byte[]?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>The roots of whole tiles of a level, <paramref name="first"/> to <paramref name="end"/> (half-open): one hash after the other.</summary>
    public static async Task<byte[]> TileRootsAsync(NpgsqlConnection connection, int level, long first, long end, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select root from ledger_tree_tile where level = $1 and tile >= $2 and tile < $3 order by tile", connection);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)level });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = end });
        return await JoinAsync(command, row => row.GetFieldValue<byte[]>(0), cancellationToken);
    }

    private async Task<byte[]> LeavesAsync(long begin, long end, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql.Read("Ledger/Sealing/tree_leaves.sql"), connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = begin });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = end });
        return await JoinAsync(command, row => MerkleTree.LeafHash(BatchOf(row).LeafContent()), cancellationToken);
    }

    /// <summary>Reads a batch from five columns, the first of a row.</summary>
    /// <exception cref="LedgerDamagedException">It is in the tree, and has no root or head.</exception>
    public static SealedBatch BatchOf(NpgsqlDataReader row) => row.IsDBNull(3) || row.IsDBNull(4)
        ? throw new LedgerDamagedException($"Batch number {row.GetInt64(2)} of source {row.GetInt64(0)}, lane {row.GetInt16(1)}, has lost its root or its head.")
        : new(row.GetInt64(0), row.GetInt16(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4));

    private static async Task<byte[]> JoinAsync(NpgsqlCommand command, Func<NpgsqlDataReader, byte[]> hashOf, CancellationToken cancellationToken)
    {
        using var hashes = new MemoryStream();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            hashes.Write(hashOf(row));
        return hashes.ToArray();
    }
}

/// <summary>What is recorded does not fit together: something was altered or removed.</summary>
internal sealed class LedgerDamagedException(string message) : Exception(message);
