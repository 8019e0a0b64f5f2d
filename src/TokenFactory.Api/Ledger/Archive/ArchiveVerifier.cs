using System.Text;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// Verifies a volume by itself: no service, no database. Its manifest against the signature, files against the manifest, every record against the leaf of its batch,
/// batches against their roots and chains, and these against the root of a signed checkpoint.
/// </summary>
internal sealed class ArchiveVerifier(ArchiveFolder folder, Trust trust)
{
    private readonly VerificationReport _report = new();

    /// <summary>Reads everything.</summary>
    /// <returns>The manifest, null where it can't be believed; and what was found.</returns>
    public async Task<(ArchiveManifest? Manifest, VerificationReport Report)> VerifyAsync(CancellationToken cancellationToken)
    {
        var manifest = ReadManifest();
        if (manifest is not null)
            await VerifyAsync(manifest, cancellationToken);
        return (manifest, _report);
    }

    /// <summary>Verifies what a manifest says against the files.</summary>
    public async Task<VerificationReport> VerifyAsync(ArchiveManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            if (VerifyFiles(manifest, cancellationToken))
            {
                await VerifyRecordsAsync(manifest, cancellationToken);
                VerifyChains(manifest);
                VerifyBalances(manifest);
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or OverflowException or IOException or ArgumentException)
        {
            _report.Add($"It can't be read to its end: {e.Message}");
        }

        return _report;
    }

