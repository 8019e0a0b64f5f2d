using Npgsql;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Repricing;

/// <summary>The months that may have to be settled, as they are folded.</summary>
internal sealed class SettlementMonths(NpgsqlDataSource dataSource, CatalogCache catalog, EventReader events, LedgerSettings settings)
{
    // The source of every settlement.
    private const string Source = "~settlement";

    // As large as a transaction of ingest.
    private const int MaxLines = 2_000;

    /// <summary>The months that have changed since they were last found settled, and those that were settled without exchange rates.</summary>
    public async Task<IReadOnlyList<SettlementKey>> FindOpenAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select account_id, rate_id, month from settlement_month where is_open
            union
            select account_id, rate_id, month from settlement_cell where settled <> 0 and settled_reporting = 0
            order by month, account_id, rate_id
            """);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var months = new List<SettlementKey>();
        while (await row.ReadAsync(cancellationToken))
            months.Add(new SettlementKey(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateOnly>(2)));
        return months;
    }

    /// <summary>What is to be posted next of a month. Null: it is settled, and closed until something of it is folded again.</summary>
    /// <exception cref="OverflowException">It is larger than can be settled.</exception>
    public async Task<Posting?> NextAsync(SettlementKey key, CancellationToken cancellationToken)
    {
        // It is not in the catalog that is in memory: nobody may send for it.
        var sourceId = await events.FindSourceAsync(Source, cancellationToken) ?? throw new InvalidOperationException($"The source {Source} is missing.");
        var reportingCurrency = await settings.ReportingCurrencyAsync(cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Nothing is folded between reading the month and closing it.
        await SettlementFolding.LockAsync(connection, cancellationToken);
        var posting = (await ReadAsync(connection, key, cancellationToken)).NextPosting(sourceId, catalog.Current.Exchange, reportingCurrency, MaxLines);
        if (posting is null)
        {
            await using var close = Command(connection,
                "update settlement_month set is_open = false where account_id = $1 and rate_id = $2 and month = $3 and is_open", key);
            await close.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return posting;
    }

    private static async Task<SettlementMonth> ReadAsync(NpgsqlConnection connection, SettlementKey key, CancellationToken cancellationToken)
    {
        var cells = await ReadCellsAsync(connection, key, cancellationToken);
        await using var command = Command(connection,
            """
            select m.settlements, r.terms, c.currency
            from settlement_month m join rates r on r.id = m.rate_id join rate_cards c on c.id = r.rate_card_id
            where m.account_id = $1 and m.rate_id = $2 and m.month = $3
            """, key);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var rate = RateTermsReader.RateOf(key.RateId, RateTermsReader.Read(row.GetString(1)));
        return new SettlementMonth(key, row.GetInt32(0), rate.MonthTiers!, row.GetString(2), cells);
    }

    private static async Task<List<SettlementCell>> ReadCellsAsync(NpgsqlConnection connection, SettlementKey key, CancellationToken cancellationToken)
    {
        await using var command = Command(connection,
            """
            select hour, item_id, sector, buyer_id, quantity, amount, settled, settled_reporting
            from settlement_cell
            where account_id = $1 and rate_id = $2 and month = $3
            order by hour, sector, buyer_id, item_id
            """, key);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var cells = new List<SettlementCell>();
        while (await row.ReadAsync(cancellationToken))
        {
            cells.Add(new SettlementCell(row.GetFieldValue<DateTimeOffset>(0), row.GetInt32(1), (Sector)row.GetInt16(2), row.GetInt32(3),
                row.GetDecimal(4), row.GetDecimal(5), row.GetDecimal(6), row.GetDecimal(7)));
        }

        return cells;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, SettlementKey key)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key.AccountId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key.RateId });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = key.Month });
        return command;
    }
}
