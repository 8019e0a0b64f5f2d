using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Ledger;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger.Archive;

/// <summary>What is answered once a month is archived: figures and books as before, receipts without entries, and never a part for the whole.</summary>
public sealed class ArchiveTests(ArchivedLedger ledger) : IClassFixture<ArchivedLedger>
{
    [Fact]
    public async Task The_month_is_gone_and_figures_and_books_are_what_they_were()
    {
        ledger.Told.Should().Contain("Archived 2025-01, volume 1").And.Contain(ledger.Folder);
        (await ledger.Database.ScalarAsync<bool>("select to_regclass('ledger_entry_2025_01') is null and to_regclass('rollup_delta_2025_01') is null")).Should().BeTrue();
        (await ledger.Database.ScalarAsync<long>("select count(*) from ledger_entry where recorded_at < '2025-02-01Z'")).Should().Be(0);
        foreach (var figure in ArchivedLedger.Figures)
            (await ledger.Api.Client.GetStringAsync(figure)).Should().Be(ledger.Before[figure], figure);
        foreach (var path in (string[])["/v1/reconciliation", "/v1/reconciliation?full=true"])
            (await ledger.Api.GetAsync(path)).GetProperty("balanced").GetBoolean().Should().BeTrue(path);
    }

    [Fact]
    public void Nobody_else_reads_the_folder_or_a_file_of_it()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        File.GetUnixFileMode(ledger.Folder).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var files = Directory.GetFiles(ledger.Folder);
        files.Should().HaveCount(10);
        foreach (var file in files)
            File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public async Task The_act_is_in_the_audit_log()
    {
        var acts = (await ledger.Api.GetAsync("/v1/audit?action=ledger.archived")).GetProperty("items");
        acts.GetArrayLength().Should().Be(1);
        acts[0].GetProperty("object").GetString().Should().Be("ledger/archives/2025-01/1");
        acts[0].GetProperty("details").GetProperty("entries").GetInt64().Should().BePositive();
    }

    [Fact]
    public async Task The_ledger_verifies_with_the_month_gone()
    {
        var (code, text) = await ThreeMonths.RunAsync(ledger.Database, "verify", "--key", ledger.Months.PublicKeyFile);
        text.Should().Contain("entries are archived").And.Contain("Intact.");
        code.Should().Be(0);
        var answer = await ledger.Api.GetAsync("/v1/ledger/verification");
        answer.GetProperty("intact").GetBoolean().Should().BeTrue(answer.ToString());
        answer.GetProperty("archived_entries").GetInt64().Should().Be(await ledger.Database.ScalarAsync<long>("select entries from ledger_archive"));
    }

