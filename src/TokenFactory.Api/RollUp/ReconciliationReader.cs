using System.Data;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.RollUp;

/// <summary>Compares the ledger with its roll-up, in one snapshot.</summary>
internal sealed class ReconciliationReader(NpgsqlDataSource dataSource)
{
    /// <param name="full">Recompute everything from entries and cells; else compare the running totals, at a cost that grows with what was held back alone.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Reconciliation> ReadAsync(bool full, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        // A full recomputation takes as long as the ledger is large. No month is dropped from under it: a lock needs no snapshot, and what is counted is of a moment after it.
        await using (var settings = new NpgsqlCommand(
            $"set transaction read only; set local statement_timeout = 0{(full ? "; lock table only ledger_entry in access share mode" : "")}", connection))
            await settings.ExecuteNonQueryAsync(cancellationToken);

        var outcomes = await ReadAsync(connection, Sql.Read("RollUp/reconciliation_outcomes.sql"), row => new long[]
        {
            row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5),
        }, cancellationToken);
        var totals = await ReadAsync(connection,
            Sql.Read(full ? "RollUp/reconciliation_full.sql" : "RollUp/reconciliation_totals.sql") + Sql.Read("RollUp/reconciliation_compare.sql"),
            RowOf, cancellationToken);
        IReadOnlyList<ReconciliationCheck> checks = full
            ? await ReadAsync(connection, Sql.Read("RollUp/reconciliation_checks.sql"),
                row => new ReconciliationCheck { Name = row.GetString(0), Violations = row.GetInt64(1) }, cancellationToken)
            : [];
        var quarantine = (await ReadAsync(connection, Sql.Read("Ledger/quarantine.sql") + Sql.Read("RollUp/reconciliation_quarantine.sql"),
            row => new ReconciliationQuarantine { Open = row.GetInt64(0), Released = row.GetInt64(1), Discarded = row.GetInt64(2) }, cancellationToken))[0];
        var pending = await ReadAsync(connection,
            """
            select coalesce(sum(l.seq - coalesce(c.folded_seq, 0)), 0)::bigint
            from journal_lane l left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane
            """, row => row.GetInt64(0), cancellationToken);

        var counts = outcomes[0];
        return new Reconciliation
        {
            Balanced = counts[0] == counts[1..].Sum() && counts[5] == quarantine.Open + quarantine.Released + quarantine.Discarded
                && totals.All(t => t.Balanced) && checks.All(c => c.Violations == 0),
            Full = full,
            Received = counts[0],
            Accepted = counts[1],
            Duplicate = counts[2],
            Conflict = counts[3],
            Rejected = counts[4],
            Quarantined = counts[5],
            Quarantine = quarantine,
            Totals = totals,
            Checks = checks,
            PendingBatches = pending[0],
        };
    }

    private static ReconciliationRow RowOf(NpgsqlDataReader row) => new()
    {
        Currency = row.GetString(0),
        TokenClass = ((TokenClass)row.GetInt16(1)).Name(),
        Ledger = SideOf(row, 0),
        RollUp = SideOf(row, 1),
    };

    // The columns alternate: ledger, roll-up.
    private static ReconciliationSide SideOf(NpgsqlDataReader row, int side) => new()
    {
        Entries = row.GetInt64(2 + side),
        Quantity = row.GetString(4 + side),
        PricedQuantity = row.GetString(6 + side),
        FreeQuantity = row.GetString(8 + side),
        Amount = row.GetString(10 + side),
        ReportingAmount = row.GetString(12 + side),
    };

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await row.ReadAsync(cancellationToken))
            rows.Add(read(row));
        return rows;
    }
}
