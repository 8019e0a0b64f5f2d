using Microsoft.Win32.SafeHandles;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// The part of the tree that a volume holds: enough to make the root of its checkpoint, and the path of each of its leaves. Hashes are read from their file when they are
/// needed, a tile at most at a time.
/// </summary>
internal sealed class ArchivedTree : IDisposable
{
    private readonly ArchiveTree _told;
    private readonly SafeFileHandle _hashes;
    private readonly Dictionary<(long, short), TreeRun[]> _runs;
    private readonly Dictionary<(long, long), byte[]> _nodes;

    private ArchivedTree(ArchiveTree told, SafeFileHandle hashes, IEnumerable<TreeRun> runs)
    {
        (_told, _hashes) = (told, hashes);
        _runs = runs.GroupBy(r => (r.Source, r.Lane)).ToDictionary(g => g.Key, g => g.OrderBy(r => r.FirstSeq).ToArray());
        _nodes = told.Nodes.ToDictionary(n => (n.First, n.End), n => Convert.FromBase64String(n.Hash));
    }

    /// <summary>Opens it.</summary>
    /// <param name="file">The hashes of the stretch of leaves, 32 bytes each.</param>
    /// <param name="told">What the manifest says.</param>
    /// <param name="runs">Stretches of lanes, each with the leaf that it begins at.</param>
    /// <exception cref="InvalidDataException">The file is another's.</exception>
    public static ArchivedTree Open(string file, ArchiveTree told, IEnumerable<TreeRun> runs)
    {
        var hashes = File.OpenHandle(file);
        try
        {
            return RandomAccess.GetLength(hashes) == (told.End - told.First) * MerkleTree.HashBytes
                ? new ArchivedTree(told, hashes, runs)
                : throw new InvalidDataException($"{ArchiveTree.FileName} has not a hash for each leaf.");
        }
        catch
        {
            hashes.Dispose();
            throw;
        }
    }

    public void Dispose() => _hashes.Dispose();

    /// <summary>The root over all leaves of the checkpoint.</summary>
    /// <exception cref="InvalidDataException">A node that is needed is missing.</exception>
    public byte[] Root() => Node(0, _told.Size);

    /// <summary>The hash of a leaf of the stretch; empty: it is outside.</summary>
    public ReadOnlySpan<byte> Leaf(long index) => index >= _told.First && index < _told.End ? Read(index, index + 1) : default;

    /// <summary>The place of a batch in the tree; null: it is in none of the stretches.</summary>
    public long? IndexOf(long source, short lane, long seq)
    {
        if (!_runs.TryGetValue((source, lane), out var of))
            return null;
        var (low, high) = (0, of.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = of[middle].FirstSeq <= seq ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && of[low - 1] is var run && seq <= run.LastSeq ? run.FirstLeaf + seq - run.FirstSeq : null;
    }

    /// <summary>The hashes that lead from a leaf to the root, from below (RFC 9162, 2.1.3).</summary>
    /// <exception cref="InvalidDataException">A node that is needed is missing.</exception>
    public List<byte[]> InclusionPath(long index)
    {
        var path = new List<byte[]>();
        for (var (begin, end) = (0L, _told.Size); end - begin > 1;)
        {
            var middle = begin + LedgerTree.SplitOf(end - begin);
            path.Add(index < middle ? Node(middle, end) : Node(begin, middle));
            (begin, end) = index < middle ? (begin, middle) : (middle, end);
        }

        path.Reverse();
        return path;
    }

    /// <summary>The nodes beside a stretch of leaves that a tree's root is made from together with it.</summary>
    public static IEnumerable<(long First, long End)> Beside(long first, long end, long size) => Beside(first, end, 0, size);

    private static IEnumerable<(long First, long End)> Beside(long first, long end, long nodeFirst, long nodeEnd)
    {
        if (nodeEnd <= first || nodeFirst >= end)
            return [(nodeFirst, nodeEnd)];
        if (nodeFirst >= first && nodeEnd <= end)
            return [];
        var middle = nodeFirst + LedgerTree.SplitOf(nodeEnd - nodeFirst);
        return Beside(first, end, nodeFirst, middle).Concat(Beside(first, end, middle, nodeEnd));
    }

    private byte[] Node(long first, long end)
    {
        if (first >= _told.First && end <= _told.End && end - first <= LedgerTree.TileHashes)
            return MerkleTree.Root(Read(first, end));
        if (_nodes.TryGetValue((first, end), out var hash))
            return hash;
        if (end - first < 2)
            throw new InvalidDataException($"The manifest lacks a node of the tree: leaf {first}.");
        var middle = first + LedgerTree.SplitOf(end - first);
        return MerkleTree.NodeHash(Node(first, middle), Node(middle, end));
    }

    private byte[] Read(long first, long end)
    {
        var hashes = new byte[(int)(end - first) * MerkleTree.HashBytes];
        for (var read = 0; read < hashes.Length;)
        {
            var count = RandomAccess.Read(_hashes, hashes.AsSpan(read), ((first - _told.First) * MerkleTree.HashBytes) + read);
            read += count > 0 ? count : throw new InvalidDataException($"{ArchiveTree.FileName} was cut off.");
        }

        return hashes;
    }
}

/// <summary>Batches of a lane that stand one after the other in the tree.</summary>
internal readonly record struct TreeRun(long FirstLeaf, long Source, short Lane, long FirstSeq, long LastSeq);
