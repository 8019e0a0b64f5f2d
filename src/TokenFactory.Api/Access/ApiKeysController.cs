using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.Audit;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access;

/// <summary>The keys of the service.</summary>
[ApiController]
[Route("v1/api-keys")]
[Authorize("admin")]
[Tags("Keys")]
[Produces("application/json")]
internal sealed class ApiKeysController(IDbContextFactory<TokenFactoryContext> contexts, KeyRing keys, TimeProvider time) : ControllerBase
{
    private const int MaxSources = 1_000;
    private const int MaxProducers = 1_000;
    private const int MaxScopes = 3;
    private const int MaxOverlapHours = 720;
    private const int MaxYears = 100;
    private const long RevocationLock = 0x5265766F6B65;

    /// <summary>List keys</summary>
    /// <remarks>Never their secrets: those are not kept.</remarks>
    [HttpGet(Name = "ListApiKeys")]
    [ProducesResponseType<IReadOnlyList<ApiKeyInfo>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> List(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Set<ApiKey>().AsNoTracking().Include(k => k.Sources).Include(k => k.Producers).AsSplitQuery().OrderBy(k => k.CreatedAt).ThenBy(k => k.Id)
            .ToListAsync(cancellationToken);
        return Ok(rows.Select(InfoOf).ToList());
    }

    /// <summary>Make a key</summary>
    /// <remarks>The answer shows the key this once.</remarks>
    [HttpPost(Name = "CreateApiKey")]
    [Audited("api_key.created")]
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
            Producers = [.. request.Producers.Distinct(StringComparer.Ordinal).Select(p => new ApiKeyProducer { ApiKeyId = id, Producer = p })],
        };
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Add(row);
        AdministrativeAct.Current?.Made(id);
        await context.SaveChangesAsync(cancellationToken);
        keys.Forget();
        return Created($"/v1/api-keys/{id}", CreatedOf(row, key));
    }

    /// <summary>Rotate a key</summary>
    /// <remarks>
    /// Makes another key with the same name and rights, and lets this one go on for `overlap_hours`, so that whoever uses it can change over without
    /// a gap. The answer shows the new key this once; while that key is in force another rotation is a conflict that names it. The configured admin key can't be rotated: start the service with another.
    /// </remarks>
    /// <param name="id" example="3f9c2a7b10d4e856">The public part of the key.</param>
    /// <param name="request">How; may be left out.</param>
    [HttpPost("{id}/rotation", Name = "RotateApiKey")]
    [Audited("api_key.rotated")]
    [ProducesResponseType<CreatedApiKey>(StatusCodes.Status201Created)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Rotate(
        string id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] ApiKeyRotation? request, CancellationToken cancellationToken)
    {
        request ??= new ApiKeyRotation();
        var now = time.GetUtcNow();
        var errors = new List<FieldError>();
        if (request.OverlapHours is < 0 or > MaxOverlapHours)
            errors.Add(new FieldError("/overlap_hours", "out_of_range", $"Must be 0 to {MaxOverlapHours}."));
        CheckEnd(request.ExpiresAt, now, errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({RevocationLock})", cancellationToken);
        var row = await context.Set<ApiKey>().Include(k => k.Sources).Include(k => k.Producers).AsSplitQuery().SingleOrDefaultAsync(k => k.Id == id, cancellationToken);
        if (row is null)
            return NoSuch(id);
        if (id == FirstKey.BootstrapId)
            return Problems.Conflict(HttpContext, "configured_key", "The configuration sets this key. Start the service with another TokenFactory__BootstrapAdminKey.");
        var followers = await context.Set<ApiKey>().AsNoTracking().Where(k => k.Replaces == id).OrderBy(k => k.CreatedAt).ToListAsync(cancellationToken);
        if (followers.Find(k => k.RevokedAt is null && !(k.ExpiresAt <= now)) is { } follower)
        {
            return Problems.Conflict(HttpContext, "already_rotated",
                $"The key {follower.Id} follows it already. If nobody has that one's secret, revoke it and rotate again.");
        }

        if (row.RevokedAt is not null || row.ExpiresAt <= now)
            return Problems.Conflict(HttpContext, "key_ended", "The key has ended. Make another one.");

        var (next, key) = KeyFormat.Create();
        var successor = new ApiKey
        {
            Id = next,
            Name = row.Name,
            Hash = KeyFormat.Hash(key),
            Scopes = row.Scopes,
            CreatedAt = now,
            ExpiresAt = request.ExpiresAt?.ToUniversalTime() ?? EndAfter(now, followers.Count > 0 ? followers[0] : row),
            Replaces = id,
            Sources = [.. row.Sources.Select(s => new ApiKeySource { ApiKeyId = next, Source = s.Source })],
            Producers = [.. row.Producers.Select(p => new ApiKeyProducer { ApiKeyId = next, Producer = p.Producer })],
        };
        var end = now.AddHours(request.OverlapHours);
        row.ExpiresAt = row.ExpiresAt < end ? row.ExpiresAt : end;
        context.Add(successor);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        keys.Forget();
        return Created($"/v1/api-keys/{next}", CreatedOf(successor, key));
    }

    /// <summary>Revoke a key</summary>
    /// <remarks>Takes effect in every instance within seconds. The last admin key can't be revoked: make another first.</remarks>
    /// <param name="id" example="3f9c2a7b10d4e856">The public part of the key.</param>
    [HttpDelete("{id}", Name = "RevokeApiKey")]
    [Audited("api_key.revoked")]
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
            return NoSuch(id);
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

        if (!scopes.HasFlag(Scopes.Ingest) && request.Producers.Count > 0)
            errors.Add(new FieldError("/producers", "unexpected", "Only an ingest key is bound to producers; leave them out."));
        else if (scopes.HasFlag(Scopes.Admin) && request.Producers.Count > 0)
            errors.Add(new FieldError("/producers", "unexpected", "An admin key writes for every producer; leave them out."));
        if (request.Producers.Count > MaxProducers)
            errors.Add(new FieldError("/producers", "too_long", $"At most {MaxProducers} producers."));
        for (var i = 0; i < Math.Min(request.Producers.Count, MaxProducers); i++)
        {
            if ((string?)request.Producers[i] is not { Length: >= 1 and <= 64 } producer || producer.Any(char.IsControl))
                errors.Add(new FieldError($"/producers/{i}", "invalid_text", "Must be the id of a producer."));
        }

        CheckEnd(request.ExpiresAt, time.GetUtcNow(), errors);
        return errors;
    }

    private static void CheckEnd(DateTimeOffset? end, DateTimeOffset now, List<FieldError> errors)
    {
        if (end <= now || end > now.AddYears(MaxYears))
            errors.Add(new FieldError("/expires_at", "out_of_range", $"Must lie in the future, at most {MaxYears} years ahead; leave it out for a key that never ends."));
    }

    // As long a life as that of the key was; of one that was rotated before, its first follower's: its own was cut short by that.
    private static DateTimeOffset? EndAfter(DateTimeOffset now, ApiKey key)
    {
        var latest = now.AddYears(MaxYears);
        return key.ExpiresAt - key.CreatedAt is { } life ? life < latest - now ? now + life : latest : null;
    }

    private ObjectResult NoSuch(string id) => Problems.NotFound(HttpContext, $"There is no key with the id {id}.");

    private static ApiKeyInfo InfoOf(ApiKey key) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Scopes = [.. ScopeNames.Of(key.Scopes)],
        Sources = SourcesOf(key),
        Producers = ProducersOf(key),
        CreatedAt = key.CreatedAt,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        LastUsedAt = key.LastUsedAt,
        Replaces = key.Replaces,
    };

    private static CreatedApiKey CreatedOf(ApiKey row, string key) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Scopes = [.. ScopeNames.Of(row.Scopes)],
        Sources = SourcesOf(row),
        Producers = ProducersOf(row),
        CreatedAt = row.CreatedAt,
        ExpiresAt = row.ExpiresAt,
        Replaces = row.Replaces,
        Key = key,
    };

    private static List<string> SourcesOf(ApiKey key) => [.. key.Sources.Select(s => s.Source).Order(StringComparer.Ordinal)];

    private static List<string> ProducersOf(ApiKey key) => [.. key.Producers.Select(p => p.Producer).Order(StringComparer.Ordinal)];
}
