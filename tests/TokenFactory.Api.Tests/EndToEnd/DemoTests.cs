using System.Globalization;
using System.Text.Json;
using TokenFactory.Api.Demo;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.EndToEnd;

/// <summary><c>--demo</c> as a new user starts it: what the ledger then holds, and what its figures show.</summary>
public sealed class DemoTests(DemoLedger ledger) : IClassFixture<DemoLedger>
{
    private const int EventsOfOneDay = 200;

    private readonly ApiProcess _api = ledger.Api;

    [Fact]
    public async Task A_load_that_was_killed_goes_on_and_every_event_is_recorded_once()
    {
        var economy = await EconomyAsync();
        var events = economy.RecordingDays().Sum(d => economy.RecordedOn(d).Count());
        var reversals = economy.RecordingDays().Sum(d => economy.ReversedOn(d).Count());

        ledger.RecordedWhenKilled.Should().BeInRange(5_001, events - 1, "the first process was to be killed in the middle");
        var books = await _api.GetAsync("/v1/reconciliation?full=true");
        books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
        books.GetProperty("accepted").GetInt64().Should().Be(events);
        books.GetProperty("duplicate").GetInt64().Should().BeLessThan(EventsOfOneDay, "the second process went on with the day of the kill, not from the start");
        books.GetProperty("conflict").GetInt64().Should().Be(0);
        books.GetProperty("rejected").GetInt64().Should().Be(0);
        (await ledger.Database.ScalarAsync<long>("select count(*) from event_identity where reason is not null")).Should().Be(reversals);
    }

    [Fact]
    public async Task The_figures_are_those_of_the_generator_to_the_last_token()
    {
        var economy = await EconomyAsync();
        var reversed = economy.RecordingDays().SelectMany(economy.ReversedOn).Select(r => (object)r.Id).ToHashSet();
        var expected = economy.RecordingDays().SelectMany(economy.RecordedOn).Where(e => !reversed.Contains(e.Body["id"]))
            .GroupBy(e => (string)e.Body["producer"]).ToDictionary(g => g.Key, g => g.Sum(e => ((Dictionary<string, long>)e.Body["usage"]).Values.Sum()));

        var rows = await RowsAsync("/v1/gdp?frequency=year&by=producer");

        rows.GroupBy(r => r.GetProperty("producer").GetString()!).ToDictionary(g => g.Key, g => g.Sum(r => (long)Number(r, "quantity")))
            .Should().BeEquivalentTo(expected);
    }

    [Fact]
    public async Task Two_years_of_growing_sectors_and_falling_prices_are_seen_at_a_glance()
    {
        var economy = await EconomyAsync();
        var end = new DateOnly(economy.Until.Year, economy.Until.Month, 1);
        var sectors = (await RowsAsync($"/v1/gdp?frequency=month&by=sector&end={end:yyyy-MM-dd}")).ToLookup(r => r.GetProperty("sector").GetString()!);
        double Growth(string sector) => (double)(Number(sectors[sector].Last(), "quantity") / Number(sectors[sector].First(), "quantity"));

        sectors.Select(s => s.Key).Should().BeEquivalentTo("household", "government", "enterprise", "unclassified");
        sectors.Should().OnlyContain(s => s.Count() == DemoCatalog.Months - 1);
        Growth("household").Should().BeGreaterThan(1.5 * Growth("enterprise"));
        Growth("enterprise").Should().BeGreaterThan(1.5);
        Growth("government").Should().BeGreaterThan(1.5);

        var prices = (await RowsAsync($"/v1/indices?index=price&method=fisher&frequency=month&end={end:yyyy-MM-dd}")).Select(r => Number(r, "index")).ToList();
        prices.Should().HaveCount(DemoCatalog.Months - 1);
        prices[0].Should().Be(100);
        prices[^1].Should().BeLessThan(60);
        var rows = await RowsAsync("/v1/gdp?frequency=year");
        rows.Sum(r => Number(r, "free_quantity")).Should().BePositive();
        rows.Sum(r => Number(r, "unpriced_quantity")).Should().BePositive();
    }

