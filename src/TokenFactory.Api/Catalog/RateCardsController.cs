using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>Rate cards: never changed (entries pin them), superseded by later ones.</summary>
[Route("v1/rate-cards")]
[Tags("Rate cards")]
internal sealed class RateCardsController(
    IDbContextFactory<TokenFactoryContext> contexts, CatalogWriter writer, IOptions<ReportingOptions> reporting, TimeProvider time) : CatalogController
{
    private const string ListName = "rate-cards";

    /// <summary>List rate cards</summary>
    /// <param name="producer" example="moonshot">Only this producer's, by id or alias.</param>
    /// <param name="model" example="kimi-k2">Only this model's, or this pattern's.</param>
    /// <param name="known_at" example="2026-11-23T00:00:00Z">As they were known at this instant: without what was recorded later. Left out: as they are known now.</param>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListRateCards")]
    [ProducesResponseType<CatalogPage<RateCardResource>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> List(
        [FromQuery] string? producer, [FromQuery] string? model, [FromQuery] string? known_at, [FromQuery] string? cursor, CancellationToken cancellationToken,
        [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out long after, out var refusal))
            return refusal!;
        var errors = new List<FieldError>();
        var knownAt = QueryInstant.Read("known_at", known_at, errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        (var producerId, refusal) = await ReadFilterAsync(context, producer, model, cancellationToken);
        if (refusal is not null)
            return refusal;
        var rows = await Rows(context)
            .Where(c => c.Card.Id > after && (producerId == null || c.Card.ProducerId == producerId)
                && (model == null || c.Model == model || c.Card.ModelPattern == model) && (knownAt == null || c.Card.RecordedAt <= knownAt))
            .OrderBy(c => c.Card.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var following = await FollowingAsync(context, rows, knownAt, cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, c => c.Card.Id.ToString(CultureInfo.InvariantCulture),
            c => ResourceOf(c, following.GetValueOrDefault(c.Card.Id), knownAt)));
    }

    /// <summary>One rate card</summary>
    /// <remarks>Its ETag is what changing it takes as `If-Match`.</remarks>
    /// <param name="id" example="1">The card's number.</param>
    [HttpGet("{id:long}", Name = "GetRateCard")]
    [ProducesResponseType<RateCardResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(long id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindAsync(context, id, cancellationToken) is { } found ? Ok(found) : NoSuch(id);
    }

    /// <summary>Add a rate card</summary>
    /// <remarks>
    /// An open card of the same model, tier and scope ends where a later one begins. A card that would overlap another in any other way is
    /// refused, with the card that is in the way. A wrong card is put right by one that `replaces` it. Events of before keep the price that they
    /// were recorded with, until they are priced anew (`POST /v1/repricings`).
    /// </remarks>
    /// <param name="request">The card.</param>
    [HttpPost(Name = "CreateRateCard")]
    [Audited("rate_card.created")]
    [Authorize("admin")]
    [BodyExample("Plain prices", """
        {"producer":"moonshot","model":"kimi-k2","effective_from":"2025-10-01T00:00:00Z","unit_values":{"input":"0.60","cache_read":"0.15","output":"2.50"},
         "fallbacks":{"output_reasoning":"output"},"provenance":{"source":"price list of October 2025","confidence":"published"}}
        """)]
    [BodyExample("Long requests", """
        {"producer":"moonshot","model":"kimi-k2","effective_from":"2025-11-01T00:00:00Z",
         "rates":[{"token_class":"input","unit_value":"0.60","context_tiers":[{"above":200000,"unit_value":"1.20"}]},{"token_class":"output","unit_value":"2.50"}]}
        """)]
    [BodyExample("Hours of the day", """
        {"producer":"moonshot","model":"kimi-k2","effective_from":"2025-12-01T00:00:00Z",
         "rates":[{"token_class":"output","unit_value":"2.50","windows":[{"from":"16:30","to":"00:30","time_zone":"Asia/Shanghai","unit_value":"1.25"}]}]}
        """)]
    [BodyExample("Months", """
        {"producer":"moonshot","model":"kimi-k2","effective_from":"2026-01-01T00:00:00Z",
         "rates":[{"token_class":"input","unit_value":"0.60","month_tiers":{"kind":"graduated","tiers":[{"above":1000000000,"unit_value":"0.50"}]}}]}
        """)]
    [BodyExample("A contract", """
        {"producer":"moonshot","model":"*","account":"acme","effective_from":"2025-10-01T00:00:00Z","unit_values":{"output":"2.00"},"minimum_charge":"0.001"}
        """)]
    [BodyExample("A reseller", """
        {"producer":"openrouter","model":"moonshot/kimi-k2","effective_from":"2025-10-01T00:00:00Z","markup":{"producer":"moonshot","model":"kimi-k2","percent":"5"}}
        """)]
    [BodyExample("A cost", """
        {"kind":"cost","producer":"moonshot","model":"kimi-k2","effective_from":"2025-10-01T00:00:00Z","unit_values":{"input":"0.20","output":"0.90"}}
        """)]
    [ProducesResponseType<RateCardResource>(StatusCodes.Status201Created)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status412PreconditionFailed, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status428PreconditionRequired, Problems.ContentType)]
    public async Task<IActionResult> Create(
        NewRateCard request, [FromHeader(Name = "If-Match"), Description("With `replaces`: the ETag of the card that is replaced.")] string? ifMatch, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        await using var lookUp = await contexts.CreateDbContextAsync(cancellationToken);
        if (request.Kind == RateCardKind.Cost && request.Currency != reporting.Value.ReportingCurrency)
            errors.Add(new FieldError("/currency", "not_reporting_currency", $"A cost is in the ledger's currency, {reporting.Value.ReportingCurrency}: margins are."));
        if (await RateCardDraft.ReadAsync(lookUp, request, errors, cancellationToken) is not { } draft)
            return Problems.Invalid(HttpContext, errors);

        long id = 0;
        if (request.Replaces is { } replaced)
        {
            var refusal = await ChangeAsync(replaced, ifMatch, async (context, card) =>
                id = (await RateCardVersions.ReplaceAsync(context, card, draft, time.GetUtcNow(), cancellationToken)).Id, cancellationToken);
            if (refusal is not null)
                return refusal;
        }
        else
        {
            id = (await writer.WriteAsync(context => RateCardVersions.AddAsync(context, draft, time.GetUtcNow(), cancellationToken), cancellationToken)).Id;
        }

        await using var after = await contexts.CreateDbContextAsync(cancellationToken);
        return Created($"/v1/rate-cards/{id}", await FindAsync(after, id, cancellationToken));
    }

    /// <summary>End a rate card</summary>
    /// <remarks>Events from its end on are unpriced until another card begins; events of before keep their price. What was known before stays on record.</remarks>
    /// <param name="id" example="1">The card's number.</param>
    /// <param name="patch">The end.</param>
    [HttpPatch("{id:long}", Name = "CloseRateCard")]
    [Audited("rate_card.ended")]
    [Authorize("admin")]
    [ProducesResponseType<RateCardResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status412PreconditionFailed, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status428PreconditionRequired, Problems.ContentType)]
    public async Task<IActionResult> Close(
        long id, RateCardPatch patch, [FromHeader(Name = "If-Match"), Description("The card's ETag.")] string? ifMatch, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        RateCardDraft.CheckText("/reason", patch.Reason, errors);
        await using var lookUp = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Rows(lookUp).SingleOrDefaultAsync(c => c.Card.Id == id, cancellationToken) is not { } known)
            return NoSuch(id);
        if (patch.EffectiveTo <= known.Card.EffectiveFrom)
            errors.Add(new FieldError("/effective_to", "out_of_range", "Must lie after `effective_from`; a card that never held is withdrawn by DELETE."));
        if (known.Card.Kind == RateCardKind.Cost && patch.EffectiveTo.UtcTicks % TimeSpan.TicksPerDay != 0)
            errors.Add(new FieldError("/effective_to", "not_midnight", "A cost begins and ends at midnight UTC."));
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var refusal = await ChangeAsync(id, ifMatch,
            (context, card) => RateCardVersions.EndAsync(context, card, patch.EffectiveTo, patch.Reason, time.GetUtcNow(), cancellationToken), cancellationToken);
        if (refusal is not null)
            return refusal;
        await using var after = await contexts.CreateDbContextAsync(cancellationToken);
        return Ok(await FindAsync(after, id, cancellationToken));
    }

    /// <summary>Withdraw a rate card</summary>
    /// <remarks>From now on it is known never to have held. Nothing is removed: entries that pin its rates keep their price until they are priced anew.</remarks>
    /// <param name="id" example="1">The card's number.</param>
    [HttpDelete("{id:long}", Name = "WithdrawRateCard")]
    [Audited("rate_card.withdrawn")]
    [Authorize("admin")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status412PreconditionFailed, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status428PreconditionRequired, Problems.ContentType)]
    public async Task<IActionResult> Withdraw(
        long id, [FromHeader(Name = "If-Match"), Description("The card's ETag.")] string? ifMatch, CancellationToken cancellationToken) =>
        await ChangeAsync(id, ifMatch, (context, card) => RateCardVersions.WithdrawAsync(context, card, null, time.GetUtcNow(), cancellationToken), cancellationToken)
        ?? NoContent();

    // Null: done. Whoever changes a card says which state of it was read, so that two people's changes don't cover each other.
    private async Task<IActionResult?> ChangeAsync(
        long id, string? ifMatch, Func<TokenFactoryContext, RateCardRow, Task> change, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(ifMatch))
        {
            return Problems.Result(HttpContext, StatusCodes.Status428PreconditionRequired, "precondition_required", "The change needs the state that it is made to.",
                $"Send If-Match with the ETag of GET /v1/rate-cards/{id}, quotation marks and all, or * for whatever it is.");
        }

        IActionResult? refusal = null;
        await writer.WriteAsync<object>(async context =>
        {
            refusal = null;
            if (await context.Set<RateCardRow>().AsNoTracking().Include(c => c.Ends).SingleOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } card)
            {
                refusal = NoSuch(id);
                return null!;
            }

            if (RateCardVersions.IsWithdrawn(card))
                throw new CatalogConflictException("withdrawn", $"The card {id} was withdrawn: it never held, and stays as it is.");

            var next = (await RateCardVersions.OthersAsync(context, card, cancellationToken)).Find(c => c.EffectiveFrom > card.EffectiveFrom);
            var tag = RateCardVersions.TagOf(card, next);
            if (ifMatch.Trim() != "*" && !ifMatch.Split(',').Any(t => t.Trim() == tag))
            {
                refusal = Problems.Result(HttpContext, StatusCodes.Status412PreconditionFailed, "precondition_failed", "The card has changed since it was read.",
                    $"Read GET /v1/rate-cards/{id} again, and send the change with its ETag if it is still wanted.");
                return null!;
            }

            await change(context, card);
            return card;
        }, cancellationToken);
        return refusal;
    }

    private async Task<RateCardResource?> FindAsync(TokenFactoryContext context, long id, CancellationToken cancellationToken)
    {
        if (await Rows(context).SingleOrDefaultAsync(c => c.Card.Id == id, cancellationToken) is not { } row)
            return null;
        var next = (await FollowingAsync(context, [row], null, cancellationToken)).GetValueOrDefault(id);
        Response.Headers.ETag = RateCardVersions.TagOf(row.Card, next);
        return ResourceOf(row, next, null);
    }

    // The card of the same scope that begins next, as it was known.
    private static async Task<Dictionary<long, RateCardRow>> FollowingAsync(
        TokenFactoryContext context, List<CardRow> rows, DateTimeOffset? knownAt, CancellationToken cancellationToken)
    {
        var producers = rows.Select(r => r.Card.ProducerId).Distinct().ToList();
        var models = rows.Select(r => r.Card.ModelId).Distinct().ToList();
        var cards = await context.Set<RateCardRow>().AsNoTracking().Include(c => c.Ends)
            .Where(c => producers.Contains(c.ProducerId) && models.Contains(c.ModelId) && (knownAt == null || c.RecordedAt <= knownAt)).ToListAsync(cancellationToken);
        var series = cards.Where(c => !RateCardVersions.IsWithdrawn(c, knownAt)).OrderBy(c => c.EffectiveFrom)
            .ToLookup(RateCardVersions.ScopeOf);
        var following = new Dictionary<long, RateCardRow>();
        foreach (var card in rows.Select(r => r.Card))
        {
            if (series[RateCardVersions.ScopeOf(card)].FirstOrDefault(c => c.EffectiveFrom > card.EffectiveFrom) is { } next)
                following[card.Id] = next;
        }

        return following;
    }

    private static IQueryable<CardRow> Rows(TokenFactoryContext context) =>
        from card in context.Set<RateCardRow>().AsNoTracking().Include(c => c.Rates).Include(c => c.Ends)
        join producer in context.Set<Producer>() on card.ProducerId equals producer.Id
        from model in context.Set<Model>().Where(m => m.Id == card.ModelId).DefaultIfEmpty()
        from account in context.Set<Account>().Where(a => a.Id == card.AccountId).DefaultIfEmpty()
        from marked in context.Set<Model>().Where(m => m.Id == card.MarkupModelId).DefaultIfEmpty()
        from markedProducer in context.Set<Producer>().Where(p => marked != null && p.Id == marked.ProducerId).DefaultIfEmpty()
        select new CardRow
        {
            Card = card,
            Model = model == null ? null : model.Slug,
            Producer = producer.Slug,
            Account = account == null ? null : account.Slug,
            MarkedModel = marked == null ? null : marked.Slug,
            MarkedProducer = markedProducer == null ? null : markedProducer.Slug,
        };

    private static RateCardResource ResourceOf(CardRow row, RateCardRow? next, DateTimeOffset? knownAt)
    {
        var card = row.Card;
        var isWithdrawn = RateCardVersions.IsWithdrawn(card, knownAt);
        return new RateCardResource
        {
            Id = card.Id,
            Producer = row.Producer,
            Model = row.Model ?? card.ModelPattern!,
            Kind = card.Kind,
            ServiceTier = card.ServiceTier,
            Account = row.Account,
            Sector = card.Sector,
            Region = card.Region,
            Currency = card.Currency,
            EffectiveFrom = card.EffectiveFrom,
            EffectiveTo = isWithdrawn ? card.EffectiveTo : EarlierOf(RateCardVersions.EndOf(card, knownAt), next?.EffectiveFrom),
            WithdrawnAt = isWithdrawn ? RateCardVersions.LastEnd(card, knownAt)!.RecordedAt : null,
            RecordedAt = card.RecordedAt,
            Ends = RateCardVersions.LastEnd(card, knownAt) is null ? null : [.. card.Ends
                .Where(e => knownAt is null || e.RecordedAt <= knownAt).OrderBy(e => e.Id)
                .Select(e => new RateCardEndResource { EffectiveTo = e.EffectiveTo > card.EffectiveFrom ? e.EffectiveTo : null, RecordedAt = e.RecordedAt, Reason = e.Reason })],
            Fallbacks = card.Fallbacks is { } fallbacks ? JsonSerializer.Deserialize<Dictionary<string, string>>(fallbacks, WireJson.Options) : null,
            MinimumCharge = card.MinimumCharge,
            Markup = card.MarkupPercent is { } percent
                ? new MarkupTerms { Producer = row.MarkedProducer!, Model = row.MarkedModel!, Percent = ExactDecimal.Normalize(percent) }
                : null,
            Provenance = ProvenanceTerms.Of(card),
            Rates = [.. card.Rates.OrderBy(r => r.TokenClass).Select(ResourceOf)],
        };
    }

    private static RateResource ResourceOf(RateRow rate)
    {
        var terms = rate.Terms is { } json ? RateTermsReader.Read(json) : null;
        return new RateResource
        {
            Id = rate.Id,
            TokenClass = rate.TokenClass.Name(),
            UnitValue = rate.UnitValue,
            ContextTiers = terms?.ContextTiers,
            MonthTiers = terms?.MonthTiers,
            PackageTokens = terms?.PackageTokens,
            Windows = terms?.Windows,
        };
    }

    private static DateTimeOffset? EarlierOf(DateTimeOffset? one, DateTimeOffset? other) =>
        one is { } a && other is { } b ? (a < b ? a : b) : one ?? other;

    private ObjectResult NoSuch(long id) => Problems.NotFound(HttpContext, $"There is no rate card with the number {id}.");

    private sealed class CardRow
    {
        public required RateCardRow Card { get; init; }
        public required string Producer { get; init; }
        public string? Model { get; init; }
        public string? Account { get; init; }
        public string? MarkedProducer { get; init; }
        public string? MarkedModel { get; init; }
    }
}
