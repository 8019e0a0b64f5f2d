using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TokenFactory.Api.Database.Migrations
{
    /// <inheritdoc />
    public partial class Senders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<short>(
                name: "signal",
                table: "sources",
                type: "smallint",
                nullable: true);
            migrationBuilder.Sql(Sql.Read("Ledger/senders.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "signal",
                table: "sources");
        }
    }
}
