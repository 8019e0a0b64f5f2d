using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Sectors;

/// <summary>Sector rules: never changed (entries keep their numbers), ended and followed by others.</summary>
[Route("v1/sector-rules")]
[Tags("Sector rules")]
internal sealed class SectorRulesController(IDbContextFactory<TokenFactoryContext> contexts, CatalogWriter writer, TimeProvider time) : CatalogController
{
    private const string ListName = "sector-rules";

    /// <summary>List sector rules</summary>
    /// <remarks>In the order of recording; those that a new ledger knows come first.</remarks>
    /// <param name="kind" example="domain_suffix">Only this kind's.</param>
    /// <param name="sector" example="government">Only those of this sector.</param>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListSectorRules")]
    [ProducesResponseType<CatalogPage<SectorRuleResource>>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> List(
        [FromQuery, OneOf("domain_suffix", "legal_form", "plan")] string? kind, [FromQuery] string? sector, [FromQuery] string? cursor,
        CancellationToken cancellationToken, [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out long after, out var refusal))
            return refusal!;
        var errors = new List<FieldError>();
        var wantedKind = kind is null ? null : ReadKind(kind, errors);
        Sector? wantedSector = null;
        if (sector is not null && WireNames.TryParseSector(sector, out var read))
            wantedSector = read;
        else if (sector is not null)
            errors.Add(new FieldError("?sector", "unknown_value", $"Must be one of {string.Join(", ", WireNames.AllSectors)}."));
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Set<SectorRuleRow>().AsNoTracking().Include(r => r.Ends)
            .Where(r => r.Id > after && (wantedKind == null || r.Kind == wantedKind) && (wantedSector == null || r.Sector == wantedSector))
            .OrderBy(r => r.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, r => r.Id.ToString(CultureInfo.InvariantCulture), SectorRuleResource.Of));
    }

    /// <summary>One sector rule</summary>
    /// <param name="id" example="1">Its number: the `sector_rule_id` of a ledger entry.</param>
    [HttpGet("{id:int}", Name = "GetSectorRule")]
    [ProducesResponseType<SectorRuleResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(int id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<SectorRuleRow>().AsNoTracking().Include(r => r.Ends).SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is { } found
            ? Ok(SectorRuleResource.Of(found))
            : NoSuch(id);
    }

    /// <summary>Add a sector rule</summary>
    /// <remarks>
    /// Decides the sector of events to come where neither the event, nor its account's own sector, nor its sender's tag does. A domain decides
    /// before a legal form, a legal form before a plan; of several domains or forms the longest. A rule that would hold beside another of the
    /// same value is refused: end that first. Events that are recorded keep the sector that they have.
    /// </remarks>
    /// <param name="request">The rule.</param>
    [HttpPost(Name = "CreateSectorRule")]
    [Audited("sector_rule.created")]
    [Authorize("admin")]
    [BodyExample("A domain", """
        {"kind":"domain_suffix","value":"gov.example","sector":"government","provenance":"registry policy: public bodies only"}
        """)]
    [BodyExample("A plan, from a date on", """
        {"kind":"plan","value":"pro","sector":"household","effective_from":"2026-12-01T00:00:00Z","provenance":"terms of service: personal use only"}
        """)]
    [ProducesResponseType<SectorRuleResource>(StatusCodes.Status201Created)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Create(NewSectorRule request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var value = ReadValue(request, errors);
        RateCardDraft.CheckText("/provenance", request.Provenance, errors);
        if (request.EffectiveTo <= request.EffectiveFrom)
            errors.Add(new FieldError("/effective_to", "out_of_range", "Must lie after `effective_from`."));
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var created = await writer.WriteAsync(async context =>
        {
            var rule = new SectorRuleRow
            {
                Kind = request.Kind,
                Value = value!,
                Sector = request.Sector,
                EffectiveFrom = request.EffectiveFrom?.ToUniversalTime() ?? DateTimeOffset.MinValue,
                EffectiveTo = request.EffectiveTo?.ToUniversalTime(),
                Provenance = request.Provenance,
                CreatedAt = time.GetUtcNow(),
            };
            await RefuseOverlapAsync(context, rule, rule.EffectiveTo, cancellationToken);
            context.Add(rule);
            return rule;
        }, cancellationToken);
        return Created($"/v1/sector-rules/{created.Id}", SectorRuleResource.Of(created));
    }

    /// <summary>End a sector rule</summary>
    /// <remarks>Nothing is changed: the end is recorded beside the rule, and the last one counts. Entries that it has decided keep their sector.</remarks>
    /// <param name="id" example="1">Its number.</param>
    /// <param name="request">The end.</param>
    [HttpPost("{id:int}/end", Name = "EndSectorRule")]
    [Audited("sector_rule.ended")]
    [Authorize("admin")]
    [ProducesResponseType<SectorRuleResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> End(int id, NewSectorRuleEnd request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        RateCardDraft.CheckText("/reason", request.Reason, errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var ended = await writer.WriteAsync(async context =>
        {
            if (await context.Set<SectorRuleRow>().Include(r => r.Ends).SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } rule)
                return null;
            await RefuseOverlapAsync(context, rule, request.EffectiveTo.ToUniversalTime(), cancellationToken);
            rule.Ends.Add(new SectorRuleEnd { EffectiveTo = request.EffectiveTo.ToUniversalTime(), Reason = request.Reason, RecordedAt = time.GetUtcNow() });
            return rule;
        }, cancellationToken);
        return ended is null ? NoSuch(id) : Ok(SectorRuleResource.Of(ended));
    }

    // Within a change of the catalog: nobody else adds one meanwhile.
    private static async Task RefuseOverlapAsync(TokenFactoryContext context, SectorRuleRow rule, DateTimeOffset? end, CancellationToken cancellationToken)
    {
        if (end <= rule.EffectiveFrom)
            return;
        var others = await context.Set<SectorRuleRow>().AsNoTracking().Include(r => r.Ends)
            .Where(r => r.Kind == rule.Kind && r.Value == rule.Value && r.Id != rule.Id).ToListAsync(cancellationToken);
        var other = others.Find(o => (o.End is null || (o.End > o.EffectiveFrom && o.End > rule.EffectiveFrom)) && (end is null || o.EffectiveFrom < end));
        if (other is not null)
            throw new CatalogConflictException("overlaps", $"The rule {other.Id} says for this value and time: {other.Sector.Name()}. End it first.");
    }

    private static string? ReadValue(NewSectorRule request, List<FieldError> errors)
    {
        var count = errors.Count;
        CatalogNames.CheckName("/value", request.Value, errors);
        if (errors.Count > count)
            return null;
        var (value, wanted) = request.Kind switch
        {
            SectorRuleKind.DomainSuffix => (SectorRuleValues.DomainSuffix(request.Value), "a domain, such as gov.uk"),
            SectorRuleKind.LegalForm => (SectorRuleValues.LegalForm(request.Value), $"a legal form of at most {SectorRuleValues.MaxFormWords} words, such as GmbH"),
            _ => (SectorRuleValues.Plan(request.Value), "a plan's name"),
        };
        if (value is null)
            errors.Add(new FieldError("/value", "invalid_value", $"Must be {wanted}."));
        return value;
    }

    private static SectorRuleKind? ReadKind(string kind, List<FieldError> errors)
    {
        foreach (var known in Enum.GetValues<SectorRuleKind>())
        {
            if (WireJson.NameOf(known) == kind)
                return known;
        }

        errors.Add(new FieldError("?kind", "unknown_value", "Must be one of domain_suffix, legal_form, plan."));
        return null;
    }

    private ObjectResult NoSuch(int id) => Problems.NotFound(HttpContext, $"There is no sector rule with the number {id}.");
}
