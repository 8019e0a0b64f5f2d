using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog;

/// <summary>A model to be registered.</summary>
public sealed record NewModel
{
    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <summary>The name under which it is published; it may hold slashes and colons.</summary>
    /// <example>kimi-k2</example>
    public required string Model { get; init; }

    /// <summary>For people; left out: the model's own.</summary>
    public string? Name { get; init; }

    /// <summary>Other names: exact, or patterns with <c>*</c> for any run of characters.</summary>
    /// <example>["kimi-k2-*"]</example>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}

/// <summary>Changes of a model; what is left out stays.</summary>
public sealed record ModelPatch
{
    public string? Name { get; init; }

    /// <summary>Replaces all aliases.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }
}

/// <summary>A model of a producer.</summary>
public sealed record ModelResource
{
    public required int Id { get; init; }

    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <example>kimi-k2</example>
    public required string Model { get; init; }
    public required string Name { get; init; }
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>An event named it first, and no operator has changed it since.</summary>
    public required bool RegisteredOnSight { get; init; }
}

/// <summary>Models. Names have slashes and colons, so that a model is addressed by its number, or looked up by its names.</summary>
[Route("v1/models")]
[Tags("Models")]
internal sealed class ModelsController(IDbContextFactory<TokenFactoryContext> contexts, CatalogWriter writer) : CatalogController
{
    private const string ListName = "models";

