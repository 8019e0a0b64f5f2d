using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Token Index.</summary>
[ApiController]
[TellsEveryViolation]
[Route("v1/indices")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class IndicesController(FigureReader figures, CatalogCache catalog, IOptions<StatisticsOptions> options) : ControllerBase
{
    /// <summary>Price, quantity and value indices</summary>
    /// <remarks>
    /// Index numbers over the items (producer x model x token class x service tier) of each group, reference period = 100. `union` compares
    /// every item of either period and imputes the missing price of one that came or went at the overall mean of the matched items;
    /// `matched` compares items of both periods only. A period without a level says why in `null_reason`. Unpriced quantities are left out, and
    /// so is an item in a period whose corrections outweigh it. `value` is the ratio of values to those of the reference period, over every
    /// item. `partial` marks a row that covers less than its period: its quantity and value are not those of a whole one.
    /// </remarks>
    /// <param name="index" example="price">`price`, `quantity` or `value`.</param>
    /// <param name="method" example="fisher">`laspeyres`, `paasche` or `fisher`.</param>
    /// <param name="linking" example="chained">`chained` compares each period with the one before, `fixed_base` with the reference period.</param>
    /// <param name="items" example="union">`union` or `matched`.</param>
    /// <param name="reference" example="2026-01">The period that is 100, inside the window; left out: the first with data, for each group the first of its own.</param>
    /// <param name="frequency" example="month">`hour`, `day`, `week` (ISO), `month`, `quarter` or `year`; periods are those of UTC.</param>
    /// <param name="start" example="2026-01-01">From this date on, or for hours this full hour; left out: from the first data.</param>
    /// <param name="end" example="2027-01-01">Up to, not including, this date, or for hours this full hour; left out: to the last data.</param>
    /// <param name="by" example="sector">Any of `sector`, `producer`, `model`, `token_class`, `service_tier`, with commas.</param>
    /// <param name="sector" example="enterprise">Only these; repeat for several.</param>
    /// <param name="producer" example="moonshot">Only these, by id or alias; repeat for several.</param>
    /// <param name="model" example="kimi-k2">Only these, by name or alias, of any producer; repeat for several.</param>
    /// <param name="token_class" example="output">Only these; repeat for several.</param>
    /// <param name="service_tier" example="standard">Only these; repeat for several.</param>
    /// <param name="as_of" example="2026-11-23">The figures as they were known at the end of this UTC date; a date that is still to come: as they are known now.</param>
    /// <param name="format" example="csv">`csv`, where no Accept header can be set.</param>
    [HttpGet(Name = "GetIndices")]
    [ProducesResponseType<IndexAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
#pragma warning disable IDE0060 // The parameters document themselves; FigureQuery reads them, and every violation with them.
    public async Task<IActionResult> Get(
        [FromQuery, OneOf<IndexKind>] string? index, [FromQuery, OneOf<BilateralFormula>] string? method, [FromQuery, OneOf<Linking>] string? linking,
        [FromQuery, OneOf<ItemSelection>] string? items, [FromQuery] string? reference, [FromQuery, OneOf<Frequency>] string? frequency,
        [FromQuery] string? start, [FromQuery] string? end, [FromQuery, OneOf<Dimension>] string[]? by, [FromQuery] string[]? sector,
        [FromQuery] string[]? producer, [FromQuery] string[]? model, [FromQuery] string[]? token_class, [FromQuery] string[]? service_tier,
        [FromQuery] string? as_of, [FromQuery, OneOf("json", "csv")] string? format, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = new FigureQuery(ControllerContext, catalog.Current);
        var request = query.Read();
        var compiled = new IndexMethod
        {
            Kind = query.Choose("index", IndexKind.Price),
            Formula = query.Choose("method", BilateralFormula.Fisher),
            Linking = query.Choose("linking", Linking.Chained),
            Items = query.Choose("items", ItemSelection.Union),
        };
        var referencePeriod = query.ReadPeriod("reference", request.Frequency);
        query.Allow("format", "csv", "json");
        if (await figures.NamesUnknownModelAsync(request, cancellationToken))
            query.Add("model", "unknown_value", "No model has this name or alias.");
        if (query.Errors.Count > 0)
            return Problems.Invalid(HttpContext, query.Errors);

        try
        {
            var (context, cells) = await figures.ReadItemsAsync(request, options.Value.MaxItemPeriods, cancellationToken);
            var (rows, reference100) = Compile(cells, request, compiled, referencePeriod, context);
            var answer = new IndexAnswer
            {
                Rows = rows,
                Index = WireJson.NameOf(compiled.Kind),
                Method = WireJson.NameOf(compiled.Formula),
                Linking = WireJson.NameOf(compiled.Linking),
                Items = WireJson.NameOf(compiled.Items),
                Reference = reference100?.Label,
                Currency = context.Currency,
                Frequency = WireJson.NameOf(request.Frequency),
                By = [.. request.By.Select(d => d.Name())],
                AsOf = context.AsOf,
                CompleteThrough = context.CompleteThrough,
            };
            return FigureTable.Answer(HttpContext, answer, answer.Rows, ["index", "matched_share", "new_items", "vanished_items", "null_reason"],
                row => [CsvCell.Number(row.Index), CsvCell.Number(row.MatchedShare), CsvCell.Number(row.NewItems.ToString(CultureInfo.InvariantCulture)),
                    CsvCell.Number(row.VanishedItems.ToString(CultureInfo.InvariantCulture)), row.NullReason]);
        }
        catch (TooManyRowsException e)
        {
            return FigureTable.TooManyRows(HttpContext, e);
        }
    }

    private (List<IndexRow> Rows, Period? Reference) Compile(
        List<ItemCell> cells, FigureRequest request, IndexMethod method, Period? asked, FigureContext context)
    {
        if (cells.Count == 0)
            return ([], asked);
        // Every group runs over the same periods, so that series can be laid side by side.
        var periods = Period.Range(request.Frequency, cells[0].Period.Start, cells[^1].Period.End).Take(options.Value.MaxRows + 1).ToList();
        var groups = cells.GroupBy(c => c.Group, GroupComparer.Instance).OrderBy(g => g.Key, new GroupOrder(request.By)).ToList();
        if ((long)periods.Count * groups.Count > options.Value.MaxRows)
            throw new TooManyRowsException(options.Value.MaxRows);
        var rows = new List<IndexRow>(periods.Count * groups.Count);
        var references = new HashSet<Period>();
        foreach (var group in groups)
        {
            var byPeriod = group.ToLookup(c => c.Period, c => KeyValuePair.Create(c.ItemId, c.Item));
            var baskets = periods.Select(p => new Basket(byPeriod[p])).ToList();
            var at = asked is { } wanted ? periods.IndexOf(wanted) : baskets.FindIndex(b => !b.IsEmpty);
            if (at >= 0)
                references.Add(periods[at]);
            // Nothing in the group has a price: not for want of a reference period, unless one was asked for.
            var points = at < 0 && asked is null
                ? [.. baskets.Select(_ => new IndexPoint(null, NullReasons.EmptyPeriod, null, 0, 0))]
                : IndexSeries.Compile(baskets, at, method);
            rows.AddRange(periods.Select((period, t) => RowOf(period, points[t], group.Key, request, context)));
        }

        return ([.. rows.OrderBy(r => r.Start)], asked ?? (references.Count == 1 ? references.Single() : null));
    }

    private IndexRow RowOf(Period period, IndexPoint point, IReadOnlyList<string> group, FigureRequest request, FigureContext context)
    {
        var (start, end, isPartial) = FigureTable.Cover(period, request, context);
        return FigureTable.WithGroup(new IndexRow
        {
            Period = period.Label,
            Start = start,
            End = end,
            Index = SixDecimals(point.Level),
            MatchedShare = SixDecimals(point.MatchedShare),
            NewItems = point.NewItems,
            VanishedItems = point.VanishedItems,
            NullReason = point.NullReason,
            Partial = isPartial,
            Status = FigureTable.StatusOf(period, context.AsOf, options.Value),
        }, request.By, group);
    }

    // F6 rounds the number itself; multiplying it first, or a custom format (15 digits), would not.
    private static string? SixDecimals(double? value) => value?.ToString("F6", CultureInfo.InvariantCulture);
}
