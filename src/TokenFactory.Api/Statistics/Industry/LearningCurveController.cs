using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>How prices and costs fall with experience.</summary>
[Route("v1/learning-curve")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class LearningCurveController(FigureQueries queries, LearningFigures learning, IAuthorizationService authorization) : FigureController(queries)
{
    private static readonly string[] Measures =
    [
        "first_period", "last_period", "n", "left_out", "exponent", "learning_rate", "progress_ratio", "standard_error", "r2", "learning_rate_lower",
        "learning_rate_upper", "doublings", "annual_rate", "halving_years", "moore_exponent", "moore_standard_error", "moore_r2", "better",
        "matched_share", "free_share", "unpriced_share", "null_reason", "partial", "status",
    ];

    /// <summary>Learning curves by group</summary>
    /// <remarks>
    /// The logarithm of the matched chained Fisher price index on the logarithm of the cumulative chained volume (Wright: a doubling of
    /// experience takes the learning rate off the price), and on time (Moore), over the same points: one row per group. The volume is that of all
    /// items, in money of the group's first period with a value, summed to the end of each period. Experience is counted from the first data
    /// on: `start` only says which periods are points. Years are of 365.25 days, to the middle of a period. A price is not a cost: rows of
    /// `price_learning` tell what buyers pay; rows of `cost_learning` are made in the same way from the unit costs that were reported (rate cards of
    /// the kind `cost`), for keys with the scope `read`, and for groups that have any; `cost_reason` says why there are none. A cumulative
    /// volume follows time: that one line fits better than the other proves little while few doublings are seen. `points=true` adds what a
    /// chart needs. `Accept: text/csv` gives the same columns without points.
    /// </remarks>
    [HttpGet(Name = "GetLearningCurve")]
    [ProducesResponseType<LearningCurveAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
    public async Task<IActionResult> Get([FromQuery] LearningCurveParameters parameters, CancellationToken cancellationToken)
    {
        var query = OpenQuery();
        var request = query.Read(isFromTheFirst: true);
        query.Allow("points", "true", "false");
        if (await RefusalOfAsync(query, request, cancellationToken) is { } refusal)
            return refusal;

        var mayReadCosts = (await authorization.AuthorizeAsync(User, "read")).Succeeded;
        var answer = await learning.AnswerAsync(request, parameters.points == "true", mayReadCosts, cancellationToken);
        return FigureTable.Answer(HttpContext, answer, ["kind", .. answer.By, .. Measures], answer.Rows.Select(row => (IReadOnlyList<CsvCell>)
            [row.Kind, .. FigureTable.Groups(row), row.FirstPeriod, row.LastPeriod, Count(row.N), Count(row.LeftOut),
                CsvCell.Number(row.Exponent), CsvCell.Number(row.LearningRate), CsvCell.Number(row.ProgressRatio), CsvCell.Number(row.StandardError),
                CsvCell.Number(row.R2), CsvCell.Number(row.LearningRateLower), CsvCell.Number(row.LearningRateUpper), CsvCell.Number(row.Doublings),
                CsvCell.Number(row.AnnualRate), CsvCell.Number(row.HalvingYears), CsvCell.Number(row.MooreExponent),
                CsvCell.Number(row.MooreStandardError), CsvCell.Number(row.MooreR2), row.Better, CsvCell.Number(row.MatchedShare),
                CsvCell.Number(row.FreeShare), CsvCell.Number(row.UnpricedShare), row.NullReason, row.Partial ? "true" : "false", row.Status]));
    }

    private static CsvCell Count(int count) => CsvCell.Number(count.ToString(CultureInfo.InvariantCulture));
}
