using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access;

/// <summary>A key to be made.</summary>
public sealed record NewApiKey
{
    /// <summary>Who or what will use it; 1 to 200 characters.</summary>
    /// <example>gateway in Frankfurt</example>
    public required string Name { get; init; }

    /// <summary>Any of <c>ingest</c>, <c>read</c>, <c>admin</c>; admin implies the others.</summary>
    /// <example>["ingest"]</example>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The sources that an <c>ingest</c> key may write for.</summary>
    /// <example>["gateway-1"]</example>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>When it ends by itself; left out: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A key, without its secret.</summary>
public record ApiKeyInfo
{
    /// <summary>The public part of the key.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }
    public required IReadOnlyList<string> Sources { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>A new key with its secret: the only time that it is shown.</summary>
public sealed record CreatedApiKey : ApiKeyInfo
{
    /// <summary>The key itself. Only its hash is kept: store it now.</summary>
    public required string Key { get; init; }
}

/// <summary>The keys of the service.</summary>
[ApiController]
[Route("v1/api-keys")]
[Authorize("admin")]
[Tags("Keys")]
[Produces("application/json")]
internal sealed class ApiKeysController(IDbContextFactory<TokenFactoryContext> contexts, KeyRing keys, TimeProvider time) : ControllerBase
{
    private const int MaxSources = 1_000;
    private const int MaxScopes = 3;
    private const long RevocationLock = 0x5265766F6B65;

    /// <summary>List keys</summary>
    /// <remarks>Never their secrets: those are not kept.</remarks>
    [HttpGet(Name = "ListApiKeys")]
    [ProducesResponseType<IReadOnlyList<ApiKeyInfo>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> List(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Set<ApiKey>().AsNoTracking().Include(k => k.Sources).OrderBy(k => k.CreatedAt).ThenBy(k => k.Id)
            .ToListAsync(cancellationToken);
        return Ok(rows.Select(InfoOf).ToList());
    }

    /// <summary>Make a key</summary>
    /// <remarks>The answer shows the key this once.</remarks>
    [HttpPost(Name = "CreateApiKey")]
    [ProducesResponseType<CreatedApiKey>(StatusCodes.Status201Created)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Create(NewApiKey request, CancellationToken cancellationToken)
    {
        var errors = Validate(request, out var scopes);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);

        var (id, key) = KeyFormat.Create();
        var row = new ApiKey
        {
            Id = id,
            Name = request.Name,
            Hash = KeyFormat.Hash(key),
            Scopes = scopes,
            CreatedAt = time.GetUtcNow(),
            ExpiresAt = request.ExpiresAt?.ToUniversalTime(),
            Sources = [.. request.Sources.Distinct(StringComparer.Ordinal).Select(s => new ApiKeySource { ApiKeyId = id, Source = s })],
        };
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        keys.Forget();
        var info = InfoOf(row);
        return Created($"/v1/api-keys/{id}", new CreatedApiKey
        {
            Id = info.Id,
            Name = info.Name,
            Scopes = info.Scopes,
            Sources = info.Sources,
            CreatedAt = info.CreatedAt,
            ExpiresAt = info.ExpiresAt,
            Key = key,
        });
    }

    /// <summary>Revoke a key</summary>
    /// <remarks>Takes effect in every instance within seconds. The last admin key can't be revoked: make another first.</remarks>
    /// <param name="id" example="3f9c2a7b10d4e856">The public part of the key.</param>
    [HttpDelete("{id}", Name = "RevokeApiKey")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    public async Task<IActionResult> Revoke(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        // One after the other: two that do not see each other could take the last two admin keys.
        await context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({RevocationLock})", cancellationToken);
        var row = await context.Set<ApiKey>().SingleOrDefaultAsync(k => k.Id == id, cancellationToken);
        if (row is null)
            return Problems.NotFound(HttpContext, $"There is no key with the id {id}.");
        if (row.RevokedAt is not null)
            return NoContent();
        var now = time.GetUtcNow();
        var isLastAdmin = row.Scopes.HasFlag(Scopes.Admin) && !await context.Set<ApiKey>().AnyAsync(
            k => k.Id != id && (k.Scopes & Scopes.Admin) != 0 && k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now), cancellationToken);
        if (isLastAdmin)
            return Problems.Conflict(HttpContext, "last_admin_key", "This is the last admin key. Make another one first.");
        row.RevokedAt = now;
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        keys.Forget();
        return NoContent();
    }

    private List<FieldError> Validate(NewApiKey request, out Scopes scopes)
    {
        var errors = new List<FieldError>();
        if (request.Name.Length is 0 or > 200 || request.Name.Any(char.IsControl))
            errors.Add(new FieldError("/name", "invalid_text", "Must have 1 to 200 characters, without control characters."));
        scopes = Scopes.None;
        if (request.Scopes.Count > MaxScopes)
            errors.Add(new FieldError("/scopes", "too_long", $"At most {MaxScopes} scopes."));
        for (var i = 0; i < Math.Min(request.Scopes.Count, MaxScopes); i++)
        {
            if (ScopeNames.Parse(request.Scopes[i]) is { } scope)
                scopes |= scope;
            else
                errors.Add(new FieldError($"/scopes/{i}", "unknown_value", "Must be one of ingest, read, admin."));
        }

        if (request.Scopes.Count == 0)
            errors.Add(new FieldError("/scopes", "empty", "Must name at least one of ingest, read, admin."));
        if (request.Sources.Count > MaxSources)
            errors.Add(new FieldError("/sources", "too_long", $"At most {MaxSources} sources."));
        if (scopes.HasFlag(Scopes.Ingest) && !scopes.HasFlag(Scopes.Admin) && request.Sources.Count == 0)
            errors.Add(new FieldError("/sources", "required", "An ingest key names the sources that it may write for."));
        if (!scopes.HasFlag(Scopes.Ingest) && request.Sources.Count > 0)
            errors.Add(new FieldError("/sources", "unexpected", "Only an ingest key is bound to sources; leave them out."));
        for (var i = 0; i < Math.Min(request.Sources.Count, MaxSources); i++)
        {
            // A list may hold null whatever its type says.
            if ((string?)request.Sources[i] is not { Length: >= 1 and <= 64 } source || source.Any(char.IsControl) || source == KeyClaims.EverySource)
                errors.Add(new FieldError($"/sources/{i}", "invalid_text", "Must be the id of a source."));
        }

        if (request.ExpiresAt <= time.GetUtcNow())
            errors.Add(new FieldError("/expires_at", "out_of_range", "Must lie in the future."));
        return errors;
    }

    private static ApiKeyInfo InfoOf(ApiKey key) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Scopes = [.. ScopeNames.Of(key.Scopes)],
        Sources = [.. key.Sources.Select(s => s.Source).Order(StringComparer.Ordinal)],
        CreatedAt = key.CreatedAt,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
    };
}
