using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>All who write ledger transactions, of every instance: each session holds the lock of its lane.</summary>
internal static class JournalWriters
{
    /// <summary>The first key of a writer's advisory lock; the second is its lane.</summary>
    public const string LockClass = "hashtext('journal_lane')";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Waits until every ledger transaction that is open at this moment is over. A transaction that begins later reads the catalog's version
    /// later too, and is refused where it was rated by an older one. Short: no ledger transaction may be older than five minutes.
    /// </summary>
    public static async Task WaitForAsync(NpgsqlConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        // As CREATE INDEX CONCURRENTLY does it: a transaction holds its virtual id from its first statement to its end.
        await using var find = new NpgsqlCommand(
            $"""
            select coalesce(array_agg(distinct t.virtualxid), array[]::text[])
            from pg_locks w
            join pg_locks t on t.pid = w.pid and t.locktype = 'virtualxid' and t.granted
            where w.locktype = 'advisory' and w.objsubid = 2 and w.classid = {LockClass}::oid and w.granted and w.pid <> pg_backend_pid()
              and w.database = (select oid from pg_database where datname = current_database())
            """, connection);
        var open = (string[])(await find.ExecuteScalarAsync(cancellationToken))!;
        while (open.Length > 0)
        {
            await using var look = new NpgsqlCommand(
                "select coalesce(array_agg(distinct virtualxid), array[]::text[]) from pg_locks where locktype = 'virtualxid' and granted and virtualxid = any ($1)", connection);
            look.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = open });
            open = (string[])(await look.ExecuteScalarAsync(cancellationToken))!;
            if (open.Length > 0)
                await Task.Delay(LookInterval, time, cancellationToken);
        }
    }
}
