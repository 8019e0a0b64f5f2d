using System.Data;
using System.Globalization;
using System.Text;
using Npgsql;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>One period and group as the roll-up has it. Sums are exact; texts come straight from the database's decimals.</summary>
internal sealed record FigureCell
{
    public required Period Period { get; init; }

    /// <summary>One name per dimension of the request, in its order.</summary>
    public required IReadOnlyList<string> Group { get; init; }
    public required string Gdp { get; init; }
    public required string Quantity { get; init; }
    public required string UnpricedQuantity { get; init; }
    public required string FreeQuantity { get; init; }
    public required string? UnitValue { get; init; }
}

/// <summary>One item of one period and group.</summary>
internal readonly record struct ItemCell(Period Period, IReadOnlyList<string> Group, int ItemId, ItemValue Item);

/// <summary>What an answer says of the data behind it.</summary>
/// <param name="Currency">The reporting currency.</param>
/// <param name="AsOf">The last vintage that is inside: never one that is still to come.</param>
/// <param name="CompleteThrough">Everything recorded before is inside, and nothing after the vintage; null while the ledger is empty.</param>
internal sealed record FigureContext(string Currency, DateOnly AsOf, DateTimeOffset? CompleteThrough)
{
    /// <summary>What is to be published of an earlier vintage is what was complete when that day ended.</summary>
    public static FigureContext Of(string currency, DateOnly today, DateTimeOffset? latest, DateOnly? asked)
    {
        if (asked is not { } vintage || vintage >= today)
            return new FigureContext(currency, today, latest);
        var endOfDay = new DateTimeOffset(vintage.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
        return new FigureContext(currency, vintage, latest > endOfDay ? endOfDay : latest);
    }

    /// <summary>How far the data can reach: to the last event, and over every day before the vintage's own.</summary>
    public DateTimeOffset Reach
    {
        get
        {
            var vintage = new DateTimeOffset(AsOf, TimeOnly.MinValue, TimeSpan.Zero);
            return CompleteThrough > vintage ? CompleteThrough.Value : vintage;
        }
    }
}

/// <summary>More rows than an answer may have.</summary>
internal sealed class TooManyRowsException(int limit) : Exception($"More than {limit} rows.")
{
    public int Limit { get; } = limit;
}

/// <summary>Reads figures from the roll-up: cells and unfolded deltas of one snapshot, so that every acknowledged event is inside.</summary>
internal sealed class FigureReader(NpgsqlDataSource dataSource)
{
    private const string Context = "select reporting_currency, vintage, complete_through from rollup_context";

    // 60 decimals: a quotient of sums is never cut so short that rounding to 12 decimals rounds what was already rounded.
    /// <summary>The figures of a request, in the order of periods and groups.</summary>
    /// <exception cref="TooManyRowsException">There are more than <paramref name="limit"/>.</exception>
    public Task<(FigureContext Context, List<FigureCell> Cells)> ReadAsync(FigureRequest request, int limit, CancellationToken cancellationToken) =>
        InSnapshotAsync(request, limit,
            """
            trim_scale(sum(d.reporting_amount))::text, sum(d.quantity)::text, (sum(d.quantity) - sum(d.priced_quantity))::text, sum(d.free_quantity)::text,
            trim_scale(round(sum(d.reporting_amount)::numeric(200, 60) * 1000000 / nullif(sum(d.priced_quantity), 0), 12))::text
            """, byItem: false, (row, period, group, first) => new FigureCell
            {
                Period = period,
                Group = group,
                Gdp = row.GetString(first),
                Quantity = row.GetString(first + 1),
                UnpricedQuantity = row.GetString(first + 2),
                FreeQuantity = row.GetString(first + 3),
                UnitValue = row.IsDBNull(first + 4) ? null : row.GetString(first + 4),
            }, cancellationToken);

    /// <summary>The items of each period and group, priced part only: what index numbers are made from.</summary>
    /// <exception cref="TooManyRowsException">There are more than <paramref name="limit"/>.</exception>
    public Task<(FigureContext Context, List<ItemCell> Cells)> ReadItemsAsync(FigureRequest request, int limit, CancellationToken cancellationToken) =>
        InSnapshotAsync(request, limit, "d.item_id, trim_scale(sum(d.reporting_amount))::text, trim_scale(sum(d.priced_quantity))::text", byItem: true,
            (row, period, group, first) => new ItemCell(
                period, group, row.GetInt32(first), new ItemValue(Number(row.GetString(first + 1)), Number(row.GetString(first + 2)))), cancellationToken);

