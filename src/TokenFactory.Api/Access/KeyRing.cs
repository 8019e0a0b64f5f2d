using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Apart, so that made-up ids push no honest key out.
    private readonly ConcurrentDictionary<string, StoredKey> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Reading> _missing = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<StoredKey?>>> _looking = new(StringComparer.Ordinal);
    private int _changes;

    /// <summary>As <see cref="FindAsync"/>, where the key was read a moment ago; null: it must be looked up.</summary>
    public ClaimsPrincipal? Remembered(string presented) =>
        KeyFormat.IdOf(presented) is { } id && _keys.TryGetValue(id, out var key) && IsFresh(key.Reading) ? PrincipalIfRight(key, presented)
        : _keys.TryGetValue(FirstKey.BootstrapId, out var configured) && IsFresh(configured.Reading) ? PrincipalIfRight(configured, presented)
        : null;

    /// <summary>Whether the key was valid when it was read last, however long ago: whoever presents it guesses nothing.</summary>
    public bool IsKnown(string presented)
    {
        var (hash, now) = (KeyFormat.Hash(presented), time.GetUtcNow());
        return (KeyFormat.IdOf(presented) is { } id && _keys.TryGetValue(id, out var key) && IsRight(key, hash, now))
            || (_keys.TryGetValue(FirstKey.BootstrapId, out var configured) && IsRight(configured, hash, now));
    }

    /// <summary>
    /// Who presents the key, with the claims that the key gives, or null: unknown, wrong, expired and revoked keys are all alike. The principal is
    /// shared by every request with the key, and never changed.
    /// </summary>
    public async ValueTask<ClaimsPrincipal?> FindAsync(string presented, CancellationToken cancellationToken)
    {
        // The bootstrap key is any text, of the key format or not, so that whatever no other key has the id of is compared with it.
        var key = KeyFormat.IdOf(presented) is { } id ? await ReadAsync(id, cancellationToken) : null;
        return PrincipalIfRight(key ?? await ReadAsync(FirstKey.BootstrapId, cancellationToken), presented);
    }

    /// <summary>Whether whoever was let in would be let in still, if by a key. Many may ask for one key at once: it is read once.</summary>
    /// <exception cref="TimeoutException">The database did not answer in time.</exception>
    public async ValueTask<bool> IsStillValidAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (user.Identity?.AuthenticationType != KeyAuthentication.SchemeName || user.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id)
            return true;
        var key = _keys.TryGetValue(id, out var known) && IsFresh(known.Reading) ? known : await LookAsync(id).WaitAsync(Patience, time, cancellationToken);
        return user.Identity is ClaimsIdentity { BootstrapContext: byte[] hash } && IsRight(key, hash, time.GetUtcNow());
    }

    /// <summary>Reads every key anew, after a change that this instance made itself: what is being read meanwhile too.</summary>
    public void Forget() => Interlocked.Increment(ref _changes);

    private ClaimsPrincipal? PrincipalIfRight(StoredKey? key, string presented)
    {
        var now = time.GetUtcNow();
        if (!IsRight(key, KeyFormat.Hash(presented), now))
            return null;
        // Once for as long as it is remembered: requests by the thousand need not note the same.
        if (!key.IsNoted)
        {
            key.IsNoted = true;
            uses.Note(key.Id, now);
        }

        return key.Principal;
    }

    private static bool IsRight([NotNullWhen(true)] StoredKey? key, byte[] hash, DateTimeOffset now) =>
        CryptographicOperations.FixedTimeEquals(hash, key?.Hash ?? new byte[hash.Length]) && key is { RevokedAt: null } && !(key.ExpiresAt <= now);

    // Begun only when it is noted, so that it is never noted when it is over.
    private Task<StoredKey?> LookAsync(string id)
    {
        Lazy<Task<StoredKey?>> look = null!;
        look = _looking.GetOrAdd(id, new Lazy<Task<StoredKey?>>(LookOnceAsync));
        return look.Value;

        async Task<StoredKey?> LookOnceAsync()
        {
            try
            {
                return await ReadAsync(id, CancellationToken.None);
            }
            finally
            {
                _looking.TryRemove(KeyValuePair.Create(id, look));
            }
        }
    }

    private bool IsFresh(Reading reading) => reading.Changes == Volatile.Read(ref _changes) && time.GetUtcNow() - reading.At < Memory;

    private async ValueTask<StoredKey?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(id, out var known) && IsFresh(known.Reading))
            return known;
        if (_missing.TryGetValue(id, out var looked) && IsFresh(looked))
            return null;
        var reading = new Reading(time.GetUtcNow(), Volatile.Read(ref _changes));
        await using var command = dataSource.CreateCommand(
            """
            select name, hash, scopes, expires_at, revoked_at, array(select source from api_key_sources where api_key_id = id),
                   array(select producer from api_key_producers where api_key_id = id)
            from api_keys where id = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            _keys.TryRemove(id, out _);
            Remember(_missing, id, reading, r => r);
            return null;
        }

        var hash = row.GetFieldValue<byte[]>(1);
        var key = new StoredKey(id, hash, row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
            PrincipalOf(id, hash, row.GetString(0), (Scopes)row.GetInt16(2), row.GetFieldValue<string[]>(5), row.GetFieldValue<string[]>(6)), reading);
        Remember(_keys, id, key, k => k.Reading);
        return key;
    }

    // Neither must fill the memory: what is not fresh goes first.
    private void Remember<T>(ConcurrentDictionary<string, T> ring, string id, T value, Func<T, Reading> readingOf)
    {
        if (ring.Count >= MaxRemembered && !ring.ContainsKey(id))
        {
            foreach (var (other, kept) in ring)
            {
                if (!IsFresh(readingOf(kept)))
                    ring.TryRemove(other, out _);
            }

            if (ring.Count >= MaxRemembered)
                ring.Clear();
        }

        ring[id] = value;
    }

    private static ClaimsPrincipal PrincipalOf(string id, byte[] hash, string name, Scopes scopes, string[] sources, string[] producers)
    {
        // The configured key may be replaced under its id.
        var identity = new ClaimsIdentity(KeyAuthentication.SchemeName, ClaimTypes.Name, ClaimTypes.Role) { BootstrapContext = hash };
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

    private sealed record StoredKey(string Id, byte[] Hash, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, ClaimsPrincipal Principal, Reading Reading)
    {
        public bool IsNoted { get; set; }
    }

    /// <summary>When something was read.</summary>
    /// <param name="Changes">How often this instance had changed keys by then.</param>
    private readonly record struct Reading(DateTimeOffset At, int Changes);
}
