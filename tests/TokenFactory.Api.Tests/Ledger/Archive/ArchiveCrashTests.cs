using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger.Archive;

/// <summary>Wherever an archive is cut off, the month is in the ledger as before; and what comes late into an archived month is a volume of its own.</summary>
public sealed class ArchiveCrashTests(ThreeMonths months) : IClassFixture<ThreeMonths>
{
    [Theory]
    [InlineData("lock table event_refusal in access exclusive mode", "event_identity.copy.gz", "manifest.json", "holds no whole archive")]
    [InlineData("lock table ledger_entry in access share mode", "manifest.json", null, "Intact.")]
    public async Task Killed_between_export_and_drop_everything_is_as_before(string holds, string written, string? notWritten, string verified)
    {
        await using var database = await months.CopyAsync();
        var folder = months.NewFolder();
        await using (var other = new NpgsqlConnection(database.ConnectionString + ";Pooling=false"))
        {
            await other.OpenAsync();
            await using var hold = new NpgsqlCommand($"begin; {holds}", other);
            await hold.ExecuteNonQueryAsync();
            using var process = ThreeMonths.Start(database, ThreeMonths.KeyFile, "archive", "--month", "2025-01", "--folder", folder);
            await Until.TrueAsync(() => Task.FromResult(File.Exists(Path.Combine(folder, written)) || process.HasExited), written);
            process.HasExited.Should().BeFalse();
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // What the server still does for it ends with the connection.
        await Until.TrueAsync(async () => await database.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()") == 0, "the session ended");
        (await database.ScalarAsync<bool>("select to_regclass('ledger_entry_2025_01') is not null and not exists (select from ledger_archive)")).Should().BeTrue();
        (await ThreeMonths.RunAsync(database, "verify")).Text.Should().Contain("Intact").And.NotContain("archived");
        if (notWritten is not null)
            File.Exists(Path.Combine(folder, notWritten)).Should().BeFalse();
        (await ThreeMonths.RunAsync(null, "verify", "--archive", folder, "--key", months.PublicKeyFile)).Text.Should().Contain(verified);

        (await ThreeMonths.RunAsync(database, "archive", "--month", "2025-01", "--folder", folder)).Should().Match<(int Code, string Text)>(r => r.Code == 1 && r.Text.Contains("Not archived."));
        Directory.Delete(folder, recursive: true);
        await ArchivedAsync(database, folder, "Archived 2025-01, volume 1");
    }

    [Fact]
    public async Task Where_months_begin_to_be_released_while_one_is_archived_it_is_not_dropped()
    {
        await using var database = await months.CopyAsync();
        var folder = months.NewFolder();
        await using var other = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, other);
            await command.ExecuteNonQueryAsync();
        }

        await ExecuteAsync("begin; lock table event_refusal in access exclusive mode");
        using var process = ThreeMonths.Start(database, ThreeMonths.KeyFile, "archive", "--month", "2025-01", "--folder", folder);
        await Until.TrueAsync(() => Task.FromResult(File.Exists(Path.Combine(folder, "event_identity.copy.gz")) || process.HasExited), "the export has begun");
        await ExecuteAsync("insert into release_month values ('2024-10-01', now(), 3, 0); commit");

        var told = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        told.Should().Contain("2025-01 is not released to the public").And.Contain("Nothing was dropped");
        (await database.ScalarAsync<bool>("select to_regclass('ledger_entry_2025_01') is not null and not exists (select from ledger_archive)")).Should().BeTrue();
    }

    [Fact]
    public async Task What_is_recorded_into_an_archived_month_late_counts_and_is_archived_as_another_volume()
    {
        await using var database = await months.CopyAsync();
        var (first, second) = (months.NewFolder(), months.NewFolder());
        await ArchivedAsync(database, first, "volume 1");
        (await ThreeMonths.RunAsync(database, "archive", "--month", "2025-01", "--folder", second)).Text.Should().Contain("archived already, in 1 volume");

        // A clock that was set back: what else would record into a month that is over.
        await ThreeMonths.SetClockAsync(database, "2025-01-20 09:00Z");
        await using (var api = await ThreeMonths.StartAsync(database))
        {
            await ThreeMonths.SendAsync(api, Enumerable.Range(0, 5).Select(i => Events.Native($"late-{i}", ThreeMonths.Source, "2025-01-09T10:30:00Z", sector: "household")));
            await ThreeMonths.SetClockAsync(database, "2025-06-02 12:00Z");
            await ThreeMonths.SettledAsync(api, database);
            await IsSoundAsync(api, database);
            (await api.GetAsync($"/v1/events/{ThreeMonths.Source}/late-1")).GetProperty("entries").GetArrayLength().Should().Be(2);

            await ArchivedAsync(database, second, "Archived 2025-01, volume 2: 10 entries of 5 events");
            await ArchivedAsync(database, months.NewFolder(), "Archived 2025-02, volume 1", "2025-02");
            await IsSoundAsync(api, database);
            (await api.GetAsync($"/v1/events/{ThreeMonths.Source}/late-1")).GetProperty("archived").GetProperty("volume").GetInt32().Should().Be(2);
        }

        foreach (var folder in (string[])[first, second])
            (await ThreeMonths.RunAsync(null, "verify", "--archive", folder, "--key", months.PublicKeyFile)).Text.Should().Contain("Intact.").And.NotContain("NOT");
    }

    [Fact]
    public async Task Batches_without_entries_that_are_recorded_late_into_an_archived_month_are_a_volume_too_and_hold_nothing_up()
    {
        await using var database = await months.CopyAsync();
        var late = months.NewFolder();
        await ArchivedAsync(database, months.NewFolder(), "volume 1");
        // The month has no partitions any more, and what was sent before makes none anew.
        await using (var api = await ThreeMonths.StartAsync(database))
        {
            await ThreeMonths.SetClockAsync(database, "2025-01-20 09:00Z");
            await ThreeMonths.SendAsync(api, [Events.Native("jan-10-0", ThreeMonths.Source, "2025-01-10T00:30:00Z", account: "acme", sector: "enterprise", input: 100, outputValue: null)]);
            await ThreeMonths.SetClockAsync(database, "2025-06-02 12:00Z");
            await ThreeMonths.SettledAsync(api, database);
            await database.ExecuteAsync("drop table if exists ledger_entry_2025_01, rollup_delta_2025_01");

            await ArchivedAsync(database, late, "Archived 2025-01, volume 2: 0 entries of 0 events in 1 batches");
            await ArchivedAsync(database, months.NewFolder(), "Archived 2025-02, volume 1", "2025-02");
            await IsSoundAsync(api, database);
        }

        (await ThreeMonths.RunAsync(null, "verify", "--archive", late, "--key", months.PublicKeyFile)).Text.Should().Contain("Intact.").And.NotContain("NOT");
    }

    private async Task IsSoundAsync(ApiProcess api, TestDatabase database)
    {
        foreach (var path in (string[])["/v1/reconciliation", "/v1/reconciliation?full=true"])
        {
            var books = await api.GetAsync(path);
            books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
        }

        var (code, text) = await ThreeMonths.RunAsync(database, "verify", "--key", months.PublicKeyFile);
        code.Should().Be(0, text);
    }

    private static async Task ArchivedAsync(TestDatabase database, string folder, string told, string month = "2025-01")
    {
        var (code, text) = await ThreeMonths.RunAsync(database, "archive", "--month", month, "--folder", folder);
        code.Should().Be(0, text);
        text.Should().Contain(told);
    }
}
