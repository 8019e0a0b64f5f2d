using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace TokenFactory.Api.Database.Migrations
{
    /// <inheritdoc />
    public partial class SectorRules : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "plan",
                table: "accounts",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "sector_rules",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    kind = table.Column<short>(type: "smallint", nullable: false),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    sector = table.Column<short>(type: "smallint", nullable: false),
                    effective_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    effective_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    provenance = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sector_rules", x => x.id);
                    table.CheckConstraint("ck_sector_rules_kind", "kind between 1 and 3");
                    table.CheckConstraint("ck_sector_rules_sector", "sector between 0 and 3");
                });

            migrationBuilder.CreateTable(
                name: "sector_rule_ends",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    sector_rule_id = table.Column<int>(type: "integer", nullable: false),
                    effective_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    recorded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sector_rule_ends", x => x.id);
                    table.ForeignKey(
                        name: "fk_sector_rule_ends_sector_rules_sector_rule_id",
                        column: x => x.sector_rule_id,
                        principalTable: "sector_rules",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_sector_rule_ends_sector_rule_id",
                table: "sector_rule_ends",
                column: "sector_rule_id");

            migrationBuilder.CreateIndex(
                name: "ix_sector_rules_kind_value",
                table: "sector_rules",
                columns: new[] { "kind", "value" });
            migrationBuilder.Sql(Sql.Read("Catalog/Sectors/sector_rules.sql"));
            migrationBuilder.Sql(Sql.Read("Catalog/Sectors/builtin_sector_rules.sql"));
            migrationBuilder.Sql(Sql.Read("Repricing/reclassifications.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "sector_rule_ends");

            migrationBuilder.DropTable(
                name: "sector_rules");

            migrationBuilder.DropColumn(
                name: "plan",
                table: "accounts");
        }
    }
}
