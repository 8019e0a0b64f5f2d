using Npgsql;
using TokenFactory.Api.Database.Audit;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// One decision about an event that is held back, whichever instance is asked: while events of a source are being released none of them is
/// discarded, and the other way round. Releases need not wait for each other, because an identity is recorded once.
/// </summary>
/// <remarks>
/// The lock is a session's: a release records through the journal, on a connection of its own. Should the lock's connection break while the journal
/// still writes, both decisions can be on record; then the ledger's holds.
/// </remarks>
internal sealed class QuarantineDecisions(NpgsqlDataSource dataSource) : IDisposable
{
    // Each holds a connection while it waits, and a release needs more of them to get on: so many at once in this instance.
    private const int MaxAtOnce = 4;

    private readonly SemaphoreSlim _room = new(MaxAtOnce);

    public void Dispose() => _room.Dispose();

    /// <summary>Waits until no event of the source is being discarded, and lets none be until the result is disposed of.</summary>
    public Task<IAsyncDisposable> BeginReleaseAsync(long sourceId, CancellationToken cancellationToken) =>
        EnterAsync("select pg_advisory_lock_shared(hashtextextended('quarantine', $1))", sourceId, cancellationToken);

    /// <summary>Gives an event up, unless it is released, or given up already.</summary>
    public async Task DiscardAsync(HeldEvent held, string reason, CancellationToken cancellationToken)
    {
        await using var _ = await EnterAsync("select pg_advisory_lock(hashtextextended('quarantine', $1))", held.SourceId, cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            insert into quarantine_discard (source_id, event_id, fingerprint, discarded_at, reason)
            select q.source_id, q.event_id, q.fingerprint, ledger_clock(), $2
            from quarantined_event q
            where q.id = $1 and not exists (
                select from event_identity i where i.source_id = q.source_id and i.event_id = q.event_id and i.fingerprint = q.fingerprint)
            on conflict do nothing
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = held.Event.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reason });
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0)
            await AuditLog.WriteAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<IAsyncDisposable> EnterAsync(string sql, long sourceId, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        var held = new Held(_room);
        try
        {
            held.Connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(sql, held.Connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
            await command.ExecuteNonQueryAsync(cancellationToken);
            return held;
        }
        catch
        {
            // A wait that is given up may have been over just then: the lock is given back, if it is there.
            await held.DisposeAsync();
            throw;
        }
    }

    // A pooled connection would keep its locks until its next use: unlocking is part of giving it back.
    private sealed class Held(SemaphoreSlim room) : IAsyncDisposable
    {
        public NpgsqlConnection? Connection { get; set; }

        public async ValueTask DisposeAsync()
        {
            try
            {
                if (Connection is not null)
                    await UnlockAsync(Connection);
            }
            finally
            {
                room.Release();
            }
        }

        private static async Task UnlockAsync(NpgsqlConnection connection)
        {
            try
            {
                await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // Its locks go with the session, which must not be used again.
                NpgsqlConnection.ClearPool(connection);
            }
            finally
            {
                await connection.DisposeAsync();
            }
        }
    }
}
