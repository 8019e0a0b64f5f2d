using System.Globalization;
using System.Numerics;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.RollUp;

/// <summary>Releases months: decides which of their cells are withheld, and writes down the others for good.</summary>
internal sealed class Releases(NpgsqlDataSource dataSource)
{
    /// <summary>Releases every month that is due, all of them or, where another instance is at it, none.</summary>
    /// <returns>How many.</returns>
    public async Task<int> ReleaseDueAsync(DisclosureRule rule, int releaseDays, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // A month's entries are read once for good: that takes as long as they are many.
        await using (var settings = new NpgsqlCommand("set local statement_timeout = 0", connection))
            await settings.ExecuteNonQueryAsync(cancellationToken);
        await using (var taken = new NpgsqlCommand("select pg_try_advisory_xact_lock(hashtextextended('release_month', 0))", connection))
        {
            if (await taken.ExecuteScalarAsync(cancellationToken) is not true)
                return 0;
        }

        // No month is archived before what is read of it is written.
        await Archives.HoldAsync(connection, isForDropping: false, cancellationToken);
        var months = await ReadDueAsync(connection, releaseDays, cancellationToken);
        if (months.Count == 0)
            return 0;
        var cells = await ReadCellsAsync(connection, months, cancellationToken);
        await WriteAsync(connection, months, rule, cells, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return months.Count;
    }

    private static async Task<List<DateOnly>> ReadDueAsync(NpgsqlConnection connection, int releaseDays, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql.Read("RollUp/Releases/release_due.sql"), connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = releaseDays });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var months = new List<DateOnly>();
        while (await row.ReadAsync(cancellationToken))
            months.Add(row.GetFieldValue<DateOnly>(0));
        return months;
    }

    private static async Task<List<ReleaseCell>> ReadCellsAsync(NpgsqlConnection connection, List<DateOnly> months, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql.Read("RollUp/Releases/release_cells.sql"), connection);
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. months] });
        foreach (var bound in (ReadOnlySpan<DateOnly>)[months[0], months[^1].AddMonths(1)])
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = new DateTimeOffset(bound, TimeOnly.MinValue, TimeSpan.Zero) });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var cells = new List<ReleaseCell>();
        while (await row.ReadAsync(cancellationToken))
        {
            var place = ReleaseCell.PlaceOf((short)row.GetInt32(1), row.GetInt32(2));
            cells.Add(new ReleaseCell(row.GetFieldValue<DateOnly>(0),
                new TableCell(place, Contributed(row, 3), Contributed(row, 7))));
        }

        return cells;
    }

    private static Contributed Contributed(NpgsqlDataReader row, int first) => 
        new(row.GetInt32(first), Whole(row, first + 1), Whole(row, first + 2), Whole(row, first + 3));

    private static BigInteger Whole(NpgsqlDataReader row, int column) => BigInteger.Parse(row.GetString(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static async Task WriteAsync(
        NpgsqlConnection connection, List<DateOnly> months, DisclosureRule rule, List<ReleaseCell> cells, CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand("insert into release_month (month, released_at, min_accounts, dominance_percent) select m, ledger_clock(), $2, $3 from unnest($1) m", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. months] });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = rule.MinContributors });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = rule.DominancePercent });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var month in cells.GroupBy(c => c.Month))
        {
            var table = TableOf([.. month]);
            var withheld = Suppression.Of([.. table.Select(c => c.Cell)], rule);
            string? Figure(ReleaseCell cell, BigInteger figure) => withheld.Contains(cell.Cell.Place) ? null : figure.ToString(CultureInfo.InvariantCulture);
            await using var command = new NpgsqlCommand(Sql.Read("RollUp/Releases/release_insert.sql"), connection);
            command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. table.Select(c => c.Month)] });
            command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. table.Select(c => c.Sector)] });
            command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. table.Select(c => c.ProducerId)] });
            command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. table.Select(c => Figure(c, c.Cell.Quantity.Net))] });
            command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. table.Select(c => Figure(c, c.Cell.Value.Net))] });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    // Where all that was recorded is taken back nobody is behind a cell: there is none.
    private static List<ReleaseCell> TableOf(List<ReleaseCell> cells)
    {
        var inner = cells.Where(c => c.Cell is { Place.IsTotal: false, IsOfNobody: false }).Select(c => c.Cell.Place).ToList();
        var places = inner.Concat(inner.SelectMany(p => (CellPlace[])[new(p.Row, null), new(null, p.Column), default])).ToHashSet();
        return cells.FindAll(c => places.Contains(c.Cell.Place));
    }
}
