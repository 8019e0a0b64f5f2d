using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ledger;

/// <summary>A recorded event: its receipt, and its entries as they can be reversed.</summary>
internal sealed record LedgerEventRecord(Receipt Receipt, LedgerEvent Event, EntryPosition First);

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
        await using var command = dataSource.CreateCommand(Sql.Read("Ledger/event_entries.sql"));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = eventId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ReservedKeys.Reversal(eventId) });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<ReceiptEntry>();
        var lines = new List<LedgerLine>();
        LedgerEventRecord? found = null;
        while (await row.ReadAsync(cancellationToken))
        {
            var line = ReadLine(row);
            lines.Add(line);
            entries.Add(EntryOf(row, line));
            found ??= new LedgerEventRecord(
                ReadReceipt(row, source, eventId, status, reportingCurrency, entries),
                ReadEvent(row, eventId),
                new EntryPosition(row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1), row.GetInt32(7)));
        }

        return found is null ? null : found with
        {
            Event = found.Event with { Lines = [.. lines] },
            Receipt = found.Receipt with { Amount = ReceiptText.Amount(lines), UnpricedQuantity = ReceiptText.UnpricedQuantity(lines) },
        };
    }

    /// <summary>The id of a source, or null when it is not registered.</summary>
    public async Task<long?> FindSourceAsync(string source, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select id from sources where slug = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
        return (long?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static LedgerLine ReadLine(NpgsqlDataReader row) => new()
    {
        ItemId = row.GetInt32(9),
        Quantity = row.GetInt64(13),
        Basis = (ValueBasis)row.GetInt16(14),
        UnitValue = row.IsDBNull(15) ? null : UnitValue.PerMillionTokens(row.GetDecimal(15)),
        Currency = row.IsDBNull(16) ? null : row.GetString(16),
        RateId = row.IsDBNull(17) ? null : row.GetInt64(17),
        Amount = row.IsDBNull(18) ? null : row.GetDecimal(18),
        ReportingAmount = row.IsDBNull(19) ? null : row.GetDecimal(19),
    };

    private static ReceiptEntry EntryOf(NpgsqlDataReader row, in LedgerLine line) => new()
    {
        EntryNo = row.GetInt32(7),
        TokenClass = ((TokenClass)row.GetInt16(22)).Name(),
        Quantity = ReceiptText.Quantity(line.Quantity),
        Basis = ReceiptText.Basis(line.Basis),
        UnitValue = line.UnitValue?.ValuePerMillionTokens,
        Currency = line.Currency,
        Amount = line.Amount,
        RateId = line.RateId,
    };

    private static LedgerEvent ReadEvent(NpgsqlDataReader row, string eventId) => new()
    {
        EventId = eventId,
        Fingerprint = [],
        OccurredAt = row.GetFieldValue<DateTimeOffset>(8),
        AccountId = row.IsDBNull(10) ? null : row.GetInt64(10),
        BuyerId = row.GetInt32(11),
        Sector = (Sector)row.GetInt16(12),
        Lines = [],
    };

    private static Receipt ReadReceipt(
        NpgsqlDataReader row, string source, string eventId, string status, string reportingCurrency, List<ReceiptEntry> entries) => new()
        {
            Source = source,
            Id = eventId,
            Status = status,
            RecordedAt = row.GetFieldValue<DateTimeOffset>(0),
            OccurredAt = row.GetFieldValue<DateTimeOffset>(8),
            Producer = row.GetString(20),
            Model = row.GetString(21),
            ServiceTier = ((ServiceTier)row.GetInt16(23)).Name(),
            Account = row.IsDBNull(24) ? null : row.GetString(24),
            Sector = ((Sector)row.GetInt16(12)).Name(),
            BatchId = row.GetInt64(1),
            Currency = reportingCurrency,
            UnpricedQuantity = "0",
            ReportedCost = row.IsDBNull(2) ? null : new ReportedCost { Amount = row.GetDecimal(2), Currency = row.GetString(3) },
            Reversal = row.IsDBNull(4) ? null : new ReversalNote
            {
                RecordedAt = row.GetFieldValue<DateTimeOffset>(4),
                BatchId = row.GetInt64(5),
                Reason = row.IsDBNull(6) ? null : row.GetString(6),
            },
            Entries = entries,
        };
}
