using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>Token GDP.</summary>
[ApiController]
[TellsEveryViolation]
[Route("v1/gdp")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class GdpController(FigureReader figures, GdpFigures gdp, CatalogCache catalog, IOptions<StatisticsOptions> options) : ControllerBase
{
    /// <summary>Token GDP by period</summary>
    /// <remarks>
    /// Quantity x unit value of everything recorded, at current prices, gross: flat rows, one per period and group. An acknowledged event is
    /// in the next answer. `by` returns its groups only; the total is the query without it, and the rows of any grouping sum to it, to the
    /// last digit. The total has a row for every period between the first and the last with data, 0 where nothing was recorded; a group has
    /// rows only where it has data. `partial` marks a row that covers less than its period. Models of one name are one group unless `producer`
    /// is in `by` too. `Accept: text/csv` gives the same columns.
    /// </remarks>
    [HttpGet(Name = "GetGdp")]
    [ProducesResponseType<GdpAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> Get([FromQuery] GdpParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = new FigureQuery(ControllerContext, catalog.Current, options.Value);
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
            var answer = await gdp.AnswerAsync(request, cancellationToken);
            return FigureTable.Answer(HttpContext, answer, answer.Rows, ["gdp", "quantity", "unpriced_quantity", "free_quantity", "unit_value"],
                row => [CsvCell.Number(row.Gdp), CsvCell.Number(row.Quantity), CsvCell.Number(row.UnpricedQuantity),
                    CsvCell.Number(row.FreeQuantity), CsvCell.Number(row.UnitValue)]);
        }
        catch (TooManyRowsException e)
        {
            return FigureTable.TooManyRows(HttpContext, e);
        }
    }
}
