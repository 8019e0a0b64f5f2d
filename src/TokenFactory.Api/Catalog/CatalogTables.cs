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

internal sealed class RateCardTable : IEntityTypeConfiguration<RateCardRow>
{
    public void Configure(EntityTypeBuilder<RateCardRow> builder)
    {
        builder.ToTable("rate_cards", t =>
        {
            t.HasCheckConstraint("ck_rate_cards_interval", "effective_to is null or effective_to > effective_from");
            t.HasCheckConstraint("ck_rate_cards_model", "(model_id is null) <> (model_pattern is null)");
            t.HasCheckConstraint("ck_rate_cards_scope", "account_id is null or sector is null");
            t.HasCheckConstraint("ck_rate_cards_markup", "(markup_percent is null) = (markup_model_id is null) and markup_percent > -100");
            t.HasCheckConstraint("ck_rate_cards_minimum_charge", "minimum_charge > 0 and minimum_charge <= 1e15");
        });
        builder.Property(c => c.Id).UseIdentityAlwaysColumn();
        builder.Property(c => c.Kind).HasDefaultValue(RateCardKind.Price).HasSentinel((RateCardKind)0);
        builder.Property(c => c.ModelPattern).UseCollation("C");
        builder.Property(c => c.Fallbacks).HasColumnType("jsonb");
        builder.Property(c => c.Source).HasColumnName("provenance");
        // Not unique: a card that was withdrawn makes room for another of the same instant. Who may follow whom is decided under the catalog's lock.
        builder.HasIndex(c => new { c.ModelId, c.ServiceTier, c.EffectiveFrom });
        builder.HasOne<Producer>().WithMany().HasForeignKey(c => c.ProducerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Model>().WithMany().HasForeignKey(c => c.ModelId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Model>().WithMany().HasForeignKey(c => c.MarkupModelId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Account>().WithMany().HasForeignKey(c => c.AccountId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(c => c.Rates).WithOne().HasForeignKey(r => r.RateCardId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(c => c.Ends).WithOne().HasForeignKey(e => e.RateCardId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class RateTable : IEntityTypeConfiguration<RateRow>
{
    public void Configure(EntityTypeBuilder<RateRow> builder)
    {
        builder.ToTable("rates", t => t.HasCheckConstraint("ck_rates_unit_value", "unit_value between 0 and 1000000"));
        builder.Property(r => r.Id).UseIdentityAlwaysColumn();
        builder.Property(r => r.Terms).HasColumnType("jsonb");
        builder.HasIndex(r => new { r.RateCardId, r.TokenClass }).IsUnique();
    }
}

internal sealed class RateCardEndTable : IEntityTypeConfiguration<RateCardEnd>
{
    public void Configure(EntityTypeBuilder<RateCardEnd> builder)
    {
        builder.ToTable("rate_card_ends");
        builder.Property(e => e.Id).UseIdentityAlwaysColumn();
    }
}

internal sealed class FxPublicationTable : IEntityTypeConfiguration<FxPublicationRow>
{
    public void Configure(EntityTypeBuilder<FxPublicationRow> builder)
    {
        builder.ToTable("fx_publications", t => t.HasCheckConstraint("ck_fx_publications_base", "base ~ '^[A-Z]{3}$'"));
        builder.Property(p => p.Id).UseIdentityAlwaysColumn();
        builder.HasIndex(p => new { p.PublishedAt, p.Id });
        builder.HasMany(p => p.Rates).WithOne().HasForeignKey(r => r.PublicationId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class FxRateTable : IEntityTypeConfiguration<FxRateRow>
{
    public void Configure(EntityTypeBuilder<FxRateRow> builder)
    {
        builder.ToTable("fx_rates", t =>
        {
            t.HasCheckConstraint("ck_fx_rates_currency", "currency ~ '^[A-Z]{3}$'");
            t.HasCheckConstraint("ck_fx_rates_rate", "rate > 0 and rate <= 1e12");
        });
        builder.HasKey(r => new { r.PublicationId, r.Currency });
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
