using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Repricing;

/// <summary>Accounts that belong to another sector than was thought: what is recorded moves with them, as new entries with a reason.</summary>
[Route("v1/accounts/{account}/reclassifications")]
[Tags("Accounts")]
internal sealed class ReclassificationsController(Reclassifications reclassifications, Repricings repricings, RepricingService service) : CatalogController
{
    private const string ListName = "reclassifications";

    /// <summary>List an account's reclassifications</summary>
    /// <remarks>The newest first, without what they move.</remarks>
    /// <param name="account" example="acme">The account's id, percent-encoded.</param>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListReclassifications")]
    [ProducesResponseType<CatalogPage<ReclassificationResource>>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> List(
        string account, [FromQuery] string? cursor, CancellationToken cancellationToken, [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out long before, out var refusal))
            return refusal!;
        if (RawPath.Segment(Request, 1) is not { } exact || !await reclassifications.KnowsAsync(exact, cancellationToken))
            return NoSuchAccount(account);
        var rows = await reclassifications.ListAsync(exact, before == 0 ? long.MaxValue : before, limit + 1, cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, r => r.Id.ToString(CultureInfo.InvariantCulture), r => r));
    }

    /// <summary>One reclassification</summary>
    /// <remarks>How far it is, and what it moves: of a running one, of the events looked at so far.</remarks>
    /// <param name="account" example="acme">The account's id, percent-encoded.</param>
    /// <param name="id" example="1">The number of the reclassification.</param>
    [HttpGet("{id:long}", Name = "GetReclassification")]
    [ProducesResponseType<ReclassificationResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(string account, long id, CancellationToken cancellationToken) =>
        RawPath.Segment(Request, 2) is { } exact && await reclassifications.FindAsync(exact, id, cancellationToken) is { } found
            ? Ok(found)
            : Problems.NotFound(HttpContext, $"The account {account} has no reclassification with the number {id}.");

    /// <summary>Reclassify an account</summary>
    /// <remarks>
    /// Gives the account a sector from a date on, and moves what is recorded since: each event's entries in force are taken back, and the same
    /// lines recorded today in the new sector, with the reason. Its time ends where the account's next dated sector begins. Events move whose
    /// sector came from the account, a tag, a rule, an earlier reclassification or nowhere; never one that names its sector itself. Events that
    /// are reversed are left. Prices do not move: where rate cards depend on the sector, price the window anew afterwards (`POST /v1/repricings`).
    ///
    /// It is done in the background, in small transactions, each event once, and goes on where it was after a crash; the answer waits some
    /// seconds for its end. A dry run (`dry_run`) records nothing and shows what would move. One of an account is under way at a time.
    /// </remarks>
    /// <param name="account" example="acme">The account's id, percent-encoded.</param>
    /// <param name="request">The sector, and from when on.</param>
    [HttpPost(Name = "CreateReclassification")]
    [Audited("account.reclassified")]
    [Authorize("admin")]
    [BodyExample("What would move", """
        {"sector":"government","effective_from":"2026-10-01T00:00:00Z","dry_run":true}
        """)]
    [BodyExample("Move it", """
        {"sector":"government","effective_from":"2026-10-01T00:00:00Z","reason":"the agency was taken for a company"}
        """)]
    [ProducesResponseType<ReclassificationResource>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status410Gone, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Create(string account, NewReclassification request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        RepricingDraft.CheckReason(request.Reason, request.DryRun is true, errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        if (RawPath.Segment(Request, 1) is not { } exact || await reclassifications.CreateAsync(exact, request, cancellationToken) is not { } id)
            return NoSuchAccount(account);
        service.Wake();
        await repricings.AwaitEndAsync(id, cancellationToken);
        return Accepted($"/v1/accounts/{Uri.EscapeDataString(exact)}/reclassifications/{id}", await reclassifications.FindAsync(exact, id, cancellationToken));
    }

    private ObjectResult NoSuchAccount(string account) => Problems.NotFound(HttpContext, $"There is no account with the id {account}.");
}
