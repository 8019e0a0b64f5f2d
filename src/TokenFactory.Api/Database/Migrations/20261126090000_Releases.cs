using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace TokenFactory.Api.Database.Migrations;

/// <summary>What is public while small cells are withheld. Nothing is filled: months are released once that is switched on.</summary>
[DbContext(typeof(TokenFactoryContext))]
[Migration("20261126090000_Releases")]
public sealed class Releases : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(Sql.Read("RollUp/Releases/schema.sql"));
    }
}
