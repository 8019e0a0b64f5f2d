using System.Data;
using Npgsql;

namespace TokenFactory.Api.Statistics;

/// <summary>What an answer says of the data behind it.</summary>
/// <param name="Currency">The reporting currency.</param>
/// <param name="AsOf">The last vintage that is inside: never one that is still to come.</param>
/// <param name="CompleteThrough">Everything recorded before is inside, and nothing after the vintage; null while the ledger is empty.</param>
internal sealed record FigureContext(string Currency, DateOnly AsOf, DateTimeOffset? CompleteThrough)
{
    /// <summary>What is to be published of an earlier vintage is what was complete when that day ended.</summary>
    public static FigureContext Of(string currency, DateOnly today, DateTimeOffset? latest, DateOnly? asked)
    {
        if (asked is not { } vintage || vintage >= today)
            return new FigureContext(currency, today, latest);
        var endOfDay = new DateTimeOffset(vintage.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
        return new FigureContext(currency, vintage, latest > endOfDay ? endOfDay : latest);
    }

    /// <summary>How far the data can reach: to the last event, and over every day before the vintage's own.</summary>
    public DateTimeOffset Reach
    {
        get
        {
            var vintage = new DateTimeOffset(AsOf, TimeOnly.MinValue, TimeSpan.Zero);
            return CompleteThrough > vintage ? CompleteThrough.Value : vintage;
        }
    }
}

/// <summary>One moment of the roll-up: an answer reads all of its parts in it, cells and unfolded deltas, so that every acknowledged event is inside.</summary>
internal sealed class RollUpSnapshot : IAsyncDisposable
{
    private const string ContextSql = "select reporting_currency, vintage, complete_through from rollup_context";

    private readonly NpgsqlTransaction _transaction;

    private RollUpSnapshot(NpgsqlConnection connection, NpgsqlTransaction transaction, FigureContext context)
    {
        Connection = connection;
        _transaction = transaction;
        Context = context;
    }

    public NpgsqlConnection Connection { get; }

    public FigureContext Context { get; }

    /// <summary>The moment that is now.</summary>
    /// <param name="dataSource">Where the roll-up is.</param>
    /// <param name="asOf">The vintage that is asked for; null: the current one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<RollUpSnapshot> OpenAsync(NpgsqlDataSource dataSource, DateOnly? asOf, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            // Compiling a plan over every month's partition of what is not folded yet takes a second and more; running it, milliseconds.
            await using (var settings = new NpgsqlCommand("set transaction read only; set local jit = off", connection))
                await settings.ExecuteNonQueryAsync(cancellationToken);
            return new RollUpSnapshot(connection, transaction, await ReadContextAsync(connection, asOf, cancellationToken));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private static async Task<FigureContext> ReadContextAsync(NpgsqlConnection connection, DateOnly? asOf, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ContextSql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return FigureContext.Of(
            row.GetString(0), row.GetFieldValue<DateOnly>(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2), asOf);
    }
}
