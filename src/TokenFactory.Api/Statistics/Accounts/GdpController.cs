using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Token GDP.</summary>
[Route("v1/gdp")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class GdpController(FigureQueries queries, FigureAnswers answers, GdpFigures gdp, ReleasedFigures released, Confidentiality confidentiality)
    : FigureController(queries)
{
    /// <summary>Token GDP by period</summary>
    /// <remarks>
    /// Quantity x unit value of everything recorded: flat rows, one per period and group. An acknowledged event is in the next answer. `by` returns its
    /// groups only; the total is the query without it, and the rows of any grouping sum to it, to the last digit. The total has a row for every
    /// period between the first and the last with data, 0 where nothing was recorded; a group has rows only where it has data.
    ///
    /// `concept=net` takes intermediate consumption out: what accounts buy that are producers themselves. Of producers (as group or filter) it is
    /// what each made less what it bought, below 0 for one that buys more than it makes; of sectors, models, classes and tiers it is final
    /// use. The total is the same from both sides, to the last digit; the two don't mix in one query.
    ///
    /// `prices=chained` adds the chained volume (`real`) in money of `reference`, the implicit `deflator`, and how the items compare: Fisher over the
    /// union of items, of producers, net, by double deflation. Volumes of groups don't add up to that of the total: `totals` has the residual of
    /// each period, the column `residual` has it too. `units` adds a transformation of the figure as `value`; periods before `start` are read for it.
    /// Growth of or from a period that is not covered in full is null: nothing is grossed up. `partial` marks such rows.
    ///
    /// Models of one name are one group unless `producer` is in `by` too. `Accept: text/csv` gives the same columns.
    /// </remarks>
    [HttpGet(Name = "GetGdp")]
    [WhileWithheld(WhileWithheld.Releases)]
    [ProducesResponseType<GdpAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> Get([FromQuery] GdpParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = OpenQuery();
        var request = query.Read();
        var specification = GdpSpecification.Read(query, request);
        var isOfReleases = confidentiality.AppliesTo(User);
        if (isOfReleases && ReleasedQuery.TooFineOf(request, specification) is { Count: > 0 } tooFine)
            return Confidentiality.Refusal(HttpContext, tooFine);
        if (await RefusalOfAsync(query, request, cancellationToken) is { } refusal)
            return refusal;

        if (isOfReleases)
        {
            var answer = await released.AnswerAsync(request, specification, cancellationToken);
            return DocumentOf(answer, specification).Result(HttpContext, answer.CompleteThrough);
        }

        return await answers.AnswerAsync(HttpContext, specification.WithLookback(request),
            async snapshot => DocumentOf(await gdp.AnswerAsync(snapshot, request, specification, cancellationToken), specification), cancellationToken);
    }

    private FigureDocument DocumentOf(GdpAnswer answer, GdpSpecification specification)
    {
        (string Name, Func<GdpRow, CsvCell> Cell)[] columns = [.. Columns(answer, specification)];
        return FigureTable.Document(HttpContext, answer, answer.Rows, [.. columns.Select(c => c.Name)], row => [.. columns.Select(c => c.Cell(row))]);
    }

    // In the order of the members of a row.
    private static IEnumerable<(string Name, Func<GdpRow, CsvCell> Cell)> Columns(GdpAnswer answer, GdpSpecification specification)
    {
        var (isNet, isTransformed) = (specification.Concept == GdpConcept.Net, specification.Units != Transformation.Lin);
        yield return ("gdp", row => CsvCell.Number(row.Gdp));
        if (isNet)
        {
            yield return ("gross_output", row => CsvCell.Number(row.GrossOutput));
            yield return ("intermediate_consumption", row => CsvCell.Number(row.IntermediateConsumption));
        }

        if (specification.IsChained)
        {
            yield return ("real", row => CsvCell.Number(row.Real));
            yield return ("deflator", row => CsvCell.Number(row.Deflator));
        }

        if (isTransformed)
            yield return ("value", row => CsvCell.Number(row.Value));
        yield return ("quantity", row => CsvCell.Number(row.Quantity));
        yield return ("unpriced_quantity", row => CsvCell.Number(row.UnpricedQuantity));
        yield return ("free_quantity", row => CsvCell.Number(row.FreeQuantity));
        yield return ("unit_value", row => CsvCell.Number(row.UnitValue));
        yield return ("free_share", row => CsvCell.Number(row.FreeShare));
        yield return ("unpriced_share", row => CsvCell.Number(row.UnpricedShare));
        if (specification.IsChained)
        {
            yield return ("matched_share", row => CsvCell.Number(row.MatchedShare));
            yield return ("new_items", row => CsvCell.Number(row.NewItems));
            yield return ("vanished_items", row => CsvCell.Number(row.VanishedItems));
        }

        if (answer.Totals is not null)
            yield return ("residual", row => CsvCell.Number(row.Residual));
        if (specification.IsChained || isTransformed || answer.IsOfReleases)
            yield return ("null_reason", row => row.NullReason);
    }
}
