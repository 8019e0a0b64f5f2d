using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.Audit;

namespace TokenFactory.Api.Access;

/// <summary>Admin keys for work that the service does for itself through its own API: they end by themselves.</summary>
internal sealed class TemporaryKeys(IDbContextFactory<TokenFactoryContext> contexts, KeyRing keys, TimeProvider time)
{
    public async Task<string> CreateAdminAsync(string name, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var (id, key) = KeyFormat.Create();
        AdministrativeAct.Current = new AdministrativeAct(AuditActor.Service, "api_key.created", $"api-keys/{id}");
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Add(new ApiKey
        {
            Id = id,
            Name = name,
            Hash = KeyFormat.Hash(key),
            Scopes = Scopes.Admin,
            CreatedAt = time.GetUtcNow(),
            ExpiresAt = time.GetUtcNow() + lifetime,
        });
        await context.SaveChangesAsync(cancellationToken);
        return key;
    }

    /// <summary>Ends a key before its time: the work is done.</summary>
    public async Task RevokeAsync(string key, CancellationToken cancellationToken)
    {
        var id = KeyFormat.IdOf(key);
        AdministrativeAct.Current = new AdministrativeAct(AuditActor.Service, "api_key.revoked", $"api-keys/{id}");
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Set<ApiKey>().SingleOrDefaultAsync(k => k.Id == id, cancellationToken) is { } row)
        {
            row.RevokedAt = time.GetUtcNow();
            await context.SaveChangesAsync(cancellationToken);
        }

        keys.Forget();
    }
}
