using System.Security.Cryptography;

namespace TokenFactory.Api.Ledger;

/// <summary>A volume that a ledger tells of, and what of it was met in the ledger so far, source by source.</summary>
internal sealed class ArchivedVolume(ArchiveMonth month, ArchiveManifest manifest, Checkpoint checkpoint)
{
    private readonly IncrementalHash _identities = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly HashSet<long> _ended = [];
    private (long Batches, long Events, long Entries) _ofSource;

    public ArchiveMonth Month { get; } = month;

    public ArchiveManifest Manifest { get; } = manifest;

    public Checkpoint Checkpoint { get; } = checkpoint;

    public string Name { get; } = NameOf(manifest.Month, manifest.Volume);

    /// <summary>Entries that its batches were recorded with.</summary>
    public long TakenEntries { get; private set; }

    public static string NameOf(string month, short volume) => $"{month}, volume {volume}";

    /// <summary>Takes a batch of it with the identities that are in the ledger.</summary>
    public void Take(BatchRow batch, List<IdentityRow> identities)
    {
        _ofSource = (_ofSource.Batches + 1, _ofSource.Events + identities.Count, _ofSource.Entries + batch.EntryCount);
        TakenEntries += batch.EntryCount;
        foreach (var identity in identities)
            _identities.AppendData(identity.Content);
    }

    /// <summary>All that the ledger has of a source was taken.</summary>
    /// <returns>What does not fit to the manifest; null: nothing.</returns>
    public string? EndSource(long sourceId)
    {
        var (met, hash) = (_ofSource, Convert.ToHexStringLower(_identities.GetHashAndReset()));
        _ofSource = default;
        _ended.Add(sourceId);
        if (Manifest.Sources.FirstOrDefault(s => s.Id == sourceId) is not { } told)
            return met.Batches == 0 ? null : $"Source {sourceId}: the archive {Name} holds nothing of it by its manifest.";
        if (met != (told.Batches, told.Events, told.Entries))
            return $"Source {sourceId}: the archive {Name} holds {told.Batches} batches with {told.Events} events, and the ledger has {met.Batches} with {met.Events}.";
        return hash == told.IdentitiesSha256 ? null : $"Source {sourceId}: identities of events that are archived ({Name}) are not what was archived.";
    }

    /// <summary>After all sources.</summary>
    /// <returns>Null: the ledger knew all of them.</returns>
    public string? End() => Manifest.Sources.Where(s => !_ended.Contains(s.Id)).Select(s => $"Source {s.Id}: the ledger has nothing of it, and the archive {Name} does.").FirstOrDefault();
}
