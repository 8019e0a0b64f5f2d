using System.Data;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Api.RollUp;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What is published of a cell: what the rules have judged, and nothing else.</summary>
internal readonly record struct ReleasedSums(ExactSum Gdp, ExactSum Quantity)
{
    public static ReleasedSums operator +(ReleasedSums left, ReleasedSums right) => new(left.Gdp + right.Gdp, left.Quantity + right.Quantity);
}

/// <summary>A month as it is released: rows are sectors, columns producers.</summary>
/// <param name="month">Its first day.</param>
/// <param name="cells">Null: not released, though something is recorded.</param>
internal sealed class ReleasedMonth(DateOnly month, IReadOnlyDictionary<CellPlace, ReleasedSums?>? cells)
{
    private readonly IReadOnlyDictionary<CellPlace, ReleasedSums?> _cells = cells ?? new Dictionary<CellPlace, ReleasedSums?>();
    private readonly PublishedTable _table = new(cells?.ToDictionary(c => c.Key, c => c.Value is not null) ?? []);

    public DateTimeOffset Start => new(month, TimeOnly.MinValue, TimeSpan.Zero);

    public bool IsReleased => cells is not null;

    public IEnumerable<CellPlace> Cells => _cells.Keys.Where(p => !p.IsTotal);

    /// <summary>Of a released month the sum of some sectors and producers, null for all of them; null: it is confidential.</summary>
    public ReleasedSums? Of(IReadOnlyCollection<int>? sectors, IReadOnlyCollection<int>? producers) =>
        _table.PartsOf(sectors, producers) is { } parts ? parts.Aggregate(default(ReleasedSums), (sum, part) => sum + _cells[part]!.Value) : null;
}

/// <summary>What is released of a window.</summary>
/// <param name="Currency">The reporting currency.</param>
/// <param name="At">When the last month was released; null: none is.</param>
/// <param name="Through">The end of the last month that is released, whether it is in the window or not.</param>
/// <param name="Today">The vintage that is being recorded.</param>
/// <param name="Months">In their order, with those between them that are not released.</param>
/// <param name="Producers">The names of producers by their numbers.</param>
internal sealed record ReleasedMonths(
    string Currency, DateTimeOffset? At, DateTimeOffset? Through, DateOnly Today, IReadOnlyList<ReleasedMonth> Months, IReadOnlyDictionary<int, string> Producers)
{
    public static async Task<ReleasedMonths> ReadAsync(NpgsqlDataSource dataSource, DateTimeOffset? start, DateTimeOffset? end, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("set transaction read only"),
                new NpgsqlBatchCommand("select c.reporting_currency, c.vintage, max(r.released_at), max(r.month) from rollup_context c left join release_month r on true group by 1, 2"),
                new NpgsqlBatchCommand(Sql.Read("Statistics/released_cells.sql")),
            },
        };
        foreach (var instant in (ReadOnlySpan<DateTimeOffset?>)[start, end])
            batch.BatchCommands[^1].Parameters.Add(new NpgsqlParameter { Value = instant is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var (currency, today) = (row.GetString(0), row.GetFieldValue<DateOnly>(1));
        DateTimeOffset? releasedAt = row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2);
        DateTimeOffset? through = row.IsDBNull(3) ? null : new DateTimeOffset(row.GetFieldValue<DateOnly>(3).AddMonths(1), TimeOnly.MinValue, TimeSpan.Zero);
        await row.NextResultAsync(cancellationToken);
        var months = new SortedDictionary<DateOnly, Dictionary<CellPlace, ReleasedSums?>?>();
        var producers = new Dictionary<int, string>();
        while (await row.ReadAsync(cancellationToken))
        {
            var month = row.GetFieldValue<DateOnly>(0);
            if (!months.TryGetValue(month, out var cells))
                months.Add(month, cells = row.GetBoolean(1) ? [] : null);
            if (row.IsDBNull(2))
                continue;
            cells!.Add(ReleaseCell.PlaceOf(row.GetInt16(2), row.GetInt32(3)), row.IsDBNull(5) ? null : new ReleasedSums(
                ExactSum.Parse(row.GetString(5)), ExactSum.Parse(row.GetString(6))));
            if (!row.IsDBNull(4))
                producers[row.GetInt32(3)] = row.GetString(4);
        }

        return new ReleasedMonths(currency, releasedAt, through, today, [.. months.Select(m => new ReleasedMonth(m.Key, m.Value))], producers);
    }
}
