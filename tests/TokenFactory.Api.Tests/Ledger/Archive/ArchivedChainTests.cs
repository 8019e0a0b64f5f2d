using CsCheck;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Tests.Ledger.Archive;

/// <summary>The batches of a lane are held against each other as they come, in whatever order.</summary>
public sealed class ArchivedChainTests
{
    private const int First = 5;

    // Numbers of a lane, some of them recorded in another month, and the order that the others come in.
    private static readonly Gen<(ChainRow[] Rows, ArchiveLane Told)> Lanes =
        from others in Gen.Bool.Array[1, 30]
        from seed in Gen.Int
        select Shuffled(LaneOf(others), seed);

    [Fact]
    public void A_lane_fits_in_any_order_of_its_batches() => Lanes.Sample(l => IsIntact(l.Told, l.Rows));

    [Fact]
    public void A_batch_that_is_missing_altered_or_there_twice_is_found() => Gen.Select(Lanes, Gen.Int[0, int.MaxValue]).Sample((l, at) =>
    {
        var row = l.Rows[at % l.Rows.Length];
        // The head before the others is not in the volume: their leaves of the tree hold them.
        var isHeld = row.Seq == First || l.Rows.Any(r => r.Seq == row.Seq - 1);
        return !IsIntact(l.Told, l.Rows.Where(r => r != row))
            && !IsIntact(l.Told, [.. l.Rows, row])
            && !IsIntact(l.Told with { Batches = l.Told.Batches + 1 }, [.. l.Rows, row])
            && (!isHeld || !IsIntact(l.Told, l.Rows.Select(r => r == row ? row with { BatchId = 77 } : r)))
            && (!isHeld || !IsIntact(l.Told, l.Rows.Select(r => r == row ? row with { Root = null } : r)));
    });

    [Fact]
    public void Of_a_lane_in_order_one_stretch_is_kept()
    {
        var (rows, told) = LaneOf([.. Enumerable.Repeat(false, 1_000)]);
        var chain = new ArchivedChain();
        foreach (var row in rows)
        {
            chain.Take(row);
            chain.Stretches.Should().Be(1);
        }

        chain.Is(told).Should().BeTrue();
    }

    private static bool IsIntact(ArchiveLane told, IEnumerable<ChainRow> rows)
    {
        var chain = new ArchivedChain();
        foreach (var row in rows)
            chain.Take(row);
        return chain.Is(told);
    }

    private static (ChainRow[] Rows, ArchiveLane Told) Shuffled((List<ChainRow> Rows, ArchiveLane Told) lane, int seed)
    {
        var rows = lane.Rows.ToArray();
        new Random(seed).Shuffle(rows);
        return (rows, lane.Told);
    }

    // The first and the last are of the month.
    private static (List<ChainRow> Rows, ArchiveLane Told) LaneOf(bool[] others)
    {
        var rows = new List<ChainRow>();
        var before = new byte[32];
        var head = before;
        for (var i = 0; i < others.Length; i++)
        {
            var row = new ChainRow(1, 2, First + i, 100 + i, 1, new DateTimeOffset(2025, 1, 10, 9, 0, 0, TimeSpan.Zero), [1, 1, 0, 0, 0, 0, i], 1, MerkleTree.LeafHash([(byte)(i % 256)]), null);
            row = row with { Head = row.HeadAfter(head) };
            head = row.Head!;
            if (!others[i] || i == 0 || i == others.Length - 1)
                rows.Add(row);
        }

        return (rows, new ArchiveLane
        {
            Source = 1,
            Lane = 2,
            FirstSeq = First,
            LastSeq = First + others.Length - 1,
            Batches = rows.Count,
            HeadBefore = Convert.ToBase64String(before),
            Head = Convert.ToBase64String(head),
        });
    }
}
