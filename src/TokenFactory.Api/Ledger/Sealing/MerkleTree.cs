using System.Numerics;
using System.Security.Cryptography;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// Merkle trees as RFC 9162 (Certificate Transparency 2.0), section 2.1, has them: SHA-256, a zero byte before what a leaf holds, a one byte before the two
/// hashes of a node, split at the largest power of two below the number of leaves.
/// </summary>
internal static class MerkleTree
{
    public const int HashBytes = 32;

    /// <summary>The root of a tree without leaves: the hash of nothing.</summary>
    public static byte[] EmptyRoot { get; } = SHA256.HashData([]);

    /// <summary>The hash of a leaf.</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }

    /// <summary>The hash of a node over two others.</summary>
    public static void NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> node)
    {
        Span<byte> content = stackalloc byte[1 + (2 * HashBytes)];
        content[0] = 1;
        left.CopyTo(content[1..]);
        right.CopyTo(content[(1 + HashBytes)..]);
        SHA256.HashData(content, node);
    }

    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var node = new byte[HashBytes];
        NodeHash(left, right, node);
        return node;
    }

    /// <summary>The root over leaves.</summary>
    /// <param name="leafHashes">One hash of 32 bytes after the other.</param>
    public static byte[] Root(ReadOnlySpan<byte> leafHashes)
    {
        if (leafHashes.IsEmpty)
            return EmptyRoot;
        var level = leafHashes.ToArray();
        for (var count = level.Length / HashBytes; count > 1; count = (count + 1) / 2)
            GoUp(level, count);
        return level[..HashBytes];
    }

    /// <summary>The hashes that lead from a leaf to the root, from below.</summary>
    /// <param name="leafHashes">As above.</param>
    /// <param name="index">Of the leaf, from 0.</param>
    public static List<byte[]> InclusionPath(ReadOnlySpan<byte> leafHashes, int index)
    {
        var path = new List<byte[]>();
        var level = leafHashes.ToArray();
        for (var count = level.Length / HashBytes; count > 1; count = (count + 1) / 2, index /= 2)
        {
            var neighbour = index ^ 1;
            if (neighbour < count)
                path.Add(HashAt(level, neighbour).ToArray());
            GoUp(level, count);
        }

        return path;
    }

    /// <summary>The root that a path leads to; null where it can't be the path of this leaf in a tree of this size (RFC 9162, 2.1.3.2).</summary>
    /// <param name="leafHash">Of the leaf.</param>
    /// <param name="index">Of the leaf, from 0.</param>
    /// <param name="size">Leaves of the tree.</param>
    /// <param name="path">From below.</param>
    public static byte[]? RootOf(ReadOnlySpan<byte> leafHash, long index, long size, IReadOnlyList<byte[]> path)
    {
        if (index < 0 || index >= size)
            return null;
        var (place, last, root) = (index, size - 1, leafHash.ToArray());
        foreach (var hash in path)
        {
            if (last == 0 || hash.Length != HashBytes)
                return null;
            if (place % 2 == 1 || place == last)
            {
                root = NodeHash(hash, root);
                while (place % 2 == 0 && place != 0)
                    (place, last) = (place >> 1, last >> 1);
            }
            else
            {
                root = NodeHash(root, hash);
            }

            (place, last) = (place >> 1, last >> 1);
        }

        return last == 0 ? root : null;
    }

    /// <summary>Whether a proof shows that a tree was only added to (RFC 9162, 2.1.4.2).</summary>
    /// <param name="first">Leaves of the earlier tree.</param>
    /// <param name="firstRoot">Its root.</param>
    /// <param name="second">Leaves of the later tree.</param>
    /// <param name="secondRoot">Its root.</param>
    /// <param name="proof">Hashes, as <c>ConsistencyProof</c> of the log gives them.</param>
    public static bool IsConsistent(long first, ReadOnlySpan<byte> firstRoot, long second, ReadOnlySpan<byte> secondRoot, IReadOnlyList<byte[]> proof)
    {
        if (first < 0 || first > second || proof.Any(p => p.Length != HashBytes))
            return false;
        if (first == second)
            return proof.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        if (first == 0)
            return proof.Count == 0 && firstRoot.SequenceEqual(EmptyRoot);
        // A tree that is whole is itself the first hash of the proof.
        IReadOnlyList<byte[]> path = BitOperations.IsPow2(first) ? [firstRoot.ToArray(), .. proof] : proof;
        if (path.Count == 0)
            return false;
        var (place, last) = (first - 1, second - 1);
        while (place % 2 == 1)
            (place, last) = (place >> 1, last >> 1);
        var (earlier, later) = (path[0], path[0]);
        foreach (var hash in path.Skip(1))
        {
            if (last == 0)
                return false;
            if (place % 2 == 1 || place == last)
            {
                (earlier, later) = (NodeHash(hash, earlier), NodeHash(hash, later));
                while (place % 2 == 0 && place != 0)
                    (place, last) = (place >> 1, last >> 1);
            }
            else
            {
                later = NodeHash(later, hash);
            }

            (place, last) = (place >> 1, last >> 1);
        }

        return last == 0 && firstRoot.SequenceEqual(earlier) && secondRoot.SequenceEqual(later);
    }

    // The next level, in the place of this one: pair by pair, and who has no neighbour goes up as he is. It is the same tree.
    private static void GoUp(byte[] level, int count)
    {
        for (var i = 0; i < count / 2; i++)
            NodeHash(HashAt(level, 2 * i), HashAt(level, (2 * i) + 1), level.AsSpan(i * HashBytes, HashBytes));
        if (count % 2 == 1)
            HashAt(level, count - 1).CopyTo(level.AsSpan(count / 2 * HashBytes));
    }

    private static ReadOnlySpan<byte> HashAt(byte[] hashes, int index) => hashes.AsSpan(index * HashBytes, HashBytes);
}
