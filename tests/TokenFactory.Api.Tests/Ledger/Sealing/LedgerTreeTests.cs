using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Ledger;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger.Sealing;

/// <summary>The tree in the database is RFC 9162's, of any size: one more than a tile of tiles here.</summary>
public sealed class LedgerTreeTests : IAsyncLifetime
{
    private const int Batches = (LedgerTree.TileHashes * LedgerTree.TileHashes) + 700;
    private static readonly long[] Sizes = [1, 2, 3, 255, 256, 257, 511, 512, 1_000, 4_096, 65_535, 65_536, 65_537, Batches - 1, Batches];
    private static readonly CancellationToken None = CancellationToken.None;

    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private Sealer _sealer = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.Current.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        var options = Options.Create(new LedgerOptions { SigningKeyFile = Path.Combine(Path.GetTempPath(), $"tree-{Guid.NewGuid():N}.pem") });
        _sealer = new Sealer(_source, new DatabaseReadiness(), options, new CheckpointKey(options, new ConfigurationBuilder().Build(), NullLogger<CheckpointKey>.Instance),
            NullLogger<Sealer>.Instance, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _sealer.Dispose();
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Roots_paths_and_consistency_are_those_of_the_whole_tree_in_memory()
    {
        // In several goes, which end in the middle of tiles and on their edges.
        foreach (var upTo in (int[])[1, 256, 700, 10_000, 65_536, Batches])
        {
            await WriteAsync(upTo);
            await _sealer.SealAsync(None);
        }

        var leaves = await LeavesAsync();
        leaves.Length.Should().Be(Batches * 32);
        await using var connection = await _source.OpenConnectionAsync(None);
        var tree = new LedgerTree(connection);
        (await tree.SizeAsync(None)).Should().Be(Batches);
        var roots = new Dictionary<long, byte[]>();
        foreach (var size in Sizes)
        {
            roots[size] = await tree.RootAsync(size, None);
            roots[size].Should().Equal(MerkleTree.Root(leaves.AsSpan(0, (int)size * 32)), $"of {size} leaves");
            foreach (var index in Sizes.Select(s => s - 1).Where(i => i < size))
                (await tree.InclusionPathAsync(index, size, None)).SelectMany(h => h).Should().Equal(MerkleTree.InclusionPath(leaves.AsSpan(0, (int)size * 32), (int)index).SelectMany(h => h));
        }

        foreach (var (first, second) in Sizes.SelectMany(f => Sizes.Where(s => s >= f), (f, s) => (f, s)))
        {
            var proof = await tree.ConsistencyProofAsync(first, second, None);
            MerkleTree.IsConsistent(first, roots[first], second, roots[second], proof).Should().BeTrue($"of {first} and {second}");
            if (first == second)
                continue;
            MerkleTree.IsConsistent(first, roots[second], second, roots[second], proof).Should().BeFalse();
            MerkleTree.IsConsistent(first, roots[first], second, roots[first], proof).Should().BeFalse();
            if (proof.Count > 0)
            {
                proof[^1][7] ^= 1;
                MerkleTree.IsConsistent(first, roots[first], second, roots[second], proof).Should().BeFalse();
            }
        }
    }

    [Fact]
    public async Task A_tile_that_was_altered_is_found()
    {
        await WriteAsync(600);
        await _sealer.SealAsync(None);
        await using var connection = await _source.OpenConnectionAsync(None);
        (await FaultsAsync(connection, "select 1")).Should().BeEmpty();
        foreach (var alteration in (string[])[
            "update ledger_tree_tile set hashes = set_bit(hashes, 4000, 1 - get_bit(hashes, 4000)) where tile = 1", "update ledger_tree_tile set root = set_bit(root, 9, 1 - get_bit(root, 9)) where tile = 0",
            "delete from ledger_tree_tile where tile = 1", "insert into ledger_tree_tile select 1, 0, hashes, root from ledger_tree_tile where tile = 0"])
        {
            (await FaultsAsync(connection, alteration)).Should().Contain(f => f.Contains("ile", StringComparison.Ordinal), alteration);
        }
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(NpgsqlConnection connection, string alteration)
    {
        await using var transaction = await connection.BeginTransactionAsync(None);
        await using (var command = new NpgsqlCommand($"set local session_replication_role = replica; {alteration}", connection))
            await command.ExecuteNonQueryAsync(None);
        var report = new VerificationReport();
        await new TreeVerifier(connection, new Trust([], []), await LedgerVerifier.KeysAsync(connection, report, None), report).VerifyAsync([], None);
        return report.Faults;
    }

    // Batches of two lanes, as if they had been recorded.
    private async Task WriteAsync(int upTo) => await _database.ExecuteAsync(
        $"""
        insert into ledger_batch (source_id, lane, seq, batch_id, kind, recorded_at, received, accepted, duplicate, conflict, rejected, quarantined, entry_count, seal_format, root, leaves, head)
        select 0, (n % 2)::smallint, n / 2 + 1, n + 1, 1, now(), 0, 0, 0, 0, 0, 0, 0, 1, sha256(n::text::bytea), '', sha256(('h' || n)::bytea)
        from generate_series((select count(*) from ledger_batch), {upTo - 1}) n;
        insert into journal_lane (source_id, lane, seq, head) select 0, lane, max(seq), '\x00' from ledger_batch group by lane
        on conflict (source_id, lane) do update set seq = excluded.seq;
        """);

    private async Task<byte[]> LeavesAsync()
    {
        await using var command = _source.CreateCommand(
            """
            select b.source_id, b.lane, b.seq, b.root, b.head from ledger_tree_run r
            join ledger_batch b on b.source_id = r.source_id and b.lane = r.lane and b.seq between r.first_seq and r.last_seq order by r.first_leaf, b.seq
            """);
        var leaves = new MemoryStream();
        await using var row = await command.ExecuteReaderAsync(None);
        while (await row.ReadAsync(None))
            leaves.Write(SHA256.HashData([0, .. LedgerTree.BatchOf(row).LeafContent()]));
        return leaves.ToArray();
    }
}
