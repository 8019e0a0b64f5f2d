using System.Data;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Statistics;

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

/// <summary>How far the roll-up is at a moment: which of its tables a figure may be made from.</summary>
/// <param name="PendingSince">When the first was recorded of what is still to be folded: figures add it to the cells. Null: nothing is.</param>
/// <param name="HasFewParts">Whether hardly anything is to be added up for an item: over sources, or of what is still to be folded.</param>
/// <param name="IsCoarse">Whether the roll-ups by month and margin have all that the cells have, and every vintage is inside.</param>
internal sealed record RollUpMoment(DateTimeOffset? PendingSince, bool HasFewParts, bool IsCoarse)
{
    public bool HasPending => PendingSince is not null;
}

/// <summary>What tells whether anything has changed in a window of the roll-up since another moment.</summary>
/// <param name="Folds">How often what is folded of its months has changed.</param>
/// <param name="Recorded">How much is recorded, where some of it falls into the window and is still to be folded; else null.</param>
/// <param name="Catalog">The version of the catalog.</param>
/// <param name="UpSince">Since when the server runs: after a failover, or restored, it may count from earlier on.</param>
internal sealed record RollUpChanges(long Folds, long? Recorded, long Catalog, DateTimeOffset UpSince);

/// <summary>One moment of the roll-up: an answer reads all of its parts in it, cells and unfolded deltas, so that every acknowledged event is inside.</summary>
internal sealed class RollUpSnapshot : IAsyncDisposable
{
    private const int FewSources = 2;
    private const int FewPending = 10_000;

    private readonly NpgsqlTransaction _transaction;

    private RollUpSnapshot(NpgsqlConnection connection, NpgsqlTransaction transaction, FigureContext context, RollUpMoment moment, RollUpChanges? changes)
    {
        Connection = connection;
        _transaction = transaction;
        (Context, Moment, Changes) = (context, moment, changes);
    }

    public NpgsqlConnection Connection { get; }

    public FigureContext Context { get; }

    public RollUpMoment Moment { get; }

    /// <summary>What has changed in the window that it was opened for; null where that can't be told.</summary>
    public RollUpChanges? Changes { get; }

    /// <summary>The moment that is now.</summary>
    /// <param name="dataSource">Where the roll-up is.</param>
    /// <param name="asOf">The vintage that is asked for; null: the current one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<RollUpSnapshot> OpenAsync(NpgsqlDataSource dataSource, DateOnly? asOf, CancellationToken cancellationToken) =>
        OpenAsync(dataSource, new FigureRequest { Frequency = Frequency.Day, AsOf = asOf }, cancellationToken);

    /// <summary>The moment that is now, for everything that a request reads.</summary>
    /// <param name="dataSource">Where the roll-up is.</param>
    /// <param name="read">Its window and its vintage.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<RollUpSnapshot> OpenAsync(NpgsqlDataSource dataSource, FigureRequest read, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var state = await ReadStateAsync(connection, read, cancellationToken);
            // Nothing is of a later vintage, by the clock or by what was recorded.
            var isLatest = read.AsOf is not { } asOf || (asOf >= state.Vintage && !(state.CompleteThrough?.UtcDateTime.Date > asOf.ToDateTime(TimeOnly.MinValue)));
            var pending = state.PendingSince is { } since ? await CountPendingAsync(connection, since, read, cancellationToken) : 0;
            var hasPending = pending > 0;
            return new RollUpSnapshot(
                connection, transaction, FigureContext.Of(state.Currency, state.Vintage, state.CompleteThrough, read.AsOf),
                new RollUpMoment(hasPending ? state.PendingSince : null, state.Sources <= FewSources && pending <= FewPending, state.IsCoarseCurrent && isLatest),
                state.IsCoarseCurrent ? new RollUpChanges(state.Folds, hasPending ? state.Recorded : null, state.Catalog, state.UpSince) : null);
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

    private static async Task<State> ReadStateAsync(NpgsqlConnection connection, FigureRequest read, CancellationToken cancellationToken)
    {
        // Sums of some ten thousand groups are made in memory; by default they go to disk.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("set transaction read only"),
                new NpgsqlBatchCommand("set local work_mem = '32MB'"),
                new NpgsqlBatchCommand(Sql.Read("Statistics/roll_up_state.sql")),
            },
        };
        AddWindow(batch.BatchCommands[^1].Parameters, read);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new State(
            row.GetString(0), row.GetFieldValue<DateOnly>(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2),
            row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3), row.GetBoolean(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetFieldValue<DateTimeOffset>(9));
    }

    // Of the window; whether they are few, and no further.
    private static async Task<long> CountPendingAsync(NpgsqlConnection connection, DateTimeOffset since, FigureRequest read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select count(*) from (
                select from rollup_pending_since($3) where ($1::timestamptz is null or hour >= $1) and ($2::timestamptz is null or hour < $2)
                limit {FewPending + 1}) pending
            """, connection);
        AddWindow(command.Parameters, read);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static void AddWindow(NpgsqlParameterCollection parameters, FigureRequest read)
    {
        foreach (var instant in (ReadOnlySpan<DateTimeOffset?>)[read.ReadFrom, read.End])
            parameters.Add(new NpgsqlParameter { Value = instant is { } at ? at.ToUniversalTime() : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
    }

    private sealed record State(
        string Currency, DateOnly Vintage, DateTimeOffset? CompleteThrough, DateTimeOffset? PendingSince, bool IsCoarseCurrent, long Recorded, long Folds, long Catalog, long Sources,
        DateTimeOffset UpSince);
}
