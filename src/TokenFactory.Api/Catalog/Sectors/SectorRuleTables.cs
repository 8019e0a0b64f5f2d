using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TokenFactory.Api.Catalog.Sectors;

internal sealed class SectorRuleTable : IEntityTypeConfiguration<SectorRuleRow>
{
    public void Configure(EntityTypeBuilder<SectorRuleRow> builder)
    {
        builder.ToTable("sector_rules", t =>
        {
            t.HasCheckConstraint("ck_sector_rules_kind", "kind between 1 and 3");
            t.HasCheckConstraint("ck_sector_rules_sector", "sector between 0 and 3");
        });
        builder.Property(r => r.Id).UseIdentityAlwaysColumn();
        builder.Property(r => r.Value).UseCollation("C");
        builder.Ignore(r => r.End);
        // Not unique: a rule that has ended makes room for another. Who may follow whom is decided under the catalog's lock.
        builder.HasIndex(r => new { r.Kind, r.Value });
        builder.HasMany(r => r.Ends).WithOne().HasForeignKey(e => e.SectorRuleId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class SectorRuleEndTable : IEntityTypeConfiguration<SectorRuleEnd>
{
    public void Configure(EntityTypeBuilder<SectorRuleEnd> builder)
    {
        builder.ToTable("sector_rule_ends");
        builder.Property(e => e.Id).UseIdentityAlwaysColumn();
    }
}
