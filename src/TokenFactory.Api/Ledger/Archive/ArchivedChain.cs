namespace TokenFactory.Api.Ledger;

/// <summary>
/// The batches of a lane in a volume, each held against the one before it as they are read. They come in the order of recording, which is nearly that of their numbers:
/// what is kept is one stretch where it is, and one for each gap that is left or not filled yet. Pure.
/// </summary>
internal sealed class ArchivedChain
{
    private readonly Dictionary<long, Stretch> _byFirst = [];
    private readonly Dictionary<long, Stretch> _byLast = [];
    private long _count;
    private bool _isBroken;

    /// <summary>How many stretches are kept.</summary>
    public int Stretches => _byFirst.Count;

    /// <summary>Takes the next batch.</summary>
    public void Take(ChainRow batch)
    {
        _count++;
        if (_byLast.Remove(batch.Seq - 1, out var stretch))
        {
            _isBroken |= !Follows(batch, stretch.Head);
        }
        else
        {
            stretch = new Stretch(batch);
            _isBroken |= !_byFirst.TryAdd(batch.Seq, stretch);
        }

        (stretch.Last, stretch.Head) = (batch.Seq, batch.Head);
        if (_byFirst.Remove(batch.Seq + 1, out var next))
        {
            _isBroken |= !Follows(next.First, stretch.Head);
            (stretch.Last, stretch.Head) = (next.Last, next.Head);
            _byLast.Remove(next.Last);
        }

        _isBroken |= !_byLast.TryAdd(stretch.Last, stretch);
    }

    /// <summary>Whether what was taken is the lane that a manifest tells of.</summary>
    public bool Is(ArchiveLane told)
    {
        if (_isBroken || _count != told.Batches || _count == 0)
            return false;
        var stretches = _byFirst.Values.OrderBy(s => s.First.Seq).ToList();
        // Between two stretches lies what was recorded in another month, where two wrote into the lane: its head is not here.
        return stretches.Zip(stretches.Skip(1), (a, b) => a.Last + 1 < b.First.Seq).All(isApart => isApart)
            && stretches[0].First.Seq == told.FirstSeq && Follows(stretches[0].First, told.HeadBefore is null ? null : Convert.FromBase64String(told.HeadBefore))
            && stretches[^1].Last == told.LastSeq && stretches[^1].Head is { } head && Convert.ToBase64String(head) == told.Head;
    }

    private static bool Follows(ChainRow batch, byte[]? before) => batch.Root is not null && batch.HeadAfter(before).AsSpan().SequenceEqual(batch.Head);

    // Batches with numbers without a gap, the first to the last.
    private sealed class Stretch(ChainRow first)
    {
        public ChainRow First { get; } = first;

        public long Last { get; set; }

        public byte[]? Head { get; set; }
    }
}
