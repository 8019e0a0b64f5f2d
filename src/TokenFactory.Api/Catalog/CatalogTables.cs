using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TokenFactory.Api.Catalog;

internal sealed class ProducerTable : IEntityTypeConfiguration<Producer>
{
    public void Configure(EntityTypeBuilder<Producer> builder)
    {
        builder.ToTable("producers");
        builder.Property(p => p.Id).UseIdentityAlwaysColumn();
        builder.Property(p => p.Slug).UseCollation("C");
        builder.HasIndex(p => p.Slug).IsUnique();
        builder.HasMany(p => p.Aliases).WithOne().HasForeignKey(a => a.ProducerId);
    }
}

internal sealed class ProducerAliasTable : IEntityTypeConfiguration<ProducerAlias>
{
    public void Configure(EntityTypeBuilder<ProducerAlias> builder)
    {
        builder.ToTable("producer_aliases");
        builder.HasKey(a => a.Alias);
        builder.Property(a => a.Alias).UseCollation("C");
    }
}

internal sealed class ModelTable : IEntityTypeConfiguration<Model>
{
    public void Configure(EntityTypeBuilder<Model> builder)
    {
        builder.ToTable("models");
        builder.Property(m => m.Id).UseIdentityAlwaysColumn();
        builder.Property(m => m.Slug).UseCollation("C");
        builder.HasIndex(m => new { m.ProducerId, m.Slug }).IsUnique();
        builder.HasOne<Producer>().WithMany().HasForeignKey(m => m.ProducerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(m => m.Aliases).WithOne().HasForeignKey(a => a.ModelId);
    }
}

internal sealed class ModelAliasTable : IEntityTypeConfiguration<ModelAlias>
{
    public void Configure(EntityTypeBuilder<ModelAlias> builder)
    {
        builder.ToTable("model_aliases");
        builder.HasKey(a => new { a.ProducerId, a.Alias });
        builder.Property(a => a.Alias).UseCollation("C");
    }
}

internal sealed class ItemTable : IEntityTypeConfiguration<Item>
{
    public void Configure(EntityTypeBuilder<Item> builder)
    {
        builder.ToTable("items");
        builder.Property(i => i.Id).UseIdentityAlwaysColumn();
        builder.HasIndex(i => new { i.ModelId, i.TokenClass, i.ServiceTier }).IsUnique();
        builder.HasOne<Producer>().WithMany().HasForeignKey(i => i.ProducerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Model>().WithMany().HasForeignKey(i => i.ModelId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class SourceTable : IEntityTypeConfiguration<Source>
{
    public void Configure(EntityTypeBuilder<Source> builder)
    {
        builder.ToTable("sources");
        builder.Property(s => s.Id).UseIdentityAlwaysColumn();
        builder.Property(s => s.Slug).UseCollation("C");
        builder.HasIndex(s => s.Slug).IsUnique();
    }
}

internal sealed class AccountTable : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.ToTable("accounts");
        builder.Property(a => a.Id).UseIdentityAlwaysColumn();
        builder.Property(a => a.Slug).UseCollation("C");
        builder.HasIndex(a => a.Slug).IsUnique();
        builder.HasOne<Producer>().WithMany().HasForeignKey(a => a.ProducerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(a => a.Sectors).WithOne().HasForeignKey(s => s.AccountId);
    }
}

internal sealed class AccountSectorTable : IEntityTypeConfiguration<AccountSector>
{
    public void Configure(EntityTypeBuilder<AccountSector> builder)
    {
        builder.ToTable("account_sectors");
        builder.HasKey(s => new { s.AccountId, s.EffectiveFrom });
    }
}

internal sealed class RateCardTable : IEntityTypeConfiguration<RateCard>
{
    public void Configure(EntityTypeBuilder<RateCard> builder)
    {
        builder.ToTable("rate_cards", t => t.HasCheckConstraint("ck_rate_cards_interval", "effective_to is null or effective_to > effective_from"));
        builder.Property(c => c.Id).UseIdentityAlwaysColumn();
        builder.HasIndex(c => new { c.ModelId, c.ServiceTier, c.EffectiveFrom }).IsUnique();
        builder.HasOne<Producer>().WithMany().HasForeignKey(c => c.ProducerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Model>().WithMany().HasForeignKey(c => c.ModelId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(c => c.Rates).WithOne().HasForeignKey(r => r.RateCardId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class RateTable : IEntityTypeConfiguration<Rate>
{
    public void Configure(EntityTypeBuilder<Rate> builder)
    {
        builder.ToTable("rates", t => t.HasCheckConstraint("ck_rates_unit_value", "unit_value between 0 and 1000000"));
        builder.Property(r => r.Id).UseIdentityAlwaysColumn();
        builder.HasIndex(r => new { r.RateCardId, r.TokenClass }).IsUnique();
    }
}

internal sealed class CatalogVersionTable : IEntityTypeConfiguration<CatalogVersion>
{
    public void Configure(EntityTypeBuilder<CatalogVersion> builder)
    {
        builder.ToTable("catalog_version");
        builder.Property(v => v.Id).ValueGeneratedNever();
        builder.HasData(new CatalogVersion { Id = 1, Version = 1 });
    }
}
