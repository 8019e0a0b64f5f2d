using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Repricing;

/// <summary>What stands in the way of archiving a month: who still needs its entries. And the other way round: what can't be begun once they are gone.</summary>
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

    /// <summary>For the rest of a transaction that begins a repricing: none of its entries is archived, and none will be before it has ended.</summary>
    /// <exception cref="BodyRefusedException">Some are.</exception>
    public static async Task RefuseArchivedAsync(NpgsqlConnection connection, RepricingSelection selection, CancellationToken cancellationToken)
    {
        await Archives.HoldAsync(connection, isForDropping: false, cancellationToken);
        var filter = new EntryFilter
        {
            OccurredFrom = selection.Start,
            OccurredTo = selection.End,
            Sources = selection.Sources is null ? null : [.. selection.Sources],
            Items = await FindItemsAsync(connection, selection, cancellationToken),
        };
        if (await Archives.FindMonthsAsync(connection, filter, cancellationToken) is { Count: > 0 } months)
        {
            throw new BodyRefusedException(StatusCodes.Status410Gone, "archived",
                $"Entries that may have to be recorded anew are in the archives of {string.Join(", ", months)}: what is archived stays as it was recorded. Choose a window after them.");
        }
    }

    private static async Task<int[]?> FindItemsAsync(NpgsqlConnection connection, RepricingSelection selection, CancellationToken cancellationToken)
    {
        if (selection is { Producers: null, Models: null, ServiceTiers: null })
            return null;
        await using var command = new NpgsqlCommand(
            """
            select coalesce(array_agg(id), '{}') from items
            where ($1::integer[] is null or producer_id = any ($1)) and ($2::integer[] is null or model_id = any ($2)) and ($3::smallint[] is null or service_tier = any ($3))
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)selection.Producers ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)selection.Models ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)selection.ServiceTiers ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        return (int[]?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
