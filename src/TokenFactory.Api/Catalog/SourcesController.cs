using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog;

/// <summary>An emitter of events to be registered.</summary>
public sealed record NewSource
{
    /// <example>gateway-1</example>
    public required string Id { get; init; }

    /// <summary>Left out: the id.</summary>
    /// <example>The gateway in Frankfurt</example>
    public string? Name { get; init; }

    /// <summary>The OpenTelemetry signal that its usage is taken from. Left out: the one that usage comes by first.</summary>
    public SourceSignal? Signal { get; init; }
}

/// <summary>A registered emitter of events.</summary>
public sealed record SourceResource
{
    /// <example>gateway-1</example>
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The OpenTelemetry signal that its usage is taken from; usage by the other is refused, because it would count twice. Null: none has come yet.</summary>
    public SourceSignal? Signal { get; init; }
}

/// <summary>Changes of a source; what is left out stays.</summary>
public sealed record SourcePatch
{
    public string? Name { get; init; }

    /// <summary>The OpenTelemetry signal that its usage is taken from, from now on.</summary>
    public SourceSignal? Signal { get; init; }
}

/// <summary>Emitters of events.</summary>
[Route("v1/sources")]
[Tags("Sources")]
internal sealed class SourcesController(IDbContextFactory<TokenFactoryContext> contexts, CatalogWriter writer, TimeProvider time) : CatalogController
{
    private const string ListName = "sources";

    /// <summary>List sources</summary>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListSources")]
    [ProducesResponseType<CatalogPage<SourceResource>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> List([FromQuery] string? cursor, CancellationToken cancellationToken, [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out string after, out var refusal))
            return refusal!;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Set<Source>().AsNoTracking().Where(s => s.Slug.CompareTo(after) > 0).OrderBy(s => s.Slug).Take(limit + 1)
            .ToListAsync(cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, s => s.Slug, ResourceOf));
    }

    /// <summary>One source</summary>
    /// <param name="id" example="gateway-1">The source's id.</param>
    [HttpGet("{id}", Name = "GetSource")]
    [ProducesResponseType<SourceResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<Source>().SingleOrDefaultAsync(s => s.Slug == id, cancellationToken) is { } found ? Ok(ResourceOf(found)) : NoSuch(id);
    }

    /// <summary>Register a source</summary>
    [HttpPost(Name = "CreateSource")]
    [Audited("source.created")]
    [Authorize("admin")]
    [ProducesResponseType<SourceResource>(StatusCodes.Status201Created)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Create(NewSource request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CatalogNames.CheckSlug("/id", request.Id, errors);
        CatalogNames.CheckName("/name", request.Name, errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var created = await writer.WriteAsync(context =>
        {
            var row = new Source { Slug = request.Id, Name = request.Name ?? request.Id, CreatedAt = time.GetUtcNow(), Signal = request.Signal };
            context.Add(row);
            return Task.FromResult(row);
        }, cancellationToken);
        return Created($"/v1/sources/{created.Slug}", ResourceOf(created));
    }

    /// <summary>Change a source</summary>
    /// <remarks>
    /// Its name, or the OpenTelemetry signal that its usage is taken from. Of a counter that was read before the change only the growth counts; one that
    /// began before it and was never read counts from its first reading on. The change is exact to one export interval. Its id stays for ever: events are identified by it.
    /// </remarks>
    /// <param name="id" example="gateway-1">The source's id.</param>
    /// <param name="patch">What to change.</param>
    [HttpPatch("{id}", Name = "ChangeSource")]
    [Audited("source.changed")]
    [Authorize("admin")]
    [ProducesResponseType<SourceResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Change(string id, SourcePatch patch, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CatalogNames.CheckName("/name", patch.Name, errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var changed = await writer.WriteAsync(async context =>
        {
            var row = await context.Set<Source>().SingleOrDefaultAsync(s => s.Slug == id, cancellationToken);
            if (row is null || row.Slug.StartsWith('~'))
                return null;
            row.Name = patch.Name ?? row.Name;
            if (row.Signal is { } before && patch.Signal is { } after && after != before)
                row.SignalSince = time.GetUtcNow();
            row.Signal = patch.Signal ?? row.Signal;
            return row;
        }, cancellationToken);
        return changed is null ? NoSuch(id) : Ok(ResourceOf(changed));
    }

    /// <summary>Remove a source that has never sent an event</summary>
    /// <param name="id" example="gateway-1">The source's id.</param>
    [HttpDelete("{id}", Name = "DeleteSource")]
    [Audited("source.deleted")]
    [Authorize("admin")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    public async Task<IActionResult> Delete(string id, CancellationToken cancellationToken)
    {
        var removed = await writer.WriteAsync(async context =>
        {
            var row = await context.Set<Source>().SingleOrDefaultAsync(s => s.Slug == id, cancellationToken);
            // What the ledger itself records under is there before it has recorded anything.
            if (row is null || row.Slug.StartsWith('~'))
                return null;
            context.Remove(row);
            return row;
        }, cancellationToken);
        return removed is null ? NoSuch(id) : NoContent();
    }

    private static SourceResource ResourceOf(Source row) => new() { Id = row.Slug, Name = row.Name, CreatedAt = row.CreatedAt, Signal = row.Signal };

    private ObjectResult NoSuch(string id) => Problems.NotFound(HttpContext, $"There is no source with the id {id}.");
}
