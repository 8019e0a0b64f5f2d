using Npgsql;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Repricing;

/// <summary>
/// Adds what the ledger records to the months that are settled by tiers, source by source, each time in one transaction that also moves the
/// source's cursors: exactly once, whoever calls it and wherever it is cut off. It reads the ledger and locks nothing of it.
/// </summary>
internal sealed class SettlementFolding(NpgsqlDataSource dataSource)
{
    // Of one lane in one transaction: as the roll-up folds.
    private const int MaxBatchesPerLane = 500;
    private const long MaxEntriesPerLane = 50_000;
    private const long Lock = 0x546965725365746C;

    /// <summary>
    /// Waits for the one lock of all that folds or reads months: it is held for a transaction, never while something is posted. Statements after
    /// it see what its last holder committed.
    /// </summary>
    public static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select pg_advisory_xact_lock({Lock})", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Leaves behind what was recorded while no rate has month tiers.</summary>
    public async Task SkipAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, cancellationToken);
        await using (var skip = new NpgsqlCommand(Sql.Read("Repricing/settlement_skip.sql"), connection))
            await skip.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The sources that have batches beyond a cursor, in the order of their ids.</summary>
    public async Task<IReadOnlyList<long>> FindUnfoldedAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select distinct l.source_id from journal_lane l
            left join settlement_cursor c on c.source_id = l.source_id and c.lane = l.lane
            where l.seq > coalesce(c.settled_seq, 0) order by l.source_id
            """);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var sources = new List<long>();
        while (await row.ReadAsync(cancellationToken))
            sources.Add(row.GetInt64(0));
        return sources;
    }

    /// <summary>Folds a source until nothing of it is left.</summary>
    /// <exception cref="InvalidOperationException">A lane has a gap: the journal is damaged, and folding on would hide it.</exception>
    public async Task FoldAsync(long sourceId, CancellationToken cancellationToken)
    {
        while (await FoldSomeAsync(sourceId, cancellationToken) > 0)
            cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<long> FoldSomeAsync(long sourceId, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, cancellationToken);
        await using var fold = new NpgsqlCommand(Sql.Read("Repricing/settlement_fold.sql"), connection);
        fold.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        fold.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MaxBatchesPerLane });
        fold.Parameters.Add(new NpgsqlParameter<long> { TypedValue = MaxEntriesPerLane });
        await using var row = await fold.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var batches = row.GetInt64(0);
        if (row.GetInt64(1) != 0)
            throw new InvalidOperationException($"A journal lane of source {sourceId} has a gap. Call /v1/reconciliation?full=true, and restore the ledger.");
        await row.DisposeAsync();
        await transaction.CommitAsync(cancellationToken);
        return batches;
    }
}
