using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Access;

/// <summary>What a valid key allows.</summary>
internal sealed record KeyGrant(string Id, string Name, Scopes Scopes, IReadOnlyList<string> Sources);

/// <summary>Looks keys up, and remembers them for a few seconds: so long may a revocation take to reach this instance.</summary>
internal sealed class KeyRing(IDbContextFactory<TokenFactoryContext> contexts, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, (ApiKey? Key, DateTimeOffset ReadAt)> _remembered = new(StringComparer.Ordinal);

    /// <summary>The grant of a presented key, or null: unknown, wrong, expired and revoked keys are all alike.</summary>
    public async Task<KeyGrant?> FindAsync(string presented, CancellationToken cancellationToken)
    {
        // The bootstrap key is any text, of the key format or not, so that whatever no other key has the id of is compared with it.
        var key = KeyFormat.IdOf(presented) is { } id ? await ReadAsync(id, cancellationToken) : null;
        key ??= await ReadAsync(FirstKey.BootstrapId, cancellationToken);
        var hash = KeyFormat.Hash(presented);
        var isRight = CryptographicOperations.FixedTimeEquals(hash, key?.Hash ?? new byte[hash.Length]);
        if (key is null || !isRight || key.RevokedAt is not null || key.ExpiresAt <= time.GetUtcNow())
            return null;
        return new KeyGrant(key.Id, key.Name, key.Scopes, [.. key.Sources.Select(s => s.Source)]);
    }

    /// <summary>Forgets what this instance remembers, after a change that it made itself.</summary>
    public void Forget() => _remembered.Clear();

    private async Task<ApiKey?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_remembered.TryGetValue(id, out var known) && now - known.ReadAt < Memory)
            return known.Key;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var key = await context.Set<ApiKey>().AsNoTracking().Include(k => k.Sources).SingleOrDefaultAsync(k => k.Id == id, cancellationToken);
        // Made-up ids must not fill the memory.
        if (_remembered.Count >= MaxRemembered)
            _remembered.Clear();
        _remembered[id] = (key, now);
        return key;
    }
}
