using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace TokenFactory.Api.Database.Migrations;

/// <summary>The tables that are not entities, and the rights of the service's role over all of them.</summary>
[DbContext(typeof(TokenFactoryContext))]
[Migration("20261124130000_LedgerAndRollUp")]
public sealed class LedgerAndRollUp : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(Sql.Read("Ledger/schema.sql"));
        migrationBuilder.Sql(Sql.Read("RollUp/schema.sql"));
        migrationBuilder.Sql(Sql.Read("Database/rights.sql"));
        migrationBuilder.Sql(Sql.Read("Catalog/builtin_producers.sql"));
    }
}