    private ArchiveManifest? ReadManifest()
    {
        try
        {
            // The bytes as they are: read as text, another encoding of them would pass.
            var text = File.ReadAllBytes(folder.PathOf(ArchiveManifest.FileName));
            if (ArchiveManifest.SignerOf(text, File.ReadAllBytes(folder.PathOf(ArchiveManifest.SignatureFileName)), trust.Keys) is null)
                _report.Add("The manifest is signed by no key that is trusted: nothing that it says counts.");
            else if (ArchiveManifest.Read(Encoding.UTF8.GetString(text)) is not { } manifest)
                _report.Add("The manifest is of a format that this program does not know.");
            else if (trust.Origin is not null && manifest.Origin != trust.Origin)
                _report.Add($"It is of another ledger: {manifest.Origin}.");
            else
                return manifest;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            _report.Add($"{folder.Path} holds no whole archive: it lacks {ArchiveManifest.FileName} or its signature.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _report.Add($"{folder.Path} can't be read: {e.Message}");
        }

        return null;
    }

    private bool VerifyFiles(ArchiveManifest manifest, CancellationToken cancellationToken)
    {
        var before = _report.FaultCount;
        foreach (var table in ArchiveTables.Of(manifest.RecordedIn, manifest.Volume))
        {
            if (manifest.Files.SingleOrDefault(f => f.Table == table.Columns.Table) is not { } told || told.Name != table.FileName || !told.Columns.SequenceEqual(table.Columns.Names))
                _report.Add($"The manifest names no file of {table.Columns.Table} as this program knows it.");
            else if (!File.Exists(folder.PathOf(told.Name)))
                _report.Add($"{told.Name} is missing.");
            else if (new FileInfo(folder.PathOf(told.Name)).Length != told.Bytes || folder.HashOf(told.Name) != told.Sha256)
                _report.Add($"{told.Name} is not the file that was archived.");
            else if (folder.FactsOf(table, cancellationToken) is var facts && (facts.Rows != told.Rows || facts.RowsSha256 != told.RowsSha256))
                _report.Add($"{told.Name} does not hold the rows that the manifest counts.");
        }

        if (!File.Exists(folder.PathOf(ArchiveTree.FileName)) || folder.HashOf(ArchiveTree.FileName) != manifest.Tree.Sha256)
            _report.Add($"{ArchiveTree.FileName} is not the file that was archived.");
        return _report.FaultCount == before;
    }

    private async Task VerifyRecordsAsync(ArchiveManifest manifest, CancellationToken cancellationToken)
    {
        var totals = new ArchiveTotals();
        CopyFileCursor<TRow> Open<TRow>(LedgerColumns columns, Func<CopyRow, TRow> read) where TRow : class =>
            new(folder.Open(columns), columns.Names.Length, read);
        await new RecordVerifier(_report, ArchivedMonths.None).VerifyAsync(new RecordCursors(
            Open(LedgerColumns.Batch, ArchiveRows.Batch),
            Open(LedgerColumns.Identity, ArchiveRows.Identity),
            Open(LedgerColumns.Entry, row =>
            {
                totals.AddEntry(row);
                return ArchiveRows.Entry(row);
            }),
            Open(LedgerColumns.Refusal, ArchiveRows.Refusal),
            Open(LedgerColumns.Quarantined, ArchiveRows.Quarantined)), cancellationToken);
        if (_report.Batches != manifest.Batches || _report.Events != manifest.Events || _report.Entries != manifest.Entries)
            _report.Add($"It holds {_report.Batches} batches, {_report.Events} events and {_report.Entries} entries, and the manifest counts {manifest.Batches}, {manifest.Events} and {manifest.Entries}.");
        if (!totals.AreThese(manifest.Sums))
            _report.Add("The entries do not add up to the sums of the manifest.");
    }

    // Each batch against the one before it in its lane, and against its leaf of the tree, which has its head.
    private void VerifyChains(ArchiveManifest manifest)
    {
        using var tree = folder.ReadTree(manifest);
        if (Checkpoint.Read(manifest.Checkpoint, trust.Keys) is not ({ } checkpoint, { }))
            _report.Add("The checkpoint of the manifest is signed by no key that is trusted.");
        else if (checkpoint.TreeSize != manifest.Tree.Size || !checkpoint.Root.AsSpan().SequenceEqual(tree.Root()))
            _report.Add("The tree does not lead to the root of the checkpoint.");

        var (month, lanes) = (manifest.RecordedIn, manifest.Lanes.ToDictionary(l => (l.Source, l.Lane)));
        var chains = new Dictionary<(long, short), ArchivedChain>();
        using (var batches = folder.Open(LedgerColumns.Batch))
        {
            while (batches.Read() is { } row)
            {
                var batch = ArchiveRows.Chained(row);
                if (!chains.TryGetValue((batch.SourceId, batch.Lane), out var chain))
                    chains.Add((batch.SourceId, batch.Lane), chain = new ArchivedChain());
                chain.Take(batch);
                if (!month.Holds(batch.RecordedAt) || batch is not { Root: { } root, Head: { } head }
                    || tree.IndexOf(batch.SourceId, batch.Lane, batch.Seq) is not { } index
                    || !MerkleTree.LeafHash(new SealedBatch(batch.SourceId, batch.Lane, batch.Seq, root, head).LeafContent()).AsSpan().SequenceEqual(tree.Leaf(index)))
                {
                    _report.Add($"Source {batch.SourceId}, lane {batch.Lane}: batch number {batch.Seq} is not the one under the checkpoint.");
                }
            }
        }

        foreach (var (key, chain) in chains)
        {
            if (!lanes.Remove(key, out var told) || !chain.Is(told))
                _report.Add($"Source {key.Item1}, lane {key.Item2}: its batches are not those of the manifest, or do not continue each other.");
        }

        foreach (var (source, lane) in lanes.Keys)
            _report.Add($"Source {source}, lane {lane}: its batches are missing.");
    }

    private void VerifyBalances(ArchiveManifest manifest)
    {
        var totals = new ArchiveTotals();
        using var balances = folder.Open(LedgerColumns.ClosingBalance);
        while (balances.Read() is { } row)
            totals.AddBalance(row);
        if (!totals.AreThese(manifest.Sums))
            _report.Add("The closing balances do not add up to the sums of the manifest.");
    }
}
