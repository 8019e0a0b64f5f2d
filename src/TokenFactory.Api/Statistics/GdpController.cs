using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Token GDP.</summary>
[ApiController]
[TellsEveryViolation]
[Route("v1/gdp")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class GdpController(FigureReader figures, CatalogCache catalog, IOptions<StatisticsOptions> options) : ControllerBase
{
    /// <summary>Token GDP by period</summary>
    /// <remarks>
    /// Quantity x unit value of everything recorded, at current prices, gross: flat rows, one per period and group. An acknowledged event is
    /// in the next answer. `by` returns its groups only; the total is the query without it, and the rows of any grouping sum to it, to the
    /// last digit. The total has a row for every period between the first and the last with data, 0 where nothing was recorded; a group has
    /// rows only where it has data. `partial` marks a row that covers less than its period. Models of one name are one group unless `producer`
    /// is in `by` too. `Accept: text/csv` gives the same columns.
    /// </remarks>
    /// <param name="frequency" example="month">`hour`, `day`, `week` (ISO), `month`, `quarter` or `year`; periods are those of UTC.</param>
    /// <param name="start" example="2026-01-01">From this date on, or for hours this full hour; left out: from the first data.</param>
    /// <param name="end" example="2027-01-01">Up to, not including, this date, or for hours this full hour; left out: to the last data.</param>
    /// <param name="by" example="sector,producer">Any of `sector`, `producer`, `model`, `token_class`, `service_tier`, with commas.</param>
    /// <param name="sector" example="enterprise">Only these; repeat for several.</param>
    /// <param name="producer" example="moonshot">Only these, by id or alias; repeat for several.</param>
    /// <param name="model" example="kimi-k2">Only these, by name or alias, of any producer; repeat for several.</param>
    /// <param name="token_class" example="output">Only these; repeat for several.</param>
    /// <param name="service_tier" example="standard">Only these; repeat for several.</param>
    /// <param name="prices" example="current">`current`: nominal, in the prices of each event's time.</param>
    /// <param name="concept" example="gross">`gross`: everything that was produced.</param>
    /// <param name="as_of" example="2026-11-23">The figures as they were known at the end of this UTC date; a date that is still to come: as they are known now.</param>
    /// <param name="format" example="csv">`csv`, where no Accept header can be set.</param>
    [HttpGet(Name = "GetGdp")]
    [ProducesResponseType<GdpAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
#pragma warning disable IDE0060 // The parameters document themselves; FigureQuery reads them, and every violation with them.
    public async Task<IActionResult> Get(
        [FromQuery, OneOf<Frequency>] string? frequency, [FromQuery] string? start, [FromQuery] string? end,
        [FromQuery, OneOf<Dimension>] string[]? by, [FromQuery] string[]? sector, [FromQuery] string[]? producer, [FromQuery] string[]? model,
        [FromQuery] string[]? token_class, [FromQuery] string[]? service_tier, [FromQuery, OneOf("current")] string? prices,
        [FromQuery, OneOf("gross")] string? concept, [FromQuery] string? as_of, [FromQuery, OneOf("json", "csv")] string? format,
        CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = new FigureQuery(ControllerContext, catalog.Current);
        var request = query.Read();
        query.Allow("prices", "current");
        query.Allow("concept", "gross");
        query.Allow("format", "csv", "json");
        if (await figures.NamesUnknownModelAsync(request, cancellationToken))
            query.Add("model", "unknown_value", "No model has this name or alias.");
        if (query.Errors.Count > 0)
            return Problems.Invalid(HttpContext, query.Errors);

        try
        {
            var (context, cells) = await figures.ReadAsync(request, options.Value.MaxRows, cancellationToken);
            var answer = new GdpAnswer
            {
                Rows = [.. FigureTable.WithEmptyPeriods(request, cells, CellOfNothing, options.Value.MaxRows).Select(cell => RowOf(cell, request, context))],
                Currency = context.Currency,
                Frequency = WireJson.NameOf(request.Frequency),
                By = [.. request.By.Select(d => d.Name())],
                AsOf = context.AsOf,
                CompleteThrough = context.CompleteThrough,
            };
            return FigureTable.Answer(HttpContext, answer, answer.Rows, ["gdp", "quantity", "unpriced_quantity", "free_quantity", "unit_value"],
                row => [CsvCell.Number(row.Gdp), CsvCell.Number(row.Quantity), CsvCell.Number(row.UnpricedQuantity),
                    CsvCell.Number(row.FreeQuantity), CsvCell.Number(row.UnitValue)]);
        }
        catch (TooManyRowsException e)
        {
            return FigureTable.TooManyRows(HttpContext, e);
        }
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
