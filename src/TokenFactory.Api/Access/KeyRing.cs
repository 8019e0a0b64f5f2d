using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using Npgsql;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access;

/// <summary>Looks keys up, and remembers them for a few seconds: so long may a revocation take to reach this instance.</summary>
internal sealed class KeyRing(NpgsqlDataSource dataSource, KeyUses uses, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, (StoredKey? Key, DateTimeOffset ReadAt)> _remembered = new(StringComparer.Ordinal);

    /// <summary>
    /// Who presents the key, with the claims that the key gives, or null: unknown, wrong, expired and revoked keys are all alike. The principal is
    /// shared by every request with the key, and never changed.
    /// </summary>
    public async ValueTask<ClaimsPrincipal?> FindAsync(string presented, CancellationToken cancellationToken)
    {
        // The bootstrap key is any text, of the key format or not, so that whatever no other key has the id of is compared with it.
        var key = KeyFormat.IdOf(presented) is { } id ? await ReadAsync(id, cancellationToken) : null;
        key ??= await ReadAsync(FirstKey.BootstrapId, cancellationToken);
        var hash = KeyFormat.Hash(presented);
        var isRight = CryptographicOperations.FixedTimeEquals(hash, key?.Hash ?? new byte[hash.Length]);
        var now = time.GetUtcNow();
        if (key is null || !isRight || key.RevokedAt is not null || key.ExpiresAt <= now)
            return null;
        // Once for as long as it is remembered: requests by the thousand need not note the same.
        if (!key.IsNoted)
        {
            key.IsNoted = true;
            uses.Note(key.Id, now);
        }

        return key.Principal;
    }

    /// <summary>Forgets what this instance remembers, after a change that it made itself.</summary>
    public void Forget() => _remembered.Clear();

    private async ValueTask<StoredKey?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_remembered.TryGetValue(id, out var known) && now - known.ReadAt < Memory)
            return known.Key;
        await using var command = dataSource.CreateCommand(
            """
            select name, hash, scopes, expires_at, revoked_at, array(select source from api_key_sources where api_key_id = id),
                   array(select producer from api_key_producers where api_key_id = id)
            from api_keys where id = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var key = await row.ReadAsync(cancellationToken)
            ? new StoredKey(id, row.GetFieldValue<byte[]>(1), row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
                PrincipalOf(id, row.GetString(0), (Scopes)row.GetInt16(2), row.GetFieldValue<string[]>(5), row.GetFieldValue<string[]>(6)))
            : null;
        // Made-up ids must not fill the memory.
        if (_remembered.Count >= MaxRemembered)
            _remembered.Clear();
        _remembered[id] = (key, now);
        return key;
    }

    private static ClaimsPrincipal PrincipalOf(string id, string name, Scopes scopes, string[] sources, string[] producers)
    {
        var identity = new ClaimsIdentity(KeyAuthentication.SchemeName, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, id));
        identity.AddClaim(new Claim(ClaimTypes.Name, name));
        foreach (var scope in ScopeNames.Implied(scopes))
            identity.AddClaim(new Claim(KeyClaims.Scope, scope));
        foreach (var source in scopes.HasFlag(Scopes.Admin) ? [KeyClaims.EverySource] : sources)
            identity.AddClaim(new Claim(KeyClaims.Source, source));
        foreach (var producer in producers)
            identity.AddClaim(new Claim(KeyClaims.Producer, producer));
        return new ClaimsPrincipal(identity);
    }

    private sealed record StoredKey(string Id, byte[] Hash, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, ClaimsPrincipal Principal)
    {
        public bool IsNoted { get; set; }
    }
}