    /// <summary>List models</summary>
    /// <param name="producer" example="moonshot">Only this producer's, by id or alias.</param>
    /// <param name="model" example="kimi-k2">Only the one of this name.</param>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListModels")]
    [ProducesResponseType<CatalogPage<ModelResource>>(StatusCodes.Status200OK)]
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
        var rows = await Resources(context)
            .Where(m => m.Row.Id > after && (producerId == null || m.Row.ProducerId == producerId) && (model == null || m.Row.Slug == model))
            .OrderBy(m => m.Row.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, m => m.Row.Id.ToString(CultureInfo.InvariantCulture), ResourceOf));
    }

    /// <summary>One model</summary>
    /// <param name="id" example="1">The model's number.</param>
    [HttpGet("{id:int}", Name = "GetModel")]
    [ProducesResponseType<ModelResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(int id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Resources(context).SingleOrDefaultAsync(m => m.Row.Id == id, cancellationToken) is { } found ? Ok(ResourceOf(found)) : NoSuch(id);
    }

    /// <summary>Register a model</summary>
    /// <remarks>Not needed before events name it: models are registered on sight. Needed to give it aliases first.</remarks>
    [HttpPost(Name = "CreateModel")]
    [Audited("model.created")]
    [Authorize("admin")]
    [ProducesResponseType<ModelResource>(StatusCodes.Status201Created)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Create(NewModel request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        ModelNaming.CheckModel("/model", request.Model, errors);
        CatalogNames.CheckName("/name", request.Name, errors);
        CheckAliases(request.Aliases, errors);
        await using var lookUp = await contexts.CreateDbContextAsync(cancellationToken);
        var producer = await ProducerNames.FindAsync(lookUp, "/producer", request.Producer, errors, cancellationToken);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var created = await writer.WriteAsync(async context =>
        {
            var row = new Model { ProducerId = producer!.Id, Slug = request.Model, Name = request.Name ?? request.Model };
            row.Aliases.AddRange(Wanted(request.Aliases, row).Select(a => new ModelAlias { ProducerId = producer.Id, Alias = a }));
            await ModelNaming.RefuseShadowsAsync(context, row, cancellationToken);
            context.Add(row);
            return row;
        }, cancellationToken);
        return Created($"/v1/models/{created.Id}", ResourceOf(new ModelRow { Row = created, Producer = producer!.Slug }));
    }

    /// <summary>Change a model</summary>
    /// <remarks>
    /// Aliases decide how events that come later are read; what is recorded stays as it is. An alias may be the name of another model that events named
    /// first and that nobody has confirmed or priced: the name stands for this model from then on, and that one is listed there no more. A change, even an empty one, confirms a model that events named
    /// first: `GET /v1/models/unmatched` lists it no more.
    /// </remarks>
    /// <param name="id" example="1">The model's number.</param>
    /// <param name="patch">What is left out stays.</param>
    [HttpPatch("{id:int}", Name = "ChangeModel")]
    [Audited("model.changed")]
    [Authorize("admin")]
    [ProducesResponseType<ModelResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Change(int id, ModelPatch patch, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CatalogNames.CheckName("/name", patch.Name, errors);
        CheckAliases(patch.Aliases ?? [], errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var changed = await writer.WriteAsync(async context =>
        {
            if (await context.Set<Model>().Include(m => m.Aliases).SingleOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } row)
                return null;
            row.Name = patch.Name ?? row.Name;
            row.RegisteredOnSight = false;
            if (patch.Aliases is { } aliases)
            {
                var wanted = Wanted(aliases, row);
                row.Aliases.RemoveAll(a => !wanted.Contains(a.Alias));
                row.Aliases.AddRange(wanted.Except(row.Aliases.Select(a => a.Alias)).Select(a => new ModelAlias { ProducerId = row.ProducerId, Alias = a }));
            }

            // Without aliases too: a name that is another model's alias can't be confirmed.
            await ModelNaming.RefuseShadowsAsync(context, row, cancellationToken);
            return new ModelRow
            {
                Row = row,
                Producer = await context.Set<Producer>().Where(p => p.Id == row.ProducerId).Select(p => p.Slug).SingleAsync(cancellationToken),
            };
        }, cancellationToken);
        return changed is null ? NoSuch(id) : Ok(ResourceOf(changed));
    }

    /// <summary>Remove a model that nothing refers to</summary>
    /// <param name="id" example="1">The model's number.</param>
    [HttpDelete("{id:int}", Name = "DeleteModel")]
    [Audited("model.deleted")]
    [Authorize("admin")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    public async Task<IActionResult> Delete(int id, CancellationToken cancellationToken)
    {
        var removed = await writer.WriteAsync(async context =>
        {
            var row = await context.Set<Model>().Include(m => m.Aliases).SingleOrDefaultAsync(m => m.Id == id, cancellationToken);
            if (row is not null)
                context.Remove(row);
            return row;
        }, cancellationToken);
        return removed is null ? NoSuch(id) : NoContent();
    }

    private static IQueryable<ModelRow> Resources(TokenFactoryContext context) =>
        from model in context.Set<Model>().AsNoTracking().Include(m => m.Aliases)
        join producer in context.Set<Producer>() on model.ProducerId equals producer.Id
        select new ModelRow { Row = model, Producer = producer.Slug };

    private static void CheckAliases(IReadOnlyList<string> aliases, List<FieldError> errors)
    {
        CatalogNames.CheckNames("/aliases", aliases, errors);
        for (var i = 0; i < Math.Min(aliases.Count, CatalogNames.MaxListLength); i++)
        {
            if (aliases[i] is { Length: > 0 } alias && alias.All(c => c == '*'))
                errors.Add(new FieldError($"/aliases/{i}", "too_wide", "A pattern must hold more than stars."));
        }
    }

    // Its own name needs no alias.
    private static List<string> Wanted(IReadOnlyList<string> aliases, Model row) => [.. aliases.Distinct(StringComparer.Ordinal).Where(a => a != row.Slug)];

    private static ModelResource ResourceOf(ModelRow model) => new()
    {
        Id = model.Row.Id,
        Producer = model.Producer,
        Model = model.Row.Slug,
        Name = model.Row.Name,
        Aliases = [.. model.Row.Aliases.Select(a => a.Alias).Order(StringComparer.Ordinal)],
        RegisteredOnSight = model.Row.RegisteredOnSight,
    };

    private ObjectResult NoSuch(int id) => Problems.NotFound(HttpContext, $"There is no model with the number {id}.");

    private sealed class ModelRow
    {
        public required Model Row { get; init; }
        public required string Producer { get; init; }
    }
}
