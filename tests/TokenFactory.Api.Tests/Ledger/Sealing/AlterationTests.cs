using System.Globalization;
using Npgsql;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Tests.Ledger.Sealing;

/// <summary>Whoever alters the ledger, as a superuser with its triggers off, is found out.</summary>
public sealed class AlterationTests(SealedLedger ledger, ITestOutputHelper output) : IClassFixture<SealedLedger>
{
    private const int Alterations = 1_000;

    // What is no record, but made by the database or derived, and verified in no way: none of it is part of a figure or a proof.
    private static readonly (string Table, string Column)[] NotSealed =
        [("quarantined_event", "id"), ("journal_lane", "registered_source")];

    private static readonly string[] Tables =
    [
        "event_identity", "ledger_entry", "event_refusal", "quarantined_event", "ledger_batch", "journal_lane", "ledger_tree_run", "ledger_tree_cursor",
        "ledger_checkpoint",
    ];

    [Fact]
    public async Task A_ledger_that_nobody_altered_is_intact()
    {
        await using var connection = await ledger.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var report = await VerifyAsync(connection);
        report.Faults.Should().BeEmpty();
        report.Events.Should().Be(await ledger.Database.ScalarAsync<long>("select count(*) from event_identity")).And.BeGreaterThan(50);
        report.Entries.Should().Be(await ledger.Database.ScalarAsync<long>("select count(*) from ledger_entry")).And.BeGreaterThan(100);
        report.OtherRows.Should().BeGreaterThanOrEqualTo(3);
        report.Sealed.Should().Be(report.Batches);
        report.Checkpoints.Should().BeGreaterThan(1, "one is in the ledger, and one was kept");
        report.Unchained.Should().Be(0);
    }

