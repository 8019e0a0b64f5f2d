using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>How figures change while late events and corrections come in.</summary>
[Route("v1/revisions")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class RevisionsController(FigureQueries queries, RevisionFigures revisions) : FigureController(queries)
{
    private static readonly string[] Measures =
    [
        "vintage", "value", "previous_value", "revision", "revision_percent", "first", "first_vintage", "cumulative_revision",
        "cumulative_revision_percent", "matched_share", "free_share", "unpriced_share", "null_reason",
    ];

    /// <summary>The revision triangle</summary>
    /// <remarks>
    /// What each vintage said of each reference period: a row per period and vintage, equal to `GET /v1/gdp` or `GET /v1/indices` with `as_of` of
    /// the vintage, to the last digit. A vintage has rows for the periods between the first and the last that had data by then. The first
    /// estimate of a period is what the first vintage with a figure said after the period was over: what was known sooner was no figure of a
    /// whole period. `vintages=day` is a figure published every day; days that changed nothing are left out. `summary` tells how far first
    /// estimates lay from the latest figures, over the periods that are complete. An index keeps one reference period in every vintage.
    /// `Accept: text/csv` gives the same columns without the summary.
    /// </remarks>
    [HttpGet(Name = "GetRevisions")]
    [ProducesResponseType<RevisionAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
    public async Task<IActionResult> Get([FromQuery] RevisionParameters parameters, CancellationToken cancellationToken)
    {
        var query = OpenQuery();
        var request = query.Read();
        var asked = new RevisionSpecification(
            query.Choose("measure", RevisionMeasure.Gdp), query.Choose("vintages", VintageSchedule.Month), query.ReadVintages("vintage"), query.ReadPeriod("reference", request));
        if (asked.Vintages.Count > 0 && !string.IsNullOrEmpty(parameters.vintages))
            query.Add("vintages", "not_together", "Either a schedule, or single vintages by `vintage`.");
        if (asked.Reference is not null && !asked.IsIndex)
            query.Add("reference", "not_together", "Only an index has a reference period.");
        if (await RefusalOfAsync(query, request, cancellationToken) is { } refusal)
            return refusal;

        var answer = await revisions.AnswerAsync(request, asked, cancellationToken);
        return FigureTable.Answer(HttpContext, answer, answer.Rows, Measures,
            row => [Day(row.Vintage), CsvCell.Number(row.Value), CsvCell.Number(row.PreviousValue), CsvCell.Number(row.Revision),
                CsvCell.Number(row.RevisionPercent), CsvCell.Number(row.First), Day(row.FirstVintage), CsvCell.Number(row.CumulativeRevision),
                CsvCell.Number(row.CumulativeRevisionPercent), CsvCell.Number(row.MatchedShare), CsvCell.Number(row.FreeShare),
                CsvCell.Number(row.UnpricedShare), row.NullReason]);
    }

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
