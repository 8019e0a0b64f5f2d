using System.Globalization;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>A price moves no figure; a repricing moves it by what its dry run has shown; its revert puts it back.</summary>
public sealed class RepricingFiguresTests
{
    [Fact]
    public async Task Figures_stay_at_a_new_price_differ_by_the_dry_run_when_it_is_committed_and_are_back_when_it_is_reverted()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await RecordAsync(api);
        var recorded = await AllFiguresAsync(api);

        await ChangePricesAsync(api);
        (await AllFiguresAsync(api)).Should().BeEquivalentTo(recorded, "a price that arrives moves no figure");

        var dryRun = await api.RepriceAsync(new { start = RepricingSteps.Start, end = RepricingSteps.End, dry_run = true });
        (await AllFiguresAsync(api)).Should().BeEquivalentTo(recorded, "a dry run moves no figure");
        dryRun.Counts().Changed.Should().BeInRange(100, 590);
        dryRun.Counts().Examined.Should().Be(600);

        var committed = await api.RepriceAsync(new { confirms = dryRun.Id(), reason = "prices arrived late" });
        committed.GetProperty("difference").ToString().Should().Be(dryRun.GetProperty("difference").ToString());
        committed.Counts().Should().Be(dryRun.Counts());
        var repriced = await AllFiguresAsync(api);
        foreach (var by in RepricingSteps.Groups)
        {
            foreach (var (name, difference) in dryRun.DifferencesOf(by))
                (repriced[by].GetValueOrDefault(name) - recorded[by].GetValueOrDefault(name)).Should().Be(difference, $"{by} {name}");
            repriced[by].Keys.Should().BeEquivalentTo(recorded[by].Keys);
        }

        dryRun.DifferencesOf("")[""].Should().NotBe(0);
        await api.ShouldBeBalancedAsync();
        var again = await api.RepriceAsync(new { start = RepricingSteps.Start, end = RepricingSteps.End, dry_run = true });
        again.Counts().Changed.Should().Be(0, "everything has the price that holds");

