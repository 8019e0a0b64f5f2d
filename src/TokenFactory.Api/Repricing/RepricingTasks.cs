using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Repricing;

/// <summary>
/// The rows of repricings, as those who do them see them. Whoever works at one holds its lock; should the session, and with it the lock, be lost
/// unnoticed, a step is still counted once, and each correction is recorded once.
/// </summary>
internal static class RepricingTasks
{
    private const string Lock = "hashtext('repricing'), hashint8($1)";

    /// <summary>The repricings that are not done, oldest first.</summary>
    public static async Task<List<long>> FindRunningAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select id from repricings where state = 1 order by id", connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var running = new List<long>();
        while (await row.ReadAsync(cancellationToken))
            running.Add(row.GetInt64(0));
        return running;
    }

    /// <summary>Takes the lock of a repricing for the session.</summary>
    /// <returns>False: somebody else works at it.</returns>
    public static async Task<bool> TryLockAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, $"select pg_try_advisory_lock({Lock})", id);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    public static async Task UnlockAsync(NpgsqlConnection connection, long id)
    {
        // A session that is gone has no locks.
        if (connection.State != System.Data.ConnectionState.Open)
            return;
        await using var command = Command(connection, $"select pg_advisory_unlock({Lock})", id);
        await command.ExecuteScalarAsync(CancellationToken.None);
    }

    /// <summary>What is to be done, and how far it is; null: it is done by now.</summary>
    public static async Task<RepricingTask?> LoadAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = Command(connection,
            "select dry_run, reverts, reason, known_at, selection, marks, position from repricings where id = $1 and state = 1", id);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return null;
        return new RepricingTask
        {
            Id = id,
            IsDryRun = row.GetBoolean(0),
            Reverts = row.IsDBNull(1) ? null : row.GetInt64(1),
            Reason = row.IsDBNull(2) ? null : row.GetString(2),
            KnownAt = row.GetFieldValue<DateTimeOffset>(3),
            Selection = JsonSerializer.Deserialize<RepricingSelection>(row.GetString(4), WireJson.Options)!,
            Marks = JsonSerializer.Deserialize<Dictionary<string, long>>(row.GetString(5), WireJson.Options)!,
            Position = JsonSerializer.Deserialize<Dictionary<string, long>>(row.GetString(6), WireJson.Options)!,
        };
    }

    /// <summary>
    /// Marks what a reclassification looks at: all that was recorded by the sector of before. The catalog knows the new one, so that whoever begins
    /// to record does by that; who was recording then is waited for.
    /// </summary>
    public static async Task<RepricingTask> MarkAsync(NpgsqlConnection connection, RepricingTask task, TimeProvider time, CancellationToken cancellationToken)
    {
        await JournalWriters.WaitForAsync(connection, time, cancellationToken);
        await using var command = Command(connection,
            """
            update repricings
            set marks = coalesce((select jsonb_object_agg(l.source_id || '/' || l.lane, l.seq) from journal_lane l), '{}')
            where id = $1 and state = 1
            returning marks
            """, task.Id);
        var marks = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        return task with { Marks = JsonSerializer.Deserialize<Dictionary<string, long>>(marks, WireJson.Options)! };
    }

    /// <summary>Moves a lane on and counts what was found on the way.</summary>
    /// <returns>False: another has moved it meanwhile, and nothing was counted.</returns>
    public static async Task<bool> AdvanceAsync(
        NpgsqlConnection connection, long id, string lane, long from, long to, RepricingCells found, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, Sql.Read("Repricing/repricing_advance.sql"), id);
        Add(command, lane, NpgsqlDbType.Text);
        foreach (var number in (ReadOnlySpan<long>)[from, to, found.Examined, found.Changed, found.Skipped, found.Entries])
            Add(command, number, NpgsqlDbType.Bigint);
        var cells = found.Cells;
        Add(command, cells.Select(c => (short)c.Key.Sector).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Smallint);
        Add(command, cells.Select(c => c.Key.ItemId).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);
        foreach (var sum in (ReadOnlySpan<Func<RepricingCell, decimal>>)
            [c => c.Quantity, c => c.AmountBefore, c => c.AmountAfter, c => c.UnpricedBefore, c => c.UnpricedAfter])
        {
            Add(command, cells.Select(c => sum(c.Value)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Numeric);
        }

        return await command.ExecuteScalarAsync(cancellationToken) is 1L;
    }

    public static async Task CompleteAsync(NpgsqlConnection connection, long id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, "update repricings set state = 2, finished_at = $2 where id = $1 and state = 1", id);
        Add(command, now, NpgsqlDbType.TimestampTz);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task FailAsync(NpgsqlDataSource dataSource, long id, DateTimeOffset now, string failure, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, "update repricings set state = 3, finished_at = $2, failure = $3 where id = $1 and state = 1", id);
        Add(command, now, NpgsqlDbType.TimestampTz);
        Add(command, failure, NpgsqlDbType.Text);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, long id)
    {
        var command = new NpgsqlCommand(sql, connection);
        Add(command, id, NpgsqlDbType.Bigint);
        return command;
    }

    private static void Add(NpgsqlCommand command, object value, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
}
