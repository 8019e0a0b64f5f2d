using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>One period and group as the roll-up has it. Sums are exact; texts come straight from the database's decimals.</summary>
internal abstract record GroupedCell
{
    public required Period Period { get; init; }

    /// <summary>One name per dimension of the request, in its order.</summary>
    public required IReadOnlyList<string> Group { get; init; }
}

/// <summary>Output of one period and group beside what it cost.</summary>
internal sealed record MarginCell : GroupedCell
{
    public required string Gdp { get; init; }
    public required string UncostedGdp { get; init; }
    public required string Cost { get; init; }
    public required string UnpricedCost { get; init; }
    public required string Margin { get; init; }
    public required string? MarginShare { get; init; }
    public required string CostedQuantity { get; init; }
    public required string UncostedQuantity { get; init; }
    public required string? UnitCost { get; init; }
}

/// <summary>Reads figures from the roll-up: cells and unfolded deltas of one snapshot, so that every acknowledged event is inside.</summary>
internal sealed class FigureReader(NpgsqlDataSource dataSource)
{
    // A product has all its digits, and a millionth is exact: nothing is rounded before the quotients, and those have 60 decimals, so that
    // rounding to 12 never rounds what was already rounded.
    private const string CostSql = "(coalesce(sum(d.quantity * c.unit_cost), 0) * 0.000001)";
    private const string UnpricedCostSql = "(coalesce(sum((d.quantity - d.priced_quantity) * c.unit_cost), 0) * 0.000001)";
    private const string CostedGdpSql = "coalesce(sum(d.reporting_amount) filter (where c.unit_cost is not null), 0)";
    private const string CostedQuantitySql = "coalesce(sum(d.quantity) filter (where c.unit_cost is not null), 0)";
    private const string MarginSql = $"({CostedGdpSql} - {CostSql} + {UnpricedCostSql})";

    /// <summary>Items with their costs, as an <see cref="ItemPanel"/> reads them: value is the cost of all tokens whose cost is known, none of them free.</summary>
    public const string ItemCostSums = $"d.item_id, trim_scale({CostSql})::text, {CostedQuantitySql}::text, {CostedQuantitySql}::text, '0'";

    /// <summary>The cells of a request of UTC's days or coarser, each with what its item cost on its day as <c>c</c>.</summary>
    public static CellQuery CostedCells(FigureRequest request, RollUpMoment moment) => new(request, moment, CellColumns.Item | CellColumns.Day,
        $" left join ({Sql.Read("Statistics/unit_costs.sql")}) c on c.item_id = d.item_id and d.day >= c.first_day and (c.end_day is null or d.day < c.end_day)",
        new NpgsqlParameter { Value = (object?)request.AsOf ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });

    /// <summary>Output beside its cost, by day or coarser: each day's quantity at the item's cost of that day.</summary>
    /// <exception cref="TooManyRowsException">There are more than <paramref name="limit"/>.</exception>
    public Task<(FigureContext Context, List<MarginCell> Cells)> ReadMarginsAsync(FigureRequest request, int limit, CancellationToken cancellationToken) =>
        InSnapshotAsync(request, moment => CostedCells(request, moment), limit,
            $"""
            trim_scale({CostedGdpSql})::text, trim_scale(sum(d.reporting_amount) - {CostedGdpSql})::text, trim_scale({CostSql})::text,
            trim_scale({UnpricedCostSql})::text, trim_scale({MarginSql})::text,
            trim_scale(round({MarginSql}::numeric(200, 60) / nullif({CostedGdpSql}, 0), 12))::text,
            {CostedQuantitySql}::text, (sum(d.quantity) - {CostedQuantitySql})::text,
            trim_scale(round({CostSql}::numeric(200, 60) * 1000000 / nullif({CostedQuantitySql}, 0), 12))::text
            """, (row, period, group, first) => new MarginCell
            {
                Period = period,
                Group = group,
                Gdp = row.GetString(first),
                UncostedGdp = row.GetString(first + 1),
                Cost = row.GetString(first + 2),
                UnpricedCost = row.GetString(first + 3),
                Margin = row.GetString(first + 4),
                MarginShare = row.IsDBNull(first + 5) ? null : row.GetString(first + 5),
                CostedQuantity = row.GetString(first + 6),
                UncostedQuantity = row.GetString(first + 7),
                UnitCost = row.IsDBNull(first + 8) ? null : row.GetString(first + 8),
            }, cancellationToken);

