using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>Unit values of one model and service tier from an instant on.</summary>
public sealed record NewRateCard
{
    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <summary>Any name of it, read as in an event: its own, an alias, or one that a pattern fits. Registered where no model has it.</summary>
    /// <example>kimi-k2</example>
    public required string Model { get; init; }

    /// <example>standard</example>
    public ServiceTier ServiceTier { get; init; } = ServiceTier.Standard;

    /// <summary>ISO 4217.</summary>
    /// <example>USD</example>
    public string Currency { get; init; } = "USD";

    /// <summary>The first instant at which the prices hold.</summary>
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>The first instant at which they hold no more; left out: until the next card of the model and tier.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>Money per million tokens, by token class; 0 is free.</summary>
    /// <example>{"input":"0.60","output":"2.50"}</example>
    public required IReadOnlyDictionary<string, decimal> UnitValues { get; init; }

    /// <summary>Where the prices were found.</summary>
    public string? Provenance { get; init; }
}

/// <summary>The end of an open rate card.</summary>
public sealed record RateCardPatch
{
    /// <summary>The first instant at which the prices hold no more.</summary>
    public required DateTimeOffset EffectiveTo { get; init; }
}

/// <summary>A rate card.</summary>
public sealed record RateCardResource
{
    public required long Id { get; init; }
    public required string Producer { get; init; }
    public required string Model { get; init; }
    public required ServiceTier ServiceTier { get; init; }
    public required string Currency { get; init; }
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>As it was set, or where the next card begins; null: it is the last and open.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>When this service learnt of it.</summary>
    public required DateTimeOffset RecordedAt { get; init; }
    public string? Provenance { get; init; }
    public required IReadOnlyList<RateResource> Rates { get; init; }
}

/// <summary>One price of a card: what an entry pins.</summary>
public sealed record RateResource
{
    /// <summary>The number that ledger entries carry as <c>rate_id</c>.</summary>
    public required long Id { get; init; }

    /// <example>output</example>
    public required string TokenClass { get; init; }

    /// <summary>Money per million tokens.</summary>
    public required decimal UnitValue { get; init; }
}

/// <summary>Rate cards: never changed (entries pin them), superseded by later ones.</summary>
[Route("v1/rate-cards")]
[Tags("Rate cards")]
internal sealed class RateCardsController(IDbContextFactory<TokenFactoryContext> contexts, CatalogWriter writer, TimeProvider time) : CatalogController
{
    private const string ListName = "rate-cards";
    private const int MaxProvenanceLength = 1_000;

