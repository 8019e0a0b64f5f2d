using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database.Audit;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>What was held back is read again and recorded: whoever may write for its source may do that.</summary>
[Route("v1/quarantine")]
[Tags("Quarantine")]
internal sealed class QuarantineReleasesController(
    QuarantineReader quarantine, QuarantineReleases releases, IAuthorizationService authorization, IngestServices services) : IngestController(services)
{
    /// <summary>Release an event</summary>
    /// <remarks>
    /// Reads what is kept again, by the profiles, names and prices of today, and records it as an ordinary event under its own id: 201 with its
    /// receipt. Where it still can't be read, nothing changes, and 422 says why. Where it is in the ledger already, 200 with its receipt.
    ///
    /// A body decides how to read it where what was sent does not tell: `profile` for a usage object of unknown shape, `producer` for a name that is
    /// nobody's, `model`, `occurred_at` or `service_tier` where none was named, or none that is known here. The event stays what was sent; the receipt shows what was decided.
    /// </remarks>
    /// <param name="id" example="17">Its number in the quarantine.</param>
    /// <param name="request">How to read it; may be left out.</param>
    [HttpPost("{id:long}/release", Name = "ReleaseQuarantined")]
    [Audited("quarantine.released", WhenOver = true, OnlyOfAdmins = true)]
    [BodyExample("As a chat completion", """
        {"profile":"openai_chat"}
        """)]
    [ProducesResponseType<Receipt>(StatusCodes.Status201Created, "application/json")]
    [ProducesResponseType<Receipt>(StatusCodes.Status200OK, "application/json")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Release(
        long id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] QuarantineRelease? request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CheckProfile(request?.Profile, errors);
        CatalogNames.CheckName("/producer", request?.Producer, errors);
        CatalogNames.CheckName("/model", request?.Model, errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        if (await quarantine.FindAsync(id, cancellationToken) is not { } found)
            return Problems.NotFound(HttpContext, $"Nothing was held back under the number {id}.");
        if (!await IsGrantedAsync(found.Event.Source))
            return NotGranted(found.Event.Source);

        var (held, item) = await releases.ReleaseAsync(User, found, new ReportedUsageReading(
            request?.Profile, request?.Producer, request?.Model, request?.OccurredAt, request?.ServiceTier), cancellationToken);
        AdministrativeAct.Current?.IsUnchanged = item is not { Outcome: EventOutcome.Accepted } || held.Event.Status != QuarantineStatus.Open;
        return item is not null && held.Event.Status == QuarantineStatus.Open
            ? await AnswerAsync(item, cancellationToken)
            : await AnswerDecidedAsync(held, cancellationToken);
    }

    /// <summary>Release what can be read now</summary>
    /// <remarks>
    /// After an alias or a producer was added: reads every open event of the filter again, the oldest first, and records what can be read. What still can't
    /// is left as it is. The answer comes when all have been looked at; if it does not come, send it again.
    /// </remarks>
    /// <param name="request">Which, and how to read them; may be left out.</param>
    [HttpPost("release", Name = "ReleaseQuarantine")]
    [Audited("quarantine.released", WhenOver = true, OnlyOfAdmins = true)]
    [BodyExample("What an alias was added for", """
        {"producer":"kimi-cloud"}
        """)]
    [ProducesResponseType<QuarantineReleaseAnswer>(StatusCodes.Status200OK, "application/json")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> ReleaseMany(
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] QuarantineReleaseOfMany? request, CancellationToken cancellationToken)
    {
        request ??= new QuarantineReleaseOfMany();
        var errors = new List<FieldError>();
        CheckProfile(request.Profile, errors);
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
            [("source", request.Source), ("code", request.Code), ("shape", request.Shape), ("producer", request.Producer), ("model", request.Model)])
        {
            CatalogNames.CheckName($"/{name}", value, errors);
        }

        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        if (request.Source is { } asked && !await IsGrantedAsync(asked))
            return NotGranted(asked);

        var filter = new QuarantineFilter { Source = request.Source, Code = request.Code, Shape = request.Shape, Producer = request.Producer, Model = request.Model };
        var count = new ReleaseCount();
        foreach (var (source, sourceId, last) in await quarantine.SourcesAsync(filter, cancellationToken))
        {
            if (await IsGrantedAsync(source))
            {
                await releases.ReleaseAllAsync(User, sourceId, last, filter with { Source = source },
                    new ReportedUsageReading(request.Profile, null, null), count, cancellationToken);
            }
        }

        AdministrativeAct.Current?.IsUnchanged = count.Released == 0;
        return Ok(new QuarantineReleaseAnswer
        {
            LookedAt = count.Released + count.StillHeld + count.Conflict,
            Released = count.Released,
            StillHeld = count.StillHeld,
            Conflict = count.Conflict,
            Reasons = [.. count.Reasons],
        });
    }

    // It was open, and has been read.
    private async Task<IActionResult> AnswerAsync(IngestItem item, CancellationToken cancellationToken)
    {
        if (item is { Quarantine: { } reason, Outcome: not (EventOutcome.Accepted or EventOutcome.Duplicate) })
        {
            return Problems.Result(HttpContext, StatusCodes.Status422UnprocessableEntity, "not_readable", "The event still can't be read.",
                "Nothing was changed: see `errors` for what stands in the way today.", [reason]);
        }

        return await AnswerOneAsync(item, cancellationToken);
    }

    private async Task<IActionResult> AnswerDecidedAsync(HeldEvent held, CancellationToken cancellationToken)
    {
        var told = held.Event;
        if (told.Status == QuarantineStatus.Discarded)
        {
            return Problems.Conflict(HttpContext, "discarded",
                $"It was given up: {told.DiscardedReason}. If that was an error, let the sender send it again.");
        }

        if (told.Status == QuarantineStatus.Open)
        {
            return Problems.Conflict(HttpContext, "content_conflict",
                "Other content is recorded under its id. Discard it, or send it anew under another id.");
        }

        var first = await Events.FindAsync(told.Source, held.SourceId, told.EventId, "duplicate", cancellationToken)
            ?? throw new InvalidOperationException("A released event's receipt is not there.");
        return Ok(first.Receipt);
    }

    private async Task<bool> IsGrantedAsync(string source) => (await authorization.AuthorizeAsync(User, source, "source")).Succeeded;

    private ObjectResult NotGranted(string source) => Problems.Result(HttpContext, StatusCodes.Status403Forbidden, "source_not_granted",
        "The key may not write for this source.", $"Use a key that names the source {source}, or an admin key.");

    private static void CheckProfile(string? profile, List<FieldError> errors)
    {
        if (profile is not null && !UsageProfiles.TryFind(profile, out _))
            errors.Add(new FieldError("/profile", UsageViolation.UnknownProfile, $"Must be one of {string.Join(", ", UsageProfiles.All.Select(p => p.Id))}."));
    }
}
