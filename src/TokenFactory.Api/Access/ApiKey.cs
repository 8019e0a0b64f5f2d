using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TokenFactory.Api.Access;

/// <summary>What a key may do. Stored as flags.</summary>
[Flags]
internal enum Scopes : short
{
    None = 0,
    Ingest = 1,
    Read = 2,
    Admin = 4,
}

/// <summary>An API key: only the hash of its secret is kept.</summary>
internal sealed class ApiKey
{
    /// <summary>The public part, by which the key is looked up.</summary>
    public required string Id { get; set; }
    public required string Name { get; set; }

    /// <summary>SHA-256 of the whole key as presented.</summary>
    public required byte[] Hash { get; set; }
    public Scopes Scopes { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>The sources that it may write for; none for an admin key, which may write for every source.</summary>
    public List<ApiKeySource> Sources { get; set; } = [];
}

/// <summary>A grant to write for one source, by its slug: a key may be granted a source before the source is registered.</summary>
internal sealed class ApiKeySource
{
    public required string ApiKeyId { get; set; }
    public required string Source { get; set; }
}

internal sealed class ApiKeyTable : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.HasKey(k => k.Id);
        builder.HasMany(k => k.Sources).WithOne().HasForeignKey(s => s.ApiKeyId);
    }
}

internal sealed class ApiKeySourceTable : IEntityTypeConfiguration<ApiKeySource>
{
    public void Configure(EntityTypeBuilder<ApiKeySource> builder)
    {
        builder.ToTable("api_key_sources");
        builder.HasKey(s => new { s.ApiKeyId, s.Source });
    }
}
