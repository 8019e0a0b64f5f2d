using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace TokenFactory.Api.Database.Migrations;

/// <summary>
/// Cells of days by item, for figures of one item alone. Folding changes no column of the index: only a new cell pays. It is built while
/// earlier instances fold on, outside of a transaction: where it is cut off, the next start drops what is left of it and builds it anew.
/// </summary>
[DbContext(typeof(TokenFactoryContext))]
[Migration("20261126040000_ItemsOfDays")]
public sealed class ItemsOfDays : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(
            """
            do $$
            begin
                if exists (select from pg_index where indexrelid = to_regclass('rollup_cell_day_item') and not indisvalid) then
                    drop index rollup_cell_day_item;
                end if;
            end $$
            """, suppressTransaction: true);
        // It waits for every transaction that began before. One of an earlier version that starts meanwhile waits for this migration, and neither would end.
        migrationBuilder.Sql("set lock_timeout = '10min'", suppressTransaction: true);
        migrationBuilder.Sql("create index concurrently if not exists rollup_cell_day_item on rollup_cell_day (item_id, day)", suppressTransaction: true);
        migrationBuilder.Sql("reset lock_timeout", suppressTransaction: true);
    }
}
