using System.Globalization;
using System.Net;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Repricing.SettlementLedger;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>Whatever happens meanwhile, months end where they would have.</summary>
public sealed class SettlementInterruptionTests
{
    private const string HeldUp = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    private static readonly string[] Accounts = ["acme", "other"];
    private static readonly string?[] Sectors = ["household", "government", "enterprise", null];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Any_order_with_reversals_two_instances_and_kills_ends_as_one_that_ran_undisturbed(int seed)
    {
        var random = new Random(seed);
        var events = Enumerable.Range(0, 150).Select(i => (Id: Events.Number(i), Source: $"gateway-{1 + (i % 2)}", IsReversed: random.Next(6) == 0, Body: Input(
            Events.Number(i), random.Next(10) == 0 ? 0 : random.Next(400_000), Hour(new DateTimeOffset(2026, 9, 29, 0, 30, 0, TimeSpan.Zero), random.Next(96)),
            random.Next(2) == 0 ? "by-grade" : "by-volume", Accounts[random.Next(2)], $"gateway-{1 + (i % 2)}", Sectors[random.Next(4)]))).ToArray();

        await using var plain = await StartWithPricesAsync(1, isSettled: false);
        await plain.SendAsync(events.Select(e => e.Body));
        foreach (var (id, source, _, _) in events.Where(e => e.IsReversed))
            await plain.ReverseAsync(id, source);
        await plain.KillAsync(0);
        var undisturbed = await FiguresAsync(plain);

        await using var wild = await StartWithPricesAsync(2, isSettled: true);
        random.Shuffle(events);
        foreach (var (piece, n) in events.Chunk(15).Select((piece, n) => (piece, n)))
        {
            await Parallel.ForEachAsync(piece, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (e, _) =>
            {
                (await wild.Apis[n % 2].PostAsync("/v1/events", e.Body)).StatusCode.Should().Be(HttpStatusCode.Created);
                if (e.IsReversed)
                    await wild.ReverseAsync(e.Id, e.Source);
            });
            // Each is killed at some moment, which may be one of a settlement.
            if (n % 3 != 2)
                continue;
            for (var looks = random.Next(300); looks > 0; looks--)
                await wild.CountSettledAsync();
            await wild.KillAsync(n % 2);
        }

        (await FiguresAsync(wild)).Should().Equal(undisturbed);
    }

    [Fact]
    public async Task A_settlement_that_is_killed_between_its_parts_goes_on_where_it_was()
    {
        await using var ledger = await StartAsync(isSettled: false);
        await ledger.AddTiersAsync("kimi-k2", "volume", "3", (1_000_000, "0.7"));
        // 2,800 cells: two parts.
        await ledger.SendAsync(Enumerable.Range(0, 2_800).Select(i =>
            Input(Events.Number(i), 1_001 + i, Hour(new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero), i / 4), sector: Sectors[i % 4])));
        (await ledger.CountSettledAsync()).Should().Be(0, "the settlement is off");

        await ledger.KillAsync(0);
        await ledger.UntilAsync(async () => await ledger.CountSettledAsync() > 0);
        await ledger.KillAsync(0);
        await ledger.SettledAsync();

