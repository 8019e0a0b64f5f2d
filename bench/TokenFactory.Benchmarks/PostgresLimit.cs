using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace TokenFactory.Benchmarks;

/// <summary>What the same server does without the service, for ratios: numbers of another run or machine say nothing.</summary>
internal sealed class PostgresLimit(string connectionString)
{
    private const int BatchRows = 1_000;

    /// <summary>Rows per second of binary COPY into one table with a unique text key, a thousand per durable transaction.</summary>
    public async Task<double> CopyAsync(int rows, int connections)
    {
        await ExecuteAsync("create table bench_copy (source_id bigint, event_id text, at timestamptz, quantity bigint, amount numeric, primary key (source_id, event_id))");
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(worker => CopyBatchesAsync(worker, rows / connections / BatchRows)));
        var elapsed = Stopwatch.GetElapsedTime(started);
        await ExecuteAsync("drop table bench_copy");
        return rows / elapsed.TotalSeconds;
    }

    /// <summary>Durable single-row transactions per second.</summary>
    public async Task<double> CommitAsync(int commits, int connections)
    {
        await ExecuteAsync("create table bench_commit (id bigint primary key, amount numeric)");
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async worker =>
        {
            await using var connection = await OpenAsync();
            await using var insert = new NpgsqlCommand("insert into bench_commit values ($1, 1.25)", connection);
            var id = new NpgsqlParameter<long>();
            insert.Parameters.Add(id);
            await insert.PrepareAsync();
            for (var i = worker; i < commits; i += connections)
            {
                id.TypedValue = i;
                await insert.ExecuteNonQueryAsync();
            }
        }));
        var elapsed = Stopwatch.GetElapsedTime(started);
        await ExecuteAsync("drop table bench_commit");
        return commits / elapsed.TotalSeconds;
    }

    private async Task CopyBatchesAsync(int worker, int batches)
    {
        await using var connection = await OpenAsync();
        for (var batch = 0; batch < batches; batch++)
        {
            await using var copy = await connection.BeginBinaryImportAsync("copy bench_copy from stdin (format binary)");
            for (var row = 0; row < BatchRows; row++)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync((long)worker, NpgsqlDbType.Bigint);
                await copy.WriteAsync($"event-{batch:D6}-{row:D4}", NpgsqlDbType.Text);
                await copy.WriteAsync(TimeProvider.System.GetUtcNow().UtcDateTime, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(1_000L, NpgsqlDbType.Bigint);
                await copy.WriteAsync(1.25m, NpgsqlDbType.Numeric);
            }

            await copy.CompleteAsync();
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}
