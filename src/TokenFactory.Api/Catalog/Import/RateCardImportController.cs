using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Database.Audit;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>Price catalogues of others.</summary>
[Route("v1/rate-cards/import")]
[Tags("Rate cards")]
internal sealed class RateCardImportController(RateCardImport import, TimeProvider time) : CatalogController
{
    private const long MaxBytes = 64 << 20;
    private const int MaxSourceLength = 200;

    /// <summary>Import a price catalogue</summary>
    /// <remarks>
    /// Makes a rate card of each price list that the file has for a model and service tier. What is known already stays unchanged: importing the
    /// same file again does nothing, and tomorrow's file adds versions from its `observed_at` on, at which the old ones end. A price without a
    /// beginning is known from `observed_at` on, not for always. Each card keeps where it was found. What can't be understood is listed with the
    /// reason: rows_read = rows_repeated + rows_taken + rows_refused. Producers and models that nobody knew are registered. All or nothing;
    /// `dry_run=true` tells the difference and changes nothing. Nothing that is recorded changes its price.
    /// </remarks>
    /// <param name="format" example="genai-prices">`genai-prices` (data.json, version 2), `models-dev` (api.json or CSV), `litellm` (model_prices_and_context_window.json), `openrouter` (the answer of /api/v1/models) or `csv`.</param>
    /// <param name="source" example="genai-prices 2026-07-02">What the provenance of the cards says; left out: the format.</param>
    /// <param name="observed_at" example="2026-07-02T00:00:00Z">When the file was read from its publisher; left out: now.</param>
    /// <param name="assume_start" example="2024-01-01T00:00:00Z">Assume that prices without a beginning have held since, where no card of the model is known; the cards say `estimated`.</param>
    /// <param name="supersede" example="own">Which cards may end where one of the file begins: `own`, those of earlier imports of the same `source` (and what is unpriced gets a price in any case); `all`, anybody's. What it may not supersede is listed.</param>
    /// <param name="dry_run" example="true">Tell what would change, and change nothing.</param>
    [HttpPost(Name = "ImportRateCards")]
    [Audited("rate_card.imported")]
    [Authorize("admin")]
    [RawBody("The file, as its publisher has it. Content-Encoding: gzip is taken.", "text/csv", "application/json",
        Example = "producer,model,token_class,currency,unit_value,effective_from\nmoonshot,kimi-k2,input,USD,0.60,2025-10-01\nmoonshot,kimi-k2,output,USD,2.50,2025-10-01\n")]
    [RequestSizeLimit(MaxBytes)]
    [ProducesResponseType<ImportReport>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Import(
        [FromQuery, OneOf("genai-prices", "models-dev", "litellm", "openrouter", "csv")] string? format, [FromQuery] string? source, [FromQuery] string? observed_at,
        [FromQuery] string? assume_start, [FromQuery, OneOf("own", "all")] string? supersede, [FromQuery] bool dry_run, CancellationToken cancellationToken)
    {
        if (!RequestBody.IsOfType(Request, "application/json") && !RequestBody.IsOfType(Request, Csv.ContentType))
        {
            return Problems.Result(HttpContext, StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The content type is not one that is taken here.",
                "Send application/json or text/csv.");
        }

        var errors = new List<FieldError>();
        if (!CatalogueFormats.TryParseFormat(format, out var parsed))
            errors.Add(new FieldError("?format", "unknown_value", $"Must be one of {string.Join(", ", CatalogueFormats.AllNames)}."));
        if (supersede is not (null or "own" or "all"))
            errors.Add(new FieldError("?supersede", "unknown_value", "Must be own or all."));
        if (source is not null && (!CatalogNames.IsName(source) || source.Length > MaxSourceLength || source.Contains('#', StringComparison.Ordinal)))
            errors.Add(new FieldError("?source", "invalid_text", $"Must have 1 to {MaxSourceLength} characters, without # and control characters."));
        var now = time.GetUtcNow();
        var observedAt = QueryInstant.Read("observed_at", observed_at, errors) ?? Microseconds(now);
        var assumedStart = QueryInstant.Read("assume_start", assume_start, errors);
        if (observedAt > now)
            errors.Add(new FieldError("?observed_at", "out_of_range", "Must not lie in the future."));
        if (assumedStart >= observedAt)
            errors.Add(new FieldError("?assume_start", "out_of_range", "Must lie before `observed_at`."));
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);

        try
        {
            await using var body = RequestBody.Open(Request);
            var file = await RequestBody.ReadWholeAsync(body, MaxBytes, "Import the file in parts.", cancellationToken);
            AdministrativeAct.Current?.Sent(file.Span);
            var request = new ImportRequest(source ?? parsed.Name(), observedAt, assumedStart, supersede == "all", dry_run);
            return Ok(await import.RunAsync(parsed, CatalogueFormats.Parse(parsed, file), request, cancellationToken));
        }
        catch (ImportRefusedException e)
        {
            return Problems.Result(HttpContext, StatusCodes.Status422UnprocessableEntity, e.Code, "The file can't be read.", e.Message);
        }
    }

    private static DateTimeOffset Microseconds(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
