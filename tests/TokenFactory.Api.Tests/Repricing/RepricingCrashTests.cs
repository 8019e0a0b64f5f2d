using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>Whatever happens meanwhile: each event is priced anew once, and the counts are those of one that was left alone.</summary>
public sealed class RepricingCrashTests
{
    private const int EventCount = 5_000;
    private const string Corrected = "select count(*) from event_identity where repricing_id is not null";

    // Every line in force and every one that was taken back, without what tells one run from another: batches and instants of recording.
    private const string Ledger =
        """
        select md5(string_agg(line, e'\n' order by line collate "C")) from (
            select concat_ws('|', s.slug, e.event_id, e.occurred_at, e.item_id, e.account_id, e.sector, e.quantity, e.basis, e.unit_value, e.currency, e.rate_id,
                             e.amount, e.reporting_amount, e.reverses_batch_id is null) as line
            from ledger_entry e join sources s on s.id = e.source_id) lines
        """;

    [Fact]
    public async Task A_repricing_that_is_killed_again_and_again_ends_as_one_that_was_left_alone()
    {
        await using var calm = await PostgresServer.Current.CreateDatabaseAsync();
        string figures;
        JsonElement undisturbed;
        await using (var api = await ApiProcess.StartAsync(calm.ConnectionString))
        {
            await RecordAsync(api);
            undisturbed = await api.RepriceAsync(Request("as it should be"));
            figures = await FiguresAsync(api);
        }

        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        var random = new Random();
        var killedAt = new List<long>();
        await using (var first = await ApiProcess.StartAsync(database.ConnectionString))
        {
            await RecordAsync(first);
            await KillAsync(first, first.Client.PostAsJsonAsync("/v1/repricings", Request("as it should be")), random.Next(0, 600));
        }

        foreach (var step in (int[])[600, 1_200, 1_800])
        {
            await using var next = await ApiProcess.StartAsync(database.ConnectionString);
            await KillAsync(next, Task.CompletedTask, step + random.Next(0, 600));
        }

        await using var last = await ApiProcess.StartAsync(database.ConnectionString);
        var resumed = await last.CompletedAsync(1);

        var history = $"killed at {string.Join(", ", killedAt)}";
        resumed.Counts().Should().Be(undisturbed.Counts(), history);
        resumed.Counts().Should().Be((EventCount, EventCount / 2, 0));
        resumed.GetProperty("difference").ToString().Should().Be(undisturbed.GetProperty("difference").ToString(), history);
        (await database.ScalarAsync<string>(Ledger)).Should().Be(await calm.ScalarAsync<string>(Ledger), history);
        (await FiguresAsync(last)).Should().Be(figures, history);
        await last.ShouldBeBalancedAsync();
        killedAt.Should().Contain(n => n > 0 && n < EventCount / 2, "else no crash was in the middle");

        async Task KillAsync(ApiProcess api, Task request, int corrected)
        {
            await AskedAsync(database);
            await Until.TrueAsync(
                async () => await database.ScalarAsync<long>(Corrected) >= Math.Min(corrected, (EventCount / 2) - 1) || !await RunsAsync(database), $"{corrected} corrections");
            api.Kill();
            await request.ContinueWith(_ => { }, TaskScheduler.Default);
            killedAt.Add(await database.ScalarAsync<long>(Corrected));
        }
    }

    [Fact]
    public async Task Where_an_instance_dies_another_goes_on()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var one = await ApiProcess.StartAsync(database.ConnectionString);
        await RecordAsync(one);
        await using var other = await ApiProcess.StartAsync(database.ConnectionString);
        var asked = one.Client.PostAsJsonAsync("/v1/repricings", Request("first"));
        await Until.TrueAsync(async () => await database.ScalarAsync<long>(Corrected) >= 700, "700 corrections");

        one.Kill();

