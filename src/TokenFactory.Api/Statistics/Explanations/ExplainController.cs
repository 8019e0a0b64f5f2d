using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Statistics;

/// <summary>What a figure is made of.</summary>
[Route("v1/explain")]
[Authorize("read")]
[Tags("Figures")]
internal sealed class ExplainController(FigureQueries queries, ExplainFigures explanations) : FigureController(queries)
{
    private const int DefaultLimit = 1_000;
    private const int MaxLimit = 10_000;
    private static readonly string[] RateFilters = ["basis", "rate_id", "unit_value", "currency"];

    /// <summary>What a figure is made of</summary>
    /// <remarks>
    /// From one period of Token GDP down to its items (from the roll-up), to the rates that they were valued at, and to the ledger entries,
    /// page by page: pass `next_cursor` (also in the header `Link`) until there is none. The sums of the pages of each level are `total`, and
    /// that is `published`, the figure of `GET /v1/gdp`, to the last digit. Filters lead from one level to the next: those of the figure to an
    /// item, `rate_id`, `basis`, `unit_value` and `currency` to the entries of a rate. The growth of an index (`figure`) is taken apart by item: prices and
    /// quantities of the two periods, what was imputed, and contributions that add up to growth. Net output (`concept=net`) is what no producer bought;
    /// of a `producer`, what it made less what it bought. Pages are of the moment in which each is read: to read
    /// many while events come in, give `as_of` a date that is over. Rates and entries are read from the ledger itself: what they cost follows
    /// the entries of the period, and where these are archived there are none of them any more (410). `Accept: text/csv` gives the rows.
    /// </remarks>
    [HttpGet(Name = "Explain")]
    [ProducesResponseType<ExplainAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status410Gone, Problems.ContentType)]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> Get([FromQuery] ExplainParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = OpenQuery();
        var request = Read(query);
        if (await RefusalOfAsync(query, request?.Figure, cancellationToken) is { } refusal)
            return refusal;

        // Without a request there was a violation.
        var (answer, archived) = await explanations.AnswerAsync(request!, cancellationToken);
        return answer is not null
            ? Send(request!, answer)
            : Problems.Archived(HttpContext, $"Entries of the figure are in the archives of {string.Join(", ", archived)}: `level=items` is made from the roll-up, and stays.");
    }

    private IActionResult Send(ExplainRequest request, ExplainAnswer answer)
    {
        Cursors.LinkNext(HttpContext, answer.NextCursor);
        return request.Level switch
        {
            _ when answer.Contributions is { } contributions =>
                FigureTable.Answer(HttpContext, answer, ExplainContribution.Columns, contributions.Select(c => c.Cells)),
            ExplainLevel.Items => FigureTable.Answer(HttpContext, answer, ExplainItem.Columns(request), answer.Items!.Select(i => i.Cells)),
            ExplainLevel.Rates => FigureTable.Answer(HttpContext, answer, ExplainRate.Columns, answer.Rates!.Select(r => r.Cells)),
            _ => FigureTable.Answer(HttpContext, answer, LedgerEntry.Columns, answer.Entries!.Select(e => e.Cells)),
        };
    }

    // Null: there is no period to explain.
    private static ExplainRequest? Read(FigureQuery query)
    {
        var (figure, period) = query.ReadOfPeriod();
        var level = query.Choose("level", ExplainLevel.Items);
        var explained = query.Choose("figure", ExplainedFigure.Gdp);
        query.Refuse("compared_with", explained == ExplainedFigure.Gdp, "Only the growth of an index compares two periods: ask for `figure=price_index` or `figure=quantity_index`.");
        query.Refuse("concept", explained != ExplainedFigure.Gdp, "Index numbers are of gross output.");
        query.Refuse("by", explained != ExplainedFigure.Gdp, "The growth of an index is explained by item; contributions of sectors: `GET /v1/contributions`.");
        if (explained != ExplainedFigure.Gdp && level != ExplainLevel.Items)
            query.Add("level", "not_together", "The growth of an index is explained by item; rates and entries are behind the money of a period: `figure=gdp`.");
        if (explained == ExplainedFigure.Gdp && (figure.By.Any(d => d != Dimension.Sector) || (figure.By.Count > 0 && level != ExplainLevel.Items)))
            query.Add("by", "unknown_value", "Must be sector, or left out; with level=items alone.");
        var side = GdpSpecification.Read(query, figure).SideOf(figure);
        var isOfFlow = side == GdpSide.Production && level != ExplainLevel.Items;
        query.Refuse("flow", !isOfFlow, "Only rates and entries of net output of producers are of one account: ask for `concept=net`, a `producer` and a `level`.");
        if (isOfFlow && query.Single("flow") is null)
            query.Add("flow", "required", "Net output of producers is output less intermediate consumption: choose the account with `flow=output` or `flow=intermediate_consumption`.");
        foreach (var name in RateFilters)
            query.Refuse(name, level == ExplainLevel.Items, "Items come from the roll-up, which knows no rates: ask for `level=rates` or `level=entries`.");
        var request = new ExplainRequest
        {
            Figure = figure,
            Period = period ?? default,
            Level = level,
            Explained = explained,
            Side = side,
            Flow = isOfFlow ? query.Choose("flow", ExplainFlow.Output) : null,
            ComparedWith = query.ReadPeriod("compared_with", figure),
            Basis = query.Single("basis") is null ? null : query.Choose("basis", ValueBasis.None),
            RateId = RateIdOf(query),
            UnitValue = UnitValueOf(query),
            Currency = query.Single("currency"),
            Limit = query.ReadInteger("limit", 1, MaxLimit) ?? DefaultLimit,
        };
        if (request.Currency is { } code && !Currency.IsCode<char>(code))
            query.Add("currency", "invalid_value", "Must be a currency's ISO 4217 code, such as USD.");
        if (request.ComparedWith is { } earlier && period is { } later && earlier >= later)
            query.Add("compared_with", "out_of_range", "Must lie before `period`.");
        return period is null ? null : ReadCursor(query, request);
    }

    private static ExplainRequest ReadCursor(FigureQuery query, ExplainRequest request)
    {
        if (query.Single("cursor") is not { } cursor)
            return request;
        var (after, isEntry, entry) = (default(ExplainPosition), false, EntryCursor.First);
        if (request.Level == ExplainLevel.Entries)
            isEntry = EntryCursor.TryRead(cursor, out entry);
        else
            after = ExplainPosition.Read(request.Level, cursor);
        if (after is null && !isEntry)
            query.Add("cursor", "invalid_value", "Pass the `next_cursor` of the page before, as it is.");
        return request with { After = after, AfterEntry = entry };
    }

    private static long? RateIdOf(FigureQuery query)
    {
        if (query.Single("rate_id") is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        query.Add("rate_id", "invalid_value", "Must be the number of a rate, as rows of `level=rates` have it.");
        return null;
    }

    private static decimal? UnitValueOf(FigureQuery query)
    {
        if (query.Single("unit_value") is not { } text)
            return null;
        if (ExactDecimal.TryParse(Encoding.UTF8.GetBytes(text), out var value, out var violation))
            return value;
        query.Add("unit_value", "invalid_value", $"The value {violation}.");
        return null;
    }
}
