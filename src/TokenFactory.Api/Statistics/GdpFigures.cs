using Microsoft.Extensions.Options;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Makes Token GDP from the roll-up.</summary>
internal sealed class GdpFigures(FigureReader figures, IOptions<StatisticsOptions> options)
{
    /// <summary>The answer to a request.</summary>
    /// <exception cref="TooManyRowsException">It would be larger than an answer may be.</exception>
    public async Task<GdpAnswer> AnswerAsync(FigureRequest request, CancellationToken cancellationToken)
    {
        var (context, cells) = await figures.ReadAsync(request, options.Value.MaxRows, cancellationToken);
        return new GdpAnswer
        {
            Rows = [.. FigureTable.WithEmptyPeriods(request, cells, CellOfNothing, options.Value.MaxRows).Select(cell => RowOf(cell, request, context))],
            Currency = context.Currency,
            Unit = context.Currency,
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = [.. request.By.Select(d => d.Name())],
            AsOf = context.AsOf,
            CompleteThrough = context.CompleteThrough,
        };
    }

    private GdpRow RowOf(FigureCell cell, FigureRequest request, FigureContext context)
    {
        var (start, end, isPartial) = FigureTable.Cover(cell.Period, request, context);
        return FigureTable.WithGroup(new GdpRow
        {
            Period = cell.Period.Label,
            Start = start,
            End = end,
            Gdp = cell.Gdp,
            Quantity = cell.Quantity,
            UnpricedQuantity = cell.UnpricedQuantity,
            FreeQuantity = cell.FreeQuantity,
            UnitValue = cell.UnitValue,
            Partial = isPartial,
            Status = FigureTable.StatusOf(cell.Period, context.AsOf, options.Value),
        }, request.By, cell.Group);
    }

    private static FigureCell CellOfNothing(Period period) => new()
    {
        Period = period,
        Group = [],
        Gdp = "0",
        Quantity = "0",
        UnpricedQuantity = "0",
        FreeQuantity = "0",
        UnitValue = null,
    };
}