    [Fact]
    public async Task A_month_was_known_differently_before_its_late_events_and_reversals_came()
    {
        var economy = await EconomyAsync();
        var month = economy.Start.AddMonths(6);
        var query = $"/v1/gdp?frequency=month&start={month:yyyy-MM-dd}&end={month.AddMonths(1):yyyy-MM-dd}";

        var early = await OneAsync($"{query}&as_of={month.AddMonths(1):yyyy-MM-dd}");
        var later = await OneAsync($"{query}&as_of={month.AddMonths(2):yyyy-MM-dd}");
        var now = await OneAsync(query);

        early.Should().NotBe(later);
        now.Should().Be(later, "nothing comes in later than that");
        (await RowsAsync($"{query}&as_of={month.AddDays(-1):yyyy-MM-dd}")).Should().BeEmpty("nobody knew anything of it before it began");
    }

    [Fact]
    public async Task The_ledger_has_the_real_clock_again()
    {
        var secondsApart = await ledger.Database.ScalarAsync<decimal>("select extract(epoch from clock_timestamp() - ledger_clock())");

        secondsApart.Should().BeInRange(-5, 5, "the two are read one after the other, in no set order");
    }

    [Fact]
    public async Task The_key_that_it_was_loaded_with_is_revoked()
    {
        var keys = (await _api.GetAsync("/v1/api-keys")).EnumerateArray().Where(k => k.GetProperty("name").GetString() == "demonstration").ToList();

        keys.MaxBy(k => k.GetProperty("created_at").GetString(), StringComparer.Ordinal).GetProperty("revoked_at").ValueKind.Should().Be(JsonValueKind.String);
        keys.Should().OnlyContain(k => k.GetProperty("expires_at").ValueKind == JsonValueKind.String, "the key of the process that was killed ends by itself");
    }

    [Fact]
    public void The_console_says_how_far_it_is_and_where_to_look()
    {
        _api.Output.Should().MatchRegex("([0-9]+) of \\1 days")
            .And.Contain($"{_api.Address}swagger").And.Contain($"{_api.Address}v1/gdp?frequency=quarter&by=sector").And.Contain("TokenFactory__BootstrapAdminKey")
            .And.NotContain(ApiProcess.AdminKey);
    }

    [Fact]
    public async Task Starting_the_demonstration_again_posts_nothing()
    {
        var before = await _api.GetAsync("/v1/reconciliation");

        await using var again = await ledger.StartAsync("was loaded before");

        (await again.GetAsync("/v1/reconciliation")).GetProperty("received").GetInt64().Should().Be(before.GetProperty("received").GetInt64());
    }

    [Fact]
    public async Task A_ledger_that_holds_other_events_is_refused_and_left_as_it_is()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using (var plain = await ApiProcess.StartAsync(database.ConnectionString))
        {
            await plain.CreateAsync("/v1/sources", new { id = "gateway-1" });
            await plain.CreateAsync("/v1/events", new
            {
                source = "gateway-1",
                id = "real-1",
                occurred_at = "2026-10-01T00:00:00Z",
                producer = "openai",
                model = "gpt-4o",
                usage = new { input = 1 },
            });
        }

        var (exitCode, output) = await DemoLedger.RunToItsEndAsync(database.ConnectionString);

        exitCode.Should().Be(1, output);
        output.Should().Contain("holds events already");
        (await database.ScalarAsync<long>("select count(*) from event_identity")).Should().Be(1);
        (await database.ScalarAsync<bool>("select to_regclass('demo_state') is null")).Should().BeTrue();
    }

    private async Task<DemoEconomy> EconomyAsync() => new(await ledger.Database.ScalarAsync<DateOnly>("select until from demo_state"));

    private async Task<List<JsonElement>> RowsAsync(string path) => [.. (await _api.GetAsync(path)).GetProperty("rows").EnumerateArray()];

    private async Task<(decimal Gdp, decimal Quantity)> OneAsync(string path)
    {
        var row = (await RowsAsync(path)).Should().ContainSingle().Subject;
        return (Number(row, "gdp"), Number(row, "quantity"));
    }

    private static decimal Number(JsonElement row, string column) => decimal.Parse(row.GetProperty(column).GetString()!, CultureInfo.InvariantCulture);
}