    /// <summary>List rate cards</summary>
    /// <param name="producer" example="moonshot">Only this producer's, by id or alias.</param>
    /// <param name="model" example="kimi-k2">Only this model's.</param>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListRateCards")]
    [ProducesResponseType<CatalogPage<RateCardResource>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> List(
        [FromQuery] string? producer, [FromQuery] string? model, [FromQuery] string? cursor, CancellationToken cancellationToken,
        [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out long after, out var refusal))
            return refusal!;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        (var producerId, refusal) = await ReadFilterAsync(context, producer, model, cancellationToken);
        if (refusal is not null)
            return refusal;
        var rows = await Rows(context)
            .Where(c => c.Card.Id > after && (producerId == null || c.Card.ProducerId == producerId) && (model == null || c.Model == model))
            .OrderBy(c => c.Card.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, c => c.Card.Id.ToString(CultureInfo.InvariantCulture), ResourceOf));
    }

    /// <summary>One rate card</summary>
    /// <param name="id" example="1">The card's number.</param>
    [HttpGet("{id:long}", Name = "GetRateCard")]
    [ProducesResponseType<RateCardResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(long id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Rows(context).SingleOrDefaultAsync(c => c.Card.Id == id, cancellationToken) is { } found ? Ok(ResourceOf(found)) : NoSuch(id);
    }

    /// <summary>Add a rate card</summary>
    /// <remarks>
    /// An open card of the same model and tier ends where a later one begins. A card that would overlap another in any other way is refused,
    /// with the card that is in the way. Events of before keep the price that they were recorded with.
    /// </remarks>
    [HttpPost(Name = "CreateRateCard")]
    [Authorize("admin")]
    [ProducesResponseType<RateCardResource>(StatusCodes.Status201Created)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Create(NewRateCard request, CancellationToken cancellationToken)
    {
        var errors = Validate(request, out var rates);
        await using var lookUp = await contexts.CreateDbContextAsync(cancellationToken);
        var producer = await ProducerNames.FindAsync(lookUp, "/producer", request.Producer, errors, cancellationToken);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);

        var id = await writer.WriteAsync(async context =>
        {
            var model = await ModelNaming.FindOrAddAsync(context, producer!.Id, request.Model, cancellationToken);
            var card = new RateCard
            {
                ProducerId = producer.Id,
                ModelId = model.Id,
                ServiceTier = request.ServiceTier,
                Currency = request.Currency,
                EffectiveFrom = request.EffectiveFrom.ToUniversalTime(),
                EffectiveTo = request.EffectiveTo?.ToUniversalTime(),
                RecordedAt = time.GetUtcNow(),
                Provenance = request.Provenance,
                Rates = rates,
            };
            await RefuseOverlapAsync(context, card, cancellationToken);
            context.Add(card);
            await context.SaveChangesAsync(cancellationToken);
            return card.Id;
        }, cancellationToken);
        await using var after = await contexts.CreateDbContextAsync(cancellationToken);
        return Created($"/v1/rate-cards/{id}", ResourceOf(await Rows(after).SingleAsync(c => c.Card.Id == id, cancellationToken)));
    }

    /// <summary>Close an open rate card</summary>
    /// <remarks>The one change that a card takes. Events from its end on are unpriced until another card begins; events of before keep their price.</remarks>
    /// <param name="id" example="1">The card's number.</param>
    /// <param name="patch">The end.</param>
    [HttpPatch("{id:long}", Name = "CloseRateCard")]
    [Authorize("admin")]
    [ProducesResponseType<RateCardResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Close(long id, RateCardPatch patch, CancellationToken cancellationToken)
    {
        await using var lookUp = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Rows(lookUp).SingleOrDefaultAsync(c => c.Card.Id == id, cancellationToken) is not { } known)
            return NoSuch(id);
        if (patch.EffectiveTo <= known.Card.EffectiveFrom)
            return Problems.Invalid(HttpContext, new FieldError("/effective_to", "out_of_range", "Must lie after `effective_from`."));
        await writer.WriteAsync(async context =>
        {
            await RefuseReachingNextAsync(context, known.Card, patch.EffectiveTo, cancellationToken);
            var closed = await context.Set<RateCard>().Where(c => c.Id == id && c.EffectiveTo == null)
                .ExecuteUpdateAsync(c => c.SetProperty(r => r.EffectiveTo, patch.EffectiveTo.ToUniversalTime()), cancellationToken);
            return closed == 1 ? closed : throw new CatalogConflictException("closed_already", "The card has an end; it can't be moved.");
        }, cancellationToken);
        await using var after = await contexts.CreateDbContextAsync(cancellationToken);
        return Ok(ResourceOf(await Rows(after).SingleAsync(c => c.Card.Id == id, cancellationToken)));
    }

    private static List<FieldError> Validate(NewRateCard request, out List<Rate> rates)
    {
        var errors = new List<FieldError>();
        ModelNaming.CheckModel("/model", request.Model, CheckName, errors);
        if (!Currency.IsCode(request.Currency.AsSpan()))
            errors.Add(new FieldError("/currency", "invalid_currency", "Must be an ISO 4217 code in capitals, such as \"USD\"."));
        if (request.EffectiveTo <= request.EffectiveFrom)
            errors.Add(new FieldError("/effective_to", "out_of_range", "Must lie after `effective_from`."));
        if (request.Provenance is { } provenance && (provenance.Length > MaxProvenanceLength || provenance.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))))
            errors.Add(new FieldError("/provenance", "invalid_text", $"At most {MaxProvenanceLength} characters, without control characters."));
        if (request.UnitValues.Count == 0)
            errors.Add(new FieldError("/unit_values", "empty", "Must price at least one token class."));
        rates = [];
        if (CheckLength("/unit_values", request.UnitValues.Count, errors))
            return errors;
        foreach (var (name, value) in request.UnitValues)
        {
            var pointer = $"/unit_values/{BindingProblems.Escape(name)}";
            if (!WireNames.TryParseTokenClass(name, out var tokenClass))
                errors.Add(new FieldError(pointer, "unknown_token_class", $"Must be one of {string.Join(", ", WireNames.AllTokenClasses)}."));
            else if (!UnitValue.TryCreate(value, out var unitValue, out var violation))
                errors.Add(new FieldError(pointer, "invalid_unit_value", $"A unit value {violation}."));
            else
                rates.Add(new Rate { TokenClass = tokenClass, UnitValue = unitValue.ValuePerMillionTokens });
        }

        return errors;
    }

    // An open card ends where the next one begins; an end of its own behind that would claim what is the other's.
    private static async Task RefuseReachingNextAsync(TokenFactoryContext context, RateCard card, DateTimeOffset end, CancellationToken cancellationToken)
    {
        var next = await context.Set<RateCard>().AsNoTracking()
            .Where(c => c.ModelId == card.ModelId && c.ServiceTier == card.ServiceTier && c.EffectiveFrom > card.EffectiveFrom && c.EffectiveFrom < end)
            .OrderBy(c => c.EffectiveFrom).FirstOrDefaultAsync(cancellationToken);
        if (next is not null)
            throw InTheWay(next, null);
    }

    private static CatalogConflictException InTheWay(RateCard card, DateTimeOffset? nextFrom) => new("overlap",
        $"The rate card {card.Id} is in the way: it holds from {UtcInstantConverter.Text(card.EffectiveFrom)}"
        + ((card.EffectiveTo ?? nextFrom) is { } end ? $" to {UtcInstantConverter.Text(end)}." : " on."));

    private static async Task RefuseOverlapAsync(TokenFactoryContext context, RateCard card, CancellationToken cancellationToken)
    {
        var others = await context.Set<RateCard>().AsNoTracking().Where(c => c.ModelId == card.ModelId && c.ServiceTier == card.ServiceTier)
            .ToListAsync(cancellationToken);
        var inTheWay = others.Find(c => c.EffectiveFrom == card.EffectiveFrom
            || (c.EffectiveFrom < card.EffectiveFrom && c.EffectiveTo > card.EffectiveFrom)
            || (c.EffectiveFrom > card.EffectiveFrom && card.EffectiveTo > c.EffectiveFrom));
        if (inTheWay is not null)
            throw InTheWay(inTheWay, others.Where(c => c.EffectiveFrom > inTheWay.EffectiveFrom).Min(c => (DateTimeOffset?)c.EffectiveFrom));
    }

    private static IQueryable<CardRow> Rows(TokenFactoryContext context) =>
        from card in context.Set<RateCard>().AsNoTracking().Include(c => c.Rates)
        join model in context.Set<Model>() on card.ModelId equals model.Id
        join producer in context.Set<Producer>() on card.ProducerId equals producer.Id
        select new CardRow
        {
            Card = card,
            Model = model.Slug,
            Producer = producer.Slug,
            NextFrom = context.Set<RateCard>().Where(c => c.ModelId == card.ModelId && c.ServiceTier == card.ServiceTier && c.EffectiveFrom > card.EffectiveFrom)
                .Min(c => (DateTimeOffset?)c.EffectiveFrom),
        };

    private static RateCardResource ResourceOf(CardRow row) => new()
    {
        Id = row.Card.Id,
        Producer = row.Producer,
        Model = row.Model,
        ServiceTier = row.Card.ServiceTier,
        Currency = row.Card.Currency,
        EffectiveFrom = row.Card.EffectiveFrom,
        EffectiveTo = row.Card.EffectiveTo ?? row.NextFrom,
        RecordedAt = row.Card.RecordedAt,
        Provenance = row.Card.Provenance,
        Rates = [.. row.Card.Rates.OrderBy(r => r.TokenClass).Select(r => new RateResource { Id = r.Id, TokenClass = r.TokenClass.Name(), UnitValue = r.UnitValue })],
    };

    private ObjectResult NoSuch(long id) => Problems.NotFound(HttpContext, $"There is no rate card with the number {id}.");

    private sealed class CardRow
    {
        public required RateCard Card { get; init; }
        public required string Producer { get; init; }
        public required string Model { get; init; }
        public DateTimeOffset? NextFrom { get; init; }
    }
}
