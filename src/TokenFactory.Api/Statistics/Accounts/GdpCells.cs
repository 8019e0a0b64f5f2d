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
    public required string PricedQuantity { get; init; }
    public required string FreeQuantity { get; init; }

    /// <summary>The money that the priced quantity is worth: of what was made, or of what is used in the end.</summary>
    public required string PricedValue { get; init; }

    // What follows from the sums is made as a row is written: an answer of many rows holds the sums alone.
    public string UnpricedQuantity => ExactMoney.Difference(Quantity, PricedQuantity);

    public string? UnitValue => ExactMoney.WithoutZeros(ExactMoney.Quotient(PricedValue, PricedQuantity, 12, factor: 1_000_000));

    public string? FreeShare => ExactMoney.Quotient(FreeQuantity, PricedQuantity, 6);

    public string? UnpricedShare => ExactMoney.Quotient(UnpricedQuantity, Quantity, 6);

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
        PricedQuantity = "0",
        FreeQuantity = "0",
        PricedValue = "0",
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
        await FigureReader.ReadGroupsAsync(snapshot, selected, new CellQuery(selected, snapshot.Moment), limit, Sums(side), "", (row, period, group, first) =>
        {
            var (output, purchases) = (row.GetString(first), side is null ? null : row.GetString(first + 4));
            var gdp = purchases is null ? output : ExactMoney.Difference(output, purchases);
            cells.Add(new GdpCell
            {
                Period = period,
                Group = group,
                Gdp = gdp,
                GrossOutput = purchases is null ? null : output,
                IntermediateConsumption = purchases,
                Quantity = row.GetString(first + 1),
                PricedQuantity = row.GetString(first + 2),
                FreeQuantity = row.GetString(first + 3),
                PricedValue = side == GdpSide.Production ? output : gdp,
            });
        }, cancellationToken);
        return cells;
    }

    // Tokens and their unit value are of what was made on the production side, and of what is used in the end on the other.
    private static string Sums(GdpSide? side)
    {
        var (made, bought) = side == GdpSide.Production ? ("not u.is_purchase", "u.is_purchase") : ("true", "d.buyer_id <> 0");
        var counted = side is null or GdpSide.Production ? made : "d.buyer_id = 0";
        var (output, purchases) = (Sum("reporting_amount", made), Sum("reporting_amount", bought));
        return $"""
            trim_scale({output})::text, {Sum("quantity", counted)}::text, {Sum("priced_quantity", counted)}::text, {Sum("free_quantity", counted)}::text
            {(side is null ? "" : $", trim_scale({purchases})::text")}
            """;
    }

    private static string Sum(string column, string condition) =>
        condition == "true" ? $"sum(d.{column})" : $"coalesce(sum(d.{column}) filter (where {condition}), 0)";
}
