using Npgsql;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Output of one period and group.</summary>
internal sealed record GdpCell : GroupedCell
{
    public required string Gdp { get; init; }

    /// <summary>Null where gross output is asked for: it is the figure itself.</summary>
    public required string? GrossOutput { get; init; }

    /// <summary>Likewise.</summary>
    public required string? IntermediateConsumption { get; init; }

    public required string Quantity { get; init; }
    public required string UnpricedQuantity { get; init; }
    public required string FreeQuantity { get; init; }
    public required string? UnitValue { get; init; }
    public required string? FreeShare { get; init; }
    public required string? UnpricedShare { get; init; }

    /// <summary>Whether nothing was recorded: the cell only fills the period of a total.</summary>
    public bool IsOfNothing { get; init; }

    /// <summary>A period in which nothing was recorded.</summary>
    public static Func<Period, GdpCell> OfNothing(GdpSide? side) => period => new()
    {
        Period = period,
        Group = [],
        Gdp = "0",
        GrossOutput = side is null ? null : "0",
        IntermediateConsumption = side is null ? null : "0",
        Quantity = "0",
        UnpricedQuantity = "0",
        FreeQuantity = "0",
        UnitValue = null,
        FreeShare = null,
        UnpricedShare = null,
        IsOfNothing = true,
    };
}

/// <summary>Reads the accounts: gross output, and net output from its two sides. Sums are exact.</summary>
internal static class GdpCells
{
    /// <summary>The cells of a request, in the order of periods and groups.</summary>
    /// <param name="snapshot">The moment.</param>
    /// <param name="request">Which periods and groups.</param>
    /// <param name="side">From which side net output is seen; null: gross output.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TooManyRowsException">There are more than <paramref name="limit"/>.</exception>
    public static async Task<List<GdpCell>> ReadAsync(
        RollUpSnapshot snapshot, FigureRequest request, GdpSide? side, int limit, CancellationToken cancellationToken)
    {
        var selected = request with { Cells = side == GdpSide.Production ? CellSelection.Production : CellSelection.All };
        var cells = new List<GdpCell>();
        await FigureReader.ReadGroupsAsync(snapshot, selected, new CellQuery(selected, snapshot.Moment), limit, Sums(side), "", (row, period, group, first) => cells.Add(new GdpCell
        {
            Period = period,
            Group = group,
            Gdp = row.GetString(first),
            GrossOutput = side is null ? null : row.GetString(first + 1),
            IntermediateConsumption = side is null ? null : row.GetString(first + 2),
            Quantity = row.GetString(first + 3),
            UnpricedQuantity = row.GetString(first + 4),
            FreeQuantity = row.GetString(first + 5),
            UnitValue = Text(row, first + 6),
            FreeShare = Text(row, first + 7),
            UnpricedShare = Text(row, first + 8),
        }), cancellationToken);
        return cells;
    }

    // Tokens and their unit value are of what was made on the production side, and of what is used in the end on the other.
    private static string Sums(GdpSide? side)
    {
        var (made, bought) = side == GdpSide.Production ? ("not u.is_purchase", "u.is_purchase") : ("true", "d.buyer_id <> 0");
        var counted = side is null or GdpSide.Production ? made : "d.buyer_id = 0";
        var (output, purchases) = (Sum("reporting_amount", made), Sum("reporting_amount", bought));
        var gdp = side is null ? output : $"({output} - {purchases})";
        var valued = side == GdpSide.Production ? output : gdp;
        var (quantity, priced, free) = (Sum("quantity", counted), Sum("priced_quantity", counted), Sum("free_quantity", counted));
        return $"""
            trim_scale({gdp})::text, trim_scale({output})::text, trim_scale({purchases})::text,
            {quantity}::text, ({quantity} - {priced})::text, {free}::text,
            trim_scale({Quotient(valued, priced, 12, " * 1000000")})::text,
            {Quotient(free, priced, 6)}::text, {Quotient($"({quantity} - {priced})", quantity, 6)}::text
            """;
    }

    private static string Sum(string column, string condition) =>
        condition == "true" ? $"sum(d.{column})" : $"coalesce(sum(d.{column}) filter (where {condition}), 0)";

    // 60 decimals: a quotient of sums is never cut so short that rounding it rounds what was already rounded.
    private static string Quotient(string numerator, string denominator, int decimals, string times = "") =>
        $"round(({numerator})::numeric(200, 60){times} / nullif({denominator}, 0), {decimals})";

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
