using System;
using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TokenFactory.Api.Database.Migrations
{
    /// <inheritdoc />
    public partial class SignalSwitch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "signal_since",
                table: "sources",
                type: "timestamp with time zone",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "signal_since",
                table: "sources");
        }
    }
}
