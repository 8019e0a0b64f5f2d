using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>What Token GDP leaves out, because nobody knows what it is worth.</summary>
[Route("v1/unpriced")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class UnpricedController(FigureQueries queries, FigureReader figures, IOptions<StatisticsOptions> options) : FigureController(queries)
{
    /// <summary>Unpriced quantities by item</summary>
    /// <remarks>
    /// Tokens that were recorded without a value, the most first: `no_price` where neither the event nor a rate card had one, or the card's goes by
    /// each request (tiers by input, packages, a minimum charge) and the usage is the sum of several; `no_exchange_rate` where the
    /// price is in a currency that nothing published in the seven days before leads from. They are in the quantities of figures and in no GDP. What is reversed or valued later is gone from here, and nowhere else: `as_of` shows what was open then. A price that arrives
    /// values nothing by itself; `POST /v1/repricings` does. `Accept: text/csv` gives the same columns.
    /// </remarks>
    /// <param name="start" example="2026-01-01">From this date on; left out: from the first data.</param>
    /// <param name="end" example="2027-01-01">Up to, not including, this date; left out: to the last data.</param>
    /// <param name="sector" example="enterprise">Only these; repeat for several.</param>
    /// <param name="producer" example="moonshot">Only these, by id or alias; repeat for several.</param>
    /// <param name="model" example="kimi-k2">Only these, by name or alias, of any producer; repeat for several.</param>
    /// <param name="token_class" example="output">Only these; repeat for several.</param>
    /// <param name="service_tier" example="standard">Only these; repeat for several.</param>
    /// <param name="as_of" example="2026-11-23">What was unpriced as known at the end of this UTC date, 2000-01-01 or later; a date that is still to come: as known now.</param>
    /// <param name="format" example="csv">`csv`, where no Accept header can be set.</param>
    [HttpGet(Name = "GetUnpriced")]
    [ProducesResponseType<UnpricedAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
#pragma warning disable IDE0060 // The parameters document themselves; FigureQuery reads them, and every violation with them.
    public async Task<IActionResult> Get(
        [FromQuery] string? start, [FromQuery] string? end, [FromQuery] string[]? sector, [FromQuery] string[]? producer, [FromQuery] string[]? model,
        [FromQuery] string[]? token_class, [FromQuery] string[]? service_tier, [FromQuery] string? as_of,
        [FromQuery, OneOf("json", "csv")] string? format, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = OpenQuery();
        var request = query.Read(isOfUtc: true);
        if (await RefusalOfAsync(query, request, cancellationToken) is { } refusal)
            return refusal;

        var answer = await figures.ReadUnpricedAsync(request, options.Value.MaxRows, cancellationToken);
        return FigureTable.Answer(HttpContext, answer,
            ["producer", "model", "token_class", "service_tier", "currency", "reason", "quantity", "first_day", "last_day", "entries"],
            answer.Rows.Select(row => (IReadOnlyList<CsvCell>)[row.Producer, row.Model, row.TokenClass, row.ServiceTier, row.Currency,
                WireJson.NameOf(row.Reason), CsvCell.Number(row.Quantity), Day(row.FirstDay), Day(row.LastDay),
                CsvCell.Number(row.Entries.ToString(CultureInfo.InvariantCulture))]));
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
