using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Figures as time series with keys that stay.</summary>
[Route("v1/series")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class SeriesController(
    FigureQueries queries, SeriesDirectory directory, SeriesFigures series, CatalogCache catalog, Confidentiality confidentiality) : FigureController(queries)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    /// <summary>List series</summary>
    /// <remarks>
    /// Every series that has data: measures by frequency, sector, producer and token class, the totals of each included. A key has one code per
    /// dimension: FREQ.SECTOR.PRODUCER.TOKEN_CLASS.MEASURE.PRICES.METHOD.ADJUSTMENT; `GET /v1/series/codes` lists the codes. Page by page: pass
    /// `next_cursor` (also in the header `Link`) until there is none.
    /// </remarks>
    [HttpGet(Name = "ListSeries")]
    [ProducesResponseType<SeriesPage>(StatusCodes.Status200OK, "application/json", "text/csv")]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> List([FromQuery] SeriesListParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var query = OpenQuery();
        var calendar = query.ReadCalendar();
        var filter = new SeriesFilter
        {
            Frequencies = Codes(query, "frequency", SeriesVocabulary.FrequencyOf),
            Sectors = Codes(query, "sector", SeriesVocabulary.SectorOf),
            Producers = Codes(query, "producer", name => SeriesVocabulary.ProducerOf(name, catalog.Current)),
            TokenClasses = Codes(query, "token_class", SeriesVocabulary.TokenClassOf),
            Measures = Codes(query, "measure", SeriesVocabulary.MeasureOf),
        };
        var limit = query.ReadInteger("limit", 1, MaxLimit) ?? DefaultLimit;
        var after = ReadCursor(query);
        query.Allow("format", "csv", "json");
        if (query.Errors.Count > 0)
            return Problems.Invalid(HttpContext, query.Errors);

        var rows = await directory.ListAsync(filter, calendar, after, limit + 1, cancellationToken);
        var page = new SeriesPage
        {
            Items = [.. rows.Take(limit)],
            NextCursor = rows.Count > limit ? Base64Url.EncodeToString(Encoding.ASCII.GetBytes(rows[limit - 1].Key)) : null,
        };
        Cursors.LinkNext(HttpContext, page.NextCursor);
        return FigureTable.Answer(HttpContext, page, ["key", "title", "unit", "unit_multiplier", "first", "last"], page.Items.Select(
            s => (IReadOnlyList<CsvCell>)[s.Key, s.Title, s.Unit, CsvCell.Number(s.UnitMultiplier), s.First, s.Last]));
    }

    /// <summary>Codes of series keys</summary>
    /// <remarks>Every dimension of a key in its order, then the attributes of SDMX-CSV, each with its codes.</remarks>
    /// <param name="format" example="csv">`csv`, where no Accept header can be set.</param>
    [HttpGet("codes", Name = "ListSeriesCodes")]
    [WhileWithheld(WhileWithheld.TheSame)]
    [ProducesResponseType<SeriesCodesAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
    public async Task<IActionResult> ListCodes([FromQuery, OneOf("json", "csv")] string? format, CancellationToken cancellationToken)
    {
        var query = OpenQuery();
        query.Allow("format", "csv", "json");
        if (query.Errors.Count > 0)
            return Problems.Invalid(HttpContext, query.Errors);
        var answer = new SeriesCodesAnswer
        {
            Structure = SeriesDocument.Structure,
            Lists = SeriesVocabulary.Lists(await directory.ProducersAsync(cancellationToken)),
        };
        return FigureTable.Answer(HttpContext, answer, ["id", "position", "code", "name", "value"], answer.Lists.SelectMany(list => list.Codes.Select(
            c => (IReadOnlyList<CsvCell>)[list.Id, list.Position is { } at ? CsvCell.Number(at) : default, c.Code, c.Name, c.Value])));
    }

    /// <summary>One series</summary>
    /// <remarks>
    /// The observations of a series, made by the operation that answers for the figure (`/v1/gdp`, `/v1/indices`), so that values are those of it. `start` and
    /// `end` choose observations and change none: an index stays on its reference period, the first with data. As JSON, as CSV (`Accept: text/csv`), and
    /// as SDMX-CSV 2.0 (`Accept: application/vnd.sdmx.data+csv;version=2.0.0`).
    /// </remarks>
    /// <param name="key" example="M.S14._T._T.TPI.D.CF.N">One code per dimension, as the list of series has it.</param>
    [HttpGet("{key}", Name = "GetSeries")]
    [WhileWithheld(WhileWithheld.Releases)]
    [ProducesResponseType<SeriesAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", SeriesDocument.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
#pragma warning disable IDE0060 // They document what FigureQuery reads.
    public async Task<IActionResult> Get(string key, [FromQuery] SeriesParameters parameters, CancellationToken cancellationToken)
#pragma warning restore IDE0060
    {
        var parsed = SeriesKey.Parse(key);
        var query = OpenQuery();
        var request = query.Read(parsed?.Frequency ?? Frequency.Month);
        query.Allow("format", "csv", "json", "sdmx_csv");
        if (query.Errors.Count > 0)
            return Problems.Invalid(HttpContext, query.Errors);
        var isOfReleases = confidentiality.AppliesTo(User);
        if (isOfReleases && (parsed?.Measure.IsReleased != true || ReleasedQuery.TooFineOf(SeriesFigures.RequestOf(parsed, request), parsed.Measure.Gdp).Count > 0))
            return Confidentiality.Refusal(HttpContext);
        var producer = parsed?.Producer is { } id ? (await directory.ProducersAsync(cancellationToken)).FirstOrDefault(p => p.Slug == id).Name : null;
        if (parsed is null || (parsed.Producer is not null && producer is null))
            return NoSuch(key);

        var answer = await series.AnswerAsync(parsed, request, producer, isOfReleases, cancellationToken);
        if (answer.Rows.Count == 0 && request is { Start: null, End: null })
            return NoSuch(key);
        if (Csv.IsAskedFor(Request, SeriesDocument.ContentType, "sdmx_csv"))
            return FigureTable.Answer(HttpContext, SeriesDocument.Of(parsed, answer), $"{SeriesDocument.ContentType}; version=2.0.0; charset=utf-8");
        return FigureTable.Answer(HttpContext, answer, answer.Rows, ["value", "obs_status", "null_reason"],
            row => [CsvCell.Number(row.Value), row.ObsStatus, row.NullReason]);
    }

    private ObjectResult NoSuch(string key) => Problems.NotFound(HttpContext,
        $"There is no series {key}, or nothing is known of it. `GET /v1/series` lists those that have data, `GET /v1/series/codes` the codes of keys.");

    private static SeriesKey? ReadCursor(FigureQuery query)
    {
        if (query.Single("cursor") is not { } cursor)
            return null;
        var key = Base64Url.IsValid(cursor) ? SeriesKey.Parse(Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor))) : null;
        if (key is null)
            query.Add("cursor", "invalid_value", "Pass the `next_cursor` of the page before, as it is.");
        return key;
    }

    // By code or by the name that other operations take.
    private HashSet<string>? Codes(FigureQuery query, string name, Func<string, string?> codeOf)
    {
        var texts = Request.Query[name].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        foreach (var text in texts.Where(t => codeOf(t) is null))
            query.Add(name, "unknown_value", $"There is no {name} {text}: `GET /v1/series/codes` lists them.");
        return texts.Count == 0 ? null : [.. texts.Select(codeOf).OfType<string>()];
    }
}
