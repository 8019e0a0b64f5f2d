using System.Security.Cryptography;

namespace TokenFactory.Api.Ledger;

/// <summary>Makes the proof of an event from the folder of its archive, as the service did while the entries were in the ledger.</summary>
/// <param name="folder">The folder.</param>
/// <param name="manifest">Its manifest.</param>
internal sealed class ArchiveProofs(ArchiveFolder folder, ArchiveManifest manifest)
{
    /// <summary>The proof; null: the volume does not hold such an event.</summary>
    /// <param name="source">The source's slug.</param>
    /// <param name="eventId">The sender's id.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">The folder is damaged.</exception>
    public LedgerProof? Find(string source, string eventId, CancellationToken cancellationToken)
    {
        if (manifest.Sources.FirstOrDefault(s => s.Name == source) is not { } told
            || Search(LedgerColumns.Identity, row => row.Number(0) == told.Id && row.Text(1) == eventId, cancellationToken) is not [var found, ..])
        {
            return null;
        }

        var identity = ArchiveRows.Identity(found);
        var entries = Search(LedgerColumns.Entry,
            row => row.Number(0) == told.Id && row.Number(2) == identity.Place.BatchId && row.Number(3) >= identity.FirstEntryNo && row.Number(3) < identity.FirstEntryNo + identity.EntryCount,
            cancellationToken).SelectMany(row => row.Content).ToArray();
        if (Search(LedgerColumns.Batch, row => row.Number(0) == told.Id && row.Number(2) == identity.Place.BatchId, cancellationToken) is not [var row, ..]
            || ArchiveRows.Batch(row) is not { Root: { } root, Head: { } head, Leaves: { } leaves } batch)
        {
            throw new InvalidDataException($"The batch {identity.Place.BatchId} is missing.");
        }

        var leaf = new byte[MerkleTree.HashBytes];
        BatchSeal.EventLeaf(SHA256.HashData(identity.Content), SHA256.HashData(entries), leaf);
        var index = leaves.Chunk(MerkleTree.HashBytes).TakeWhile(l => !l.AsSpan().SequenceEqual(leaf)).Count();
        using var tree = folder.ReadTree(manifest);
        if (index * MerkleTree.HashBytes == leaves.Length || tree.IndexOf(told.Id, batch.Lane, batch.Seq) is not { } place)
            throw new InvalidDataException("The event is not what was recorded.");
        return new LedgerProof
        {
            Source = source,
            Id = eventId,
            SealFormat = manifest.SealFormat,
            Identity = Convert.ToBase64String(identity.Content),
            Entries = Convert.ToBase64String(entries),
            Batch = new LedgerProofOfBatch
            {
                BatchId = identity.Place.BatchId,
                SourceId = told.Id,
                Lane = batch.Lane,
                Seq = batch.Seq,
                Index = index,
                Size = leaves.Length / MerkleTree.HashBytes,
                Path = [.. MerkleTree.InclusionPath(leaves, index).Select(Convert.ToBase64String)],
                Root = Convert.ToBase64String(root),
                Head = Convert.ToBase64String(head),
            },
            Tree = new LedgerProofOfTree { Index = place, Size = manifest.Tree.Size, Path = [.. tree.InclusionPath(place).Select(Convert.ToBase64String)] },
            Checkpoint = manifest.Checkpoint,
        };
    }

    private List<CopyRow> Search(LedgerColumns columns, Func<CopyRow, bool> isWanted, CancellationToken cancellationToken)
    {
        var found = new List<CopyRow>();
        using var rows = folder.Open(columns);
        for (var row = rows.Read(); row is not null; row = rows.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (isWanted(row))
                found.Add(row);
        }

        return found;
    }
}
