using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Ledger;

/// <summary>Sets reported costs against the ledger's values.</summary>
internal sealed class PriceVarianceReader(NpgsqlDataSource dataSource)
{
    /// <summary>The rows of a window, in the order of their names.</summary>
    /// <param name="filter">Its window of occurrence is bounded on both sides; besides it source, producer and model count.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<List<PriceVarianceRow>> ReadAsync(EntryFilter filter, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var items = await EntryReader.FindItemsAsync(connection, filter, cancellationToken);
        await using var command = new NpgsqlCommand(Sql.Read("Ledger/price_variance.sql"), connection);
        foreach (var (value, type) in (ReadOnlySpan<(object?, NpgsqlDbType)>)
        [
            (filter.OccurredFrom, NpgsqlDbType.TimestampTz), (filter.OccurredTo, NpgsqlDbType.TimestampTz), (filter.Source, NpgsqlDbType.Text),
            (items, NpgsqlDbType.Array | NpgsqlDbType.Integer), (limit, NpgsqlDbType.Integer),
        ])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        }

        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<PriceVarianceRow>();
        while (await row.ReadAsync(cancellationToken))
            rows.Add(RowOf(row));
        return rows;
    }

    private static PriceVarianceRow RowOf(NpgsqlDataReader row) => new()
    {
        Source = row.GetString(0),
        Producer = row.GetString(1),
        Model = row.GetString(2),
        Currency = row.GetString(3),
        Events = row.GetInt64(4),
        NotComparable = row.GetInt64(5),
        Reported = row.GetString(6),
        Valued = row.GetString(7),
        Difference = row.GetString(8),
        RelativeDifference = row.IsDBNull(9) ? null : row.GetString(9),
        ReportedNotComparable = row.GetString(10),
    };
}