    [Fact]
    public async Task Every_one_of_a_thousand_random_alterations_is_found()
    {
        var seed = Environment.GetEnvironmentVariable("ALTERATION_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"ALTERATION_SEED={seed}");
        var random = new Random(seed);
        await using var connection = await ledger.OpenAsync();
        var columns = await ColumnsAsync(connection, Tables);
        columns.Select(c => c.Table).Distinct().Should().BeEquivalentTo(Tables);
        var (undetected, byKind) = (new List<string>(), new Dictionary<string, int>());
        for (var done = 0; done < Alterations;)
        {
            var (kind, sql) = Alteration(random, columns);
            await using var transaction = await connection.BeginTransactionAsync();
            if (!await AlterAsync(connection, sql))
                continue;
            // A batch without a seal may be one of a version that knew none: that there is one is told, and whoever verifies knows that there was none.
            var report = await VerifyAsync(connection);
            if (report.IsIntact && report.Unchained == 0)
                undetected.Add(sql);
            byKind[kind] = byKind.GetValueOrDefault(kind) + 1;
            done++;
        }

        output.WriteLine(string.Join(", ", byKind.Select(k => $"{k.Key}: {k.Value}")));
        undetected.Should().BeEmpty($"(seed {seed})");
        byKind.Keys.Should().BeEquivalentTo("change", "remove", "insert", "swap");
    }

    [Theory]
    [InlineData("update ledger_batch set leaves = null where batch_id = (select max(batch_id) from ledger_batch)", "part of its seal is missing")]
    [InlineData("insert into ledger_entry select (jsonb_populate_record(e, jsonb_build_object('batch_id', 9223372036854775807))).* from ledger_entry e where event_id = 'e-5-1'", "which there is not")]
    [InlineData("insert into event_identity select (jsonb_populate_record(e, jsonb_build_object('batch_id', 9223372036854775807, 'event_id', 'new'))).* from event_identity e where event_id = 'e-5-1'", "which there is not")]
    [InlineData("delete from ledger_tree_cursor", "the tree does not have exactly")]
    [InlineData("update ledger_tree_run set last_seq = 9000000000000000000 where first_leaf = (select max(first_leaf) from ledger_tree_run)", "that their lanes do not have")]
    [InlineData("alter table ledger_entry rename to other; create view ledger_entry as select * from other", "is not there as a table")]
    [InlineData("alter table event_refusal enable row level security", "is not there as a table")]
    [InlineData("delete from journal_lane", "and no lane")]
    public async Task What_a_clever_one_would_try_is_found(string alteration, string fault)
    {
        await using var connection = await ledger.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand($"alter table ledger_batch drop constraint ledger_batch_seal_check; set local session_replication_role = replica; {alteration}", connection))
            await command.ExecuteNonQueryAsync();
        (await VerifyAsync(connection)).Faults.Should().Contain(f => f.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_batch_without_a_seal_is_counted_for_whoever_knows_how_many_there_were()
    {
        await using var connection = await ledger.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        (await AlterAsync(connection,
            """
            insert into journal_lane (source_id, lane, seq) select id, 999, 1 from sources where slug = 'other';
            insert into ledger_batch (source_id, lane, seq, batch_id, kind, recorded_at, received, accepted, duplicate, conflict, rejected, quarantined, entry_count)
            select id, 999, 1, 123456, 1, now() - interval '1 year', 0, 0, 0, 0, 0, 0, 0 from sources where slug = 'other'
            """)).Should().BeTrue();
        (await VerifyAsync(connection)).Unchained.Should().Be(1);
    }

    [Fact]
    public async Task A_session_that_is_led_to_other_tables_reads_the_ledger_all_the_same()
    {
        await using var connection = await ledger.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand(
            """
            create schema clean;
            create table clean.ledger_entry as table public.ledger_entry;
            set local session_replication_role = replica;
            update public.ledger_entry set quantity = quantity + 1 where event_id = 'e-5-1';
            set local search_path = clean, public;
            """, connection))
            await command.ExecuteNonQueryAsync();
        await VerifyCommand.PrepareAsync(connection, TestContext.Current.CancellationToken);
        (await VerifyAsync(connection)).Faults.Should().Contain(f => f.Contains("the event e-5-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_is_found()
    {
        await using var connection = await ledger.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // The last batch of a lane with all its records, and the lane moved back: all that is in the ledger's own tables fits together.
        (await AlterAsync(connection,
            """
            create temp table gone on commit drop as select b.* from ledger_batch b order by b.batch_id desc limit 1;
            delete from ledger_entry e using gone g where e.source_id = g.source_id and e.batch_id = g.batch_id;
            delete from event_identity e using gone g where e.source_id = g.source_id and e.batch_id = g.batch_id;
            delete from event_refusal e using gone g where e.source_id = g.source_id and e.batch_id = g.batch_id;
            delete from ledger_batch b using gone g where b.source_id = g.source_id and b.batch_id = g.batch_id;
            update journal_lane l set seq = g.seq - 1, head = (select head from ledger_batch b where b.source_id = g.source_id and b.lane = g.lane and b.seq = g.seq - 1)
            from gone g where l.source_id = g.source_id and l.lane = g.lane;
            """)).Should().BeTrue();
        (await VerifyAsync(connection)).Faults.Should().Contain(f => f.Contains("that their lanes do not have", StringComparison.Ordinal));

        // Who removes it from the tree and its checkpoints too is found out by the one that was kept elsewhere alone.
        (await AlterAsync(connection,
            """
            delete from ledger_tree_run; delete from ledger_tree_cursor; delete from ledger_tree_tile; delete from ledger_checkpoint;
            """)).Should().BeTrue();
        (await VerifyAsync(connection, isKept: false)).IsIntact.Should().BeTrue("a chain that is kept in one place can be rewritten whole");
        (await VerifyAsync(connection)).Faults.Should().ContainSingle().Which.Should().Contain("were removed");
    }

    [Fact]
    public async Task A_chain_that_was_forged_to_the_end_is_found_by_the_signed_root()
    {
        await using var connection = await ledger.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // An amount is changed and everything above it is made anew, as the service itself would: leaves, root, heads, and the root of the tree.
        (await AlterAsync(connection, "update ledger_entry set quantity = quantity + 1 where event_id = 'e-5-1'")).Should().BeTrue();
        await ForgeAsync(connection);
        var faults = (await VerifyAsync(connection)).Faults;
        faults.Should().NotBeEmpty().And.OnlyContain(f => f.StartsWith("The checkpoint over", StringComparison.Ordinal), "all else fits together again");
    }

    // Makes every leaf, root and head of the chain from the rows that are there now.
    private static async Task ForgeAsync(NpgsqlConnection connection)
    {
        var batches = new List<(long Source, short Lane, long Seq, long Batch)>();
        await using (var command = new NpgsqlCommand("select source_id, lane, seq, batch_id from ledger_batch order by 1, 2, 3", connection))
        await using (var row = await command.ExecuteReaderAsync())
        {
            while (await row.ReadAsync())
                batches.Add((row.GetInt64(0), row.GetInt16(1), row.GetInt64(2), row.GetInt64(3)));
        }

        foreach (var batch in batches)
        {
            var leaves = new List<byte[]>();
            await using (var command = new NpgsqlCommand(
                $"""
                select sha256({LedgerColumns.Identity.RowSql}),
                       sha256(coalesce((select string_agg({LedgerColumns.Entry.RowSql}, '' order by entry_no) from ledger_entry e
                           where e.source_id = i.source_id and e.batch_id = i.batch_id and e.entry_no >= i.first_entry_no and e.entry_no < i.first_entry_no + i.entry_count), ''))
                from event_identity i where source_id = $1 and batch_id = $2
                """, connection))
            {
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.Source });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.Batch });
                await using var row = await command.ExecuteReaderAsync();
                while (await row.ReadAsync())
                {
                    var leaf = new byte[32];
                    BatchSeal.EventLeaf(row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1), leaf);
                    leaves.Add(leaf);
                }
            }

            foreach (var (columns, kind) in ((LedgerColumns, char)[])[(LedgerColumns.Quarantined, 'Q'), (LedgerColumns.Refusal, 'R')])
            {
                await using var command = new NpgsqlCommand($"select {columns.RowSql} from {columns.Table} where source_id = $1 and batch_id = $2", connection);
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.Source });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.Batch });
                await using var row = await command.ExecuteReaderAsync();
                while (await row.ReadAsync())
                    leaves.Add(BatchSeal.OtherLeaf(kind, row.GetFieldValue<byte[]>(0)));
            }

            byte[] all = [.. leaves.SelectMany(l => l)];
            await using var forge = new NpgsqlCommand(
                """
                update ledger_batch b set root = $4, leaves = $5,
                    head = ledger_head((select p.head from ledger_batch p where p.source_id = b.source_id and p.lane = b.lane and p.seq = b.seq - 1), source_id, lane, seq, batch_id, kind,
                        recorded_at, received, accepted, duplicate, conflict, rejected, quarantined, entry_count, seal_format, $4)
                where source_id = $1 and lane = $2 and seq = $3
                """, connection);
            forge.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.Source });
            forge.Parameters.Add(new NpgsqlParameter<short> { TypedValue = batch.Lane });
            forge.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.Seq });
            forge.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = MerkleTree.Root(all) });
            forge.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = all });
            await forge.ExecuteNonQueryAsync();
        }

        await using var lanes = new NpgsqlCommand(
            "update journal_lane l set head = b.head from ledger_batch b where b.source_id = l.source_id and b.lane = l.lane and b.seq = l.seq", connection);
        await lanes.ExecuteNonQueryAsync();
    }

    private async Task<VerificationReport> VerifyAsync(NpgsqlConnection connection, bool isKept = true)
    {
        using var key = SigningKey.Read(ledger.PublicKey, "public");
        return await new LedgerVerifier(connection, new Trust([key], isKept ? [ledger.Note] : [])).VerifyAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Alters it. False: the database itself refuses it, or it changes nothing.</summary>
    internal static async Task<bool> AlterAsync(NpgsqlConnection connection, string sql)
    {
        try
        {
            await using var command = new NpgsqlCommand($"set local session_replication_role = replica; {sql}", connection);
            return await command.ExecuteNonQueryAsync() > 0;
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("23", StringComparison.Ordinal) || e.SqlState is "22003" or "22P02" or "2202E")
        {
            return false;
        }
    }

    /// <summary>A random alteration of these columns.</summary>
    internal static (string Kind, string Sql) Alteration(Random random, List<(string Table, string Column, string Type)> columns)
    {
        var (table, column, type) = columns[random.Next(columns.Count)];
        var place = random.Next(1_000);
        // A row by its place, whatever its key.
        var row = $"(select tableoid, ctid from {table} order by md5(ctid::text || tableoid::text || '{random.Next()}') limit 1)";
        var of = table.StartsWith("ledger_tree", StringComparison.Ordinal) || table is "journal_lane" or "ledger_checkpoint";
        if (place < 150)
            return ("remove", $"delete from {table} t using {row} r where t.tableoid = r.tableoid and t.ctid = r.ctid");
        if (place < 300 && !of)
        {
            var names = columns.Where(c => c.Table == table).ToList();
            return ("insert", $"insert into {table} ({string.Join(", ", names.Select(n => n.Column))}) select {string.Join(", ", names.Select(n => n.Column == KeyOf(table) ? Changed(n.Column, n.Type, random) : n.Column))} "
                + $"from {table} t join {row} r on t.tableoid = r.tableoid and t.ctid = r.ctid");
        }

        if (place < 400 && table is "ledger_entry" or "event_identity" && column is not ("source_id" or "recorded_at" or "batch_id"))
        {
            return ("swap", $"with two as (select tableoid, ctid, {column} as v, row_number() over () as n from (select tableoid, ctid, {column} from {table} order by md5(ctid::text || '{random.Next()}') limit 2) s) "
                + $"update {table} t set {column} = o.v from two me, two o where t.tableoid = me.tableoid and t.ctid = me.ctid and me.n <> o.n and o.v is distinct from me.v");
        }

        return ("change", $"update {table} t set {column} = {Changed($"t.{column}", type, random)} from {row} r where t.tableoid = r.tableoid and t.ctid = r.ctid");
    }

    private static string KeyOf(string table) => table switch
    {
        "event_identity" => "event_id",
        "ledger_entry" => "entry_no",
        "event_refusal" => "refusal_no",
        "quarantined_event" => "event_id",
        "ledger_archive" => "volume",
        "ledger_archive_lane" => "lane",
        "ledger_closing_balance" => "item_id",
        _ => "seq",
    };

    // To null where there is something, now and then; to something where there is nothing.
    private static string Changed(string column, string type, Random random) => random.Next(5) == 0 ? $"case when {column} is null then {Other(column, type, random)} end" : Other(column, type, random);

    private static string Other(string column, string type, Random random) => type switch
    {
        "bigint" or "integer" or "smallint" => $"coalesce({column}, 0) + {(random.Next(2) == 0 ? 1 : -1) * random.Next(1, 4)}",
        "numeric" => random.Next(2) == 0 ? $"coalesce({column}, 0) + 0.000000000001" : $"round(coalesce({column}, 1), coalesce(scale({column}), 0) + 1)",
        "text" => random.Next(2) == 0 ? $"coalesce({column}, '') || 'x'" : $"case when {column} is null then 'x' end",
        "date" => $"coalesce({column}, current_date) + {random.Next(1, 40)}",
        "json" => $"({column}::text || ' ')::json",
        "bytea" => Flipped(column, random.Next(1 << 16)),
        "timestamp with time zone" => $"coalesce({column}, now()) + interval '1 microsecond'",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "An alteration of this type is not known."),
    };

    private static string Flipped(string column, int bit) =>
        $"case when length({column}) > 0 then set_bit({column}, {bit} % (8 * length({column})), 1 - get_bit({column}, {bit} % (8 * length({column})))) else '\\x00'::bytea end";

    /// <summary>The columns of tables that are verified.</summary>
    internal static async Task<List<(string Table, string Column, string Type)>> ColumnsAsync(NpgsqlConnection connection, string[] tables)
    {
        var columns = new List<(string, string, string)>();
        await using var command = new NpgsqlCommand(
            "select table_name::text, column_name::text, data_type::text from information_schema.columns where table_schema = 'public' and table_name = any ($1) order by 1, ordinal_position", connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = tables });
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            if (!NotSealed.Contains((row.GetString(0), row.GetString(1))))
                columns.Add((row.GetString(0), row.GetString(1), row.GetString(2)));
        }

        return columns;
    }
}
