using System.Net;
using System.Net.Http.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>Whatever happens meanwhile: each event moves once, and none of before stays behind.</summary>
public sealed class ReclassificationCrashTests
{
    private const int EventCount = 4_000;
    private const string Corrected = "select count(*) from event_identity where repricing_id is not null";

    private static readonly object Request = new { sector = "government", effective_from = "2026-10-01T00:00:00Z", reason = "a test" };

    [Fact]
    public async Task One_that_is_killed_again_and_again_moves_each_event_once()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using (var first = await ApiProcess.StartAsync(database.ConnectionString))
        {
            await first.CreateAsync("/v1/sources", new { id = "gateway-1" });
            await first.SendAsync([Event(0)]);
            await first.SendAsync(Enumerable.Range(1, EventCount - 1).Select(Event));
            await KillAsync(first, first.Client.PostAsJsonAsync("/v1/accounts/acme/reclassifications", Request), 400);
        }

        await using (var next = await ApiProcess.StartAsync(database.ConnectionString))
            await KillAsync(next, Task.CompletedTask, 1_400);

        await using var last = await ApiProcess.StartAsync(database.ConnectionString);
        var resumed = await last.ReclassifiedAsync("acme", 1);

        // A quarter names its sector itself.
        resumed.Moved().Should().Be((EventCount, EventCount * 3 / 4, EventCount * 3 / 2, 0));
        (await database.ScalarAsync<long>(Corrected)).Should().Be(EventCount * 3 / 4);
        (await database.SumsAsync("acme")).Should().Be($"1 {EventCount / 4 * 15} {0.00003m * EventCount / 4:0.#####}, 2 {EventCount * 3 / 4 * 15} {0.00003m * EventCount * 3 / 4:0.#####}");
        resumed.Rows()[^1].Should().Be($"total {EventCount * 3 / 4 * 15} {0.00003m * EventCount * 3 / 4:0.#####} 0");
        (await last.ReclassifyAsync("acme", Request)).Moved().Changed.Should().Be(0);
        await last.ShouldBeBalancedAsync();

        async Task KillAsync(ApiProcess api, Task request, int corrected)
        {
            await Until.TrueAsync(async () => await database.ScalarAsync<long>(Corrected) >= corrected, $"{corrected} moved");
            api.Kill();
            await request.ContinueWith(_ => { }, TaskScheduler.Default);
            (await database.ScalarAsync<long>(Corrected)).Should().BeLessThan(EventCount * 3 / 4, "else no crash was in the middle");
        }
    }

    // Recording and reclassifying cross: an event is either there when it begins, or sees the new sector.
    [Fact]
    public async Task What_is_being_recorded_by_two_instances_meanwhile_ends_up_in_the_new_sector_too()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var one = await ApiProcess.StartAsync(database.ConnectionString);
        await using var other = await ApiProcess.StartAsync(database.ConnectionString);
        await one.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await one.CreateAsync("/v1/accounts", new { id = "acme", sectors = new[] { new { sector = "enterprise" } } });
        var isOver = false;
        var sent = 0;

        var senders = new[] { one, other, one, other }.Select(api => Task.Run(async () =>
        {
            // What is sent is moved six times: as fast as it goes, it would never be done.
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (!Volatile.Read(ref isOver) && await pace.WaitForNextTickAsync())
            {
                var begin = Interlocked.Add(ref sent, 10) - 10;
                using var answer = await api.PostAsync("/v1/events", Events.Join(Enumerable.Range(begin, 10).Select(i => Events.Native($"e-{i}", account: "acme"))), Events.Lines);
                answer.StatusCode.Should().Be(HttpStatusCode.OK);
            }
        })).ToArray();
        var wanted = "government";
        for (var i = 0; i < 6; i++)
        {
            wanted = i % 2 == 0 ? "government" : "household";
            await Until.TrueAsync(async () => await database.ScalarAsync<long>("select count(*) from event_identity where event_id not like '~%'") > (i + 1) * 100, "events");
            await (i % 3 == 0 ? other : one).ReclassifyAsync("acme", new { sector = wanted, effective_from = "2026-10-01T00:00:00Z", reason = "a test" });
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(senders);

        (await database.SumsAsync("acme")).Should().StartWith($"1 {sent * 15} ").And.NotContain(",", wanted);
        await one.ShouldBeBalancedAsync();
    }

    [Fact]
    public async Task The_tiers_of_a_month_follow_its_events_into_the_new_sector()
    {
        await using var ledger = await SettlementLedger.StartAsync();
        await ledger.AddTiersAsync("kimi-k2", "graduated", "3", (1_000_000, "1"));
        await ledger.SendAsync(SettlementLedger.Input("a", 900_000), SettlementLedger.Input("b", 600_000), SettlementLedger.Input("own", 500_000, sector: "household"));
        await ledger.SettledAsync();
        (await ledger.GdpAsync()).Should().Be(4);
        (await ledger.Database.SumsAsync("acme")).Should().Be("0 1500000 3, 1 500000 1");

        await ledger.Api.ReclassifyAsync("acme", new { sector = "government", effective_from = "2026-10-01T00:00:00Z", reason = "a test" });
        await ledger.SettledAsync();

        (await ledger.Database.SumsAsync("acme")).Should().Be("1 500000 1, 2 1500000 3");
        await ledger.ReverseAsync("b");
        await ledger.SettledAsync();
        await ledger.MustBeTieredAsync(1);
        (await ledger.Database.ScalarAsync<bool>("select not exists (select from settlement_cell where sector = 0 and (quantity <> 0 or amount + settled <> 0 or settled_reporting + amount <> 0))"))
            .Should().BeTrue("nothing is left in the sector of before");
    }

    private static string Event(int i) => Events.Native($"e-{i}", account: "acme", sector: i % 4 == 0 ? "household" : null);
}