    // The driver refuses a sum of more than 28 digits. Parsing rounds it to as many, which index numbers (16 digits) never see; GDP goes as text.
    private static decimal Number(string sum) => decimal.Parse(sum, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    /// <summary>Whether the request's filter holds a name that no model has, as its own or as an alias.</summary>
    public async Task<bool> NamesUnknownModelAsync(FigureRequest request, CancellationToken cancellationToken)
    {
        if (!request.Filters.TryGetValue(Dimension.Model, out var names))
            return false;
        await using var command = dataSource.CreateCommand(
            """
            select exists (select from unnest($1) n
                where not exists (select from models where slug = n) and not exists (select from model_aliases where alias = n))
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. names.Cast<string>()] });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task<(FigureContext Context, List<T> Cells)> InSnapshotAsync<T>(
        FigureRequest request, int limit, string sums, bool byItem, Func<NpgsqlDataReader, Period, IReadOnlyList<string>, int, T> read,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var readOnly = new NpgsqlCommand("set transaction read only", connection))
            await readOnly.ExecuteNonQueryAsync(cancellationToken);
        var context = await ReadContextAsync(connection, request, cancellationToken);

        await using var command = Compose(connection, request, sums, byItem, limit);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var cells = new List<T>();
        while (await row.ReadAsync(cancellationToken))
        {
            if (cells.Count == limit)
                throw new TooManyRowsException(limit);
            var period = Period.Containing(request.Frequency, row.GetFieldValue<DateTimeOffset>(0));
            var group = new string[request.By.Count];
            for (var i = 0; i < group.Length; i++)
                group[i] = NameOf(request.By[i], row, i + 1);
            cells.Add(read(row, period, group, group.Length + 1));
        }

        return (context, cells);
    }

    private static async Task<FigureContext> ReadContextAsync(NpgsqlConnection connection, FigureRequest request, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Context, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return FigureContext.Of(
            row.GetString(0), row.GetFieldValue<DateOnly>(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2), request.AsOf);
    }

    // Only names from this file reach the text; every value is a parameter.
    private static NpgsqlCommand Compose(NpgsqlConnection connection, FigureRequest request, string sums, bool byItem, int limit)
    {
        var command = new NpgsqlCommand { Connection = connection };
        var isHourly = request.Frequency == Frequency.Hour;
        var period = isHourly ? "d.hour" : $"date_trunc('{WireJson.NameOf(request.Frequency)}', d.day::timestamp) at time zone 'UTC'";
        var groups = string.Concat(request.By.Select(d => $", {d.Column()}"));
        var where = new StringBuilder();
        // Keys of cells begin with the source: with every source named, a window reads its own cells and not the whole ledger's.
        if (request.Start is not null || request.End is not null)
            where.Append(" and d.source_id = any (array(select id from sources))");
        And(where, command, isHourly ? "d.hour >= " : "d.day >= ", isHourly ? request.Start : Day(request.Start));
        And(where, command, isHourly ? "d.hour < " : "d.day < ", isHourly ? request.End : Day(request.End));
        And(where, command, "d.vintage <= ", request.AsOf);
        foreach (var (dimension, values) in request.Filters)
            AndIn(where, command, dimension, values);
        command.CommandText =
            $"""
            select {period}{groups}, {sums}
            from {(isHourly ? "rollup_hour" : "rollup_day")} d{Joins(request)}
            where true{where}
            group by 1{string.Concat(Enumerable.Range(2, request.By.Count).Select(n => $", {n}"))}{(byItem ? ", d.item_id" : "")}
            order by 1{string.Concat(Enumerable.Range(2, request.By.Count).Select(n => $", {n}"))}{(byItem ? ", d.item_id" : "")}
            limit {limit + 1}
            """;
        return command;
    }

    private static string Joins(FigureRequest request)
    {
        var used = request.By.Concat(request.Filters.Keys).ToHashSet();
        return (used.Any(d => d != Dimension.Sector) ? " join items i on i.id = d.item_id" : "")
            + (used.Contains(Dimension.Model) ? " join models m on m.id = i.model_id" : "")
            + (used.Contains(Dimension.Producer) ? " join producers p on p.id = i.producer_id" : "");
    }

    private static DateOnly? Day(DateTimeOffset? instant) => instant is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null;

    private static void And(StringBuilder where, NpgsqlCommand command, string condition, object? value)
    {
        if (value is null)
            return;
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        where.Append(" and ").Append(condition).Append('$').Append(command.Parameters.Count);
    }

    private static void AndIn(StringBuilder where, NpgsqlCommand command, Dimension dimension, IReadOnlyList<object> values)
    {
        object array = values.Count == 0 || values[0] is string ? values.Cast<string>().ToArray() : values.Cast<short>().ToArray();
        command.Parameters.Add(new NpgsqlParameter { Value = array });
        var parameter = command.Parameters.Count;
        where.Append(CultureInfo.InvariantCulture, $" and ({dimension.Column()} = any (${parameter})");
        if (dimension == Dimension.Model)
            where.Append(CultureInfo.InvariantCulture, $" or m.id in (select model_id from model_aliases where alias = any (${parameter}))");
        where.Append(')');
    }

    private static string NameOf(Dimension dimension, NpgsqlDataReader row, int column) => dimension switch
    {
        Dimension.Sector => ((Sector)row.GetInt16(column)).Name(),
        Dimension.TokenClass => ((TokenClass)row.GetInt16(column)).Name(),
        Dimension.ServiceTier => ((ServiceTier)row.GetInt16(column)).Name(),
        _ => row.GetString(column),
    };
}
