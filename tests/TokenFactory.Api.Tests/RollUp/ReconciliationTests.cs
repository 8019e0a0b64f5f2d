using System.Net;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.RollUp;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.RollUp;

/// <summary>A checker counts only with a negative control: each kind of damage must be found.</summary>
public sealed class ReconciliationTests
{
    [Theory]
    [InlineData("update rollup_cell_hour set quantity = quantity + 1 where ctid = (select ctid from rollup_cell_hour limit 1)", true)]
    [InlineData("update rollup_cell_day set reporting_amount = reporting_amount + 0.000000000001 where ctid = (select ctid from rollup_cell_day limit 1)", true)]
    [InlineData("update rollup_total set amount = amount + 0.000000000001 where ctid = (select ctid from rollup_total limit 1)", false)]
    [InlineData("update rollup_outcome set accepted = accepted - 1 where ctid = (select ctid from rollup_outcome limit 1)", false)]
    [InlineData("delete from rollup_outcome", true)]
    [InlineData("alter table event_identity disable trigger all; update event_identity set first_entry_no = first_entry_no + 1 where event_id = 'e-4'", true)]
    [InlineData("update rollup_cell_month set quantity = quantity + 1 where ctid = (select ctid from rollup_cell_month limit 1)", true)]
    [InlineData("delete from rollup_cell_month where ctid = (select ctid from rollup_cell_month limit 1)", true)]
    [InlineData("update rollup_cell_margin set reporting_amount = reporting_amount + 0.000000000001 where ctid = (select ctid from rollup_cell_margin limit 1)", true)]
    [InlineData("delete from rollup_cell_margin where margin = 6", true)]
    [InlineData("update rollup_cursor set coarse_seq = folded_seq + 1", true)]
    [InlineData("delete from rollup_cell_hour where ctid = (select ctid from rollup_cell_hour limit 1)", true)]
    [InlineData("alter table ledger_entry disable trigger all; update ledger_entry set quantity = quantity + 1 where entry_no = 0 and batch_id = (select min(batch_id) from ledger_entry)", true)]
    [InlineData("alter table ledger_entry disable trigger all; delete from ledger_entry where entry_no = 0 and batch_id = (select min(batch_id) from ledger_entry)", true)]
    [InlineData("alter table event_identity disable trigger all; delete from event_identity where ctid = (select ctid from event_identity limit 1)", true)]
    [InlineData("alter table event_refusal disable trigger all; delete from event_refusal where ctid = (select ctid from event_refusal limit 1)", true)]
    [InlineData("alter table ledger_batch disable trigger all; delete from ledger_batch where accepted > 0 and ctid = (select ctid from ledger_batch where accepted > 0 limit 1)", true)]
    [InlineData("alter table ledger_entry disable trigger all; update ledger_entry set reverses_entry_no = reverses_entry_no + 2 where reverses_batch_id is not null", true)]
    [InlineData("alter table ledger_entry disable trigger all; update ledger_entry set unit_value = unit_value + 1 where reverses_batch_id is not null", true)]
    public async Task Damage_is_found(string damage, bool needsFull)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await api.PostAsync("/v1/events", Events.Join(Enumerable.Range(0, 20).Select(i => Events.Native($"e-{i}"))), Events.Lines);
        await api.PostAsync("/v1/events", Events.Native("e-1", input: 77));
        await api.PostAsync("/v1/events/gateway-1/e-2/reversal", "{}");
        await Until.TrueAsync(async () => (await api.GetAsync("/v1/reconciliation")).GetProperty("pending_batches").GetInt64() == 0, "nothing pending");
        (await BalancedAsync(api, full: true)).Should().BeTrue("nothing is damaged yet");
        // Nothing may fold or audit once the damage is done.
        await api.StopAsync();

        await database.ExecuteAsync(damage);

