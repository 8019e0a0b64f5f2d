using Npgsql;

namespace TokenFactory.Benchmarks.Yardsticks;

/// <summary>
/// Tables like those that an event is written into: the same columns, checks, indexes, storage settings and partitions, in a schema of their
/// own. Only triggers are left out: the ledger's fire on changes, and nothing is changed here.
/// </summary>
internal static class IdenticalTables
{
    public const string Schema = "yardstick";

    /// <summary>What one transaction of the service writes, in its order. A table that is not there (any more) is passed over.</summary>
    public static readonly string[] Names = ["event_identity", "ledger_entry", "rollup_delta", "ledger_batch"];

    /// <summary>Numbers the transactions; one row per lane, changed each time.</summary>
    public const string Lane = "journal_lane";

    private const string Statements =
        $"""
        with tables as (
            select c.oid, c.relname, c.relkind, n.nspname, c.reloptions, c.relpartbound, i.inhparent::regclass as parent
            from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_inherits i on i.inhrelid = c.oid
            where n.nspname = current_schema() and (c.relname = any ($1) or i.inhparent = any (select to_regclass(t) from unnest($1) t))
        )
        select format('create table {Schema}.%I (like %I.%I including all)%s%s', relname, nspname, relname,
                      case when relkind = 'p' then ' partition by ' || pg_get_partkeydef(oid) else '' end,
                      case when reloptions is not null then ' with (' || array_to_string(reloptions, ', ') || ')' else '' end) as statement, parent is not null as is_part, 1 as step
        from tables where relkind in ('r', 'p')
        union all
        select format('alter table {Schema}.%s attach partition {Schema}.%I %s', parent, relname, pg_get_expr(relpartbound, oid)), true, 2
        from tables where parent is not null and relkind in ('r', 'p')
        order by is_part, step
        """;

    public static async Task MakeAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var schema = new NpgsqlCommand($"create schema {Schema}", connection))
            await schema.ExecuteNonQueryAsync(cancellationToken);
        var statements = new List<string>();
        await using (var find = new NpgsqlCommand(Statements, connection))
        {
            find.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Names, Lane] });
            await using var row = await find.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
                statements.Add(row.GetString(0));
        }

        foreach (var statement in statements)
        {
            await using var make = new NpgsqlCommand(statement, connection);
            await make.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
