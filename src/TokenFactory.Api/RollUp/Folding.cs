using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.RollUp;

/// <summary>What one fold did.</summary>
/// <param name="Batches">Journal batches folded.</param>
/// <param name="Cells">Hour cells touched.</param>
/// <param name="OldestRecordedAt">When the oldest of the batches was recorded.</param>
internal readonly record struct FoldResult(long Batches, long Cells, DateTimeOffset? OldestRecordedAt);

/// <summary>
/// Folds the ledger's deltas into cells and coarse roll-ups, source by source, each in one transaction that also moves the source's cursors: exactly
/// once, whoever calls it and wherever it is cut off.
/// </summary>
internal sealed class Folding(NpgsqlDataSource dataSource, IOptions<RollUpOptions> options)
{
    private const int AuditLock = 0x41756469;

    // Of one lane in one transaction: some seconds' work on a slow machine, where a statement may take thirty.
    private const long MaxEntriesPerLane = 50_000;

    private static readonly string FoldSql =
        $"""
        {Sql.Read("RollUp/fold_source.sql")}
        {Sql.Read("RollUp/Coarse/fold_coarse.sql")}
        select (select count(*) from pending), (select count(*) from hours), (select min(recorded_at) from pending),
               (select count(*) from (select lane, max(seq) - min(folded_seq) - count(*) as missing from pending group by lane) gaps where missing <> 0)
        """;

    private static readonly string CatchUpSql =
        $"""
        {Sql.Read("RollUp/Coarse/catch_up_source.sql")}
        {Sql.Read("RollUp/Coarse/fold_coarse.sql")}
        select (select count(*) from pending),
               (select count(*) from (select lane, max(seq) - min(coarse_seq) - count(*) as missing from pending group by lane) gaps where missing <> 0),
               (select coalesce(sum(entry_count), 0) from pending)::bigint - (select coalesce(sum(entry_count), 0) from delta)::bigint
        """;

    /// <summary>The sources that have batches beyond a cursor, in the order of their ids.</summary>
    public Task<IReadOnlyList<long>> FindUnfoldedAsync(CancellationToken cancellationToken) => FindAsync(
        """
        select distinct l.source_id from journal_lane l
        left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane
        where l.seq > coalesce(c.folded_seq, 0) order by l.source_id
        """, cancellationToken);

    /// <summary>The sources whose coarse roll-ups lack batches that are folded into cells: another version folded them, or they were folded before there were any.</summary>
    public Task<IReadOnlyList<long>> FindBehindAsync(CancellationToken cancellationToken) => FindAsync(
        "select distinct source_id from rollup_cursor where coarse_seq < folded_seq order by source_id", cancellationToken);

    /// <summary>The sources that have batches which the audit has not added up.</summary>
    public Task<IReadOnlyList<long>> FindUnauditedAsync(CancellationToken cancellationToken) => FindAsync(
        """
        select distinct l.source_id from journal_lane l
        left join audit_cursor c on c.source_id = l.source_id and c.lane = l.lane
        where l.seq > coalesce(c.audited_seq, 0) order by l.source_id
        """, cancellationToken);

    /// <summary>Folds some of a source's batches; nothing when another instance is at it.</summary>
    /// <exception cref="InvalidOperationException">A lane has a gap: the journal is damaged, and folding on would hide it.</exception>
    public async Task<FoldResult> FoldAsync(long sourceId, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using (var register = Command(connection, "insert into rollup_source (source_id) values ($1) on conflict do nothing", sourceId))
            await register.ExecuteNonQueryAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await ClaimAsync(connection, sourceId, "skip locked", cancellationToken))
            return default;
        await using var fold = Step(connection, FoldSql, sourceId);
        await using var row = await fold.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var result = new FoldResult(row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2));
        ThrowIfGap(sourceId, row.GetInt64(3));
        await row.DisposeAsync();
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <summary>Brings a source's coarse roll-ups some batches nearer to its cells. It waits a little for its turn: a fold under full load hardly lets go.</summary>
    /// <returns>Journal batches caught up with; 0 too where another kept the source all the while.</returns>
    /// <exception cref="InvalidOperationException">A lane has a gap, or deltas are absent: what was folded of them would be left out.</exception>
    public async Task<long> CatchUpAsync(long sourceId, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using (var patience = new NpgsqlCommand("set local lock_timeout = '2s'", connection))
                await patience.ExecuteNonQueryAsync(cancellationToken);
            if (!await ClaimAsync(connection, sourceId, "", cancellationToken))
                return 0;
            await using var step = Step(connection, CatchUpSql, sourceId);
            await using var row = await step.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            var batches = row.GetInt64(0);
            ThrowIfGap(sourceId, row.GetInt64(1));
            ThrowIfAbsent(sourceId, row.GetInt64(2));
            await row.DisposeAsync();
            await transaction.CommitAsync(cancellationToken);
            return batches;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // Not its turn.
            return 0;
        }
    }

    /// <summary>Adds up the entries of some of a source's batches; nothing when another instance is at it.</summary>
    /// <returns>Journal batches audited.</returns>
    /// <exception cref="InvalidOperationException">A lane has a gap.</exception>
    public async Task<long> AuditAsync(long sourceId, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var claim = Command(connection, $"select pg_try_advisory_xact_lock({AuditLock}, hashint8($1))", sourceId))
        {
            if (await claim.ExecuteScalarAsync(cancellationToken) is not true)
                return 0;
        }

        await using var audit = Step(connection, Sql.Read("RollUp/audit_source.sql"), sourceId);
        await using var row = await audit.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var audited = row.GetInt64(0);
        ThrowIfGap(sourceId, row.GetInt64(1));
        await row.DisposeAsync();
        await transaction.CommitAsync(cancellationToken);
        return audited;
    }

    // A statement of its own: the snapshot of what follows must be taken after the lock is held, or it could see cursors of before.
    private static async Task<bool> ClaimAsync(NpgsqlConnection connection, long sourceId, string whereHeld, CancellationToken cancellationToken)
    {
        await using var claim = Command(connection, $"select source_id from rollup_source where source_id = $1 for update {whereHeld}", sourceId);
        return await claim.ExecuteScalarAsync(cancellationToken) is not null;
    }

    private static void ThrowIfGap(long sourceId, long lanes)
    {
        if (lanes != 0)
            throw new InvalidOperationException($"A journal lane of source {sourceId} has a gap. Call /v1/reconciliation?full=true, and restore the ledger.");
    }

    private static void ThrowIfAbsent(long sourceId, long entries)
    {
        if (entries != 0)
        {
            throw new InvalidOperationException(
                $"rollup_delta lacks {entries} entries of source {sourceId} that are folded already. Restore the partition that was dropped, "
                + "or fill rollup_cell_month and rollup_cell_margin anew from rollup_month_of_days and rollup_margin_of_days, and set coarse_seq to folded_seq.");
        }
    }

    private async Task<IReadOnlyList<long>> FindAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var sources = new List<long>();
        while (await row.ReadAsync(cancellationToken))
            sources.Add(row.GetInt64(0));
        return sources;
    }

    private NpgsqlCommand Step(NpgsqlConnection connection, string sql, long sourceId)
    {
        var command = Command(connection, sql, sourceId);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Value.MaxBatchesPerFold });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = MaxEntriesPerLane });
        return command;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, long sourceId)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        return command;
    }
}
