using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Database.Audit;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>Why an event is taken back.</summary>
public sealed record ReversalRequest
{
    /// <summary>At most 1,000 characters; kept with the reversal.</summary>
    /// <example>sent with the wrong account</example>
    public string? Reason { get; init; }
}

/// <summary>What the ledger holds about one event.</summary>
[ApiController]
[Route("v1/events")]
[Produces("application/json")]
[Tags("Events")]
internal sealed class EventReceiptsController(EventReader events, Reversals reversals, IAuthorizationService authorization) : ControllerBase
{
    private const int MaxReasonLength = 1_000;

    /// <summary>The receipt of an event</summary>
    /// <remarks>The receipt and its entries: the same answer for ever, until its month is archived; then what its entries tell is left out. For ids that contain slashes use `GET /v1/events` with both as parameters.</remarks>
    /// <param name="source" example="gateway-1">The source that sent the event.</param>
    /// <param name="id" example="req-8f2">The sender's id of the event, percent-encoded.</param>
    [HttpGet("{source}/{id}", Name = "GetEvent")]
    [Authorize("read")]
    [ProducesResponseType<Receipt>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public Task<IActionResult> Get(string source, string id, CancellationToken cancellationToken) =>
        FindAsync(RawPath.Segment(Request, fromEnd: 1) ?? source, RawPath.Segment(Request, fromEnd: 0) ?? id, cancellationToken);

    /// <summary>The receipt of an event, for any id</summary>
    /// <param name="source" example="gateway-1">The source that sent the event.</param>
    /// <param name="id" example="chat/2026/req-8f2">The sender's id of the event; it may contain slashes.</param>
    [HttpGet(Name = "FindEvent")]
    [Authorize("read")]
    [ProducesResponseType<Receipt>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public Task<IActionResult> Find([FromQuery] string? source, [FromQuery] string? id, CancellationToken cancellationToken)
    {
        return NamedEvent.RefuseIncomplete(HttpContext, source, id) is { } refusal ? Task.FromResult<IActionResult>(refusal) : FindAsync(source!, id!, cancellationToken);
    }

    /// <summary>Reverse an event</summary>
    /// <remarks>
    /// Corrects by entries of the opposite sign, recorded today, that point at what they reverse: nothing is changed or removed. A corrected
    /// event is sent afterwards under a new id. Reversing twice answers the first reversal. An event whose entries are archived can't be reversed.
    /// </remarks>
    /// <param name="source" example="gateway-1">The source that sent the event.</param>
    /// <param name="id" example="req-8f2">The sender's id of the event, percent-encoded: a slash is %2F, a percent sign %25.</param>
    /// <param name="request">Why; may be left out.</param>
    [HttpPost("{source}/{id}/reversal", Name = "ReverseEvent")]
    [Audited("event.reversed", WhenOver = true, OnlyOfAdmins = true)]
    [Authorize("ingest")]
    [ProducesResponseType<Receipt>(StatusCodes.Status201Created)]
    [ProducesResponseType<Receipt>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status410Gone, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Reverse(
        string source, string id, [FromBody(EmptyBodyBehavior = Microsoft.AspNetCore.Mvc.ModelBinding.EmptyBodyBehavior.Allow)] ReversalRequest? request,
        CancellationToken cancellationToken)
    {
        (source, id) = (RawPath.Segment(Request, fromEnd: 2) ?? source, RawPath.Segment(Request, fromEnd: 1) ?? id);
        var reason = request?.Reason;
        if (reason is not null && (reason.Length > MaxReasonLength || reason.Contains('\0', StringComparison.Ordinal)))
            return Problems.Invalid(HttpContext, new FieldError("/reason", "too_long", "At most 1000 characters, without NUL."));
        if (id.StartsWith(ReservedKeys.Prefix))
        {
            return Problems.Invalid(HttpContext, new FieldError("/id", "not_reversible",
                "A reversal can't be reversed: record the right event under a new id."));
        }

        if (!(await authorization.AuthorizeAsync(User, source, "source")).Succeeded)
        {
            return Problems.Result(HttpContext, StatusCodes.Status403Forbidden, "source_not_granted", "The key may not write for this source.",
                $"Use a key that names the source {source}, or an admin key.");
        }

        if (await OtherProducerAsync(source, id, cancellationToken) is { } other)
            return Problems.Result(HttpContext, StatusCodes.Status403Forbidden, "producer_not_granted", "The key may not write usage of this producer.", other);

        if (await events.FindSourceAsync(source, cancellationToken) is { } sourceId
            && await reversals.ReverseAsync(source, sourceId, id, reason, cancellationToken) is { } reversed)
        {
            if (reversed is { Outcome: EventOutcome.Rejected, Receipt.Archived: { } archived })
                return Problems.Archived(HttpContext, $"Entries of the event are in the archive of {archived.Month}, volume {archived.Volume}: it can't be reversed any more.");
            AdministrativeAct.Current?.IsUnchanged = reversed.Outcome != EventOutcome.Accepted;
            return StatusCode(reversed.Outcome == EventOutcome.Accepted ? StatusCodes.Status201Created : StatusCodes.Status200OK, reversed.Receipt);
        }

        return NamedEvent.NotFound(HttpContext, source, id);
    }

    // To take usage back is to write it. Where the key is for producers and the event is not of these, or of nobody knows whom: which key may.
    private async Task<string?> OtherProducerAsync(string source, string id, CancellationToken cancellationToken)
    {
        if (!User.HasClaim(c => c.Type == KeyClaims.Producer)
            || await events.FindSourceAsync(source, cancellationToken) is not { } sourceId
            || await events.FindAsync(source, sourceId, id, "recorded", cancellationToken) is not { } found)
        {
            return null;
        }

        if (found.Receipt.Producer is not { } producer)
            return "Only the entries of the event tell its producer, and they are archived: use a key that names no producers.";
        return (await authorization.AuthorizeAsync(User, producer, "producer")).Succeeded ? null : $"Use a key that names the producer {producer}, or that names none.";
    }

    private async Task<IActionResult> FindAsync(string source, string id, CancellationToken cancellationToken)
    {
        if (!id.Contains('\0', StringComparison.Ordinal) && !source.Contains('\0', StringComparison.Ordinal)
            && await events.FindSourceAsync(source, cancellationToken) is { } sourceId
            && await events.FindAsync(source, sourceId, id, "recorded", cancellationToken) is { } found)
        {
            return Ok(found.Receipt);
        }

        return NamedEvent.NotFound(HttpContext, source, id);
    }
}
