using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Database.Audit;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access.Audit;

/// <summary>Who did what.</summary>
[ApiController]
[Route("v1/audit")]
[Authorize("admin")]
[Tags("Audit log")]
internal sealed class AuditController(AuditReader reader) : ControllerBase
{
    private const int MaxLimit = 10_000;

    /// <summary>List administrative acts</summary>
    /// <remarks>
    /// The newest first: keys made, rotated and revoked, every change of the catalog, repricings, decisions about what was held back, full
    /// reconciliations, and attempts without the right to it, counted. A row was committed with what it tells of; only those of
    /// reversals, releases and full reconciliations are written behind it, before the answer, and say `unknown` where it did not come to its end. Nobody can
    /// change or remove a row. Pass `next_cursor` (also in the header `Link`) until there is none. `Accept: text/csv` gives the same columns.
    /// </remarks>
    /// <param name="actor" example="3f9c2a7b10d4e856">Only of this key or person, by id or name.</param>
    /// <param name="action" example="rate_card.created">Only this act.</param>
    /// <param name="object" example="rate-cards/7">Only what was done to this, or to what is below it.</param>
    /// <param name="outcome" example="done">Only of this outcome.</param>
    /// <param name="since" example="2026-11-01T00:00:00Z">At or after.</param>
    /// <param name="until" example="2026-12-01T00:00:00Z">Before.</param>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="format" example="csv">`csv`, where no Accept header can be set.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 10000.</param>
    [HttpGet(Name = "ListAuditEvents")]
    [ProducesResponseType<AuditPage>(StatusCodes.Status200OK, "application/json", Csv.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> List(
        [FromQuery] string? actor, [FromQuery] string? action, [FromQuery] string? @object, [FromQuery, OneOf<AuditOutcome>] string? outcome,
        [FromQuery] string? since, [FromQuery] string? until, [FromQuery] string? cursor, [FromQuery, OneOf("json", "csv")] string? format,
        CancellationToken cancellationToken, [FromQuery] int limit = 100)
    {
        var errors = new List<FieldError>();
        foreach (var (name, values) in Request.Query)
        {
            if (values.ToString().Contains('\0', StringComparison.Ordinal))
                errors.Add(new FieldError($"?{name}", "invalid_text", "Must not hold NUL."));
        }

        if (outcome is not null && !WireJson.NamesOf(typeof(AuditOutcome)).Contains(outcome))
            errors.Add(new FieldError("?outcome", "unknown_value", $"Must be one of {string.Join(", ", WireJson.NamesOf(typeof(AuditOutcome)))}."));
        if (limit is < 1 or > MaxLimit)
            errors.Add(new FieldError("?limit", "out_of_range", $"Must be 1 to {MaxLimit}."));
        if (format is not (null or "json" or "csv"))
            errors.Add(new FieldError("?format", "unknown_value", "Must be one of json, csv."));
        if (ReadCursor(cursor) is not { } before)
            errors.Add(new FieldError("?cursor", "invalid_value", "Pass the `next_cursor` of the page before, as it is."));
        else if (QueryOf(actor, action, @object, outcome, since, until, errors) is var query && errors.Count == 0)
            return Answer(await reader.ReadAsync(query, before, limit + 1, cancellationToken), limit);
        return Problems.Invalid(HttpContext, errors);
    }

    private static AuditQuery QueryOf(
        string? actor, string? action, string? @object, string? outcome, string? since, string? until, List<FieldError> errors) =>
        new(actor, action, @object, outcome, QueryInstant.Read("since", since, errors), QueryInstant.Read("until", until, errors));

    private IActionResult Answer(List<AuditEvent> rows, int limit)
    {
        var page = rows.Take(limit).ToList();
        var next = rows.Count > limit ? Base64Url.EncodeToString(Encoding.ASCII.GetBytes(page[^1].Id.ToString(CultureInfo.InvariantCulture))) : null;
        Cursors.LinkNext(HttpContext, next);
        return Csv.IsAskedFor(Request)
            ? File(Csv.Document(AuditEvent.Columns, page.Select(e => e.Cells)), "text/csv; charset=utf-8; header=present")
            : Ok(new AuditPage { Items = page, NextCursor = next });
    }

    // The number before which a page begins; nothing is the first page. Null: no cursor of this list.
    private static long? ReadCursor(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
            return long.MaxValue;
        return Base64Url.IsValid(cursor)
            && long.TryParse(Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : null;
    }
}
