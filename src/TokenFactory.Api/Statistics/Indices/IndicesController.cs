using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Token Index.</summary>
[Route("v1/indices")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class IndicesController(FigureQueries queries, FigureAnswers answers, IndexFigures indices) : FigureController(queries)
{
    /// <summary>Price, quantity and value indices</summary>
    /// <remarks>
    /// Index numbers over the items (producer x model x token class x service tier) of each group, reference period = 100. Methods of two periods
    /// (`fisher`, `laspeyres` ...) are chained, or compared with the reference period (`linking`), over the `union` of the items with imputed prices, or
    /// over those of both periods; methods of many (`geks_fisher` ... `gk`) run over all periods, or over a rolling `window` that is spliced on. Each
    /// period of a chain is compared with the nearest one before that it can be compared with (`compared_with`); where there is none, the chain
    /// breaks and `break` says so. A period without a level says why in `null_reason`. Unpriced quantities are left out, and so is an item in a period
    /// whose corrections outweigh it. `value` is the ratio of values to those of the reference period, over every item. A price index has beside it
    /// the average price (`unit_value_index`, which is no price index) and what that owes to the mix (`composition_effect`). `partial` marks a row
    /// that covers less than its period: its quantity and value are not those of a whole one. Published headline: `GET /v1/token-index`.
    /// </remarks>
    [HttpGet(Name = "GetIndices")]
    [ProducesResponseType<IndexAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> Get([FromQuery] IndexParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = OpenQuery();
        var request = query.Read();
        var specification = IndexSpecification.Read(query, request);
        if (await RefusalOfAsync(query, request, cancellationToken) is { } refusal)
            return refusal;

        return await answers.AnswerAsync(HttpContext, request, async snapshot =>
        {
            var answer = await indices.AnswerAsync(snapshot, request, specification, cancellationToken);
            var isTransformed = specification.Units != Transformation.Lin;
            return FigureTable.Document(HttpContext, answer, answer.Rows, isTransformed ? [Columns[0], "value", .. Columns[1..]] : Columns,
                row => isTransformed ? [CsvCell.Number(row.Index), CsvCell.Number(row.Value), .. Cells(row)[1..]] : Cells(row));
        }, cancellationToken);
    }

    private static readonly string[] Columns =
    [
        "index", "matched_share", "new_items", "vanished_items", "carried_items", "compared_with", "break", "free_share", "unpriced_share",
        "unit_value_index", "composition_effect", "null_reason",
    ];

    private static CsvCell[] Cells(IndexRow row) =>
    [
        CsvCell.Number(row.Index), CsvCell.Number(row.MatchedShare), CsvCell.Number(row.NewItems), CsvCell.Number(row.VanishedItems),
        CsvCell.Number(row.CarriedItems), row.ComparedWith, row.Break ? "true" : "false", CsvCell.Number(row.FreeShare),
        CsvCell.Number(row.UnpricedShare), CsvCell.Number(row.UnitValueIndex), CsvCell.Number(row.CompositionEffect), row.NullReason,
    ];
}
