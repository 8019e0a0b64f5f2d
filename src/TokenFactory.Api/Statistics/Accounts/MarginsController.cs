using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What output earns its producers. What tokens cost is private: a key is needed even where figures are public.</summary>
[Route("v1/margins")]
[Authorize("read")]
[Tags("Figures")]
internal sealed class MarginsController(FigureQueries queries, FigureReader figures, IOptions<StatisticsOptions> options) : FigureController(queries)
{
    /// <summary>Value, cost and margin by period</summary>
    /// <remarks>
    /// Token GDP beside what the tokens cost: each day's quantity of an item at the cost that held on that day. Costs are rate cards of the kind
    /// `cost` in the reporting currency; one in another currency counts as none. The cost is that of all tokens that were produced, priced or
    /// not; the margin is that of the tokens whose value and cost are both known: `gdp` less `cost`, but for `unpriced_cost`. What has no cost
    /// is in `uncosted_gdp` and `uncosted_quantity`. A cost that is recorded late holds for its days all the same; as of an earlier date those
    /// costs count that were recorded then. Sums are exact, and the rows of any grouping sum to the total, to the last digit. The total has a
    /// row for every period between the first and the last with data. `Accept: text/csv` gives the same columns.
    /// </remarks>
    /// <param name="frequency" example="month">`day`, `week` (ISO), `month`, `quarter` or `year`; periods are those of UTC.</param>
    /// <param name="start" example="2026-01-01">From this date on; left out: from the first data.</param>
    /// <param name="end" example="2027-01-01">Up to, not including, this date; left out: to the last data.</param>
    /// <param name="by" example="producer,model">Any of `sector`, `producer`, `model`, `token_class`, `service_tier`, with commas.</param>
    /// <param name="sector" example="enterprise">Only these; repeat for several.</param>
    /// <param name="producer" example="moonshot">Only these, by id or alias; repeat for several.</param>
    /// <param name="model" example="kimi-k2">Only these, by name or alias, of any producer; repeat for several.</param>
    /// <param name="token_class" example="output">Only these; repeat for several.</param>
    /// <param name="service_tier" example="standard">Only these; repeat for several.</param>
    /// <param name="as_of" example="2026-11-23">The figures as they were known at the end of this UTC date, 2000-01-01 or later; a date that is still to come: as they are known now.</param>
    /// <param name="format" example="csv">`csv`, where no Accept header can be set.</param>
    [HttpGet(Name = "GetMargins")]
    [ProducesResponseType<MarginAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
#pragma warning disable IDE0060 // The parameters document themselves; FigureQuery reads them, and every violation with them.
    public async Task<IActionResult> Get(
        [FromQuery, OneOf("day", "week", "month", "quarter", "year")] string? frequency, [FromQuery] string? start, [FromQuery] string? end,
        [FromQuery, OneOf<Dimension>] string[]? by, [FromQuery] string[]? sector, [FromQuery] string[]? producer, [FromQuery] string[]? model,
        [FromQuery] string[]? token_class, [FromQuery] string[]? service_tier, [FromQuery] string? as_of,
        [FromQuery, OneOf("json", "csv")] string? format, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = OpenQuery();
        var request = query.Read(isOfUtc: true);
        // Costs hold for whole days.
        if (request.Frequency == Frequency.Hour)
            query.Allow("frequency", "day", "week", "month", "quarter", "year");
        if (await RefusalOfAsync(query, request, cancellationToken) is { } refusal)
            return refusal;

        var (context, cells) = await figures.ReadMarginsAsync(request, options.Value.MaxRows, cancellationToken);
        var answer = new MarginAnswer
        {
            Rows = [.. FigureTable.WithEmptyPeriods(request, cells, CellOfNothing, options.Value.MaxRows).Select(cell => RowOf(cell, request, context))],
            Currency = context.Currency,
            Unit = context.Currency,
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = [.. request.By.Select(d => d.Name())],
            AsOf = context.AsOf,
            CompleteThrough = context.CompleteThrough,
        };
        return FigureTable.Answer(HttpContext, answer, answer.Rows,
            ["gdp", "uncosted_gdp", "cost", "unpriced_cost", "margin", "margin_share", "costed_quantity", "uncosted_quantity", "unit_cost"],
            row => [CsvCell.Number(row.Gdp), CsvCell.Number(row.UncostedGdp), CsvCell.Number(row.Cost), CsvCell.Number(row.UnpricedCost),
                CsvCell.Number(row.Margin), CsvCell.Number(row.MarginShare), CsvCell.Number(row.CostedQuantity),
                CsvCell.Number(row.UncostedQuantity), CsvCell.Number(row.UnitCost)]);
    }

    private MarginRow RowOf(MarginCell cell, FigureRequest request, FigureContext context)
    {
        var (start, end, isPartial) = FigureTable.Cover(cell.Period, request, context);
        return FigureTable.WithGroup(new MarginRow
        {
            Period = cell.Period.Label,
            Start = start,
            End = end,
            Gdp = cell.Gdp,
            UncostedGdp = cell.UncostedGdp,
            Cost = cell.Cost,
            UnpricedCost = cell.UnpricedCost,
            Margin = cell.Margin,
            MarginShare = cell.MarginShare,
            CostedQuantity = cell.CostedQuantity,
            UncostedQuantity = cell.UncostedQuantity,
            UnitCost = cell.UnitCost,
            Partial = isPartial,
            Status = FigureTable.StatusOf(cell.Period, context.AsOf, options.Value),
        }, request.By, cell.Group);
    }

    private static MarginCell CellOfNothing(Period period) => new()
    {
        Period = period,
        Group = [],
        Gdp = "0",
        UncostedGdp = "0",
        Cost = "0",
        UnpricedCost = "0",
        Margin = "0",
        MarginShare = null,
        CostedQuantity = "0",
        UncostedQuantity = "0",
        UnitCost = null,
    };
}
