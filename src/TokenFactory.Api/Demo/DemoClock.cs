using Npgsql;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Demo;

/// <summary>
/// Moves the ledger's clock through the demonstration's two years, so that it has vintages. Only a database that holds nothing but the
/// demonstration gets this clock, and it gets the real one back at the end.
/// </summary>
internal sealed class DemoClock(DatabaseConnections connections)
{
    /// <summary>Prepares the database, or finds it prepared.</summary>
    /// <param name="today">The last day with production, where the demonstration is new.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The last day with production; null: the demonstration is complete.</returns>
    /// <exception cref="InvalidOperationException">The ledger holds other events.</exception>
    public async Task<DateOnly?> PrepareAsync(DateOnly today, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connections.Owner);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ScalarAsync(connection, "select to_regclass('demo_state') is not null", cancellationToken) is not true)
        {
            if (await ScalarAsync(connection, "select exists (select from ledger_batch)", cancellationToken) is true)
            {
                throw new InvalidOperationException(
                    "This ledger holds events already: the demonstration is not put beside them. Start without --demo, or give it a ledger of its own by TokenFactory__DataFolder.");
            }

            await ExecuteAsync(connection, Sql.Read("Demo/demo_clock.sql"), cancellationToken);
            await using var insert = new NpgsqlCommand("insert into demo_state (until) values ($1)", connection);
            insert.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = today });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        var until = await ScalarAsync(connection, "select until from demo_state where not is_complete", cancellationToken) as DateOnly?;
        if (until is { } day)
        {
            await using var partitions = new NpgsqlCommand("select ledger_make_partitions($1, 27)", connection);
            partitions.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = new DemoEconomy(day).Start.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) });
            await partitions.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return until;
    }

    /// <summary>From now on the ledger records at this instant.</summary>
    public async Task SetAsync(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connections.Owner);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("update demo_state set clock = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = instant });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives the ledger the real clock back and notes that the demonstration is complete.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connections.Owner);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection,
            """
            begin;
            create or replace function ledger_clock() returns timestamptz language sql volatile parallel safe as $$ select clock_timestamp() $$;
            update demo_state set clock = null, is_complete = true;
            commit;
            """, cancellationToken);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return null;
        return row.GetDataTypeName(0) == "date" ? row.GetFieldValue<DateOnly>(0) : row.GetValue(0);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
