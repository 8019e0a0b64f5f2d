using Npgsql;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Repricing;

/// <summary>What stands in the way of archiving a month: who still needs its entries.</summary>
internal static class ArchiveRepricings
{
    /// <summary>Months of rates with tiers that are not settled, and entries that no settlement has read.</summary>
    public static async Task<string?> FindUnsettledAsync(NpgsqlConnection connection, ArchiveMonth month, IReadOnlyList<ArchiveMark> marks, CancellationToken cancellationToken)
    {
        var behind = await ArchiveObstacles.CountAsync(connection,
            "left join settlement_cursor c on c.source_id = l.source_id and c.lane = l.lane where coalesce(c.settled_seq, 0) < l.seq", marks, cancellationToken);
        await using var command = new NpgsqlCommand("select count(*) from settlement_month where is_open and month <= $1", connection);
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = month.First });
        var open = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return behind == 0 && open == 0
            ? null
            : $"Month tiers are not settled up to {month.Text} ({open} months are open, {behind} lanes not read to their end): let an instance with TokenFactory__Settlement__Enabled run until they are.";
    }

    /// <summary>Repricings and reclassifications that are under way.</summary>
    public static async Task<string?> FindRunningAsync(NpgsqlConnection connection, ArchiveMonth month, IReadOnlyList<ArchiveMark> marks, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select min(id) from repricings where state = 1", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is long id
            ? $"The repricing or reclassification {id} is under way: wait for its end (GET /v1/repricings/{id}), and archive {month.Text} then."
            : null;
    }
}
