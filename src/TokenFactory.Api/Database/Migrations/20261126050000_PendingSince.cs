using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace TokenFactory.Api.Database.Migrations;

/// <summary>
/// What is still to be folded, for readers that know since when it was recorded: a figure of after an event is planned over the months that it can be in.
/// </summary>
[DbContext(typeof(TokenFactoryContext))]
[Migration("20261126050000_PendingSince")]
public sealed class PendingSince : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(Sql.Read("RollUp/pending_since.sql"));
    }
}
