using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Token Index.</summary>
[ApiController]
[TellsEveryViolation]
[Route("v1/indices")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class IndicesController(FigureReader figures, IndexFigures indices, CatalogCache catalog, IOptions<StatisticsOptions> options) : ControllerBase
{
    /// <summary>Price, quantity and value indices</summary>
    /// <remarks>
    /// Index numbers over the items (producer x model x token class x service tier) of each group, reference period = 100. `union` compares
    /// every item of either period and imputes the missing price of one that came or went at the overall mean of the matched items;
    /// `matched` compares items of both periods only. A period without a level says why in `null_reason`. Unpriced quantities are left out, and
    /// so is an item in a period whose corrections outweigh it. `value` is the ratio of values to those of the reference period, over every
    /// item. `partial` marks a row that covers less than its period: its quantity and value are not those of a whole one.
    /// </remarks>
    [HttpGet(Name = "GetIndices")]
    [ProducesResponseType<IndexAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> Get([FromQuery] IndexParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = new FigureQuery(ControllerContext, catalog.Current, options.Value);
        var request = query.Read();
        var compiled = new IndexMethod
        {
            Kind = query.Choose("index", IndexKind.Price),
            Formula = query.Choose("method", BilateralFormula.Fisher),
            Linking = query.Choose("linking", Linking.Chained),
            Items = query.Choose("items", ItemSelection.Union),
        };
        var referencePeriod = query.ReadPeriod("reference", request);
        query.Allow("format", "csv", "json");
        if (await figures.NamesUnknownModelAsync(request, cancellationToken))
            query.Add("model", "unknown_value", "No model has this name or alias.");
        if (query.Errors.Count > 0)
            return Problems.Invalid(HttpContext, query.Errors);

        try
        {
            var answer = await indices.AnswerAsync(request, compiled, referencePeriod, cancellationToken);
            return FigureTable.Answer(HttpContext, answer, answer.Rows, ["index", "matched_share", "new_items", "vanished_items", "null_reason"],
                row => [CsvCell.Number(row.Index), CsvCell.Number(row.MatchedShare), CsvCell.Number(row.NewItems.ToString(CultureInfo.InvariantCulture)),
                    CsvCell.Number(row.VanishedItems.ToString(CultureInfo.InvariantCulture)), row.NullReason]);
        }
        catch (TooManyRowsException e)
        {
            return FigureTable.TooManyRows(HttpContext, e);
        }
    }
}
