using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger.Archive;

/// <summary>A month that is still needed, or not what was sealed, is not archived, and the command says what to do.</summary>
public sealed class ArchiveRefusedTests(ThreeMonths months) : IClassFixture<ThreeMonths>
{
    private const string AsSuperuser = "set session_replication_role = replica; ";

    [Theory]
    [InlineData("2025-06", "select 1", "is not over for 90 days")]
    [InlineData("2025-02", "select 1", "2025-01 is not archived yet")]
    [InlineData("2024-12", "select 1", "Nothing was recorded in 2024-12")]
    [InlineData("2025-01", "update rollup_cursor set folded_seq = 0, coarse_seq = 0", "not folded and audited")]
    [InlineData("2025-01", "update rollup_cursor set coarse_seq = 0", "not folded and audited")]
    [InlineData("2025-01", "update audit_cursor set audited_seq = 0", "not folded and audited")]
    [InlineData("2025-01", "update ledger_tree_cursor set sealed_seq = 0", "not sealed to their end")]
    [InlineData("2025-01", "delete from settlement_cursor", "not settled")]
    [InlineData("2025-01", "insert into settlement_month (account_id, rate_id, month, settlements, is_open) values (1, 1, '2025-01-01', 0, true)", "1 months are open")]
    [InlineData("2025-01", "insert into repricings (request, selection, dry_run, created_at, known_at, marks) values ('{}', '{}', true, now(), now(), '{}')", "under way")]
    [InlineData("2025-01", "insert into release_month values ('2024-10-01', now(), 3, 0)", "2025-01 is not released to the public")]
    [InlineData("2025-01", AsSuperuser + "update ledger_batch set seal_format = null, root = null, leaves = null, head = null where seq = 1", "without chains")]
    [InlineData("2025-01", AsSuperuser + "update ledger_entry set quantity = quantity + 1 where event_id = 'jan-10-2'", "the event jan-10-2 is not what was recorded")]
    [InlineData("2025-01", AsSuperuser + "delete from ledger_entry where event_id = 'jan-10-2'", "there are")]
    [InlineData("2025-01", AsSuperuser + "update event_refusal set detail = 'another' where event_id = 'jan-10-0'", "an event that was not taken is not what was recorded")]
    [InlineData("2025-01", "drop table ledger_archive", "start the service of this version once")]
    public async Task What_stands_in_the_way_is_told(string month, string state, string told)
    {
        await using var database = await months.CopyAsync();
        await database.ExecuteAsync(state);

        var (code, text) = await ThreeMonths.RunAsync(database, "archive", "--month", month, "--folder", months.NewFolder());

        text.Should().Contain("Not archived.").And.Contain(told);
        code.Should().Be(1);
        await IsUnchangedAsync(database);
    }

    [Fact]
    public async Task A_folder_that_holds_something_and_a_key_that_signed_nothing_are_refused()
    {
        await using var database = await months.CopyAsync();
        var (full, archive, free) = (months.NewFolder(), months.NewFolder(), months.NewFolder());
        foreach (var (folder, file) in (ReadOnlySpan<(string, string)>)[(full, "ledger_entry.copy.gz"), (archive, "manifest.json")])
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, file), "");
        }

        async Task<string> RefusedAsync(string keyFile, string folder)
        {
            using var process = ThreeMonths.Start(database, keyFile, "archive", "--month", "2025-01", "--folder", folder);
            var text = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.Should().Be(1);
            return text;
        }

        (await RefusedAsync(ThreeMonths.KeyFile, full)).Should().Contain("cut off while it was written");
        (await RefusedAsync(ThreeMonths.KeyFile, archive)).Should().Contain("holds an archive already");
        (await RefusedAsync(ThreeMonths.KeyFile, Path.Combine(full, "ledger_entry.copy.gz"))).Should().Contain("is a file");
        (await RefusedAsync(months.NewFolder(), free)).Should().Contain("TokenFactory__Ledger__SigningKeyFile");
        var stranger = months.NewFolder();
        Api.Ledger.SigningKey.MakeWhereNone(stranger);
        (await RefusedAsync(stranger, free)).Should().Contain("has signed no checkpoint of this ledger");
        Directory.Exists(free).Should().BeFalse();
        await IsUnchangedAsync(database);
    }

    [Theory]
    [InlineData("no value", "archive", "--month")]
    [InlineData("can't be 2025-13", "archive", "--month", "2025-13", "--folder", "x")]
    [InlineData("can't be 0", "archive", "--month", "2025-01", "--folder", "x", "--after-days", "0")]
    [InlineData("Say which month", "archive", "--month", "2025-01")]
    [InlineData("no argument --what", "archive", "--what", "x")]
    public async Task A_command_that_can_not_be_understood_says_so(string told, params string[] arguments)
    {
        var (code, text) = await ThreeMonths.RunAsync(months.Database, arguments);
        text.Should().Contain(told).And.Contain("--after-days N");
        code.Should().Be(1);
    }

    [Fact]
    public async Task A_month_that_shall_never_be_released_is_archived_by_saying_so()
    {
        await using var database = await months.CopyAsync();
        await database.ExecuteAsync("insert into release_month values ('2024-10-01', now(), 3, 0)");

        var (code, text) = await ThreeMonths.RunAsync(database, "archive", "--month", "2025-01", "--unreleased", "--folder", months.NewFolder());

        text.Should().Contain("Archived 2025-01, volume 1");
        code.Should().Be(0);
    }

    private static async Task IsUnchangedAsync(TestDatabase database) => (await database.ScalarAsync<bool>(
        "select to_regclass('ledger_entry_2025_01') is not null and not exists (select from ledger_archive_lane) and not exists (select from ledger_closing_balance)")).Should().BeTrue();
}
