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

    /// <summary>The producers whose usage an <c>ingest</c> key may write, by id; none: every producer's.</summary>
    /// <example>["moonshot"]</example>
    public IReadOnlyList<string> Producers { get; init; } = [];

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

    /// <summary>The producers whose usage it may write; none: every producer's.</summary>
    public required IReadOnlyList<string> Producers { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was used last, as far as that is written down: some minutes late, and never after a crash. Null: not yet.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>The key that it was made to follow.</summary>
    public string? Replaces { get; init; }
}

/// <summary>A new key with its secret: the only time that it is shown.</summary>
public sealed record CreatedApiKey : ApiKeyInfo
{
    /// <summary>The key itself. Only its hash is kept: store it now.</summary>
    public required string Key { get; init; }
}

/// <summary>How a key is followed by another.</summary>
public sealed record ApiKeyRotation
{
    /// <summary>How long the old key goes on, in hours: 0 to 720. It never ends later than it would have.</summary>
    /// <example>24</example>
    public int OverlapHours { get; init; } = 24;

    /// <summary>When the new key ends by itself; left out: it lasts as long as the old one was made for.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
