using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>How demand goes with price.</summary>
[Route("v1/demand-response")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class DemandResponseController(FigureQueries queries, DemandResponseFigures demand) : FigureController(queries)
{
    private static readonly string[] Measures =
    [
        "first_period", "last_period", "n", "left_out", "elasticity", "standard_error", "r2", "lower", "upper", "matched_share", "free_share",
        "unpriced_share", "null_reason", "status",
    ];

    /// <summary>Response of demand to price, by group</summary>
    /// <remarks>
    /// The logarithm of the matched chained Fisher quantity index on the logarithm of the price index of the same items: two rows per group, in
    /// levels and in differences from period to period. This is a correlation and not an identified demand curve: supply moves prices too,
    /// and what follows time correlates by itself, in levels more than in differences. Items that come and go are in neither index. A period
    /// that the window cuts, or that is not over yet, is left out: it has less than its quantity. `Accept: text/csv` gives the same columns.
    /// </remarks>
    [HttpGet(Name = "GetDemandResponse")]
    [ProducesResponseType<DemandResponseAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> Get([FromQuery] DemandResponseParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = OpenQuery();
        var request = query.Read();
        if (await RefusalOfAsync(query, request, cancellationToken) is { } refusal)
            return refusal;

        var answer = await demand.AnswerAsync(request, cancellationToken);
        return FigureTable.Answer(HttpContext, answer, ["form", .. answer.By, .. Measures], answer.Rows.Select(row => (IReadOnlyList<CsvCell>)
            [row.Form, .. FigureTable.Groups(row), row.FirstPeriod, row.LastPeriod, Count(row.N), Count(row.LeftOut),
                CsvCell.Number(row.Elasticity), CsvCell.Number(row.StandardError), CsvCell.Number(row.R2), CsvCell.Number(row.Lower),
                CsvCell.Number(row.Upper), CsvCell.Number(row.MatchedShare), CsvCell.Number(row.FreeShare), CsvCell.Number(row.UnpricedShare),
                row.NullReason, row.Status]));
    }

    private static CsvCell Count(int count) => CsvCell.Number(count.ToString(CultureInfo.InvariantCulture));
}
