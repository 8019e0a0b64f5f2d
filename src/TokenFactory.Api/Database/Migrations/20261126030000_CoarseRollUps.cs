using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace TokenFactory.Api.Database.Migrations;

/// <summary>
/// Roll-ups by month and by margin. Nothing is filled here: what is folded already is caught up with in the background, and figures are made from
/// the cells of days until then.
/// </summary>
[DbContext(typeof(TokenFactoryContext))]
[Migration("20261126030000_CoarseRollUps")]
public sealed class CoarseRollUps : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(Sql.Read("RollUp/Coarse/schema.sql"));
    }
}
