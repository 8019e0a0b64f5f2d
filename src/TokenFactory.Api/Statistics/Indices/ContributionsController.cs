using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What moved the figures.</summary>
[Route("v1/contributions")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class ContributionsController(FigureQueries queries, FigureAnswers answers, ContributionFigures contributions) : FigureController(queries)
{
    /// <summary>Contributions to growth</summary>
    /// <remarks>
    /// How many percentage points of a period's growth each group added: exact additive contributions to the Fisher quantity index (real growth) or
    /// price index, against the period before that is not empty, over the union of the items. Those of a period add up to its growth, to the last
    /// published decimal. `by` says what contributes, left out: each item; with `sector` in it, what two sectors buy of one item counts as two products,
    /// so that the growth taken apart is that of both together. Filters choose whose growth it is.
    /// </remarks>
    [HttpGet(Name = "GetContributions")]
    [ProducesResponseType<ContributionAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> Get([FromQuery] ContributionParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = OpenQuery();
        var request = ContributionFigures.ByItem(query.Read());
        query.Allow("index", "quantity", "price");
        var kind = query.TryChoose<IndexKind>("index") ?? IndexKind.Quantity;
        if (await RefusalOfAsync(query, request, cancellationToken) is { } refusal)
            return refusal;

        return await answers.AnswerAsync(HttpContext, request, async snapshot =>
        {
            var answer = await contributions.AnswerAsync(snapshot, request, kind, cancellationToken);
            return FigureTable.Document(HttpContext, answer, answer.Rows,
                ["contribution", "growth", "compared_with", "matched_share", "new_items", "vanished_items", "null_reason"],
                row => [CsvCell.Number(row.Contribution), CsvCell.Number(row.Growth), row.ComparedWith, CsvCell.Number(row.MatchedShare),
                    CsvCell.Number(row.NewItems), CsvCell.Number(row.VanishedItems), row.NullReason]);
        }, cancellationToken);
    }
}
