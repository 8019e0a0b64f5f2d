using System.Security.Cryptography;
using CsCheck;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Tests.Ledger.Sealing;

/// <summary>RFC 9162's trees: the published roots of Certificate Transparency's test leaves, and its proofs for every size.</summary>
public sealed class MerkleTreeTests
{
    // Leaves and roots of the test vectors of Certificate Transparency (RFC 6962, the same hashing).
    private static readonly string[] Leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696A6B6C6D6E6F"];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_published_roots_come_out(int size, string root)
    {
        byte[] leaves = [.. Leaves.Take(size).SelectMany(l => MerkleTree.LeafHash(Convert.FromHexString(l)))];
        Convert.ToHexStringLower(MerkleTree.Root(leaves)).Should().Be(root);
    }

    [Fact]
    public void Every_leaf_of_every_tree_is_proved_by_its_path_and_by_no_other()
    {
        for (var size = 1; size <= 70; size++)
        {
            var leaves = LeavesOf(size);
            var root = MerkleTree.Root(leaves);
            for (var index = 0; index < size; index++)
            {
                var path = MerkleTree.InclusionPath(leaves, index);
                var leaf = leaves.AsSpan(index * 32, 32);
                MerkleTree.RootOf(leaf, index, size, path).Should().Equal(root);
                (MerkleTree.RootOf(leaf, index + 1, size, path) ?? []).Should().NotEqual(root);
                if (path.Count == 0)
                    continue;
                (MerkleTree.RootOf(leaf, index, size, path.Skip(1).ToList()) ?? []).Should().NotEqual(root);
                (MerkleTree.RootOf(leaf, index, size, [.. path, path[0]]) ?? []).Should().NotEqual(root);
            }
        }
    }

    [Fact]
    public void Any_bit_of_a_path_counts()
    {
        Gen.Select(Gen.Int[2, 300], Gen.Int[0, 299], Gen.Int[0, 8 * 32 - 1]).Sample((size, place, bit) =>
        {
            var index = place % size;
            var leaves = LeavesOf(size);
            var path = MerkleTree.InclusionPath(leaves, index);
            path[place % path.Count][bit / 8] ^= (byte)(1 << (bit % 8));
            return !MerkleTree.Root(leaves).AsSpan().SequenceEqual(MerkleTree.RootOf(leaves.AsSpan(index * 32, 32), index, size, path));
        }, iter: 300);
    }

    private static byte[] LeavesOf(int size) => [.. Enumerable.Range(0, size).SelectMany(i => SHA256.HashData(BitConverter.GetBytes(i)))];
}
