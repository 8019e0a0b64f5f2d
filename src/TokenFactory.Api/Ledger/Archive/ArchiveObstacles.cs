using Npgsql;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Ledger;

/// <summary>A lane, and the last of its batches that is to be archived.</summary>
internal readonly record struct ArchiveMark(long SourceId, short Lane, long FirstSeq, long LastSeq, long Batches, long Unchained);

/// <summary>What stands in the way of archiving a month, in a sentence that says what to do; null: nothing of this kind.</summary>
/// <param name="connection">As the owner of the schema.</param>
/// <param name="month">The month.</param>
/// <param name="marks">Its batches that are not archived.</param>
/// <param name="cancellationToken">Ends the wait.</param>
internal delegate Task<string?> ArchiveObstacle(NpgsqlConnection connection, ArchiveMonth month, IReadOnlyList<ArchiveMark> marks, CancellationToken cancellationToken);

/// <summary>The same of a volume whose lanes and closing balances are posted, in the transaction that has posted them: these tell what its entries are.</summary>
internal delegate Task<string?> ArchiveVolumeObstacle(NpgsqlConnection connection, ArchiveMonth month, short volume, CancellationToken cancellationToken);

/// <summary>What stands in the way within the ledger itself.</summary>
internal static class ArchiveObstacles
{
    /// <summary>What was recorded in a month and is not archived, lane by lane.</summary>
    public static async Task<List<ArchiveMark>> FindMarksAsync(NpgsqlConnection connection, ArchiveMonth month, CancellationToken cancellationToken)
    {
        var marks = new List<ArchiveMark>();
        await using var command = new NpgsqlCommand(Sql.Read("Ledger/Archive/unarchived_lanes.sql"), connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = month.Start });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = month.End });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            marks.Add(new ArchiveMark(row.GetInt64(0), row.GetInt16(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)));

        return marks;
    }

    /// <summary>That the ledger knows archives at all.</summary>
    public static async Task<string?> OfSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync<bool>(connection, "select to_regclass('ledger_archive') is not null", [], cancellationToken)
            ? null
            : "The database is not at this version's schema: start the service of this version once.";

    /// <summary>That the month is over for so long.</summary>
    public static async Task<string?> OfAgeAsync(NpgsqlConnection connection, ArchiveMonth month, int afterDays, CancellationToken cancellationToken)
    {
        var now = new DateTimeOffset(await ScalarAsync<DateTime>(connection, "select ledger_clock()", [], cancellationToken));
        return now >= month.End.AddDays(afterDays)
            ? null
            : $"{month.Text} is not over for {afterDays} days: events of it are still corrected. Wait until {month.End.AddDays(afterDays):yyyy-MM-dd}, or say --after-days with another number.";
    }

    /// <summary>That the month holds something that is not archived, all of it chained, and that nothing older is left.</summary>
    public static async Task<string?> OfOrderAsync(NpgsqlConnection connection, ArchiveMonth month, IReadOnlyList<ArchiveMark> marks, CancellationToken cancellationToken)
    {
        if (marks.Count == 0)
        {
            var volumes = await ScalarAsync<long>(connection, "select count(*) from ledger_archive where month = $1", [new NpgsqlParameter<DateOnly> { TypedValue = month.First }], cancellationToken);
            return volumes > 0 ? $"{month.Text} is archived already, in {volumes} {(volumes == 1 ? "volume" : "volumes")}, and nothing was recorded in it since." : $"Nothing was recorded in {month.Text}.";
        }

        if (marks.Sum(m => m.Unchained) is > 0 and var unchained)
            return $"{unchained} batches of {month.Text} were recorded by a version without chains: nothing would show what they held. The month can't be archived.";
        return await ScalarAsync<string>(connection, Sql.Read("Ledger/Archive/oldest_unarchived.sql"), [new NpgsqlParameter<DateTimeOffset> { TypedValue = month.Start }], cancellationToken) is { } older
            ? $"{older} is not archived yet: the oldest month goes first."
            : null;
    }

    /// <summary>That all its batches are under a checkpoint.</summary>
    public static async Task<string?> OfSealAsync(NpgsqlConnection connection, ArchiveMonth month, IReadOnlyList<ArchiveMark> marks, CancellationToken cancellationToken)
    {
        var open = await CountAsync(connection,
            "left join ledger_tree_cursor c on c.source_id = l.source_id and c.lane = l.lane where coalesce(c.sealed_seq, 0) < l.seq", marks, cancellationToken);
        return open == 0 ? null : $"{open} lanes of {month.Text} are not sealed to their end: let the service run until they are (GET /v1/ledger/checkpoints, and its log).";
    }

    /// <summary>How many marks are left by a condition.</summary>
    /// <param name="connection">As the owner of the schema.</param>
    /// <param name="condition">What follows <c>from l (source_id, lane, seq)</c>.</param>
    /// <param name="marks">The marks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<long> CountAsync(NpgsqlConnection connection, string condition, IReadOnlyList<ArchiveMark> marks, CancellationToken cancellationToken) => ScalarAsync<long>(
        connection, $"select count(*) from unnest($1::bigint[], $2::smallint[], $3::bigint[]) l (source_id, lane, seq) {condition}",
        [
            new NpgsqlParameter<long[]> { TypedValue = [.. marks.Select(m => m.SourceId)] }, new NpgsqlParameter<short[]> { TypedValue = [.. marks.Select(m => m.Lane)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. marks.Select(m => m.LastSeq)] },
        ], cancellationToken);

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default!;
    }
}