        await asked.ContinueWith(_ => { }, TaskScheduler.Default);
        (await other.CompletedAsync(1)).Counts().Should().Be((EventCount, EventCount / 2, 0));
        (await database.ScalarAsync<long>(Corrected)).Should().Be(EventCount / 2);
        await other.ShouldBeBalancedAsync();
    }

    [Fact]
    public async Task Two_repricings_of_the_same_events_at_once_count_what_each_has_done()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var one = await ApiProcess.StartAsync(database.ConnectionString);
        await using var other = await ApiProcess.StartAsync(database.ConnectionString);
        await RecordAsync(one);
        await one.CardAsync("model-0", "2026-11-01T00:00:00Z", "9", "9");
        var before = await one.FiguresAsync("producer,model,token_class,service_tier");

        var both = await Task.WhenAll(one.RepriceAsync(Request("event_time")), other.RepriceAsync(Request("current")));

        var after = await one.FiguresAsync("producer,model,token_class,service_tier");
        foreach (var (item, amount) in after)
            (amount - before[item]).Should().Be(both.Sum(r => r.DifferencesOf("producer,model,token_class,service_tier").GetValueOrDefault(item)), item);
        both.Should().OnlyContain(r => r.Counts().Examined == EventCount);
        both.Sum(r => r.Counts().Changed).Should().Be(await database.ScalarAsync<long>(Corrected));
        await one.ShouldBeBalancedAsync();
    }

    [Fact]
    public async Task Events_that_are_sent_or_reversed_while_a_repricing_runs_are_sent_and_reversed()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await RecordAsync(api);
        var random = new Random(5);
        var reversed = Enumerable.Range(0, EventCount).OrderBy(_ => random.Next()).Take(60).ToList();

        var repricing = api.RepriceAsync(Request("meanwhile"));
        await Until.TrueAsync(async () => await database.ScalarAsync<long>(Corrected) > 0, "a correction");
        await Task.WhenAll([.. reversed.Select(i => api.CreateAsync($"/v1/events/gateway-1/e-{i}/reversal", new { })), api.SendAsync(Enumerable.Range(0, 500).Select(i => Event(EventCount + i)))]);
        var completed = await repricing;

        completed.Counts().Examined.Should().Be(EventCount, "what came later is not looked at");
        (await database.ScalarAsync<long>(
            """
            select count(*) from (
                select ledger_event_of(event_id) from ledger_entry group by 1
                having bool_or(event_id like '~reversal/%') and (sum(quantity) <> 0 or sum(reporting_amount) <> 0)) wrong
            """)).Should().Be(0);
        (await database.ScalarAsync<long>("select count(*) from event_identity where event_id like '~reversal/%'")).Should().Be(60);
        // The rest has the price that holds, each event once.
        (await database.ScalarAsync<long>(
            $"""
            select count(*) from event_identity i where event_id not like '~%' and right(event_id, 1)::integer % 2 = 0 and substr(event_id, 3)::integer < {EventCount}
              and not exists (select from event_identity r where r.event_id = '~reversal/' || i.event_id)
              and (select count(*) from event_identity r where r.event_id = '~repricing/' || i.event_id || '/000001' and r.repricing_id = 1) <> 1
            """)).Should().Be(0);
        await api.ShouldBeBalancedAsync();
    }

    [Fact]
    public async Task Sessions_that_an_administrator_ends_cost_a_repricing_nothing()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await RecordAsync(api);

        var asked = api.Client.PostAsJsonAsync("/v1/repricings", Request("in spite of it"));
        // A request that is cut off before it has recorded anything is refused: that is no repricing yet.
        await AskedAsync(database);
        for (var corrected = 0; corrected < EventCount / 2; corrected += 700)
        {
            var wanted = corrected;
            await Until.TrueAsync(async () => await database.ScalarAsync<long>(Corrected) >= wanted, $"{wanted} corrections");
            await database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        }

        await asked.ContinueWith(_ => { }, TaskScheduler.Default);
        await Until.TrueAsync(async () => !await RunsAsync(database), "the end of the repricing");
        (await api.CompletedAsync(1)).Counts().Should().Be((EventCount, EventCount / 2, 0));
        (await database.ScalarAsync<long>(Corrected)).Should().Be(EventCount / 2);
        await api.ShouldBeBalancedAsync();
    }

    [Fact]
    public async Task A_repricing_that_can_not_go_on_says_so_and_what_it_has_done_can_be_taken_back()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await RecordAsync(api);
        var figures = await FiguresAsync(api);
        await database.ExecuteAsync("alter table event_identity add constraint a_test check (event_id <> '~repricing/e-998/000001')");

        (await api.Client.PostAsJsonAsync("/v1/repricings", Request("in vain"))).StatusCode.Should().Be(HttpStatusCode.Accepted);
        await Until.TrueAsync(async () => !await RunsAsync(database), "the end of the repricing");
        var failed = await api.GetAsync("/v1/repricings/1");
        failed.GetProperty("state").GetString().Should().Be("failed");
        failed.GetProperty("failure").GetString().Should().Contain("a_test");
        (await database.ScalarAsync<long>(Corrected)).Should().BeInRange(1, (EventCount / 2) - 1);
        (await FiguresAsync(api)).Should().NotBe(figures);

        (await api.RepriceAsync(new { reverts = 1, reason = "it failed" })).Counts().Skipped.Should().Be(0);
        (await FiguresAsync(api)).Should().Be(figures);
        await api.ShouldBeBalancedAsync();
    }

    private static Task AskedAsync(TestDatabase database) =>
        Until.TrueAsync(async () => await database.ScalarAsync<long>("select count(*) from repricings") > 0, "a repricing");

    private static async Task<bool> RunsAsync(TestDatabase database) =>
        await database.ScalarAsync<long>("select count(*) from repricings where state = 1") > 0;

    // Every second event is of a model whose price changes.
    private static async Task RecordAsync(ApiProcess api)
    {
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        for (var i = 0; i < 2; i++)
            await api.CardAsync($"model-{i}", "2026-10-01T00:00:00Z", "1", "2");
        await api.SendAsync([Event(0)]);
        await api.SendAsync([Event(1)]);
        await api.SendAsync(Enumerable.Range(2, EventCount - 2).Select(Event));
        await api.CardAsync("model-0", "2026-10-02T00:00:00Z", "1.5", "2.000000000001");
    }

    private static string Event(int i) => Events.Native($"e-{i}", "gateway-1", "2026-10-05T10:00:00Z", "moonshot", $"model-{i % 2}",
        (i % 3) switch { 0 => "household", 1 => "government", _ => null }, null, 1_000 + i, i % 97, null);

    private static object Request(string reason) => new
    {
        start = RepricingSteps.Start, end = RepricingSteps.End, price_basis = reason == "current" ? "current" : "event_time", reason,
    };

    private static async Task<string> FiguresAsync(ApiProcess api) => string.Join('\n',
        (await api.FiguresAsync("sector,producer,model,token_class")).OrderBy(f => f.Key, StringComparer.Ordinal)
            .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key} {f.Value}")));
}
