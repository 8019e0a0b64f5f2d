using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Npgsql;
using TokenFactory.Api.Ledger;
using TokenFactory.Api.Tests.Ledger.Sealing;

namespace TokenFactory.Api.Tests.Ledger.Archive;

/// <summary>Whoever alters what is archived, the folder or what the ledger keeps of it, is found out; and so is who passes something off as archived.</summary>
public sealed class ArchiveTamperTests(ArchivedLedger ledger, ITestOutputHelper output) : IClassFixture<ArchivedLedger>
{
    private const int Alterations = 200;

    private static readonly string[] Tables =
    [
        "event_identity", "event_refusal", "quarantined_event", "ledger_batch", "ledger_entry", "ledger_archive", "ledger_archive_lane", "ledger_closing_balance",
    ];

    // A partition of the archived month again, and in it an entry under a batch of that month.
    internal const string Inserted =
        """
        select ledger_make_partitions('2025-01-05Z', 1);
        insert into ledger_entry select (jsonb_populate_record(e, jsonb_build_object('recorded_at', b.recorded_at, 'batch_id', b.batch_id))).*
        from ledger_entry e,
             (select recorded_at, batch_id from ledger_batch where recorded_at < '2025-02-01Z' and entry_count > 0 and source_id = (select id from sources where slug = 'plant') limit 1) b
        where e.event_id = 'feb-1'
        """;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("delete from ledger_entry where event_id = 'feb-1'", "it was recorded with")]
    [InlineData("delete from ledger_entry where recorded_at < '2025-03-01Z'; insert into ledger_archive_lane select distinct source_id, lane, '2025-02-01'::date, 1, min(seq), max(seq) from ledger_batch where recorded_at >= '2025-02-01Z' and recorded_at < '2025-03-01Z' group by 1, 2", "archived by no manifest")]
    [InlineData("insert into ledger_archive select '2025-02-01', volume, archived_at, batches, entries, manifest, manifest_sha256, key_id, signature from ledger_archive", "is not what its manifest says")]
    [InlineData("update ledger_archive set manifest = replace(manifest, '\"entries\": ', '\"entries\": 1')", "signed by no key that is trusted")]
    [InlineData("update ledger_archive set signature = set_byte(signature, 12, 77)", "signed by no key that is trusted")]
    [InlineData("update ledger_archive set entries = entries + 1", "is not what its manifest says")]
    [InlineData("delete from ledger_archive", "it was recorded with")]
    [InlineData("delete from ledger_archive_lane", "does not know any more")]
    [InlineData("update ledger_archive_lane set last_seq = last_seq + 1", "archived by no manifest")]
    [InlineData(Inserted, "its entries are archived")]
    [InlineData("update event_identity set region = 'elsewhere' where event_id = 'jan-10-2'", "are not what was archived")]
    [InlineData("update event_identity set fingerprint = set_byte(fingerprint, 20, 0), reported_amount = 1 where event_id = 'jan-12-4'", "are not what was archived")]
    [InlineData("delete from event_identity where event_id = 'jan-10-2'", "new events, and there are")]
    [InlineData("insert into event_identity select (jsonb_populate_record(e, jsonb_build_object('event_id', 'new'))).* from event_identity e where event_id = 'jan-10-2'", "new events, and there are")]
    [InlineData("delete from event_refusal where event_id = 'jan-10-0'", "records are missing or altered")]
    [InlineData("update quarantined_event set detail = 'another'", "an event that was held back is not what was recorded")]
    [InlineData("update ledger_closing_balance set amount = amount + 0.000000000001 where ctid = (select ctid from ledger_closing_balance limit 1)", "closing balances of 2025-01, volume 1")]
    [InlineData("delete from ledger_closing_balance where ctid = (select ctid from ledger_closing_balance limit 1)", "closing balances of 2025-01, volume 1")]
    [InlineData("update ledger_closing_balance set month = '2025-02-01', volume = 7 where ctid = (select ctid from ledger_closing_balance limit 1)", "are of no archive")]
    [InlineData("update ledger_batch set head = sha256(head) where recorded_at < '2025-02-01Z'", "is not the one that the archive")]
    [InlineData("alter table ledger_closing_balance rename to other; create view ledger_closing_balance as select * from other", "is not there as a table")]
    public async Task What_is_altered_in_the_ledger_is_found(string alteration, string fault)
    {
        await using var connection = await ledger.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Stopping);
        await AlterAsync(connection, alteration);
        using var key = SigningKey.Read(await File.ReadAllTextAsync(ledger.Months.PublicKeyFile, Stopping), "public");
        (await new LedgerVerifier(connection, new Trust([key], [])).VerifyAsync(Stopping)).Faults.Should().Contain(f => f.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_one_of_two_hundred_random_alterations_is_found()
    {
        var seed = Environment.GetEnvironmentVariable("ALTERATION_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"ALTERATION_SEED={seed}");
        var random = new Random(seed);
        using var key = SigningKey.Read(await File.ReadAllTextAsync(ledger.Months.PublicKeyFile, Stopping), "public");
        await using var connection = await ledger.OpenAsync();
        var columns = await AlterationTests.ColumnsAsync(connection, Tables);
        columns.Select(c => c.Table).Distinct().Should().BeEquivalentTo(Tables);
        var undetected = new List<string>();
        for (var done = 0; done < Alterations;)
        {
            var (_, sql) = AlterationTests.Alteration(random, columns);
            await using var transaction = await connection.BeginTransactionAsync(Stopping);
            if (!await AlterationTests.AlterAsync(connection, sql))
                continue;
            var report = await new LedgerVerifier(connection, new Trust([key], [])).VerifyAsync(Stopping);
            if (report.IsIntact && report.Unchained == 0)
                undetected.Add(sql);
            done++;
        }

        undetected.Should().BeEmpty($"(seed {seed})");
    }

    [Fact]
    public async Task An_archive_that_somebody_else_signed_is_found_by_the_key_that_is_trusted()
    {
        using var forger = SigningKey.Temporary();
        await using var connection = await ledger.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Stopping);
        string text;
        await using (var read = new NpgsqlCommand("select replace(manifest, '\"volume\": 1,', '\"volume\": 1, ') from ledger_archive", connection))
            text = (string)(await read.ExecuteScalarAsync(Stopping))!;
        await AlterAsync(connection, $"insert into ledger_checkpoint_key values ('{forger.Id}', 'token-factory', '\\x{Convert.ToHexString(forger.PublicKey)}', now())");
        await using (var forge = new NpgsqlCommand("update ledger_archive set manifest = $1, manifest_sha256 = sha256(convert_to($1, 'UTF8')), key_id = $2, signature = $3", connection))
        {
            forge.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
            forge.Parameters.Add(new NpgsqlParameter<string> { TypedValue = forger.Id });
            forge.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = forger.Sign(Encoding.UTF8.GetBytes(text)) });
            await forge.ExecuteNonQueryAsync(Stopping);
        }

        using var key = SigningKey.Read(await File.ReadAllTextAsync(ledger.Months.PublicKeyFile, Stopping), "public");
        (await new LedgerVerifier(connection, new Trust([key], [])).VerifyAsync(Stopping)).Faults.Should().Contain(f => f.Contains("signed by no key that is trusted"));
        (await new LedgerVerifier(connection, new Trust([], [])).VerifyAsync(Stopping)).IsIntact.Should().BeTrue("keys that the ledger names itself show less");
    }

    [Fact]
    public async Task A_byte_of_any_file_that_is_altered_and_a_file_that_is_missing_are_found()
    {
        var names = Directory.GetFiles(ledger.Folder).Select(f => Path.GetFileName(f)).ToList();
        names.Should().HaveCount(10);
        foreach (var name in names)
        {
            var copy = Copy();
            var file = Path.Combine(copy, name);
            var bytes = await File.ReadAllBytesAsync(file, Stopping);
            bytes[bytes.Length / 2] ^= 4;
            await File.WriteAllBytesAsync(file, bytes, Stopping);
            (await VerifyAsync(copy)).IsIntact.Should().BeFalse(name);
            File.Delete(file);
            (await VerifyAsync(copy)).IsIntact.Should().BeFalse($"{name} is missing");
        }

        (await VerifyAsync(Copy())).Faults.Should().BeEmpty();
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-32")]
    public async Task A_manifest_of_the_same_text_in_other_bytes_is_found(string encoding)
    {
        var (copy, of) = (Copy(), Encoding.GetEncoding(encoding));
        var file = Path.Combine(copy, ArchiveManifest.FileName);
        await File.WriteAllBytesAsync(file, [.. of.GetPreamble(), .. of.GetBytes(await File.ReadAllTextAsync(file, Stopping))], Stopping);

        (await VerifyAsync(copy)).Faults.Should().Contain(f => f.Contains("signed by no key that is trusted"));
    }

    [Theory]
    [InlineData("ledger_entry", "quantity", "is not what was recorded")]
    [InlineData("event_identity", "fingerprint", "is not what was recorded")]
    [InlineData("event_refusal", "detail", "is not what was recorded")]
    [InlineData("quarantined_event", "detail", "is not what was recorded")]
    [InlineData("ledger_batch", "duplicate", "do not continue each other")]
    [InlineData("ledger_batch", "root", "is not the one under the checkpoint")]
    [InlineData("ledger_tree_run", "first_leaf", "is not the one under the checkpoint")]
    [InlineData("ledger_closing_balance", "entry_count", "do not add up")]
    public async Task A_row_that_is_altered_is_found_even_under_a_manifest_that_was_made_for_it(string table, string column, string fault)
    {
        var folder = new ArchiveFolder(Copy());
        var manifest = ArchiveManifest.Read(await File.ReadAllTextAsync(folder.PathOf(ArchiveManifest.FileName), Stopping))!;
        var of = ArchiveTables.Of(manifest.RecordedIn, manifest.Volume).Single(t => t.Columns.Table == table);
        AlterLastRow(folder.PathOf(of.FileName), of.Columns.Names.IndexOf(column));
        var facts = folder.FactsOf(of, Stopping);
        facts.RowsSha256.Should().NotBe(manifest.Files.Single(f => f.Table == table).RowsSha256);

        using var key = SigningKey.Read(await File.ReadAllTextAsync(ledger.Months.PublicKeyFile, Stopping), "public");
        var report = await new ArchiveVerifier(folder, new Trust([key], [])).VerifyAsync(manifest with { Files = [.. manifest.Files.Where(f => f.Table != table), facts] }, Stopping);

        report.Faults.Should().Contain(f => f.Contains(fault, StringComparison.Ordinal));
    }

    // The last byte of a field of the last row.
    private static void AlterLastRow(string file, int field)
    {
        var rows = new List<byte[]>();
        using (var copy = CopyFile.Open(file))
        {
            while (copy.Read() is { } row)
                rows.Add(row.Content);
        }

        var at = sizeof(short);
        for (var skipped = 0; skipped < field; skipped++)
            at += sizeof(int) + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(rows[^1].AsSpan(at)));
        rows[^1][at + sizeof(int) + BinaryPrimitives.ReadInt32BigEndian(rows[^1].AsSpan(at)) - 1] ^= 1;
        var header = new byte[CopyWriter.HeaderBytes];
        using (var compressed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress))
            compressed.ReadExactly(header);
        using var altered = new GZipStream(File.Create(file), CompressionLevel.Fastest);
        altered.Write(header);
        rows.ForEach(row => altered.Write(row));
        altered.Write([0xff, 0xff]);
    }

    private string Copy()
    {
        var copy = ledger.Months.NewFolder();
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(ledger.Folder))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    private async Task<VerificationReport> VerifyAsync(string folder)
    {
        using var key = SigningKey.Read(await File.ReadAllTextAsync(ledger.Months.PublicKeyFile, Stopping), "public");
        return (await new ArchiveVerifier(new ArchiveFolder(folder), new Trust([key], [], "token-factory")).VerifyAsync(Stopping)).Report;
    }

    private static async Task AlterAsync(NpgsqlConnection connection, string alteration)
    {
        await using var command = new NpgsqlCommand($"set local session_replication_role = replica; {alteration}", connection);
        await command.ExecuteNonQueryAsync(Stopping);
    }
}