    [Fact]
    public async Task A_receipt_stays_without_what_only_its_entries_told()
    {
        var (before, now) = (ArchivedLedger.Json(ledger.Before["receipt"]), await ledger.Api.GetAsync($"/v1/events/{ThreeMonths.Source}/jan-10-2"));
        foreach (var kept in (string[])["source", "id", "status", "recorded_at", "batch_id", "currency"])
            now.GetProperty(kept).ToString().Should().Be(before.GetProperty(kept).ToString(), kept);
        now.GetProperty("entries").GetArrayLength().Should().Be(0);
        foreach (var gone in (string[])["occurred_at", "producer", "model", "sector", "amount", "unpriced_quantity"])
            now.GetProperty(gone).ValueKind.Should().Be(JsonValueKind.Null, gone);
        var archived = now.GetProperty("archived");
        archived.GetProperty("month").GetString().Should().Be("2025-01");
        archived.GetProperty("manifest_sha256").GetString().Should().Be(Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(ledger.Folder, "manifest.json"), TestContext.Current.CancellationToken))));
        before.TryGetProperty("archived", out _).Should().BeFalse();
        (await ledger.Api.GetAsync($"/v1/events/{ThreeMonths.Source}/jan-11-1")).GetProperty("reversal").GetProperty("reason").GetString().Should().Be("a test", "the reversal is of February");
    }

    [Fact]
    public async Task An_event_of_the_month_that_is_sent_again_is_a_duplicate_and_other_content_a_conflict()
    {
        var sent = Events.Native("jan-10-2", ThreeMonths.Source, "2025-01-08T02:30:00Z", account: "acme", sector: "enterprise", input: 102, outputValue: "2.50");
        using var again = await ledger.Api.PostAsync("/v1/events", sent);
        again.StatusCode.Should().Be(HttpStatusCode.OK, await again.Content.ReadAsStringAsync());
        var receipt = ArchivedLedger.Json(await again.Content.ReadAsStringAsync());
        receipt.GetProperty("status").GetString().Should().Be("duplicate");
        receipt.GetProperty("batch_id").GetInt64().Should().Be(ArchivedLedger.Json(ledger.Before["receipt"]).GetProperty("batch_id").GetInt64());

        using var batch = await ledger.Api.PostAsync("/v1/events?receipts=all", Events.Join([sent, Events.Native("jan-10-4", ThreeMonths.Source, input: 9)]), Events.Lines);
        var items = ArchivedLedger.Json(await batch.Content.ReadAsStringAsync()).GetProperty("items");
        items[0].GetProperty("status").GetString().Should().Be("duplicate");
        items[1].GetProperty("status").GetString().Should().Be("conflict");
        (await ledger.Database.ScalarAsync<long>("select count(*) from ledger_entry where event_id in ('jan-10-2', 'jan-10-4')")).Should().Be(0);
    }

    [Theory]
    [InlineData("/v1/explain?period=2025-01&level=rates", HttpStatusCode.Gone)]
    [InlineData("/v1/explain?period=2025-01&level=entries", HttpStatusCode.Gone)]
    [InlineData("/v1/explain?period=2025-01-12&sector=household&level=entries", HttpStatusCode.OK)]
    [InlineData("/v1/explain?period=2025-01&level=items", HttpStatusCode.OK)]
    [InlineData("/v1/explain?period=2025-02&level=entries", HttpStatusCode.OK)]
    [InlineData("/v1/ledger/proofs/plant/jan-10-2", HttpStatusCode.Gone)]
    [InlineData("/v1/ledger/proofs?source=plant&id=jan-10-2", HttpStatusCode.Gone)]
    [InlineData("/v1/ledger/proofs/plant/feb-1", HttpStatusCode.OK)]
    [InlineData("/v1/price-variance?start=2025-01-01T00:00:00Z&end=2025-02-01T00:00:00Z", HttpStatusCode.Gone)]
    [InlineData("/v1/price-variance?start=2025-02-01T00:00:00Z&end=2025-03-01T00:00:00Z", HttpStatusCode.OK)]
    [InlineData("/v1/ledger/entries?recorded_to=2025-02-01T00:00:00Z", HttpStatusCode.Gone)]
    [InlineData("/v1/ledger/entries?event_id=jan-10-2", HttpStatusCode.Gone)]
    [InlineData("/v1/ledger/entries?recorded_from=2025-02-01T00:00:00Z", HttpStatusCode.OK)]
    public async Task What_needs_archived_entries_is_gone_and_nothing_else(string path, HttpStatusCode status)
    {
        using var answer = await ledger.Api.Client.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(status, text);
        answer.Headers.Contains("Archived-Months").Should().BeFalse();
        if (status == HttpStatusCode.Gone)
            ArchivedLedger.Json(text).GetProperty("code").GetString().Should().Be("archived");
    }

    [Fact]
    public async Task A_listing_that_may_lack_entries_says_so()
    {
        using var answer = await ledger.Api.Client.GetAsync("/v1/ledger/entries?start=2025-01-01T00:00:00Z&end=2025-03-01T00:00:00Z");
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Headers.GetValues("Archived-Months").Should().Equal("2025-01");
    }

    [Fact]
    public async Task An_event_of_the_month_can_not_be_reversed_and_a_reversal_of_before_is_answered()
    {
        using var refused = await ledger.Api.Client.PostAsJsonAsync($"/v1/events/{ThreeMonths.Source}/jan-12-0/reversal", new { reason = "late" });
        refused.StatusCode.Should().Be(HttpStatusCode.Gone, await refused.Content.ReadAsStringAsync());
        using var again = await ledger.Api.Client.PostAsJsonAsync($"/v1/events/{ThreeMonths.Source}/jan-10-1/reversal", new { reason = "again" });
        again.StatusCode.Should().Be(HttpStatusCode.OK);
        (await ledger.Database.ScalarAsync<long>("select count(*) from event_identity where event_id like '~reversal/%'")).Should().Be(2);
    }

    [Theory]
    [InlineData("jan-10-1")]
    [InlineData("jan-11-1")]
    [InlineData("jan-12-0")]
    public async Task A_key_for_producers_is_not_told_of_an_event_whose_producer_is_archived(string id)
    {
        var key = await ledger.Api.CreateAsync("/v1/api-keys", new { name = $"bound-{id}", scopes = (string[])["ingest"], sources = (string[])[ThreeMonths.Source], producers = (string[])["openai"] });
        using var client = ledger.Api.ClientWith(key.GetProperty("key").GetString());

        using var refused = await client.PostAsJsonAsync($"/v1/events/{ThreeMonths.Source}/{id}/reversal", new { reason = "to see it" });

        refused.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        ArchivedLedger.Json(await refused.Content.ReadAsStringAsync()).GetProperty("code").GetString().Should().Be("producer_not_granted");
    }

    [Fact]
    public async Task What_prices_or_moves_archived_entries_anew_is_refused_and_what_does_not_is_done()
    {
        async Task<HttpStatusCode> RepriceAsync(string start, string end, string? source = null)
        {
            using var answer = await ledger.Api.Client.PostAsJsonAsync("/v1/repricings", new { start, end, filter = source is null ? null : new { source = new[] { source } }, dry_run = true });
            return answer.StatusCode;
        }

        (await RepriceAsync("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z")).Should().Be(HttpStatusCode.Gone);
        (await RepriceAsync("2025-02-01T00:00:00Z", "2025-03-01T00:00:00Z")).Should().Be(HttpStatusCode.Accepted);
        (await RepriceAsync("2025-01-20T00:00:00Z", "2025-03-01T00:00:00Z", "other")).Should().Be(HttpStatusCode.Accepted);

        async Task<HttpStatusCode> MoveAsync(string from)
        {
            using var answer = await ledger.Api.Client.PostAsJsonAsync("/v1/accounts/acme/reclassifications", new { sector = "government", effective_from = from, dry_run = true });
            return answer.StatusCode;
        }

        (await MoveAsync("2025-01-11T00:00:00Z")).Should().Be(HttpStatusCode.Gone);
        (await MoveAsync("2025-02-01T00:00:00Z")).Should().Be(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task The_folder_verifies_by_itself_and_makes_the_proof_that_the_service_made()
    {
        var (code, text) = await ThreeMonths.RunAsync(null, "verify", "--archive", ledger.Folder, "--key", ledger.Months.PublicKeyFile);
        text.Should().Contain("token-factory, 2025-01, volume 1").And.Contain("Intact.").And.NotContain("NOT");
        code.Should().Be(0);

        var (made, proof) = await ThreeMonths.RunAsync(null, "verify", "--archive", ledger.Folder, "--event", $"{ThreeMonths.Source}/jan-10-2", "--key", ledger.Months.PublicKeyFile);
        made.Should().Be(0, proof);
        using var key = SigningKey.Read(await File.ReadAllTextAsync(ledger.Months.PublicKeyFile, TestContext.Current.CancellationToken), "public");
        ProofVerifier.FaultOf(proof, new Trust([key], [], "token-factory")).Should().BeNull();
        var (before, now) = (ArchivedLedger.Json(ledger.Before["proof"]), ArchivedLedger.Json(proof));
        foreach (var same in (string[])["identity", "entries", "batch"])
            now.GetProperty(same).ToString().Should().Be(before.GetProperty(same).ToString());
        (await ThreeMonths.RunAsync(null, "verify", "--archive", ledger.Folder, "--event", "plant/nothing", "--key", ledger.Months.PublicKeyFile)).Should().Match<(int Code, string Text)>(v => v.Code == 1);
        (await ThreeMonths.RunAsync(null, "verify", "--archive", ledger.Folder)).Should().Match<(int Code, string Text)>(v => v.Code == 1 && v.Text.Contains("--key"));
    }
}