        var reader = new ReconciliationReader(NpgsqlDataSource.Create(database.ConnectionString));
        (await reader.ReadAsync(full: true, CancellationToken.None)).Balanced.Should().BeFalse();
        if (!needsFull)
            (await reader.ReadAsync(full: false, CancellationToken.None)).Balanced.Should().BeFalse();
    }

    [Fact]
    public async Task Two_aggregators_at_once_fold_every_batch_once()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__RollUp__Enabled"] = "false" });
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => api.PostAsync("/v1/events", Events.Native($"e-{i}"))));
        var unfolded = await api.Client.GetStringAsync("/v1/gdp?frequency=hour&by=token_class");

        await using var dataSource = NpgsqlDataSource.Create(DatabaseConnections.From(database.ConnectionString).Service);
        var folding = new Folding(dataSource, Options.Create(new RollUpOptions { MaxBatchesPerFold = 3 }));
        var source = (await folding.FindUnfoldedAsync(CancellationToken.None)).Single();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            while ((await folding.FindUnfoldedAsync(CancellationToken.None)).Count > 0)
                await folding.FoldAsync(source, CancellationToken.None);
        }));
        while (await folding.AuditAsync(source, CancellationToken.None) > 0)
            continue;

        (await api.Client.GetStringAsync("/v1/gdp?frequency=hour&by=token_class")).Should().Be(unfolded, "folding changes no figure");
        var books = await api.GetAsync("/v1/reconciliation?full=true");
        books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
        books.GetProperty("pending_batches").GetInt64().Should().Be(0);
        (await folding.FoldAsync(source, CancellationToken.None)).Batches.Should().Be(0);
    }

    [Fact]
    public async Task A_fold_that_is_held_by_another_is_passed_over_and_its_crash_changes_nothing()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__RollUp__Enabled"] = "false" });
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        (await api.PostAsync("/v1/events", Events.Native("a"))).StatusCode.Should().Be(HttpStatusCode.Created);
        await using var dataSource = NpgsqlDataSource.Create(DatabaseConnections.From(database.ConnectionString).Service);
        var folding = new Folding(dataSource, Options.Create(new RollUpOptions()));
        var source = (await folding.FindUnfoldedAsync(CancellationToken.None)).Single();
        await database.ExecuteAsync($"insert into rollup_source values ({source})");

        await using (var frozen = new NpgsqlConnection(database.ConnectionString + ";Pooling=false"))
        {
            await frozen.OpenAsync();
            await using var hold = new NpgsqlCommand($"begin; select 1 from rollup_source where source_id = {source} for update", frozen);
            await hold.ExecuteNonQueryAsync();
            (await folding.FoldAsync(source, CancellationToken.None)).Batches.Should().Be(0);
            // Waits for its end: the lock goes with the process, not with the asking.
            await database.ExecuteAsync($"select pg_terminate_backend({frozen.ProcessID}, 30000)");
        }

        (await folding.FoldAsync(source, CancellationToken.None)).Batches.Should().Be(1);
        (await BalancedAsync(api, full: true)).Should().BeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_source_whose_journal_is_damaged_does_not_hold_up_the_others(int lostNumber)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using (var still = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__RollUp__Enabled"] = "false" }))
        {
            foreach (var source in (string[])["damaged", "sound"])
            {
                await still.CreateAsync("/v1/sources", new { id = source });
                for (var i = 0; i < 20; i++)
                    (await still.PostAsync("/v1/events", Events.Native($"e-{i}", source))).StatusCode.Should().Be(HttpStatusCode.Created);
            }

            await still.StopAsync();
        }

        // A number of every lane of the source that is folded first: also where nothing before it shows the gap but the cursor.
        await database.ExecuteAsync($"alter table ledger_batch disable trigger all; delete from ledger_batch where seq = {lostNumber} and source_id = (select id from sources where slug = 'damaged')");
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);

        const string folded = "select coalesce(sum(folded_seq), 0)::bigint from rollup_cursor where source_id = (select id from sources where slug = 'sound')";
        await Until.TrueAsync(async () => await database.ScalarAsync<long>(folded) >= 20, "the sound source folded");

        (await database.ScalarAsync<long>("select count(*) from rollup_cursor where source_id = (select id from sources where slug = 'damaged')")).Should().Be(0);
        (await BalancedAsync(api, full: true)).Should().BeFalse();
    }

    private static async Task<bool> BalancedAsync(ApiProcess api, bool full) =>
        (await api.GetAsync($"/v1/reconciliation?full={(full ? "true" : "false")}")).GetProperty("balanced").GetBoolean();
}
