using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>The headline.</summary>
[Route("v1/token-index")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class TokenIndexController(FigureQueries queries, FigureAnswers answers, IndexFigures indices) : FigureController(queries)
{
    /// <summary>Token Index per sector</summary>
    /// <remarks>
    /// The headline: price (TPI), quantity (TQI) and value (TVI) of each sector and of all that are asked for together (`total`), reference period = 100, with price x
    /// quantity / 100 = value. Years and quarters are chained Fisher indices over the union of the items. Chains of shorter periods drift when prices
    /// bounce: months, weeks, days and hours are GEKS-Fisher in a rolling window (13 months, 53 weeks, 29 days, 25 hours), spliced by the
    /// mean over the published series, and the quantity index is what the price index leaves of the value. Any other method: `GET /v1/indices`.
    /// </remarks>
    [HttpGet(Name = "GetTokenIndex")]
    [ProducesResponseType<TokenIndexAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> Get([FromQuery] TokenIndexParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = OpenQuery();
        var request = query.Read() with { By = [Dimension.Sector] };
        var reference = query.ReadPeriod("reference", request);
        if (await RefusalOfAsync(query, request, cancellationToken) is { } refusal)
            return refusal;

        return await answers.AnswerAsync(HttpContext, request, async snapshot =>
        {
            var answer = await indices.HeadlineAsync(snapshot, request, reference, cancellationToken);
            return FigureTable.Document(HttpContext, answer, answer.Rows,
                ["price", "quantity", "value", "matched_share", "new_items", "vanished_items", "free_share", "unpriced_share", "break", "null_reason"],
                row => [CsvCell.Number(row.Price), CsvCell.Number(row.Quantity), CsvCell.Number(row.Value), CsvCell.Number(row.MatchedShare),
                    CsvCell.Number(row.NewItems), CsvCell.Number(row.VanishedItems), CsvCell.Number(row.FreeShare), CsvCell.Number(row.UnpricedShare),
                    row.Break ? "true" : "false", row.NullReason]);
        }, cancellationToken);
    }
}
