using System.Security.Cryptography;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>Puts the manifest of a volume together, in the transaction that has posted its lanes and balances.</summary>
/// <param name="connection">That transaction's.</param>
/// <param name="folder">With all files of rows; that of the tree is written here.</param>
/// <param name="origin">What checkpoints of this ledger name.</param>
internal sealed class ArchiveManifestReader(NpgsqlConnection connection, ArchiveFolder folder, string origin)
{
    public async Task<ArchiveManifest> ReadAsync(ArchiveMonth month, short volume, IReadOnlyList<ArchiveFile> files, CancellationToken cancellationToken)
    {
        long RowsOf(LedgerColumns columns) => files.Single(f => f.Table == columns.Table).Rows;
        var (tree, checkpoint) = await ReadTreeAsync(month, volume, cancellationToken);
        return new ArchiveManifest
        {
            Format = ArchiveManifest.CurrentFormat,
            Origin = origin,
            Month = month.Text,
            Volume = volume,
            WrittenAt = (await ReadAsync("select ledger_clock()", row => row.GetFieldValue<DateTimeOffset>(0), null, cancellationToken))[0],
            SealFormat = LedgerColumns.Format,
            Batches = RowsOf(LedgerColumns.Batch),
            Events = RowsOf(LedgerColumns.Identity),
            Entries = RowsOf(LedgerColumns.Entry),
            Files = files,
            Sources = await ReadSourcesAsync(month, volume, cancellationToken),
            Sums = await ReadAsync(
                """
                select source_id, currency, sum(entry_count)::bigint, sum(quantity)::text, trim_scale(sum(amount))::text, trim_scale(sum(reporting_amount))::text
                from ledger_closing_balance where month = $1 and volume = $2
                group by source_id, currency order by source_id, currency collate "C"
                """,
                row => new ArchiveSum
                {
                    Source = row.GetInt64(0),
                    Currency = row.GetString(1),
                    Entries = row.GetInt64(2),
                    Quantity = row.GetString(3),
                    Amount = row.GetString(4),
                    ReportingAmount = row.GetString(5),
                }, (month, volume), cancellationToken),
            Lanes = await ReadAsync(
                """
                select a.source_id, a.lane, a.first_seq, a.last_seq,
                       (select count(*) from ledger_archived_batch b where b.source_id = a.source_id and b.lane = a.lane and b.month = a.month and b.volume = a.volume),
                       f.head, l.head
                from ledger_archive_lane a
                left join ledger_batch f on f.source_id = a.source_id and f.lane = a.lane and f.seq = a.first_seq - 1
                join ledger_batch l on l.source_id = a.source_id and l.lane = a.lane and l.seq = a.last_seq
                where a.month = $1 and a.volume = $2
                order by a.source_id, a.lane
                """,
                row => new ArchiveLane
                {
                    Source = row.GetInt64(0),
                    Lane = row.GetInt16(1),
                    FirstSeq = row.GetInt64(2),
                    LastSeq = row.GetInt64(3),
                    Batches = row.GetInt64(4),
                    HeadBefore = row.IsDBNull(5) ? null : Convert.ToBase64String(row.GetFieldValue<byte[]>(5)),
                    Head = Convert.ToBase64String(row.GetFieldValue<byte[]>(6)),
                }, (month, volume), cancellationToken),
            Tree = tree,
            Checkpoint = checkpoint,
        };
    }

