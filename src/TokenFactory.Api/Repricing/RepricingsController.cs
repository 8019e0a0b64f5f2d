using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Repricing;

/// <summary>Events priced anew. Nothing is changed: what was recorded is taken back, and recorded at the other price, with a reason.</summary>
[Route("v1/repricings")]
[Tags("Repricings")]
internal sealed class RepricingsController(
    IDbContextFactory<TokenFactoryContext> contexts, Repricings repricings, RepricingService service, TimeProvider time) : CatalogController
{
    private const string ListName = "repricings";

    /// <summary>List repricings</summary>
    /// <remarks>The newest first, without what they change.</remarks>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListRepricings")]
    [ProducesResponseType<CatalogPage<RepricingResource>>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> List([FromQuery] string? cursor, CancellationToken cancellationToken, [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out long before, out var refusal))
            return refusal!;
        var rows = await repricings.ListAsync(before == 0 ? long.MaxValue : before, limit + 1, cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, r => r.Id.ToString(CultureInfo.InvariantCulture), r => r));
    }

    /// <summary>One repricing</summary>
    /// <remarks>How far it is, and what it changes per sector, producer and item: of a running one, of the events looked at so far.</remarks>
    /// <param name="id" example="1">The number of the repricing.</param>
    [HttpGet("{id:long}", Name = "GetRepricing")]
    [ProducesResponseType<RepricingResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(long id, CancellationToken cancellationToken) => await repricings.FindAsync(id, cancellationToken) is { } found
        ? Ok(found)
        : Problems.NotFound(HttpContext, $"There is no repricing with the number {id}.");

    /// <summary>Price events anew</summary>
    /// <remarks>
    /// Values the events of a window, those that were recorded until now, by other prices than they were recorded with: `event_time` by those
    /// that held when they occurred, as they are known now; `current` by those that hold now; `as_of` by those that held when they occurred,
    /// as they were known at another instant. Exchange rates are those of the event's time, of the same knowledge. Declared unit values stay.
    /// `only` unpriced values what has no value yet, and leaves the rest.
    ///
    /// A dry run (`dry_run`) records nothing and shows the difference; `confirms` commits exactly what it has shown, once. Where the price
    /// differs the entries in force are taken back and new ones recorded, today, with the reason. It is done in the background, in small
    /// transactions, and goes on where it was after a crash; the answer waits some seconds for its end. `reverts` takes a repricing back:
    /// every event gets its former price, unless another repricing has changed it since (`skipped`). Events that are reversed are left.
    /// A window with entries that are archived is refused (410).
    /// </remarks>
    /// <param name="request">The window; or a dry run to confirm, or a repricing to revert.</param>
    [HttpPost(Name = "CreateRepricing")]
    [Audited("repricing.created")]
    [Authorize("admin")]
    [BodyExample("What would it change", """
        {"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","filter":{"producer":["moonshot"]},"price_basis":"event_time","dry_run":true}
        """)]
    [BodyExample("Do what a dry run showed", """
        {"confirms":1,"reason":"the prices of October arrived late"}
        """)]
    [BodyExample("Value what has no price", """
        {"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","only":"unpriced","reason":"a price arrived"}
        """)]
    [BodyExample("Take one back", """
        {"reverts":2,"reason":"it was the wrong list"}
        """)]
    [ProducesResponseType<RepricingResource>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status410Gone, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Create(NewRepricing request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        RepricingDraft.Check(request, errors);
        if (request.Confirms is null && request.Reverts is null)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            return await RepricingDraft.ReadAsync(context, request, time.GetUtcNow(), errors, cancellationToken) is { } draft
                ? await AnswerAsync(await repricings.CreateAsync(draft, request.DryRun is true, request.Reason, cancellationToken), cancellationToken)
                : Problems.Invalid(HttpContext, errors);
        }

        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var follow = request.Confirms is { } dryRun
            ? await repricings.ConfirmAsync(dryRun, request.Reason!, cancellationToken)
            : await repricings.RevertAsync(request.Reverts!.Value, request.Reason!, cancellationToken);
        return follow.Id is { } id ? await AnswerAsync(id, cancellationToken) : WhyNot(request, follow.Other);
    }

    private async Task<IActionResult> AnswerAsync(long id, CancellationToken cancellationToken)
    {
        service.Wake();
        await repricings.AwaitEndAsync(id, cancellationToken);
        return Accepted($"/v1/repricings/{id}", await repricings.FindAsync(id, cancellationToken));
    }

    private ObjectResult WhyNot(NewRepricing request, RepricingResource? other)
    {
        var member = request.Confirms is not null ? "confirms" : "reverts";
        if (other is null)
            return Problems.Invalid(HttpContext, new FieldError($"/{member}", "unknown_repricing", "There is no repricing with this number."));
        if (request.Confirms is not null && !other.DryRun)
            return Problems.Invalid(HttpContext, new FieldError("/confirms", "no_dry_run", "It is no dry run: what it did is recorded."));
        if (request.Reverts is not null && other.DryRun)
            return Problems.Invalid(HttpContext, new FieldError("/reverts", "dry_run", "It is a dry run: there is nothing to take back."));
        if (other.ConfirmedBy is { } confirmedBy && request.Confirms is not null)
            return Problems.Conflict(HttpContext, "already_confirmed", $"The repricing {confirmedBy} commits it.");
        if (other.SupersededBy is { } supersededBy && request.Confirms is not null)
        {
            return Problems.Conflict(HttpContext, "superseded",
                $"The repricing or reclassification {supersededBy} has been at the same window since: what the dry run showed is not what would be done. Make another one.");
        }

        if (other.RevertedBy is { } revertedBy && request.Reverts is not null)
            return Problems.Conflict(HttpContext, "already_reverted", $"The repricing {revertedBy} takes it back.");
        return other.State == RepricingState.Failed
            ? Problems.Conflict(HttpContext, "failed", "The dry run has failed: make another one.")
            : Problems.Conflict(HttpContext, "not_completed", "It is still under way. Wait for its end: `state` of GET /v1/repricings/{id}.");
    }
}
