using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Database;

/// <summary>
/// Every migration after the first only adds, so that the version before it works on beside this one. What each does is read from the database: a new
/// one is seen.
/// </summary>
public sealed class MigrationsTests
{
    /// <summary>What a migration takes away all the same, as <see cref="Lost"/> tells it, and why that harms no version that may still run.</summary>
    private static readonly Dictionary<(string Migration, string Loss), string> Exceptions = [];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_migration_takes_away_what_the_version_before_it_works_with()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync("template0");
        await using var context = ContextOf(database);
        var migrations = context.Database.GetMigrations().ToList();
        migrations.Should().BeEquivalentTo(DatabaseMigrator.Ids()).And.BeInAscendingOrder().And.HaveCountGreaterThan(9);

        await context.Database.MigrateAsync(migrations[0], Stopping);
        var before = await SchemaAsync(database);
        before.Keys.Should().Contain("column producers.slug");
        var losses = new List<(string Migration, string Loss)>();
        foreach (var migration in migrations.Skip(1))
        {
            await context.Database.MigrateAsync(migration, Stopping);
            var after = await SchemaAsync(database);
            losses.AddRange(Lost(before, after).Select(loss => (migration, loss)));
            before = after;
        }

        before.Keys.Should().Contain(["column ledger_batch.head", "right INSERT of ledger_entry", "function ledger_clock()"]);
        losses.Should().BeEquivalentTo(Exceptions.Keys, "a version that still runs works with what is there now: add beside it, and name what can't be so with its reason");
    }

    [Theory]
    [InlineData("drop table event_refusal cascade", "column event_refusal.source_id is gone")]
    [InlineData("alter table event_refusal rename to refusal", "column event_refusal.source_id is gone")]
    [InlineData("alter table ledger_batch drop column head cascade", "column ledger_batch.head is gone")]
    [InlineData("alter table ledger_batch rename column head to top", "column ledger_batch.head is gone")]
    [InlineData("alter table api_keys alter column replaces type varchar(10)", "column api_keys.replaces was text, and is character varying(10)")]
    [InlineData("alter table api_keys alter column replaces set default '', alter column replaces set not null", "column api_keys.replaces may not be null any more")]
    [InlineData("alter table rate_cards alter column kind drop default", "column rate_cards.kind must be given now")]
    [InlineData("alter table rate_cards add column place text not null", "column rate_cards.place must be given now")]
    [InlineData("drop function ledger_make_partitions(timestamptz, integer)", "function ledger_make_partitions(at timestamp with time zone, months integer) is gone")]
    [InlineData("revoke insert on ledger_entry from tokenfactory_service", "right INSERT of ledger_entry is gone")]
    public async Task What_is_taken_away_is_seen(string change, string loss)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        var before = await SchemaAsync(database);

        await database.ExecuteAsync(change);

        Lost(before, await SchemaAsync(database)).Should().Contain(loss);
    }

    [Theory]
    [InlineData("alter table sources add column place text")]
    [InlineData("alter table sources add column place text not null default ''")]
    [InlineData("alter table sources alter column name drop not null")]
    [InlineData("create table place (name text not null)")]
    [InlineData("grant delete on event_refusal to tokenfactory_service")]
    public async Task What_is_added_takes_nothing_away(string change)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        var before = await SchemaAsync(database);

        await database.ExecuteAsync(change);

        Lost(before, await SchemaAsync(database)).Should().BeEmpty();
    }

    private sealed record Part(string Type, bool MayBeNull, bool MayBeLeftOut);

    private static IEnumerable<string> Lost(IReadOnlyDictionary<string, Part> before, IReadOnlyDictionary<string, Part> after)
    {
        var relations = before.Keys.Select(RelationOf).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, was) in before)
        {
            if (!after.TryGetValue(name, out var now))
                yield return $"{name} is gone";
            else if (now.Type != was.Type)
                yield return $"{name} was {was.Type}, and is {now.Type}";
            else if (was.MayBeNull && !now.MayBeNull)
                yield return $"{name} may not be null any more";
            else if (was.MayBeLeftOut && !now.MayBeLeftOut)
                yield return $"{name} must be given now";
        }

        // A version that does not know a column leaves it out.
        foreach (var (name, now) in after.Where(a => !before.ContainsKey(a.Key) && !a.Value.MayBeLeftOut && relations.Contains(RelationOf(a.Key))))
            yield return $"{name} must be given now";
    }

    private static string RelationOf(string name) => name.Split('.')[0];

    // Columns of tables, partitions and views; functions; what the service's role may do.
    private static async Task<Dictionary<string, Part>> SchemaAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Stopping);
        await using var command = new NpgsqlCommand(
            """
            select format('column %s.%s', c.table_name, c.column_name), format_type(a.atttypid, a.atttypmod), c.is_nullable = 'YES',
                   c.is_nullable = 'YES' or c.column_default is not null or c.is_identity = 'YES' or c.is_generated = 'ALWAYS'
            from information_schema.columns c
            join pg_attribute a on a.attrelid = format('%I.%I', c.table_schema, c.table_name)::regclass and a.attname = c.column_name
            where c.table_schema = 'public'
            union all
            select format('function %s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), pg_get_function_result(p.oid), true, true
            from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
            union all
            select format('right %s of %s', privilege_type, table_name), '', true, true
            from information_schema.role_table_grants where grantee = 'tokenfactory_service' and table_schema = 'public'
            """, connection);
        var schema = new Dictionary<string, Part>(StringComparer.Ordinal);
        await using var row = await command.ExecuteReaderAsync(Stopping);
        while (await row.ReadAsync(Stopping))
            schema[row.GetString(0)] = new Part(row.GetString(1), row.GetBoolean(2), row.GetBoolean(3));
        return schema;
    }

    // As DatabaseMigrator makes it, which only goes to the end.
    private static TokenFactoryContext ContextOf(TestDatabase database)
    {
        var options = new DbContextOptionsBuilder<TokenFactoryContext>();
        TokenFactoryContext.Configure(options, o => o.UseNpgsql(database.ConnectionString));
        options.ConfigureWarnings(w => w.Ignore(RelationalEventId.NonTransactionalMigrationOperationWarning));
        return new TokenFactoryContext(options.Options);
    }
}
