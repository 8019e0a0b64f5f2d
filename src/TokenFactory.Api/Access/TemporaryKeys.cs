using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Access;

/// <summary>Admin keys for work that the service does for itself through its own API: they end by themselves.</summary>
internal sealed class TemporaryKeys(IDbContextFactory<TokenFactoryContext> contexts, KeyRing keys, TimeProvider time)
{
    public async Task<string> CreateAdminAsync(string name, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var (id, key) = KeyFormat.Create();
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
        var now = time.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Set<ApiKey>().Where(k => k.Id == id).ExecuteUpdateAsync(k => k.SetProperty(row => row.RevokedAt, now), cancellationToken);
        keys.Forget();
    }
}
