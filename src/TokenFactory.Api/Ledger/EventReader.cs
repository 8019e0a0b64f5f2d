using Npgsql;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Ledger;

/// <summary>A recorded event: its receipt, and the entries that are in force, as they can be taken back.</summary>
/// <param name="Receipt">What the ledger answers of it.</param>
/// <param name="Event">Its lines are those in force: of its last repricing, else its own. Null: entries of it are archived.</param>
/// <param name="Positions">Where these lines stand.</param>
/// <param name="Corrections">Numbers that repricings have taken; a reversal takes one too.</param>
internal sealed record LedgerEventRecord(Receipt Receipt, LedgerEvent? Event, IReadOnlyList<EntryPosition> Positions, int Corrections);

/// <summary>Looks an event up by its identity.</summary>
internal sealed class EventReader(NpgsqlDataSource dataSource, LedgerSettings settings)
{
    /// <summary>The event, or null when the source has recorded none with this id.</summary>
    /// <param name="source">The source's slug.</param>
    /// <param name="sourceId">The source's id.</param>
    /// <param name="eventId">The sender's id.</param>
    /// <param name="status">What the receipt shall say: <c>accepted</c>, <c>duplicate</c>, <c>recorded</c>, <c>reversed</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<LedgerEventRecord?> FindAsync(
        string source, long sourceId, string eventId, string status, CancellationToken cancellationToken)
    {
        var reportingCurrency = await settings.ReportingCurrencyAsync(cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Sql.Read("Ledger/event_entries.sql"), connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        foreach (var key in (ReadOnlySpan<string>)[eventId, ReservedKeys.Reversal(eventId), ReservedKeys.RepricingPrefix(eventId)])
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        var recorded = new RecordedLines(eventId);
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                recorded.Read(row, reportingCurrency);
        }

        if (recorded.MissingBatchId is not { } missing)
            return recorded.ToRecord(source, status, reportingCurrency, archived: null);
        var archived = await Archives.FindAsync(connection, sourceId, missing, cancellationToken)
            ?? throw new InvalidOperationException($"Entries of batch {missing} of source {source} are missing, and are not archived. Run the command verify, and restore the ledger.");
        return recorded.ToRecord(source, status, reportingCurrency, archived);
    }

    /// <summary>The id of a source, or null when it is not registered.</summary>
    public async Task<long?> FindSourceAsync(string source, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select id from sources where slug = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
        return (long?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