        await ledger.MustBeTieredAsync(1);
        (await ledger.CountSettledAsync()).Should().Be(2_800);
        (await ledger.Database.ScalarAsync<int>("select settlements from settlement_month")).Should().Be(2);
    }

    [Fact]
    public async Task Events_are_recorded_while_a_settlement_stands_still()
    {
        await using var ledger = await StartAsync();
        await ledger.AddTiersAsync("kimi-k2", "graduated", "3", (1_000, "1"));
        await ledger.SendAsync(Input("before", 2_000));
        await ledger.SettledAsync();

        await using (var connection = new NpgsqlConnection(ledger.Database.ConnectionString))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand("lock table settlement_cell, settlement_month, settlement_cursor in access exclusive mode", connection))
                await hold.ExecuteNonQueryAsync();
            await ledger.UntilAsync(async () => await ledger.Database.ScalarAsync<long>(HeldUp) > 0);

            await ledger.SendAsync(Input("a", 2_000), Input("b", 2_000));
            await ledger.ReverseAsync("a");

            (await ledger.Database.ScalarAsync<long>(HeldUp)).Should().BePositive("it still stands still");
            (await ledger.GdpAsync()).Should().Be(0.004m + 0.006m);
        }

        await ledger.SettledAsync();
        await ledger.MustBeTieredAsync(1);
        (await ledger.GdpAsync()).Should().Be(0.006m);
    }

    [Fact]
    public async Task Tiers_that_begin_while_usage_goes_on_miss_nothing()
    {
        await using var ledger = await StartAsync();
        var sent = 0;
        using var end = new CancellationTokenSource();
        var usage = Task.WhenAll(Enumerable.Range(0, 3).Select(async source =>
        {
            while (!end.IsCancellationRequested)
            {
                var id = Events.Number(Interlocked.Increment(ref sent));
                using var answer = await ledger.Api.PostAsync("/v1/events", Input(id, 1_001, model: $"model-{sent % 3}"));
                answer.StatusCode.Should().Be(HttpStatusCode.Created);
            }
        }));
        for (var model = 0; model < 3; model++)
        {
            await ledger.AddTiersAsync($"model-{model}", "volume", "3", (1_000, "1"));
            await ledger.UntilAsync(async () => await ledger.Database.ScalarAsync<long>("select count(distinct rate_id) from ledger_entry") > model);
        }

        await end.CancelAsync();
        await usage;
        await ledger.SettledAsync();

        await ledger.MustBeTieredAsync(3);
    }

    [Fact]
    public async Task A_damaged_source_is_told_and_holds_up_no_other()
    {
        await using var ledger = await StartAsync(isSettled: false);
        await ledger.AddTiersAsync("kimi-k2", "graduated", "3", (1_000, "1"));
        await ledger.SendAsync(Input("a", 2_000));
        await ledger.SendAsync(Input("c", 5_000, source: "gateway-2", account: "other"));
        await ledger.Database.ExecuteAsync(
            """
            alter table ledger_batch disable trigger all;
            delete from ledger_batch where seq = 1 and source_id = (select id from sources where slug = 'gateway-1')
            """);

        await ledger.KillAsync(0);
        await ledger.UntilAsync(async () =>
            await ledger.CountSettledAsync() > 0 && ledger.Api.Output.Contains("could not be read for the settlement", StringComparison.Ordinal));

        (await ledger.Database.ScalarAsync<decimal>("select sum(amount) from ledger_entry where basis = 5")).Should().Be(-0.008m);
        (await ledger.Database.ScalarAsync<long>("select count(*) from settlement_cursor c join sources s on s.id = c.source_id where s.slug = 'gateway-1'")).Should().Be(0);
    }

    private static string Hour(DateTimeOffset first, int hours) => first.AddHours(hours).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static async Task<SettlementLedger> StartWithPricesAsync(int instances, bool isSettled)
    {
        var ledger = await StartAsync(instances, isSettled);
        await ledger.AddTiersAsync("by-grade", "graduated", "3.000000000001", (1_000_000, "1"), (2_500_000, "0.333333333333"));
        await ledger.Api.CreateAsync("/v1/rate-cards", Card("by-volume", "volume", "20", "CNY", (1_500_000, "16.1"), (3_000_000, "0")));
        await ledger.AddExchangeRateAsync("2026-09-28T00:00:00Z", "CNY", "7.123456");
        await ledger.AddExchangeRateAsync("2026-10-01T00:00:00Z", "CNY", "6.999");
        // Every instance has to know the sources before it is sent to: it learns of them by a notification.
        foreach (var api in ledger.Apis)
        {
            await ledger.UntilAsync(async () =>
                !(await (await api.PostAsync("/v1/events", """{"source":"gateway-2"}""")).Content.ReadAsStringAsync()).Contains("unknown_source", StringComparison.Ordinal));
        }

        return ledger;
    }

    private static async Task<List<string>> FiguresAsync(SettlementLedger ledger)
    {
        await ledger.SettledAsync();
        await ledger.MustBeTieredAsync(8);
        (await ledger.CountSettledAsync()).Should().BePositive();
        var figures = new List<string>();
        foreach (var query in new[] { "frequency=hour&by=sector,producer,model,token_class", "frequency=day", "frequency=month&by=sector" })
            figures.AddRange((await ledger.Api.GetAsync($"/v1/gdp?{query}")).GetProperty("rows").EnumerateArray().Select(r => r.ToString()));
        return figures;
    }
}
