using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog;

/// <summary>A token factory.</summary>
public sealed record ProducerResource
{
    /// <example>moonshot</example>
    public required string Id { get; init; }

    /// <example>Moonshot AI</example>
    public required string Name { get; init; }

    /// <example>both</example>
    public required ProducerKind Kind { get; init; }

    /// <summary>Other names under which emitters report it; lower case, one namespace with the ids.</summary>
    /// <example>["moonshot_ai"]</example>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}

/// <summary>Changes of a producer; what is left out stays.</summary>
public sealed record ProducerPatch
{
    public string? Name { get; init; }
    public ProducerKind? Kind { get; init; }

    /// <summary>Replaces all aliases.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }
}

/// <summary>Token factories.</summary>
[Route("v1/producers")]
[Tags("Producers")]
internal sealed class ProducersController(IDbContextFactory<TokenFactoryContext> contexts, CatalogWriter writer) : CatalogController
{
    private const string ListName = "producers";

    /// <summary>List producers</summary>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListProducers")]
    [ProducesResponseType<CatalogPage<ProducerResource>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> List([FromQuery] string? cursor, CancellationToken cancellationToken, [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out string after, out var refusal))
            return refusal!;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Set<Producer>().AsNoTracking().Include(p => p.Aliases)
            .Where(p => p.Slug.CompareTo(after) > 0).OrderBy(p => p.Slug).Take(limit + 1).ToListAsync(cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, p => p.Slug, ResourceOf));
    }

    /// <summary>One producer</summary>
    /// <param name="id" example="moonshot">The producer's id.</param>
    [HttpGet("{id}", Name = "GetProducer")]
    [ProducesResponseType<ProducerResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindAsync(context, id, cancellationToken) is { } found ? Ok(ResourceOf(found)) : NoSuch(id);
    }

    /// <summary>Register a producer</summary>
    [HttpPost(Name = "CreateProducer")]
    [Audited("producer.created")]
    [Authorize("admin")]
    [ProducesResponseType<ProducerResource>(StatusCodes.Status201Created)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Create(ProducerResource request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CatalogNames.CheckSlug("/id", request.Id, errors);
        CatalogNames.CheckName("/name", request.Name, errors);
        CatalogNames.CheckNames("/aliases", request.Aliases, errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var created = await writer.WriteAsync(async context =>
        {
            await RefuseTakenAsync(context, [request.Id, .. request.Aliases], null, cancellationToken);
            var row = new Producer { Slug = request.Id, Name = request.Name, Kind = request.Kind };
            row.Aliases.AddRange(Wanted(request.Aliases, row).Select(a => new ProducerAlias { Alias = a }));
            context.Add(row);
            return row;
        }, cancellationToken);
        return Created($"/v1/producers/{created.Slug}", ResourceOf(created));
    }

    /// <summary>Change a producer</summary>
    /// <param name="id" example="moonshot">The producer's id.</param>
    /// <param name="patch">What is left out stays.</param>
    [HttpPatch("{id}", Name = "ChangeProducer")]
    [Audited("producer.changed")]
    [Authorize("admin")]
    [ProducesResponseType<ProducerResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Change(string id, ProducerPatch patch, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CatalogNames.CheckName("/name", patch.Name, errors);
        CatalogNames.CheckNames("/aliases", patch.Aliases ?? [], errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var changed = await writer.WriteAsync(async context =>
        {
            if (await FindAsync(context, id, cancellationToken) is not { } row)
                return null;
            row.Name = patch.Name ?? row.Name;
            row.Kind = patch.Kind ?? row.Kind;
            if (patch.Aliases is not null)
            {
                await RefuseTakenAsync(context, patch.Aliases, row.Id, cancellationToken);
                var wanted = Wanted(patch.Aliases, row);
                row.Aliases.RemoveAll(a => !wanted.Contains(a.Alias));
                row.Aliases.AddRange(wanted.Except(row.Aliases.Select(a => a.Alias)).Select(a => new ProducerAlias { Alias = a }));
            }

            return row;
        }, cancellationToken);
        return changed is null ? NoSuch(id) : Ok(ResourceOf(changed));
    }

    /// <summary>Remove a producer that nothing refers to</summary>
    /// <param name="id" example="moonshot">The producer's id.</param>
    [HttpDelete("{id}", Name = "DeleteProducer")]
    [Audited("producer.deleted")]
    [Authorize("admin")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    public async Task<IActionResult> Delete(string id, CancellationToken cancellationToken)
    {
        var removed = await writer.WriteAsync(async context =>
        {
            var row = await FindAsync(context, id, cancellationToken);
            if (row is not null)
                context.Remove(row);
            return row;
        }, cancellationToken);
        return removed is null ? NoSuch(id) : NoContent();
    }

    private static Task<Producer?> FindAsync(TokenFactoryContext context, string id, CancellationToken cancellationToken) =>
        context.Set<Producer>().Include(p => p.Aliases).SingleOrDefaultAsync(p => p.Slug == id, cancellationToken);

    // Ids and aliases share one namespace, which two unique indexes can't hold by themselves; changes come one after the other.
    private static async Task RefuseTakenAsync(TokenFactoryContext context, IEnumerable<string> names, int? exceptOf, CancellationToken cancellationToken)
    {
        var wanted = names.Select(ProducerNames.Normalize).ToList();
        var taken = await context.Set<Producer>().Where(p => p.Id != exceptOf && (wanted.Contains(p.Slug) || p.Aliases.Any(a => wanted.Contains(a.Alias))))
            .Select(p => p.Slug).FirstOrDefaultAsync(cancellationToken);
        if (taken is not null)
            throw new CatalogConflictException("name_taken", $"An id or alias is taken by the producer {taken}.");
    }

    // Its id needs no alias.
    private static List<string> Wanted(IReadOnlyList<string> aliases, Producer row) =>
        [.. aliases.Select(ProducerNames.Normalize).Distinct(StringComparer.Ordinal).Where(a => a != row.Slug)];

    private static ProducerResource ResourceOf(Producer row) =>
        new() { Id = row.Slug, Name = row.Name, Kind = row.Kind, Aliases = [.. row.Aliases.Select(a => a.Alias).Order(StringComparer.Ordinal)] };

    private ObjectResult NoSuch(string id) => Problems.NotFound(HttpContext, $"There is no producer with the id {id}.");
}
