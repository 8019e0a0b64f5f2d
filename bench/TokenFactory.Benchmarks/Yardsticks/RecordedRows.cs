using System.Buffers.Binary;
using Npgsql;

namespace TokenFactory.Benchmarks.Yardsticks;

/// <summary>What a table got in one transaction, as the bytes of a binary COPY.</summary>
internal sealed record RecordedTable(string Name, byte[] Copy);

/// <summary>One transaction of the service.</summary>
internal sealed record RecordedBatch(long SourceId, IReadOnlyList<RecordedTable> Tables);

/// <summary>
/// The rows that the service wrote, taken out of the database as bytes once and parted by transaction: to write them again costs a client
/// next to nothing, so that what is measured is PostgreSQL.
/// </summary>
internal static class RecordedRows
{
    // The signature, flags and the length of an empty extension; at the end a row of -1 columns.
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] Trailer = [0xFF, 0xFF];

    /// <summary>Every transaction after a batch, in order.</summary>
    public static async Task<IReadOnlyList<RecordedBatch>> ReadAsync(NpgsqlDataSource database, long afterBatchId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var tables = new Dictionary<long, List<RecordedTable>>();
        foreach (var name in IdenticalTables.Names)
        {
            if (await BatchColumnAsync(connection, name, cancellationToken) is not { } batchColumn)
                continue;
            await using var copy = await connection.BeginRawBinaryCopyAsync(
                $"copy (select * from {name} where batch_id > {afterBatchId} order by batch_id) to stdout (format binary)", cancellationToken);
            foreach (var (batchId, rows) in Part(copy, batchColumn))
            {
                if (!tables.TryGetValue(batchId, out var ofBatch))
                    tables.Add(batchId, ofBatch = []);
                ofBatch.Add(new RecordedTable(name, rows));
            }
        }

        var batches = new List<RecordedBatch>();
        await using var find = new NpgsqlCommand("select source_id, batch_id from ledger_batch where batch_id > $1 order by batch_id", connection);
        find.Parameters.Add(new NpgsqlParameter<long> { TypedValue = afterBatchId });
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            batches.Add(new RecordedBatch(row.GetInt64(0), tables[row.GetInt64(1)]));
        return batches;
    }

    // Which column of a row tells its transaction; null: there is no such table.
    private static async Task<int?> BatchColumnAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(
            """
            select (select count(*) from pg_attribute b where b.attrelid = a.attrelid and b.attnum between 1 and a.attnum - 1 and not b.attisdropped)::integer
            from pg_attribute a where a.attrelid = to_regclass($1) and a.attname = 'batch_id'
            """, connection);
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
        return (int?)await find.ExecuteScalarAsync(cancellationToken);
    }

    private static IEnumerable<(long BatchId, byte[] Rows)> Part(Stream copy, int batchColumn)
    {
        using var reader = new BufferedStream(copy, 1 << 20);
        var row = new byte[64 * 1024];
        reader.ReadExactly(row.AsSpan(0, Header.Length));
        MemoryStream? rows = null;
        long current = 0;
        while (true)
        {
            reader.ReadExactly(row.AsSpan(0, 2));
            var columns = BinaryPrimitives.ReadInt16BigEndian(row);
            if (columns < 0)
                break;
            var length = 2;
            long batchId = 0;
            for (var column = 0; column < columns; column++)
            {
                reader.ReadExactly(row.AsSpan(length, 4));
                var bytes = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(row.AsSpan(length)));
                length += 4;
                reader.ReadExactly(row.AsSpan(length, bytes));
                if (column == batchColumn)
                    batchId = BinaryPrimitives.ReadInt64BigEndian(row.AsSpan(length));
                length += bytes;
            }

            if (rows is null || batchId != current)
            {
                if (rows is not null)
                    yield return (current, Closed(rows));
                rows = new MemoryStream();
                rows.Write(Header);
                current = batchId;
            }

            rows.Write(row.AsSpan(0, length));
        }

        if (rows is not null)
            yield return (current, Closed(rows));
    }

    private static byte[] Closed(MemoryStream rows)
    {
        rows.Write(Trailer);
        return rows.ToArray();
    }
}
