using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.Audit;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>Exchange rates: never changed (entries pin them), followed by later ones.</summary>
[Route("v1/fx-rates")]
[Tags("Exchange rates")]
internal sealed class FxRatesController(IDbContextFactory<TokenFactoryContext> contexts, CatalogWriter writer, TimeProvider clock) : CatalogController
{
    private const string ListName = "fx-rates";
    private const int MaxImportBytes = 16 << 20;

    /// <summary>List exchange rates</summary>
    /// <remarks>In the order of recording.</remarks>
    /// <param name="source" example="ECB">Only this source's.</param>
    /// <param name="base" example="EUR">Only those in units for one of this currency.</param>
    /// <param name="currency" example="USD">Only publications with a rate of this currency.</param>
    /// <param name="from" example="2026-11-01T00:00:00Z">Published at or after.</param>
    /// <param name="to" example="2026-12-01T00:00:00Z">Published before.</param>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListFxRates")]
    [ProducesResponseType<CatalogPage<FxRatesResource>>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> List(
        [FromQuery] string? source, [FromQuery] string? @base, [FromQuery] string? currency, [FromQuery] string? from, [FromQuery] string? to,
        [FromQuery] string? cursor, CancellationToken cancellationToken, [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out long after, out var refusal))
            return refusal!;
        var errors = new List<FieldError>();
        CatalogNames.CheckName("?source", source, errors);
        CheckCurrency("?base", @base, errors);
        CheckCurrency("?currency", currency, errors);
        var (first, end) = (QueryInstant.Read("from", from, errors), QueryInstant.Read("to", to, errors));
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await Rows(context).Where(p => p.Row.Id > after
                && (source == null || p.Row.Source == source) && (@base == null || p.Row.Base == @base)
                && (currency == null || p.Row.Rates.Any(r => r.Currency == currency))
                && (first == null || p.Row.PublishedAt >= first) && (end == null || p.Row.PublishedAt < end))
            .OrderBy(p => p.Row.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, p => p.Row.Id.ToString(CultureInfo.InvariantCulture), ResourceOf));
    }

    /// <summary>Exchange rates of one publication</summary>
    /// <param name="id" example="1">Their number: the `fx_rate_id` of a ledger entry.</param>
    [HttpGet("{id:long}", Name = "GetFxRates")]
    [ProducesResponseType<FxRatesResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(long id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } found ? Ok(found) : Problems.NotFound(HttpContext, $"There are no exchange rates with the number {id}.");

    /// <summary>Add exchange rates</summary>
    /// <remarks>
    /// An event in another currency than the ledger's is converted by the latest rates that were published before it or at its instant, at most 7
    /// days, and have both currencies: amount x rate of the ledger's currency / rate of the event's, rounded once, half away from zero to 12
    /// decimals. Without such rates it is unpriced.
    ///
    /// The same rates again are the first ones (200). Other rates of the same source, base and instant correct them: they are used for what is
    /// recorded from then on; what was recorded before keeps those that it was converted by. A rate that a correction leaves out stays as it
    /// was, and is among the rates of the answer.
    /// </remarks>
    /// <param name="request">The rates.</param>
    [HttpPost(Name = "CreateFxRates")]
    [Audited("fx_rate.created")]
    [Authorize("admin")]
    [ProducesResponseType<FxRatesResource>(StatusCodes.Status200OK, Description = "These rates were recorded before.")]
    [ProducesResponseType<FxRatesResource>(StatusCodes.Status201Created)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Create(NewFxRates request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CatalogNames.CheckName("/source", request.Source, errors);
        CheckCurrency("/base", request.Base, errors);
        CheckRates(request, errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);

        FxDraft[] drafts = [new(request.PublishedAt.ToUniversalTime(), request.Rates)];
        var (known, added) = await RecordAsync(request.Source, request.Base, drafts, cancellationToken);
        return added is [var id]
            ? Created($"/v1/fx-rates/{id}", await FindAsync(id, cancellationToken))
            : Ok(await FindAsync(known.Unchanged[0], cancellationToken));
    }

    /// <summary>Import a table of exchange rates</summary>
    /// <remarks>
    /// CSV as the European Central Bank publishes it: a line `Date,USD,JPY,...`, then one line per date (`2026-11-24` or `24 November 2026`), in
    /// any order; an empty field or `N/A` is a rate that was not published. The history of one day or of all time: what is known already is
    /// left as it is, so that the same table can be sent again at any time. Other rates of a known date correct it, as in `POST /v1/fx-rates`.
    ///
    /// A line that can't be understood is refused whole and listed; so is a column whose name is no currency's code. All others are recorded,
    /// together. At most 16,777,216 bytes, 100,000 lines and 1,000 columns; a rate is above 0, at most 10^12, with at most 12 decimals.
    /// </remarks>
    /// <param name="source" example="ECB">Who published them. Left out: `ECB`.</param>
    /// <param name="base" example="EUR">The rates are units of other currencies for one of this. Left out: `EUR`.</param>
    /// <param name="time" example="16:00">The time of day at which the rates of a date are published. Left out: `16:00`.</param>
    /// <param name="time_zone" example="Europe/Berlin">By whose clock. Left out: `Europe/Berlin`.</param>
    /// <param name="dry_run">Say what would become of it, and record nothing.</param>
    [HttpPost("import", Name = "ImportFxRates")]
    [Audited("fx_rate.imported")]
    [Authorize("admin")]
    [RequestSizeLimit(MaxImportBytes)]
    [RawBody("The table. Content-Encoding: gzip is taken.", Csv.ContentType, Example = "Date,USD,JPY,\n2026-11-24,1.05,162.3,\n2026-11-23,1.0474,N/A,\n")]
    [ProducesResponseType<FxImportReport>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Import(
        [FromQuery] bool dry_run, CancellationToken cancellationToken, [FromQuery] string source = "ECB", [FromQuery] string @base = "EUR",
        [FromQuery] string time = "16:00", [FromQuery] string time_zone = "Europe/Berlin")
    {
        if (!RequestBody.IsOfType(Request, Csv.ContentType))
        {
            return Problems.Result(HttpContext, StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The content type is not one that is taken here.",
                "Send text/csv.");
        }

        var errors = new List<FieldError>();
        CatalogNames.CheckName("?source", source, errors);
        CheckCurrency("?base", @base, errors);
        if (!TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var timeOfDay))
            errors.Add(new FieldError("?time", "invalid_time", "Must be a time of day such as 16:00."));
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(time_zone, out var zone))
            errors.Add(new FieldError("?time_zone", "unknown_value", "Must be an IANA time zone such as UTC or Europe/Berlin."));
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        await using var sent = RequestBody.Open(Request);
        var file = await RequestBody.ReadWholeAsync(sent, MaxImportBytes, "Import the table in parts.", cancellationToken);
        AdministrativeAct.Current?.Sent(file.Span);
        using var body = new MemoryStream(file.ToArray());
        if (FxTable.Read(body, new FxTableLayout(@base, timeOfDay, zone!), errors) is not { } table)
            return Problems.Invalid(HttpContext, errors);

        var found = dry_run
            ? await CompareAsync(source, @base, table.Publications, cancellationToken)
            : (await RecordAsync(source, @base, table.Publications, cancellationToken)).Known;
        return Ok(new FxImportReport
        {
            DryRun = dry_run,
            PublicationsRead = table.Publications.Count,
            Added = found.Added.Count,
            Corrected = found.Corrected.Count,
            Unchanged = found.Unchanged.Count,
            Rates = table.Publications.Sum(p => p.Rates.Count),
            Refused = table.Refused,
        });
    }

    private async Task<FxComparison> CompareAsync(string source, string baseCurrency, IReadOnlyList<FxDraft> drafts, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await FxPublications.CompareAsync(context, source, baseCurrency, drafts, cancellationToken);
    }

    // What was known is looked up inside the change: of two that send the same at once the second finds what the first has recorded.
    private async Task<(FxComparison Known, List<long> Added)> RecordAsync(
        string source, string baseCurrency, IReadOnlyList<FxDraft> drafts, CancellationToken cancellationToken)
    {
        FxComparison? known = null;
        var added = await writer.WriteAsync<List<long>>(async context =>
        {
            known = await FxPublications.CompareAsync(context, source, baseCurrency, drafts, cancellationToken);
            IReadOnlyList<FxDraft> news = [.. known.Added.Concat(known.Corrected).OrderBy(d => d.PublishedAt)];
            return news.Count == 0 ? null! : [.. await FxPublications.AddAsync(context, source, baseCurrency, news, clock.GetUtcNow(), cancellationToken)];
        }, cancellationToken);
        return (known!, added ?? []);
    }

    private async Task<FxRatesResource?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Rows(context).SingleOrDefaultAsync(p => p.Row.Id == id, cancellationToken) is { } row ? ResourceOf(row) : null;
    }

    private static IQueryable<PublicationRow> Rows(TokenFactoryContext context) =>
        from row in context.Set<FxPublicationRow>().AsNoTracking().Include(p => p.Rates)
        select new PublicationRow
        {
            Row = row,
            CorrectedBy = context.Set<FxPublicationRow>()
                .Where(p => p.PublishedAt == row.PublishedAt && p.Id > row.Id && p.Source == row.Source && p.Base == row.Base).Min(p => (long?)p.Id),
        };

    private static FxRatesResource ResourceOf(PublicationRow publication) => new()
    {
        Id = publication.Row.Id,
        Source = publication.Row.Source,
        Base = publication.Row.Base,
        PublishedAt = publication.Row.PublishedAt,
        RecordedAt = publication.Row.RecordedAt,
        CorrectedBy = publication.CorrectedBy,
        Rates = publication.Row.Rates.OrderBy(r => r.Currency, StringComparer.Ordinal).ToDictionary(r => r.Currency, r => ExactDecimal.Normalize(r.Rate)),
    };

    private static void CheckRates(NewFxRates request, List<FieldError> errors)
    {
        if (request.Rates.Count == 0)
            errors.Add(new FieldError("/rates", "empty", "Must have the rate of at least one currency."));
        if (CatalogNames.CheckLength("/rates", request.Rates.Count, errors))
            return;
        foreach (var (currency, rate) in request.Rates)
        {
            var pointer = $"/rates/{BindingProblems.Escape(currency)}";
            CheckCurrency(pointer, currency, errors);
            if (currency == request.Base)
                errors.Add(new FieldError(pointer, "base_among_rates", "The base is always 1; leave it out."));
            if (!FxPublications.IsRate(rate))
                errors.Add(new FieldError(pointer, "out_of_range", $"The rate {FxPublications.Bounds}."));
        }
    }

    private static void CheckCurrency(string pointer, string? code, List<FieldError> errors)
    {
        if (code is not null && !Currency.IsCode(code.AsSpan()))
            errors.Add(new FieldError(pointer, "invalid_currency", "Must be an ISO 4217 code in capitals, such as \"USD\"."));
    }

    private sealed class PublicationRow
    {
        public required FxPublicationRow Row { get; init; }
        public long? CorrectedBy { get; init; }
    }
}