    private async Task<List<ArchiveSource>> ReadSourcesAsync(ArchiveMonth month, short volume, CancellationToken cancellationToken)
    {
        var identities = HashIdentities(cancellationToken);
        return await ReadAsync(
            """
            select a.source_id, s.slug, count(*), sum(b.entry_count)::bigint
            from ledger_archived_batch a
            join ledger_batch b on b.source_id = a.source_id and b.lane = a.lane and b.seq = a.seq
            left join sources s on s.id = a.source_id
            where a.month = $1 and a.volume = $2
            group by a.source_id, s.slug order by a.source_id
            """,
            row =>
            {
                var (events, hash) = identities.GetValueOrDefault(row.GetInt64(0), (0, SHA256.HashData([])));
                return new ArchiveSource
                {
                    Id = row.GetInt64(0),
                    Name = row.IsDBNull(1) ? null : row.GetString(1),
                    Batches = row.GetInt64(2),
                    Events = events,
                    Entries = row.GetInt64(3),
                    IdentitiesSha256 = Convert.ToHexStringLower(hash),
                };
            }, (month, volume), cancellationToken);
    }

    // Source after source, as the file has them.
    private Dictionary<long, (long Events, byte[] Hash)> HashIdentities(CancellationToken cancellationToken)
    {
        var hashes = new Dictionary<long, (long, byte[])>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var rows = folder.Open(LedgerColumns.Identity);
        var (source, events) = (0L, 0L);
        for (var row = rows.Read(); row is not null; row = rows.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (row.Number(0) != source && events > 0)
                hashes.Add(source, (events, hash.GetHashAndReset()));
            (source, events) = (row.Number(0), row.Number(0) == source ? events + 1 : 1);
            hash.AppendData(row.Content);
        }

        if (events > 0)
            hashes.Add(source, (events, hash.GetHashAndReset()));
        return hashes;
    }

    private async Task<(ArchiveTree Tree, string Checkpoint)> ReadTreeAsync(ArchiveMonth month, short volume, CancellationToken cancellationToken)
    {
        var (first, end) = (await ReadAsync(
            """
            select min(r.first_leaf + b.seq - r.first_seq), max(r.first_leaf + b.seq - r.first_seq) + 1
            from ledger_archived_batch b
            join ledger_tree_run r on r.source_id = b.source_id and r.lane = b.lane and b.seq between r.first_seq and r.last_seq
            where b.month = $1 and b.volume = $2
            """, row => (row.GetInt64(0), row.GetInt64(1)), (month, volume), cancellationToken))[0];
        var checkpoints = await ReadAsync($"select tree_size, note from ledger_checkpoint where tree_size >= {end} order by tree_size limit 1",
            row => (Size: row.GetInt64(0), Note: row.GetString(1)), null, cancellationToken);
        if (checkpoints is not [var checkpoint])
            throw new ArchiveRefusedException($"No checkpoint is over all of {month.Text}: let the service run until there is one. Remove {folder.Path}.");

        await WriteHashesAsync(first, end, cancellationToken);
        var tree = new LedgerTree(connection);
        var nodes = new List<ArchiveNode>();
        foreach (var (nodeFirst, nodeEnd) in ArchivedTree.Beside(first, end, checkpoint.Size))
            nodes.Add(new ArchiveNode(nodeFirst, nodeEnd, Convert.ToBase64String(await tree.RangeAsync(nodeFirst, nodeEnd, cancellationToken))));
        return (new ArchiveTree { Size = checkpoint.Size, First = first, End = end, Sha256 = folder.HashOf(ArchiveTree.FileName), Nodes = nodes }, checkpoint.Note);
    }

    private async Task WriteHashesAsync(long first, long end, CancellationToken cancellationToken)
    {
        await using var file = folder.Create(ArchiveTree.FileName);
        for (var at = first; at < end;)
        {
            var count = (int)Math.Min(end - at, LedgerTree.TileHashes - (at % LedgerTree.TileHashes));
            // One of its own for each tile: it keeps what it has read.
            file.Write(await new LedgerTree(connection).HashesAsync(0, at, count, cancellationToken));
            at += count;
        }

        file.Flush(flushToDisk: true);
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, (ArchiveMonth Month, short Volume)? of, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        if (of is var (month, volume))
        {
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = month.First });
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = volume });
        }

        var rows = new List<T>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            rows.Add(read(row));
        return rows;
    }
}
