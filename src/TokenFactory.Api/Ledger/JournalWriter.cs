using System.Diagnostics;
using Npgsql;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// One connection that writes ledger transactions, with a journal lane of its own. It first writes as if every event were new; when the
/// identity index says otherwise it looks up what is known and writes the rest.
/// </summary>
internal sealed partial class JournalWriter(
    NpgsqlDataSource dataSource, LedgerOptions options, LedgerMetrics metrics, ILogger<JournalWriter> logger, TimeProvider time) : IAsyncDisposable
{
    // The pool may hold some more connections of a server that has been restarted meanwhile.
    private const int MaxReconnects = 3;
    private const string IdleInTransactionTimeout = "25P03";
    private static readonly IReadOnlyDictionary<string, KnownIdentity> NothingKnown = new Dictionary<string, KnownIdentity>();

    private static readonly IReadOnlySet<HeldBack> NothingHeldBack = new HashSet<HeldBack>();

    // Sources whose last transaction met an event that was recorded already: a replay is looked up first, not tried in vain.
    private readonly HashSet<long> _replaying = [];
    private NpgsqlConnection? _connection;
    private short _lane;

    public async ValueTask DisposeAsync() => await CloseAsync();

    /// <summary>Records postings of one source in one transaction and completes each of them, with its result or with the failure.</summary>
    public async Task RecordAsync(IReadOnlyList<PendingPosting> postings, CancellationToken cancellationToken)
    {
        var sourceId = postings[0].Posting.SourceId;
        try
        {
            var plan = await RecordWithRetriesAsync(postings, sourceId, cancellationToken);
            for (var i = 0; i < postings.Count; i++)
                postings[i].Completion.TrySetResult(plan.ResultOf(i));
        }
        catch (StaleCatalogException e) when (postings.Count > 1)
        {
            // Whoever was rated by an older catalog makes his anew; the others are recorded together.
            foreach (var stale in postings.Where(p => p.Posting.CatalogVersion < e.Version))
                stale.Completion.TrySetException(e);
            var fresh = postings.Where(p => !(p.Posting.CatalogVersion < e.Version)).ToList();
            if (fresh.Count > 0)
                await RecordAsync(fresh, cancellationToken);
        }
        catch (Exception e) when (postings.Count > 1 && !IsAway(e))
        {
            // Postings of different requests must not fall with each other: each is tried by itself, and the bad one alone fails.
            if (!IsStale(e))
                LogApart(logger, e, sourceId, postings.Count);
            foreach (var pending in postings)
                await RecordAsync([pending], cancellationToken);
        }
        catch (Exception e)
        {
            if (IsAway(e))
                LogAway(logger, sourceId, postings.Count, e.Message);
            else if (!IsStale(e))
                LogFailed(logger, e, sourceId, postings.Count);
            foreach (var pending in postings)
                pending.Completion.TrySetException(e);
        }
    }

    private async Task<BatchPlan> RecordWithRetriesAsync(IReadOnlyList<PendingPosting> postings, long sourceId, CancellationToken cancellationToken)
    {
        var (hasLookedForMonths, hasMissed) = (false, false);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RecordOnceAsync(postings, sourceId, cancellationToken);
            }
            catch (PostgresException e) when (attempt <= options.MaxRetries && IsWorthAnotherTry(e.SqlState))
            {
                if (e.SqlState == PostgresErrorCodes.UniqueViolation)
                    LogReplay(logger, sourceId);
                else
                    LogRetry(logger, sourceId, attempt, e.SqlState);
                switch (e.SqlState)
                {
                    case PostgresErrorCodes.UniqueViolation:
                        _replaying.Add(sourceId);
                        break;
                    case PostgresErrorCodes.CheckViolation:
                        // Another writer may have made the missing month meanwhile. The second time it is a row that the ledger refuses.
                        if (await MakePartitionsAsync(cancellationToken) == 0 && hasLookedForMonths)
                            throw;
                        hasLookedForMonths = true;
                        break;
                    case PostgresErrorCodes.ForeignKeyViolation when hasMissed:
                        throw;
                    case PostgresErrorCodes.ForeignKeyViolation:
                        // Its source was removed meanwhile: the next try finds that the catalog has moved on, and it is rated anew.
                        hasMissed = true;
                        break;
                    case PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure:
                        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 20 * attempt)), time, cancellationToken);
                        break;
                }
            }
            catch (Exception e) when (attempt <= MaxReconnects && IsLost(e))
            {
                // A broken connection may or may not have committed. The identities make a second run safe: what was recorded
                // is answered as a duplicate. A server that is really away fails every time.
                LogRetry(logger, sourceId, attempt, e.Message);
                await CloseAsync();
            }
        }
    }

    // The session is gone (broken, or ended by an administrator or a crash), or the transaction took too long to be committed.
    private static bool IsLost(Exception exception) => exception switch
    {
        PostgresException e => e.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or IdleInTransactionTimeout,
        NpgsqlException or StaleTransactionException => true,
        _ => false,
    };

    // What the posting was made from has changed since: whoever posts it makes it anew.
    private static bool IsStale(Exception exception) => exception is StaleCatalogException or StaleReadingException;

    private static bool IsAway(Exception exception) => exception is StaleTransactionException || DatabaseAwayHandler.IsAway(exception);

    private static bool IsWorthAnotherTry(string sqlState) => sqlState
        is PostgresErrorCodes.UniqueViolation
        or PostgresErrorCodes.CheckViolation
        or PostgresErrorCodes.ForeignKeyViolation
        or PostgresErrorCodes.DeadlockDetected
        or PostgresErrorCodes.SerializationFailure;

    private async Task<BatchPlan> RecordOnceAsync(IReadOnlyList<PendingPosting> postings, long sourceId, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var mustLookUp = MustLookUp(postings, sourceId);
            var known = mustLookUp ? await FindKnownAsync(connection, sourceId, postings, cancellationToken) : NothingKnown;
            var heldBack = mustLookUp ? await FindHeldBackAsync(connection, sourceId, postings, cancellationToken) : NothingHeldBack;
            var (recordedAt, batchId, catalogVersion) = await BeginBatchAsync(connection, cancellationToken);
            if (postings.Any(p => p.Posting.CatalogVersion < catalogVersion))
                throw new StaleCatalogException(catalogVersion);
            var plan = BatchPlan.For(postings, known, heldBack, recordedAt, batchId);
            var seal = new BatchSeal(plan.NewEvents.Count, plan.Quarantined.Count + plan.Refusals.Count);
            await CopyIdentitiesAsync(connection, sourceId, recordedAt, batchId, plan, seal, cancellationToken);
            await CopyEntriesAsync(connection, sourceId, recordedAt, batchId, plan, seal, cancellationToken);
            await MeterReadings.MoveAsync(connection, sourceId, plan.Moves, cancellationToken);
            await CopyQuarantinedAsync(connection, sourceId, recordedAt, batchId, plan.Quarantined, seal, cancellationToken);
            await CopyRefusalsAsync(connection, sourceId, recordedAt, batchId, plan.Refusals, seal, cancellationToken);
            await CloseBatchAsync(connection, sourceId, recordedAt, batchId, postings[0].Posting.Kind, plan, seal, cancellationToken);
            await transaction.CommitAsync(cancellationToken);

            if (known.Count == 0)
                _replaying.Remove(sourceId);
            metrics.Committed(plan.Counts, Stopwatch.GetElapsedTime(started).TotalSeconds);
            LogRecorded(logger, batchId, sourceId, plan.Counts.Accepted, plan.Counts.Received, plan.EntryCount);
            return plan;
        }
        catch when (connection.FullState.HasFlag(System.Data.ConnectionState.Broken) || connection.State != System.Data.ConnectionState.Open)
        {
            await CloseAsync();
            throw;
        }
    }

    // An atomic posting that is refused, and an event that can't be read, insert no identity, and so would never learn from the index what was
    // recorded before.
    private bool MustLookUp(IReadOnlyList<PendingPosting> postings, long sourceId) =>
        _replaying.Contains(sourceId) || postings.Any(p => p.Posting.Atomic || p.Posting.Events.Any(e => e.IfNew is not null || e.Quarantine is not null));

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (_connection is not null)
            return _connection;
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            // A lane that no other writer holds: two writers in one lane would be correct, but each would wait for the other's COMMIT.
            await using var command = new NpgsqlCommand(
                $"""
                select lane::smallint from generate_series(1, 1000) as lane
                where pg_try_advisory_lock({JournalWriters.LockClass}, lane) limit 1
                """, connection);
            _lane = (short)(await command.ExecuteScalarAsync(cancellationToken) ?? (short)0);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        return _connection = connection;
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private static async Task<(DateTimeOffset RecordedAt, long BatchId, long CatalogVersion)> BeginBatchAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select ledger_clock(), nextval('ledger_batch_id'), version from catalog_version", connection);
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetFieldValue<DateTimeOffset>(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private static async Task<Dictionary<string, KnownIdentity>> FindKnownAsync(
        NpgsqlConnection connection, long sourceId, IReadOnlyList<PendingPosting> postings, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select event_id, fingerprint, recorded_at, batch_id, first_entry_no, entry_count
            from event_identity
            where source_id = $1 and event_id = any ($2)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        command.Parameters.Add(new NpgsqlParameter<string[]>
        {
            TypedValue = [.. postings.SelectMany(p => p.Posting.Events).Select(e => e.EventId).Distinct(StringComparer.Ordinal)],
        });
        var known = new Dictionary<string, KnownIdentity>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known[reader.GetString(0)] = new KnownIdentity(reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<DateTimeOffset>(2),
                reader.GetInt64(3), reader.GetInt32(4), reader.GetInt16(5));
        }

        return known;
    }

    // Of events that can't be read: which are held back already.
    private static async Task<IReadOnlySet<HeldBack>> FindHeldBackAsync(
        NpgsqlConnection connection, long sourceId, IReadOnlyList<PendingPosting> postings, CancellationToken cancellationToken)
    {
        var ids = postings.SelectMany(p => p.Posting.Events).Where(e => e.Quarantine is not null).Select(e => e.EventId).Distinct(StringComparer.Ordinal).ToArray();
        var heldBack = new HashSet<HeldBack>();
        if (ids.Length == 0)
            return heldBack;
        await using var command = new NpgsqlCommand("select event_id, fingerprint from quarantined_event where source_id = $1 and event_id = any ($2)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = ids });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            heldBack.Add(new HeldBack(reader.GetString(0), Convert.ToHexString(reader.GetFieldValue<byte[]>(1))));
        return heldBack;
    }

    private async Task<int> MakePartitionsAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select ledger_make_partitions(ledger_clock(), 2)", connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken) ?? 0);
    }
}
