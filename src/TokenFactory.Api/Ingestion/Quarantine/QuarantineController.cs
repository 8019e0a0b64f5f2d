using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>What was held back because it could not be read, and what is to be done about it.</summary>
[Route("v1/quarantine")]
[Tags("Quarantine")]
internal sealed class QuarantineController(QuarantineReader quarantine, QuarantineDecisions decisions) : CatalogController
{
    private const string ListName = "quarantine";
    private const int MaxReasonLength = 1_000;

    /// <summary>List events that are held back</summary>
    /// <remarks>
    /// The newest first. Usage in another program's shape that can't be read is neither guessed nor lost: it waits here with its reason, and counts
    /// nowhere else. Add the missing alias or producer and release it, release it with the profile that reads it, or discard it.
    /// </remarks>
    /// <param name="source" example="gateway-1">Only this source's.</param>
    /// <param name="code" example="unknown_producer">Only those that were held back for this reason.</param>
    /// <param name="shape" example="raw">Only those that came in this shape: `raw`, `litellm`, `otlp_span`, `otlp_metric`, `openai_usage`, `anthropic_usage`.</param>
    /// <param name="producer" example="kimi-cloud">Only those that name this producer, as sent.</param>
    /// <param name="model" example="kimi-k2">Only those that name this model, as sent.</param>
    /// <param name="status">Left out: `open`. Those that wait (`open`), those that are in the ledger now (`released`), or those that were given up (`discarded`).</param>
    /// <param name="start" example="2026-11-01T00:00:00Z">Held back at or after.</param>
    /// <param name="end" example="2026-12-01T00:00:00Z">Held back before.</param>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListQuarantine")]
    [ProducesResponseType<CatalogPage<QuarantinedEvent>>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> List(
        [FromQuery] string? source, [FromQuery] string? code, [FromQuery] string? shape, [FromQuery] string? producer, [FromQuery] string? model,
        [FromQuery] QuarantineStatus status, [FromQuery] string? start, [FromQuery] string? end, [FromQuery] string? cursor,
        CancellationToken cancellationToken, [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out long before, out var refusal))
            return refusal!;
        var errors = new List<FieldError>();
        if (shape is not null && !SenderShapes.All.Contains(shape))
            errors.Add(new FieldError("?shape", "unknown_value", $"Must be one of {string.Join(", ", SenderShapes.All)}."));
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("source", source), ("code", code), ("shape", shape), ("producer", producer), ("model", model)])
            CatalogNames.CheckName($"?{name}", value, errors);
        var filter = new QuarantineFilter
        {
            Status = status,
            Source = source,
            Code = code,
            Shape = shape,
            Producer = producer,
            Model = model,
            Start = QueryInstant.Read("start", start, errors),
            End = QueryInstant.Read("end", end, errors),
        };
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var rows = await quarantine.ListAsync(filter, before == 0 ? long.MaxValue : before, limit + 1, cancellationToken);
        var page = CatalogPages.Page(ListName, rows, limit, r => r.Event.Id.ToString(CultureInfo.InvariantCulture), r => r.Event);
        Cursors.LinkNext(HttpContext, page.NextCursor);
        return Ok(page);
    }

    /// <summary>What stands in the way</summary>
    /// <remarks>The open events by source, reason, shape and producer's name as sent, the most first: each row is one thing to mend.</remarks>
    /// <param name="source" example="gateway-1">Only this source's.</param>
    [HttpGet("reasons", Name = "ListQuarantineReasons")]
    [ProducesResponseType<QuarantineReasons>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Reasons([FromQuery] string? source, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CatalogNames.CheckName("?source", source, errors);
        return errors.Count > 0
            ? Problems.Invalid(HttpContext, errors)
            : Ok(new QuarantineReasons { Items = await quarantine.ReasonsAsync(source, cancellationToken) });
    }

    /// <summary>One event that was held back</summary>
    /// <param name="id" example="17">Its number in the quarantine.</param>
    [HttpGet("{id:long}", Name = "GetQuarantined")]
    [ProducesResponseType<QuarantinedEvent>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(long id, CancellationToken cancellationToken) =>
        await quarantine.FindAsync(id, cancellationToken) is { } found ? Ok(found.Event) : NoSuch(id);

    /// <summary>Give an event up</summary>
    /// <remarks>
    /// For what is no usage, or can never be read. It stays on record with the reason. Discarding twice answers the first. What is in the ledger can't
    /// be discarded: reverse it. And should the sender send it again when it can be read, it is recorded as any other.
    /// </remarks>
    /// <param name="id" example="17">Its number in the quarantine.</param>
    /// <param name="request">Why.</param>
    [HttpPost("{id:long}/discard", Name = "DiscardQuarantined")]
    [Audited("quarantine.discarded")]
    [Authorize("admin")]
    [ProducesResponseType<QuarantinedEvent>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Discard(long id, QuarantineDiscard request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > MaxReasonLength || request.Reason.Contains('\0', StringComparison.Ordinal))
            return Problems.Invalid(HttpContext, new FieldError("/reason", "invalid_text", $"Must have 1 to {MaxReasonLength} characters, without NUL."));
        if (await quarantine.FindAsync(id, cancellationToken) is not { } held)
            return NoSuch(id);
        await decisions.DiscardAsync(held, request.Reason, cancellationToken);
        var decided = (await quarantine.FindAsync(id, cancellationToken))!.Event;
        return decided.Status == QuarantineStatus.Discarded
            ? Ok(decided)
            : Problems.Conflict(HttpContext, "already_released", "It is in the ledger. To take it back, reverse the event.");
    }

    private ObjectResult NoSuch(long id) => Problems.NotFound(HttpContext, $"Nothing was held back under the number {id}.");
}
