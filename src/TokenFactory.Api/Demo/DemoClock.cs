using Npgsql;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Demo;

/// <summary>What is to be loaded.</summary>
/// <param name="Until">The last day with production.</param>
/// <param name="From">The day on which an earlier load was cut off: what came in before it is in the ledger; null: all is to be loaded.</param>
internal sealed record DemoPlan(DateOnly Until, DateOnly? From);

/// <summary>
/// Moves the ledger's clock through the demonstration's two years, so that it has vintages. Only a database that holds nothing but the
/// demonstration gets this clock. It works as the owner of the schema, and as one instance at a time: whoever holds it holds a lock that goes
/// with the connection, however the process ends.
/// </summary>
internal sealed class DemoClock : IAsyncDisposable
{
    private const long LoadLock = 0x44656D6F;
    private static readonly TimeOnly Morning = new(4, 0);

    private readonly NpgsqlDataSource _owner;
    private readonly NpgsqlConnection _connection;

    private DemoClock(NpgsqlDataSource owner, NpgsqlConnection connection) => (_owner, _connection) = (owner, connection);

    /// <summary>Whether the ledger's clock is the demonstration's: one is being loaded, or was cut off.</summary>
    public static async Task<bool> IsSetBackAsync(DatabaseConnections connections, CancellationToken cancellationToken)
    {
        await using var owner = DatabaseConnections.CreateOwnerSource(connections.Owner);
        await using var connection = await owner.OpenConnectionAsync(cancellationToken);
        return await IsSetBackAsync(connection, cancellationToken);
    }

    /// <summary>Takes the clock into hand; waits while another instance loads the demonstration.</summary>
    public static async Task<DemoClock> TakeAsync(DatabaseConnections connections, CancellationToken cancellationToken)
    {
        var owner = DatabaseConnections.CreateOwnerSource(connections.Owner);
        NpgsqlConnection? connection = null;
        try
        {
            connection = await owner.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand($"select pg_advisory_lock({LoadLock})", connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
            return new DemoClock(owner, connection);
        }
        catch
        {
            if (connection is not null)
                await connection.DisposeAsync();
            await owner.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _owner.DisposeAsync();
    }

    /// <summary>Sets the clock back, where there is something to load.</summary>
    /// <param name="yesterday">The last day with production, where the demonstration is new.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>null: the demonstration is complete.</returns>
    /// <exception cref="InvalidOperationException">The ledger holds other events. It is left as it was.</exception>
    public async Task<DemoPlan?> PrepareAsync(DateOnly yesterday, CancellationToken cancellationToken)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
        var isNew = await ScalarAsync("select to_regclass('demo_state') is null", cancellationToken) is true;
        if (!isNew && await ScalarAsync("select is_complete from demo_state", cancellationToken) is true)
            return null;

        // First the trigger, which waits for those who write at this moment; then a look at what they wrote.
        await ExecuteAsync(Sql.Read("Demo/demo_clock.sql"), cancellationToken);
        await ExecuteAsync("insert into demo_state (until) values ($1) on conflict do nothing", yesterday, cancellationToken);
        if (await ScalarAsync("select exists (select from ledger_batch where recorded_at > coalesce((select clock from demo_state), '-infinity'))", cancellationToken) is true)
        {
            throw new InvalidOperationException((isNew
                ? "This ledger holds events already: the demonstration is not put beside them."
                : "The demonstration in this ledger was cut off and something else was recorded since: it is not loaded to its end behind that.")
                + " Start without --demo, or give the demonstration a ledger of its own by TokenFactory__DataFolder (or another database).");
        }

        await using var read = new NpgsqlCommand("update demo_state set is_loading = true returning until, (clock at time zone 'UTC')::date", _connection);
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var plan = new DemoPlan(row.GetFieldValue<DateOnly>(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateOnly>(1));
        await row.DisposeAsync();
        var start = new DemoEconomy(plan.Until).Start.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        await ExecuteAsync("select ledger_make_partitions($1, 27)", start, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return plan;
    }

    /// <summary>From now on the ledger records in the morning of this day; never in the future.</summary>
    public Task SetAsync(DateOnly day, CancellationToken cancellationToken) => ExecuteAsync(
        "update demo_state set clock = least($1, clock_timestamp())", day.ToDateTime(Morning, DateTimeKind.Utc), cancellationToken);

    /// <summary>Gives the ledger the real clock back, where it does not have it.</summary>
    /// <param name="isComplete">The demonstration is loaded to its end; else it goes on from here at a later start.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the clock was the demonstration's.</returns>
    public async Task<bool> ReturnAsync(bool isComplete, CancellationToken cancellationToken)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
        if (!await IsSetBackAsync(_connection, cancellationToken))
            return false;
        await ExecuteAsync(
            "create or replace function ledger_clock() returns timestamptz language sql volatile parallel safe as $$ select clock_timestamp() $$",
            cancellationToken);
        await ExecuteAsync("update demo_state set is_loading = false, is_complete = $1", isComplete, cancellationToken);
        // Whoever made months ahead meanwhile made the demonstration's.
        await ExecuteAsync("select ledger_make_partitions(ledger_clock() - interval '1 month', 5)", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> IsSetBackAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("select to_regclass('demo_state') is not null", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
            return false;
        await using var state = new NpgsqlCommand("select is_loading from demo_state", connection);
        return await state.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task ExecuteAsync<T>(string sql, T value, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
