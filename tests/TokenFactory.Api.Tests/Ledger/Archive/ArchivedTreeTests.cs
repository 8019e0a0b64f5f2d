using CsCheck;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Tests.Ledger.Archive;

/// <summary>The tree of a volume, read tile by tile from its file, is the tree over all leaves.</summary>
public sealed class ArchivedTreeTests
{
    private static readonly Gen<(byte[] Leaves, long First, long End)> Trees =
        from size in Gen.Int[1, 1_500]
        from first in Gen.Int[0, size - 1]
        from end in Gen.Int[first + 1, size]
        from leaves in Gen.Byte.Array[size * MerkleTree.HashBytes]
        select (leaves, (long)first, (long)end);

    [Fact]
    public void Any_stretch_of_leaves_with_the_nodes_beside_it_makes_the_root_and_the_path_of_each_of_its_leaves() => Trees.Sample(t =>
    {
        var size = t.Leaves.Length / MerkleTree.HashBytes;
        byte[] Of(long first, long end) => t.Leaves[(int)(first * MerkleTree.HashBytes)..(int)(end * MerkleTree.HashBytes)];
        var told = new ArchiveTree
        {
            Size = size,
            First = t.First,
            End = t.End,
            Sha256 = "",
            Nodes = [.. ArchivedTree.Beside(t.First, t.End, size).Select(n => new ArchiveNode(n.First, n.End, Convert.ToBase64String(MerkleTree.Root(Of(n.First, n.End)))))],
        };
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, Of(t.First, t.End));
            using var tree = ArchivedTree.Open(file, told, []);
            var root = MerkleTree.Root(t.Leaves);
            tree.Root().Should().Equal(root);
            foreach (var index in (long[])[t.First, (t.First + t.End - 1) / 2, t.End - 1])
            {
                tree.Leaf(index).ToArray().Should().Equal(Of(index, index + 1));
                MerkleTree.RootOf(tree.Leaf(index), index, size, tree.InclusionPath(index)).Should().Equal(root);
            }

            tree.Leaf(t.End).IsEmpty.Should().BeTrue();
            File.WriteAllBytes(file, Of(t.First, t.End)[1..]);
            FluentActions.Invoking(() => ArchivedTree.Open(file, told, [])).Should().Throw<InvalidDataException>();
        }
        finally
        {
            File.Delete(file);
        }
    }, iter: 60);
}
