using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace TokenFactory.Api.Database.Migrations;

/// <summary>
/// Roots, chains and the signed tree over batches. Nothing is filled: what was recorded before stays without, and a version that does not know them writes on.
/// </summary>
[DbContext(typeof(TokenFactoryContext))]
[Migration("20261126060000_Sealing")]
public sealed class Sealing : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(Sql.Read("Ledger/Sealing/schema.sql"));
    }
}
