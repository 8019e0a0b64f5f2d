using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace TokenFactory.Api.Database.Migrations;

/// <summary>What stays of a month whose entries are archived. Nothing is filled, and a version that does not know it finds no month archived.</summary>
[DbContext(typeof(TokenFactoryContext))]
[Migration("20261126080000_Archive")]
public sealed class Archive : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(Sql.Read("Ledger/Archive/schema.sql"));
    }
}
