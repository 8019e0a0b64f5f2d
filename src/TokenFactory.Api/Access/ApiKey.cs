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

    /// <summary>Written now and then by each instance that lets it in: as exact as <see cref="AccessOptions.AccessNotesSeconds"/>.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>The key that it was made to follow.</summary>
    public string? Replaces { get; set; }

    /// <summary>The sources that it may write for; none for an admin key, which may write for every source.</summary>
    public List<ApiKeySource> Sources { get; set; } = [];

    /// <summary>The producers whose usage it may write; none: every producer's.</summary>
    public List<ApiKeyProducer> Producers { get; set; } = [];
}

/// <summary>A grant to write for one source, by its slug: a key may be granted a source before the source is registered.</summary>
internal sealed class ApiKeySource
{
    public required string ApiKeyId { get; set; }
    public required string Source { get; set; }
}

/// <summary>A grant to write usage of one producer, by its id: whatever alias an event names it by.</summary>
internal sealed class ApiKeyProducer
{
    public required string ApiKeyId { get; set; }
    public required string Producer { get; set; }
}

internal sealed class ApiKeyTable : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.HasKey(k => k.Id);
        builder.HasMany(k => k.Sources).WithOne().HasForeignKey(s => s.ApiKeyId);
        builder.HasMany(k => k.Producers).WithOne().HasForeignKey(p => p.ApiKeyId);
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

internal sealed class ApiKeyProducerTable : IEntityTypeConfiguration<ApiKeyProducer>
{
    public void Configure(EntityTypeBuilder<ApiKeyProducer> builder)
    {
        builder.ToTable("api_key_producers");
        builder.HasKey(p => new { p.ApiKeyId, p.Producer });
    }
}
