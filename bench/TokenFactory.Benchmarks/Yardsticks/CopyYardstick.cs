using System.Diagnostics;
using Npgsql;
using TokenFactory.Benchmarks.Load;

namespace TokenFactory.Benchmarks.Yardsticks;

/// <summary>
/// PostgreSQL's own limit: two connections that COPY what the service wrote into identical tables, in transactions of the same size, from
/// bytes that are ready.
/// </summary>
internal sealed class CopyYardstick(NpgsqlDataSource database, int databaseProcessId)
{
    private const int Connections = 2;

    /// <summary>Writes the transactions again.</summary>
    public (TimeSpan Elapsed, CpuTimes Cpu) Run(IReadOnlyList<RecordedBatch> batches)
    {
        var connections = Enumerable.Range(0, Connections).Select(_ => database.OpenConnection()).ToList();
        try
        {
            var before = CpuTimes.Now(0, databaseProcessId);
            var started = Stopwatch.GetTimestamp();
            Threads.Run(Connections, worker =>
            {
                using var number = NumberCommand(connections[worker]);
                for (var i = worker; i < batches.Count; i += Connections)
                    Write(connections[worker], number, batches[i], worker);
            });
            var elapsed = Stopwatch.GetElapsedTime(started);
            return (elapsed, CpuTimes.Now(0, databaseProcessId) - before);
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
        }
    }

    private static void Write(NpgsqlConnection connection, NpgsqlCommand number, RecordedBatch batch, int worker)
    {
        using var transaction = connection.BeginTransaction();
        foreach (var table in batch.Tables)
        {
            using var copy = connection.BeginRawBinaryCopy($"copy {IdenticalTables.Schema}.{table.Name} from stdin (format binary)");
            copy.Write(table.Copy);
        }

        number.Parameters[0].Value = batch.SourceId;
        number.Parameters[1].Value = (short)worker;
        number.ExecuteNonQuery();
        transaction.Commit();
    }

    // As the service numbers its transactions.
    private static NpgsqlCommand NumberCommand(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(
            $"""
            insert into {IdenticalTables.Schema}.{IdenticalTables.Lane} as l (source_id, lane, seq) values ($1, $2, 1)
            on conflict (source_id, lane) do update set seq = l.seq + 1
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<long>());
        command.Parameters.Add(new NpgsqlParameter<short>());
        command.Prepare();
        return command;
    }
}
