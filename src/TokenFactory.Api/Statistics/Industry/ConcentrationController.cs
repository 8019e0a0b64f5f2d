using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>How concentrated output is.</summary>
[Route("v1/concentration")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class ConcentrationController(FigureQueries queries, FigureAnswers answers, ConcentrationFigures concentration) : FigureController(queries)
{
    private static readonly string[] Measures =
    [
        "hhi", "band", "equivalent_number", "active", "cr1", "cr4", "cr8", "largest", "largest_share", "compared_with", "entries", "exits",
        "entry_share", "exit_share", "left_out", "free_share", "unpriced_share", "null_reason",
    ];

    /// <summary>Concentration by period</summary>
    /// <remarks>
    /// How the output of each period and market is spread over producers, or over models (`of`): the Herfindahl-Hirschman index with its band
    /// (1,000 and 1,800 are the bounds), the shares of the one, four and eight largest, and who came and who went since the nearest earlier
    /// period with output. By value only what is priced counts; a producer whose tokens are all free or all unpriced has no share of value, and
    /// counts in `left_out`. Shares are computed exactly. A market has a row for every period between its first and its last with data.
    /// Shares by producer over time are those of `GET /v1/gdp?by=producer`. `Accept: text/csv` gives the same columns.
    /// </remarks>
    [HttpGet(Name = "GetConcentration")]
    [ProducesResponseType<ConcentrationAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> Get([FromQuery] ConcentrationParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = OpenQuery();
        var request = query.Read();
        var measure = query.Choose("measure", ConcentrationMeasure.Value);
        var of = query.Choose("of", MarketMember.Producer);
        if (request.By.Any(d => d is Dimension.Producer or Dimension.Model))
            query.Add("by", "unknown_value", "Must be any of sector, token_class, service_tier: producers and models are those who share the market, see `of`.");
        if (await RefusalOfAsync(query, request, cancellationToken) is { } refusal)
            return refusal;

        return await answers.AnswerAsync(HttpContext, request, async snapshot =>
        {
            var answer = await concentration.AnswerAsync(snapshot, request, measure, of, cancellationToken);
            return FigureTable.Document(HttpContext, answer, answer.Rows, Measures,
                row => [Number(row.Hhi), row.Band is { } band ? WireJson.NameOf(band) : null, Number(row.EquivalentNumber), Number(row.Active),
                    Number(row.Cr1), Number(row.Cr4), Number(row.Cr8), row.Largest, Number(row.LargestShare), row.ComparedWith,
                    Number(row.Entries), Number(row.Exits), Number(row.EntryShare), Number(row.ExitShare), Number(row.LeftOut),
                    CsvCell.Number(row.FreeShare), CsvCell.Number(row.UnpricedShare), row.NullReason]);
        }, cancellationToken);
    }

    private static CsvCell Number(decimal? number) => CsvCell.Number(number?.ToString(CultureInfo.InvariantCulture));
}
