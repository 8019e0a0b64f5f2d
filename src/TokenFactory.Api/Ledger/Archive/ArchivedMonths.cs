using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// The archives that a ledger tells of, as their signed manifests have them: which batches may, and must, be without their entries. What its tables say besides is
/// compared with the manifests and believed in nothing.
/// </summary>
internal sealed class ArchivedMonths(VerificationReport report)
{
    public static readonly string[] Tables = ["ledger_archive", "ledger_archive_lane", "ledger_closing_balance"];

    private readonly List<ArchivedVolume> _volumes = [];
    private readonly Dictionary<(long Source, short Lane), List<(ArchiveLane Lane, ArchivedVolume Volume)>> _lanes = [];

    /// <summary>None: of a ledger whose records are all there.</summary>
    public static ArchivedMonths None { get; } = new(new VerificationReport());

    /// <summary>The checkpoints that archives are under.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints => [.. _volumes.Select(v => v.Checkpoint)];

    /// <summary>Reads them, and notes what does not fit.</summary>
    /// <param name="connection">In the transaction that is verified.</param>
    /// <param name="keys">Public keys that are trusted.</param>
    /// <param name="report">Where faults go.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ArchivedMonths> LoadAsync(NpgsqlConnection connection, IReadOnlyList<ECDsa> keys, VerificationReport report, CancellationToken cancellationToken)
    {
        var archived = new ArchivedMonths(report);
        await using (var command = new NpgsqlCommand(
            "select month, volume, batches, entries, manifest, manifest_sha256, key_id, signature, archived_at from ledger_archive order by month, volume", connection))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                archived.Add(row, keys);
        }

        await archived.CompareLanesAsync(connection, cancellationToken);
        foreach (var volume in archived._volumes)
        {
            await archived.CompareHeadsAsync(connection, volume, cancellationToken);
            await archived.CompareBalancesAsync(connection, volume, cancellationToken);
        }

