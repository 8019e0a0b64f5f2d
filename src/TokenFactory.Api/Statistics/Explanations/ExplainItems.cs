using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Statistics;

/// <summary>Reads the items of a figure from its cells.</summary>
internal static class ExplainItems
{
    private const int Columns = 5;

    /// <summary>The whole, and the rows after the request's position: one more than a page has, where there are more.</summary>
    public static async Task<(ExplainSums Total, List<(ExplainItem Row, ExplainPosition Position)> Rows)> ReadAsync(
        RollUpSnapshot snapshot, ExplainRequest request, CancellationToken cancellationToken)
    {
        var isBySector = request.Figure.By.Contains(Dimension.Sector);
        var hasPurchases = request.Side == GdpSide.Production;
        var cells = new CellQuery(request.Cells, snapshot.Moment, CellColumns.Item);
        var key = request.After?.Key;
        var text = Sql.Read("Statistics/explain_items.sql")
            .Replace("{sector}", isBySector ? "d.sector" : "0::smallint", StringComparison.Ordinal)
            .Replace("{purchase}", hasPurchases ? "u.is_purchase" : "false", StringComparison.Ordinal)
            .Replace("{cells}", cells.From, StringComparison.Ordinal)
            .Replace("{gdp}", $"{Add(request.After?.Gdp, NpgsqlDbType.Text)}::numeric", StringComparison.Ordinal)
            .Replace("{item}", Add(key is null ? 0 : int.Parse(key[0], CultureInfo.InvariantCulture), NpgsqlDbType.Integer), StringComparison.Ordinal)
            .Replace("{after}", Add(key is null ? (short)0 : short.Parse(key[1], CultureInfo.InvariantCulture), NpgsqlDbType.Smallint), StringComparison.Ordinal)
            .Replace("{bought}", Add(key is not null && bool.Parse(key[2]), NpgsqlDbType.Boolean), StringComparison.Ordinal)
            .Replace("{limit}", Add(request.Limit + 1, NpgsqlDbType.Integer), StringComparison.Ordinal);
        await using var command = cells.CommandOf(snapshot.Connection, text);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var (total, rows) = (default(ExplainSums), new List<(ExplainItem, ExplainPosition)>());
        while (await row.ReadAsync(cancellationToken))
        {
            total = SumsOf(row, 0);
            if (!row.IsDBNull(Columns))
                rows.Add(RowOf(row, isBySector, hasPurchases));
        }

        return (total!, rows);

        string Add(object? value, NpgsqlDbType type) => cells.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
    }

    /// <summary>What is published of a request as a whole.</summary>
    public static async Task<ExplainSums> ReadSumsAsync(RollUpSnapshot snapshot, ExplainRequest request, CancellationToken cancellationToken)
    {
        var (total, _) = await ReadAsync(snapshot, request with { After = null, Limit = 0 }, cancellationToken);
        return total;
    }

    /// <summary>The items that a request's filters name; null: all.</summary>
    public static async Task<int[]?> FindAsync(RollUpSnapshot snapshot, FigureRequest request, CancellationToken cancellationToken)
    {
        if (!request.Filters.Keys.Any(d => d != Dimension.Sector))
            return null;
        await using var command = new NpgsqlCommand(
            """
            select coalesce(array_agg(i.id), '{}')
            from items i join models m on m.id = i.model_id join producers p on p.id = i.producer_id
            where ($1::text[] is null or p.slug = any ($1))
              and ($2::text[] is null or m.slug = any ($2) or m.id in (select model_id from model_aliases where alias = any ($2)))
              and ($3::smallint[] is null or i.token_class = any ($3)) and ($4::smallint[] is null or i.service_tier = any ($4))
            """, snapshot.Connection);
        foreach (var (dimension, type) in (ReadOnlySpan<(Dimension, NpgsqlDbType)>)[(Dimension.Producer, NpgsqlDbType.Text), (Dimension.Model, NpgsqlDbType.Text),
            (Dimension.TokenClass, NpgsqlDbType.Smallint), (Dimension.ServiceTier, NpgsqlDbType.Smallint)])
        {
            object? values = !request.Filters.TryGetValue(dimension, out var asked) ? null
                : type == NpgsqlDbType.Text ? asked.Cast<string>().ToArray() : asked.Cast<short>().ToArray();
            command.Parameters.Add(new NpgsqlParameter { Value = values ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | type });
        }

        return (int[]?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>The numbers of the producers that a request's filter names.</summary>
    public static async Task<int[]> FindProducersAsync(RollUpSnapshot snapshot, FigureRequest request, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select coalesce(array_agg(id), '{}') from producers where slug = any ($1)", snapshot.Connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. request.Filters[Dimension.Producer].Cast<string>()] });
        return (int[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Tokens are counted where they were made, not where they were bought.
    public static ExplainSums SumsOf((ExplainItem Row, ExplainPosition Position) item) => new()
    {
        Gdp = item.Row.Gdp,
        Quantity = item.Row.IsPurchase ? "0" : item.Row.Quantity,
        UnpricedQuantity = item.Row.IsPurchase ? "0" : item.Row.UnpricedQuantity,
        FreeQuantity = item.Row.IsPurchase ? "0" : item.Row.FreeQuantity,
        Entries = item.Row.Entries,
    };

    /// <summary>Sums as the queries of explanations write them.</summary>
    public static ExplainSums SumsOf(NpgsqlDataReader row, int first) => new()
    {
        Gdp = row.GetString(first),
        Quantity = row.GetString(first + 1),
        UnpricedQuantity = row.GetString(first + 2),
        FreeQuantity = row.GetString(first + 3),
        Entries = row.GetInt64(first + 4),
    };

    private static (ExplainItem, ExplainPosition) RowOf(NpgsqlDataReader row, bool isBySector, bool hasPurchases)
    {
        var sums = SumsOf(row, Columns + 2);
        var item = new ExplainItem
        {
            Producer = row.GetString(15),
            Model = row.GetString(16),
            TokenClass = ((TokenClass)row.GetInt16(17)).Name(),
            ServiceTier = ((ServiceTier)row.GetInt16(18)).Name(),
            Sector = isBySector ? ((Sector)row.GetInt16(6)).Name() : null,
            Flow = !hasPurchases ? null : row.GetBoolean(19) ? ExplainFlow.IntermediateConsumption : ExplainFlow.Output,
            Gdp = sums.Gdp,
            Share = row.IsDBNull(14) ? null : row.GetString(14),
            Quantity = sums.Quantity,
            PricedQuantity = row.GetString(12),
            UnpricedQuantity = sums.UnpricedQuantity,
            FreeQuantity = sums.FreeQuantity,
            UnitValue = row.IsDBNull(13) ? null : row.GetString(13),
            Entries = sums.Entries,
        };
        return (item, new ExplainPosition(ExplainLevel.Items, sums.Gdp,
            [row.GetInt32(Columns).ToString(CultureInfo.InvariantCulture), row.GetInt16(6).ToString(CultureInfo.InvariantCulture), row.GetBoolean(19).ToString()]));
    }
}