        var reverted = await api.RepriceAsync(new { reverts = committed.Id(), reason = "a mistake" });
        reverted.Counts().Should().Be((committed.Counts().Changed, committed.Counts().Changed, 0));
        (await AllFiguresAsync(api)).Should().BeEquivalentTo(recorded);
        await api.ShouldBeBalancedAsync();
        (await InForceAsync(database)).Should().Be(await OriginalAsync(database), "unit values, rates, exchange rates and amounts are those of the recording");
    }

    [Fact]
    public async Task What_was_known_on_a_day_stays_as_it_was()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await database.ExecuteAsync("create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() - interval '3 days' $$");
        await RecordAsync(api);
        var asOf = TimeProvider.System.GetUtcNow().AddDays(-2).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var then = await api.FiguresAsync("sector", $"&as_of={asOf}");
        then.Should().BeEquivalentTo(await api.FiguresAsync("sector"));
        await database.ExecuteAsync("create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() $$");
        await ChangePricesAsync(api);
        await api.RepriceAsync(new { start = RepricingSteps.Start, end = RepricingSteps.End, reason = "prices arrived late" });

        (await api.FiguresAsync("sector", $"&as_of={asOf}")).Should().BeEquivalentTo(then);
        (await api.FiguresAsync("sector")).Should().NotBeEquivalentTo(then);
    }

    [Fact]
    public async Task What_is_priced_anew_reads_as_if_it_had_been_recorded_under_the_new_price()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await RecordAsync(api);
        await ChangePricesAsync(api);
        await api.RepriceAsync(new { start = RepricingSteps.Start, end = RepricingSteps.End, reason = "prices arrived late" });
        var repriced = await InForceAsync(database);

        await using var freshDatabase = await PostgresServer.Current.CreateDatabaseAsync();
        await using var fresh = await ApiProcess.StartAsync(freshDatabase.ConnectionString);
        await RecordAsync(fresh, ChangePricesAsync);

        repriced.Should().Be(await InForceAsync(freshDatabase));
        repriced.Should().Contain("|4|", "a minimum charge is among it").And.Contain("|3|", "and a package");
    }

    // Six hundred events of four sectors, two producers, four models and two tiers; some declared, some reversed, some without a price.
    private static async Task RecordAsync(ApiProcess api, Func<ApiProcess, Task>? changePrices = null)
    {
        foreach (var source in (string[])["gateway-1", "gateway-2"])
            await api.CreateAsync("/v1/sources", new { id = source });
        await api.CreateAsync("/v1/accounts", new { id = "acme" });
        await api.CardAsync("model-0", "2026-10-01T00:00:00Z", "0.6", "2.5");
        await api.CardAsync("model-1", "2026-10-01T00:00:00Z", "0.333333333333", "1.25");
        await api.CardAsync("model-0", "2026-10-01T00:00:00Z", "1", "4", "openai");
        var random = new Random(11);
        string?[] sectors = ["household", "government", "enterprise", null];
        var at = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);
        var events = Enumerable.Range(0, 600).Select(i => Events.Native(
            $"e-{i}", i % 3 == 0 ? "gateway-2" : "gateway-1", at.AddMinutes(random.Next(30 * 1440)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            random.Next(3) == 0 ? "openai" : "moonshot", $"model-{random.Next(3)}", sectors[random.Next(4)], random.Next(3) == 0 ? "acme" : null,
            random.Next(100_000), random.Next(10_000), random.Next(6) == 0 ? "3.000000000001" : null, random.Next(8) == 0 ? "batch" : "standard")).ToList();
        if (changePrices is not null)
            await changePrices(api);
        await api.SendAsync(events.Take(300));
        await api.SendAsync(events.Skip(300));
        for (var i = 1; i < 60; i += 12)
            await api.CreateAsync($"/v1/events/gateway-1/e-{i}/reversal", new { reason = "a test" });
    }

    // A later price of two models, a first one of a third, and a contract with conditions.
    private static async Task ChangePricesAsync(ApiProcess api)
    {
        await api.CardAsync("model-0", "2026-10-15T00:00:00Z", "0.55", "2.2");
        await api.CardAsync("model-0", "2026-10-10T00:00:00Z", "1.1", "4.4", "openai");
        await api.CardAsync("model-2", "2026-10-01T00:00:00Z", "0.7", "7");
        await api.CreateAsync("/v1/rate-cards", new
        {
            producer = "moonshot", model = "model-1", account = "acme", effective_from = "2026-10-05T00:00:00Z", minimum_charge = "0.02",
            rates = new object[]
            {
                new { token_class = "input", unit_value = "0.3", context_tiers = new[] { new { above = 50_000, unit_value = "0.6" } } },
                new { token_class = "output", unit_value = "1", package_tokens = 1_000 },
            },
        });
    }

    private static async Task<Dictionary<string, Dictionary<string, decimal>>> AllFiguresAsync(ApiProcess api)
    {
        var figures = new Dictionary<string, Dictionary<string, decimal>>();
        foreach (var by in RepricingSteps.Groups)
            figures[by] = await api.FiguresAsync(by);
        return figures;
    }

    // With names instead of the numbers of items, which depend on who came first.
    private const string Line =
        """
        concat_ws('|', ledger_event_of(e.event_id), e.occurred_at, (select concat_ws('/', m.slug, m.producer_id, i.token_class, i.service_tier)
            from items i join models m on m.id = i.model_id where i.id = e.item_id), e.account_id, e.buyer_id, e.sector, e.quantity, e.basis,
            e.unit_value, e.currency, e.rate_id, e.amount, e.fx_rate_id, e.reporting_amount)
        """;

    // What nothing has taken back, of events that are not reversed.
    private static Task<string> InForceAsync(TestDatabase database) => database.ScalarAsync<string>(
        $"""
        select string_agg({Line}, e'\n' order by {Line}) from ledger_entry e
        where e.reverses_batch_id is null and not exists (
            select from ledger_entry r where r.source_id = e.source_id and r.reverses_batch_id = e.batch_id and r.reverses_entry_no = e.entry_no)
        """);

    private static Task<string> OriginalAsync(TestDatabase database) => database.ScalarAsync<string>(
        $"""
        select string_agg({Line}, e'\n' order by {Line}) from ledger_entry e
        where e.event_id not like '~%' and not exists (
            select from event_identity r where r.source_id = e.source_id and r.event_id = '~reversal/' || e.event_id)
        """);
}