    /// <summary>What has no value, by item and currency, the most first; the sums beside it.</summary>
    /// <exception cref="TooManyRowsException">There are more than <paramref name="limit"/>.</exception>
    public async Task<UnpricedAnswer> ReadUnpricedAsync(FigureRequest request, int limit, CancellationToken cancellationToken)
    {
        await using var snapshot = await RollUpSnapshot.OpenAsync(dataSource, request, cancellationToken);
        var cells = new CellQuery(request, snapshot.Moment, CellColumns.Item | CellColumns.Day);
        var text = $"{Sql.Read("Statistics/unpriced.sql").Replace("{cells}", cells.From, StringComparison.Ordinal)}\nlimit {limit + 1}";
        await using var command = cells.CommandOf(snapshot.Connection, text);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var (quantity, unpriced, share) = ("0", "0", (string?)null);
        var rows = new List<UnpricedRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            (quantity, unpriced, share) = (row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2));
            // The whole stands alone.
            if (row.IsDBNull(3))
                break;
            if (rows.Count == limit)
                throw new TooManyRowsException(limit);
            rows.Add(UnpricedOf(row));
        }

        return new UnpricedAnswer
        {
            Rows = rows,
            UnpricedQuantity = unpriced,
            Quantity = quantity,
            UnpricedShare = share,
            Currency = snapshot.Context.Currency,
            AsOf = snapshot.Context.AsOf,
            CompleteThrough = snapshot.Context.CompleteThrough,
        };
    }

    private static UnpricedRow UnpricedOf(NpgsqlDataReader row)
    {
        var currency = row.GetString(7);
        var hasPrice = currency != Currency.None;
        return new UnpricedRow
        {
            Producer = row.GetString(3),
            Model = row.GetString(4),
            TokenClass = ((TokenClass)row.GetInt16(5)).Name(),
            ServiceTier = ((ServiceTier)row.GetInt16(6)).Name(),
            Currency = hasPrice ? currency : null,
            Reason = hasPrice ? UnpricedReason.NoExchangeRate : UnpricedReason.NoPrice,
            Quantity = row.GetString(8),
            FirstDay = row.GetFieldValue<DateOnly>(9),
            LastDay = row.GetFieldValue<DateOnly>(10),
            Entries = row.GetInt64(11),
        };
    }

    /// <summary>Whether there is one among these names that no model has, as its own or as an alias.</summary>
    public async Task<bool> NamesUnknownModelAsync(string[] names, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select exists (select from unnest($1) n
                where not exists (select from models where slug = n) and not exists (select from model_aliases where alias = n))
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = names });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task<(FigureContext Context, List<T> Cells)> InSnapshotAsync<T>(
        FigureRequest request, Func<RollUpMoment, CellQuery> cells, int limit, string sums, Func<NpgsqlDataReader, Period, IReadOnlyList<string>, int, T> read,
        CancellationToken cancellationToken)
    {
        await using var snapshot = await RollUpSnapshot.OpenAsync(dataSource, request, cancellationToken);
        var figures = new List<T>();
        await ReadGroupsAsync(snapshot, request, cells(snapshot.Moment), limit, sums, "", (row, period, group, first) => figures.Add(read(row, period, group, first)), cancellationToken);
        return (snapshot.Context, figures);
    }

    /// <summary>Reads sums by period and group, in their order.</summary>
    /// <param name="snapshot">The moment.</param>
    /// <param name="request">Which periods and groups.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="sums">The columns after the groups.</param>
    /// <param name="further">What is grouped by besides, as SQL: a comma and a column.</param>
    /// <param name="read">Takes a row: its period, its group, and the place of the first sum.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="isGrouped">False: cell by cell, in no order; of a period and group there may be several, and who reads adds up and counts.</param>
    /// <exception cref="TooManyRowsException">There are more than <paramref name="limit"/>.</exception>
    public static async Task ReadGroupsAsync(
        RollUpSnapshot snapshot, FigureRequest request, CellQuery cells, int limit, string sums, string further,
        Action<NpgsqlDataReader, Period, IReadOnlyList<string>, int> read, CancellationToken cancellationToken, bool isGrouped = true)
    {
        var axis = await PeriodAxis.OfAsync(request, cells, snapshot, limit, cancellationToken);
        var groups = string.Concat(request.By.Select(d => $", {d.Column()}"));
        var ordinals = $"1{string.Concat(Enumerable.Range(2, request.By.Count).Select(n => $", {n}"))}{further}";
        await using var command = cells.CommandOf(snapshot.Connection,
            $"""
            select {axis.Sql}{groups}, {sums}
            {cells.From}
            {(isGrouped ? $"group by {ordinals} order by {ordinals} limit {limit + 1}" : "")}
            """);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var group = new string[request.By.Count];
        try
        {
            for (var count = 0; await row.ReadAsync(cancellationToken); count++)
            {
                if (isGrouped && count == limit)
                    throw new TooManyRowsException(limit);
                // Rows come in the order of groups within a period: where there are many of one group, they share its names.
                for (var i = 0; i < group.Length; i++)
                {
                    var name = NameOf(request.By[i], row, i + 1);
                    if (name == group[i])
                        continue;
                    group = [.. group];
                    group[i] = name;
                }

                read(row, axis.Read(row, 0), group, group.Length + 1);
            }
        }
        catch (FigureLimitException)
        {
            // All that is left would be read before the connection is free again.
            command.Cancel();
            throw;
        }
    }

    private static string NameOf(Dimension dimension, NpgsqlDataReader row, int column) => dimension switch
    {
        Dimension.Sector => ((Sector)row.GetInt16(column)).Name(),
        Dimension.TokenClass => ((TokenClass)row.GetInt16(column)).Name(),
        Dimension.ServiceTier => ((ServiceTier)row.GetInt16(column)).Name(),
        _ => row.GetString(column),
    };
}
