using System.Buffers.Binary;
using System.Security.Cryptography;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>Verifies the chains of lanes: numbers without a gap, each head made anew from the batch and the head before it.</summary>
internal sealed class ChainVerifier(NpgsqlConnection connection, VerificationReport report)
{
    /// <summary>Reads every batch once.</summary>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var heads = new Dictionary<(long Source, short Lane), (long Seq, byte[]? Head)>();
        var chain = await RowCursor<ChainRow>.OpenAsync(connection, "verify_chains",
            "select source_id, lane, seq, batch_id, kind, recorded_at, received, accepted, duplicate, conflict, rejected, quarantined, entry_count, seal_format, root, head "
            + "from ledger_batch order by source_id, lane, seq", ChainRow.Read, cancellationToken);
        while (await chain.PeekAsync(cancellationToken) is { } batch)
        {
            chain.Take();
            var (seq, head) = heads.GetValueOrDefault((batch.SourceId, batch.Lane));
            if (batch.Seq != seq + 1)
                report.Add($"Source {batch.SourceId}, lane {batch.Lane}: batch number {batch.Seq} follows {seq}; what lies between was removed.");
            if (batch.Head is null || batch.Root is null)
            {
                // A version without chains may have written into a lane that another had chained, while both ran: the chain goes on past it. How many of
                // these there are is told, and whoever verifies must know of them.
                heads[(batch.SourceId, batch.Lane)] = (batch.Seq, head);
                continue;
            }

            if (!batch.HeadAfter(head).AsSpan().SequenceEqual(batch.Head))
                report.Add($"Source {batch.SourceId}, lane {batch.Lane}: batch number {batch.Seq} does not continue the chain.");
            heads[(batch.SourceId, batch.Lane)] = (batch.Seq, batch.Head);
        }

        await chain.CloseAsync(cancellationToken);
        await VerifyLanesAsync(heads, cancellationToken);
    }

    private async Task VerifyLanesAsync(Dictionary<(long Source, short Lane), (long Seq, byte[]? Head)> heads, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select source_id, lane, seq, head from journal_lane", connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var lane = (row.GetInt64(0), row.GetInt16(1));
            var (seq, head) = heads.GetValueOrDefault(lane);
            heads.Remove(lane);
            if (row.GetInt64(2) != seq || !(head ?? []).AsSpan().SequenceEqual(row.IsDBNull(3) ? [] : row.GetFieldValue<byte[]>(3)))
                report.Add($"Source {lane.Item1}, lane {lane.Item2}: it stands at batch number {row.GetInt64(2)}, and the last batch is {seq}.");
        }

        foreach (var (source, lane) in heads.Keys)
            report.Add($"Source {source}, lane {lane}: there are batches of it, and no lane.");
    }
}

/// <summary>A batch as its lane's chain has it.</summary>
internal sealed record ChainRow(long SourceId, short Lane, long Seq, long BatchId, short Kind, DateTimeOffset RecordedAt, int[] Counts, short? Format, byte[]? Root, byte[]? Head)
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static ChainRow Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt16(1), row.GetInt64(2), row.GetInt64(3), row.GetInt16(4), row.GetFieldValue<DateTimeOffset>(5),
        [.. Enumerable.Range(6, 7).Select(row.GetInt32)], row.IsDBNull(13) ? null : row.GetInt16(13),
        VerifierRows.BytesOf(row, 14), VerifierRows.BytesOf(row, 15));

    /// <summary>As the database's <c>ledger_head</c> makes it, made anew.</summary>
    public byte[] HeadAfter(byte[]? previous)
    {
        var content = new byte[1 + 32 + 8 + 2 + 8 + 8 + 2 + 8 + (7 * 4) + 2 + 32];
        content[0] = 2;
        previous?.CopyTo(content, 1);
        var at = 33;
        void Put(long value, int bytes)
        {
            Span<byte> whole = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(whole, value);
            whole[^bytes..].CopyTo(content.AsSpan(at));
            at += bytes;
        }

        Put(SourceId, 8);
        Put(Lane, 2);
        Put(Seq, 8);
        Put(BatchId, 8);
        Put(Kind, 2);
        Put((RecordedAt - Epoch).Ticks / TimeSpan.TicksPerMicrosecond, 8);
        foreach (var count in Counts)
            Put(count, 4);
        Put(Format ?? 0, 2);
        Root!.CopyTo(content, at);
        return SHA256.HashData(content);
    }
}
