using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace TokenFactory.Api.Database.Migrations
{
    /// <inheritdoc />
    public partial class Pricing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_rate_cards_model_id_service_tier_effective_from",
                table: "rate_cards");

            migrationBuilder.AlterColumn<decimal>(
                name: "unit_value",
                table: "rates",
                type: "numeric",
                nullable: true,
                oldClrType: typeof(decimal),
                oldType: "numeric");

            migrationBuilder.AddColumn<string>(
                name: "terms",
                table: "rates",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AlterColumn<int>(
                name: "model_id",
                table: "rate_cards",
                type: "integer",
                nullable: true,
                oldClrType: typeof(int),
                oldType: "integer");

            migrationBuilder.AddColumn<long>(
                name: "account_id",
                table: "rate_cards",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "approved_by",
                table: "rate_cards",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "confidence",
                table: "rate_cards",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "fallbacks",
                table: "rate_cards",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "kind",
                table: "rate_cards",
                type: "smallint",
                nullable: false,
                defaultValue: (short)1);

            migrationBuilder.AddColumn<int>(
                name: "markup_model_id",
                table: "rate_cards",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<decimal>(
                name: "markup_percent",
                table: "rate_cards",
                type: "numeric",
                nullable: true);

            migrationBuilder.AddColumn<decimal>(
                name: "minimum_charge",
                table: "rate_cards",
                type: "numeric",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "model_pattern",
                table: "rate_cards",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "observed_at",
                table: "rate_cards",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "region",
                table: "rate_cards",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "sector",
                table: "rate_cards",
                type: "smallint",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "fx_publications",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    source = table.Column<string>(type: "text", nullable: false),
                    @base = table.Column<string>(name: "base", type: "text", nullable: false),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    recorded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_fx_publications", x => x.id);
                    table.CheckConstraint("ck_fx_publications_base", "base ~ '^[A-Z]{3}$'");
                });

            migrationBuilder.CreateTable(
                name: "rate_card_ends",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    rate_card_id = table.Column<long>(type: "bigint", nullable: false),
                    effective_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    recorded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rate_card_ends", x => x.id);
                    table.ForeignKey(
                        name: "fk_rate_card_ends_rate_cards_rate_card_id",
                        column: x => x.rate_card_id,
                        principalTable: "rate_cards",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fx_rates",
                columns: table => new
                {
                    publication_id = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(type: "text", nullable: false),
                    rate = table.Column<decimal>(type: "numeric", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_fx_rates", x => new { x.publication_id, x.currency });
                    table.CheckConstraint("ck_fx_rates_currency", "currency ~ '^[A-Z]{3}$'");
                    table.CheckConstraint("ck_fx_rates_rate", "rate > 0 and rate <= 1e12");
                    table.ForeignKey(
                        name: "fk_fx_rates_fx_publications_publication_id",
                        column: x => x.publication_id,
                        principalTable: "fx_publications",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_rate_cards_account_id",
                table: "rate_cards",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "ix_rate_cards_markup_model_id",
                table: "rate_cards",
                column: "markup_model_id");

            migrationBuilder.CreateIndex(
                name: "ix_rate_cards_model_id_service_tier_effective_from",
                table: "rate_cards",
                columns: new[] { "model_id", "service_tier", "effective_from" });

            migrationBuilder.AddCheckConstraint(
                name: "ck_rate_cards_markup",
                table: "rate_cards",
                sql: "(markup_percent is null) = (markup_model_id is null) and markup_percent > -100");

            migrationBuilder.AddCheckConstraint(
                name: "ck_rate_cards_minimum_charge",
                table: "rate_cards",
                sql: "minimum_charge > 0 and minimum_charge <= 1e15");

            migrationBuilder.AddCheckConstraint(
                name: "ck_rate_cards_model",
                table: "rate_cards",
                sql: "(model_id is null) <> (model_pattern is null)");

            migrationBuilder.AddCheckConstraint(
                name: "ck_rate_cards_scope",
                table: "rate_cards",
                sql: "account_id is null or sector is null");

            migrationBuilder.CreateIndex(
                name: "ix_fx_publications_published_at_id",
                table: "fx_publications",
                columns: new[] { "published_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_rate_card_ends_rate_card_id",
                table: "rate_card_ends",
                column: "rate_card_id");

            migrationBuilder.AddForeignKey(
                name: "fk_rate_cards_accounts_account_id",
                table: "rate_cards",
                column: "account_id",
                principalTable: "accounts",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_rate_cards_models_markup_model_id",
                table: "rate_cards",
                column: "markup_model_id",
                principalTable: "models",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.Sql(Sql.Read("Ledger/pricing.sql"));
            migrationBuilder.Sql(Sql.Read("Repricing/schema.sql"));
            migrationBuilder.Sql(Sql.Read("Catalog/pricing.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_rate_cards_accounts_account_id",
                table: "rate_cards");

            migrationBuilder.DropForeignKey(
                name: "fk_rate_cards_models_markup_model_id",
                table: "rate_cards");

            migrationBuilder.DropTable(
                name: "fx_rates");

            migrationBuilder.DropTable(
                name: "rate_card_ends");

            migrationBuilder.DropTable(
                name: "fx_publications");

            migrationBuilder.DropIndex(
                name: "ix_rate_cards_account_id",
                table: "rate_cards");

            migrationBuilder.DropIndex(
                name: "ix_rate_cards_markup_model_id",
                table: "rate_cards");

            migrationBuilder.DropIndex(
                name: "ix_rate_cards_model_id_service_tier_effective_from",
                table: "rate_cards");

            migrationBuilder.DropCheckConstraint(
                name: "ck_rate_cards_markup",
                table: "rate_cards");

            migrationBuilder.DropCheckConstraint(
                name: "ck_rate_cards_minimum_charge",
                table: "rate_cards");

            migrationBuilder.DropCheckConstraint(
                name: "ck_rate_cards_model",
                table: "rate_cards");

            migrationBuilder.DropCheckConstraint(
                name: "ck_rate_cards_scope",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "terms",
                table: "rates");

            migrationBuilder.DropColumn(
                name: "account_id",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "approved_by",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "confidence",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "fallbacks",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "kind",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "markup_model_id",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "markup_percent",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "minimum_charge",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "model_pattern",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "observed_at",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "region",
                table: "rate_cards");

            migrationBuilder.DropColumn(
                name: "sector",
                table: "rate_cards");

            migrationBuilder.AlterColumn<decimal>(
                name: "unit_value",
                table: "rates",
                type: "numeric",
                nullable: false,
                defaultValue: 0m,
                oldClrType: typeof(decimal),
                oldType: "numeric",
                oldNullable: true);

            migrationBuilder.AlterColumn<int>(
                name: "model_id",
                table: "rate_cards",
                type: "integer",
                nullable: false,
                defaultValue: 0,
                oldClrType: typeof(int),
                oldType: "integer",
                oldNullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_rate_cards_model_id_service_tier_effective_from",
                table: "rate_cards",
                columns: new[] { "model_id", "service_tier", "effective_from" },
                unique: true);
        }
    }
}
