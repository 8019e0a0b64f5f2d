using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.RollUp;

/// <summary>How much the ledger has recorded by an instant, of all sources and through whichever instance, and what waits.</summary>
/// <param name="At">The instant, by the ledger's clock.</param>
/// <param name="Accepted">Events that were recorded so far.</param>
/// <param name="Quarantined">Events that were held back so far, whatever became of them.</param>
/// <param name="Tokens">Tokens of all entries so far, those of reversals taken off: it may fall.</param>
/// <param name="UnfoldedSince">When the oldest batch was recorded that is not in the cells yet; null: all are.</param>
/// <param name="UnsealedSince">When the oldest batch was recorded that no checkpoint covers yet; null: all are covered.</param>
internal sealed record Pulse(
    DateTimeOffset At, long Accepted, long Quarantined, decimal Tokens, DateTimeOffset? UnfoldedSince, DateTimeOffset? UnsealedSince)
{
    // The clock is read after the batch was written.
    public TimeSpan Lag => Age(UnfoldedSince);

    public TimeSpan SealingLag => Age(UnsealedSince);

    private TimeSpan Age(DateTimeOffset? since) => since < At ? At - since.Value : TimeSpan.Zero;

    /// <summary>Reads it, at a cost that grows with sources, items and what is still to be folded, and not with the ledger.</summary>
    /// <param name="connection">In a transaction whose moment it is of.</param>
    /// <param name="pendingSince">When the first delta was recorded that is still to be folded; null: there is none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Pulse> ReadAsync(NpgsqlConnection connection, DateTimeOffset? pendingSince, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Text, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)pendingSince ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new Pulse(row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1), row.GetInt64(2), row.GetDecimal(3), Instant(row, 4), Instant(row, 5));
    }

    /// <summary>How many events are held back and wait for somebody. That cost grows with what was ever held back.</summary>
    public static async Task<long> CountHeldAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql.Read("Ledger/quarantine.sql") + Sql.Read("RollUp/reconciliation_quarantine.sql"), connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string Text => Sql.Read("RollUp/pulse.sql")
        .Replace("({outcomes})", $"({Sql.Read("RollUp/reconciliation_outcomes.sql")})", StringComparison.Ordinal)
        .Replace("({unsealed})", $"({Sql.Read("Ledger/Sealing/oldest_unsealed.sql")})", StringComparison.Ordinal);

    private static DateTimeOffset? Instant(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
