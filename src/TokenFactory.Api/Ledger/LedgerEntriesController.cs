using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ledger;

/// <summary>The rows of the ledger.</summary>
[ApiController]
[Route("v1/ledger/entries")]
[Authorize("read")]
[Tags("Ledger")]
internal sealed class LedgerEntriesController(EntryReader entries, Archives archives) : ControllerBase
{
    private const int MaxLimit = 10_000;
    private const string ArchivedHeader = "Archived-Months";
    private const string LinesType = "application/x-ndjson";

    /// <summary>List ledger entries</summary>
    /// <remarks>
    /// In the order of recording, page by page: pass `next_cursor` (also in the header `Link`) until there is none. JSON, or one row per line
    /// (`Accept: application/x-ndjson`), or CSV (`Accept: text/csv`). A row that is being committed while a page is read may have an earlier
    /// instant of recording than the page's end: whoever follows the ledger should stay some minutes behind.
    ///
    /// Entries of archived months are not listed. The header `Archived-Months` names those that may hold some of what is asked for; where nothing but
    /// archived months could, the answer is 410.
    /// </remarks>
    /// <param name="source" example="gateway-1">Only this source's.</param>
    /// <param name="event_id" example="req-8f2">Only this event's.</param>
    /// <param name="producer" example="moonshot">Only this producer's, by id or alias.</param>
    /// <param name="model" example="kimi-k2">Only this model's, by name or alias.</param>
    /// <param name="token_class" example="output">Only this token class.</param>
    /// <param name="service_tier" example="standard">Only this service tier.</param>
    /// <param name="account" example="acme">Only this account's.</param>
    /// <param name="sector" example="enterprise">Only this sector's.</param>
    /// <param name="start" example="2026-11-01T00:00:00Z">Occurred at or after.</param>
    /// <param name="end" example="2026-12-01T00:00:00Z">Occurred before.</param>
    /// <param name="recorded_from" example="2026-11-01T00:00:00Z">Recorded at or after.</param>
    /// <param name="recorded_to" example="2026-12-01T00:00:00Z">Recorded before.</param>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="format" example="csv">`json`, `ndjson` or `csv`, where no Accept header can be set.</param>
    /// <param name="limit" example="1000">Rows of a page, 1 to 10000.</param>
    [HttpGet(Name = "ListLedgerEntries")]
    [ProducesResponseType<LedgerPage>(StatusCodes.Status200OK, "application/json", LinesType, Csv.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status410Gone, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> List(
        [FromQuery] string? source, [FromQuery] string? event_id, [FromQuery] string? producer, [FromQuery] string? model,
        [FromQuery] string? token_class, [FromQuery] string? service_tier, [FromQuery] string? account, [FromQuery] string? sector,
        [FromQuery] string? start, [FromQuery] string? end, [FromQuery] string? recorded_from, [FromQuery] string? recorded_to,
        [FromQuery] string? cursor, [FromQuery, OneOf("json", "ndjson", "csv")] string? format, CancellationToken cancellationToken, [FromQuery] int limit = 1_000)
    {
        var errors = new List<FieldError>();
        foreach (var (name, values) in Request.Query)
        {
            if (values.ToString().Contains('\0', StringComparison.Ordinal))
                errors.Add(new FieldError($"?{name}", "invalid_text", "Must not hold NUL."));
        }

        if (limit is < 1 or > MaxLimit)
            errors.Add(new FieldError("?limit", "out_of_range", $"Must be 1 to {MaxLimit}."));
        if (format is not (null or "json" or "ndjson" or "csv"))
            errors.Add(new FieldError("?format", "unknown_value", "Must be one of json, ndjson, csv."));
        var filter = new EntryFilter
        {
            Source = source,
            EventId = event_id,
            Producer = producer,
            Model = model,
            Account = account,
            TokenClass = token_class is null ? null : WireNames.TryParseTokenClass(token_class, out var c) ? c : Unknown<TokenClass>("token_class", WireNames.AllTokenClasses),
            ServiceTier = service_tier is null ? null : WireNames.TryParseServiceTier(service_tier, out var t) ? t : Unknown<ServiceTier>("service_tier", WireNames.AllServiceTiers),
            Sector = sector is null ? null : WireNames.TryParseSector(sector, out var s) ? s : Unknown<Sector>("sector", WireNames.AllSectors),
            OccurredFrom = QueryInstant.Read("start", start, errors),
            OccurredTo = QueryInstant.Read("end", end, errors),
            RecordedFrom = QueryInstant.Read("recorded_from", recorded_from, errors),
            RecordedTo = QueryInstant.Read("recorded_to", recorded_to, errors),
        };
        if (!EntryCursor.TryRead(cursor, out var after))
            errors.Add(new FieldError("?cursor", "invalid_value", "Pass the `next_cursor` of the page before, as it is."));
        if (errors.Count == 0)
            errors.AddRange((await entries.FindUnknownAsync(filter, cancellationToken)).Select(n => new FieldError($"?{n}", "unknown_value", "Nothing is registered under this name.")));
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);

        var rows = await entries.ReadAsync(filter, after, limit + 1, cancellationToken);
        if (await archives.FindMonthsAsync(filter, cancellationToken) is { Count: > 0 } months)
        {
            if (rows.Count == 0 && cursor is null)
                return Problems.Archived(HttpContext, $"Entries that may be asked for are in the archives of {string.Join(", ", months)}, and the ledger has no others.");
            Response.Headers[ArchivedHeader] = string.Join(", ", months);
        }

        var next = rows.Count > limit ? rows[limit - 1].Cursor.Text : null;
        Cursors.LinkNext(HttpContext, next);
        return Answer([.. rows.Take(limit).Select(r => r.Entry)], next, format);

        T? Unknown<T>(string name, IReadOnlyList<string> known) where T : struct
        {
            errors.Add(new FieldError($"?{name}", "unknown_value", $"Must be one of {string.Join(", ", known)}."));
            return null;
        }
    }

    private IActionResult Answer(List<LedgerEntry> page, string? next, string? format)
    {
        if (Csv.IsAskedFor(Request))
            return File(Csv.Document(LedgerEntry.Columns, page.Select(e => e.Cells)), "text/csv; charset=utf-8; header=present");
        if (format != "ndjson" && !Request.Headers.Accept.ToString().Contains("ndjson", StringComparison.OrdinalIgnoreCase))
            return Ok(new LedgerPage { Items = page, NextCursor = next });
        var lines = new MemoryStream();
        foreach (var entry in page)
        {
            JsonSerializer.Serialize(lines, entry, WireJson.Options);
            lines.WriteByte((byte)'\n');
        }

        return File(lines.ToArray(), LinesType);
    }
}