        await archived.FindStrayBalancesAsync(connection, cancellationToken);
        return archived;
    }

    /// <summary>The volume that a batch is in; null: it is not archived.</summary>
    public ArchivedVolume? Find(BatchRow batch) => _lanes.TryGetValue((batch.Place.SourceId, batch.Lane), out var lanes)
        ? lanes.Find(l => batch.Seq >= l.Lane.FirstSeq && batch.Seq <= l.Lane.LastSeq && l.Volume.Month.Holds(batch.Place.RecordedAt)).Volume
        : null;

    /// <summary>Compares what was taken of a source with what the manifests say.</summary>
    public void EndSource(long sourceId)
    {
        foreach (var volume in _volumes)
        {
            if (volume.EndSource(sourceId) is { } fault)
                report.Add(fault);
        }
    }

    /// <summary>After all sources: what there is of none of them is missing.</summary>
    public void End()
    {
        foreach (var volume in _volumes)
        {
            if (volume.End() is { } fault)
                report.Add(fault);
            report.ArchivedEntries += volume.TakenEntries;
        }
    }

    private void Add(NpgsqlDataReader row, IReadOnlyList<ECDsa> keys)
    {
        var (month, number, text) = (new ArchiveMonth(row.GetFieldValue<DateOnly>(0)), row.GetInt16(1), row.GetString(4));
        var name = ArchivedVolume.NameOf(month.Text, number);
        var bytes = Encoding.UTF8.GetBytes(text);
        var signer = ArchiveManifest.SignerOf(bytes, row.GetFieldValue<byte[]>(7), keys);
        if (signer is null || signer != row.GetString(6))
        {
            report.Add($"The manifest of {name} is signed by no key that is trusted: nothing of that month counts as archived.");
            return;
        }

        if (ArchiveManifest.Read(text) is not { } manifest || Checkpoint.Read(manifest.Checkpoint, keys) is not ({ } checkpoint, { }))
        {
            report.Add($"The manifest of {name} is of a format that this program does not know, or its checkpoint is signed by no key that is trusted.");
            return;
        }

        if (manifest.Month != month.Text || manifest.Volume != number || manifest.Batches != row.GetInt64(2) || manifest.Entries != row.GetInt64(3)
            || !SHA256.HashData(bytes).AsSpan().SequenceEqual(row.GetFieldValue<byte[]>(5)) || manifest.WrittenAt != row.GetFieldValue<DateTimeOffset>(8))
        {
            report.Add($"The archive {name} is not what its manifest says: nothing of that month counts as archived by it.");
            return;
        }

        if (number != _volumes.Count(v => v.Month == month) + 1)
            report.Add($"The archive {name} follows {_volumes.Count(v => v.Month == month)} of that month; what lies between was removed.");
        var volume = new ArchivedVolume(month, manifest, checkpoint);
        _volumes.Add(volume);
        foreach (var lane in manifest.Lanes)
        {
            if (!_lanes.TryGetValue((lane.Source, lane.Lane), out var of))
                _lanes.Add((lane.Source, lane.Lane), of = []);
            of.Add((lane, volume));
        }
    }

    private async Task CompareLanesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var told = _volumes.SelectMany(v => v.Manifest.Lanes.Select(l => (l.Source, l.Lane, v.Month.First, v.Manifest.Volume, l.FirstSeq, l.LastSeq))).ToHashSet();
        await using var command = new NpgsqlCommand("select source_id, lane, month, volume, first_seq, last_seq from ledger_archive_lane", connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            if (!told.Remove((row.GetInt64(0), row.GetInt16(1), row.GetFieldValue<DateOnly>(2), row.GetInt16(3), row.GetInt64(4), row.GetInt64(5))))
                report.Add($"Source {row.GetInt64(0)}, lane {row.GetInt16(1)}: its batches {row.GetInt64(4)} to {row.GetInt64(5)} are archived by no manifest.");
        }

        foreach (var (source, lane, _, _, first, last) in told)
            report.Add($"Source {source}, lane {lane}: the ledger does not know any more that its batches {first} to {last} are archived.");
    }

    // A manifest of another ledger, or of another course of this one, has other heads.
    private async Task CompareHeadsAsync(NpgsqlConnection connection, ArchivedVolume volume, CancellationToken cancellationToken)
    {
        foreach (var lane in volume.Manifest.Lanes)
        {
            await using var command = new NpgsqlCommand("select head from ledger_batch where source_id = $1 and lane = $2 and seq = $3", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = lane.Source });
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = lane.Lane });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = lane.LastSeq });
            if (await command.ExecuteScalarAsync(cancellationToken) is not byte[] head || Convert.ToBase64String(head) != lane.Head)
                report.Add($"Source {lane.Source}, lane {lane.Lane}: batch number {lane.LastSeq} is not the one that the archive {volume.Name} ends with.");
        }
    }

    private async Task CompareBalancesAsync(NpgsqlConnection connection, ArchivedVolume volume, CancellationToken cancellationToken)
    {
        var columns = LedgerColumns.ClosingBalance;
        await using var command = new NpgsqlCommand(
            $"select {columns.RowSql} from {columns.Table} where month = $1 and volume = $2 order by {ArchiveTables.BalanceOrder}", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = volume.Month.First });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = volume.Manifest.Volume });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            hash.AppendData(row.GetFieldValue<byte[]>(0));
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != volume.Manifest.Files.Single(f => f.Table == columns.Table).RowsSha256)
            report.Add($"The closing balances of {volume.Name} are not what its manifest says.");
    }

    private async Task FindStrayBalancesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select count(*) from ledger_closing_balance b where not exists (select from ledger_archive a where a.month = b.month and a.volume = b.volume)", connection) { CommandTimeout = 0 };
        if (await command.ExecuteScalarAsync(cancellationToken) is long and > 0 and var strays)
            report.Add($"{strays} closing balances are of no archive.");
    }
}
