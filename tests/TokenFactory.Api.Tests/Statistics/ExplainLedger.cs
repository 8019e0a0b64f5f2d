using System.Globalization;
using System.Net;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Repricing;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>
/// A ledger with everything that a figure can be made of: two sources, three currencies, free and unpriced tokens, packages and minimum charges, month
/// tiers that were settled, late events, reversals, and a repricing; recorded on three days.
/// </summary>
public sealed class ExplainLedger : IAsyncLifetime
{
    public static readonly string[] Vintages = ["2026-11-02", "2026-11-05", "2026-11-10"];

    public TestDatabase Database { get; private set; } = null!;

    public ApiProcess Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await PostgresServer.Current.CreateDatabaseAsync();
        await Database.ExecuteAsync(
            """
            create table test_clock (at timestamptz not null);
            insert into test_clock values ('2026-11-02 09:00Z');
            grant select on test_clock to tokenfactory_service;
            create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select at from test_clock $$;
            """);
        Api = await ApiProcess.StartAsync(Database.ConnectionString, new() { ["TokenFactory__Settlement__IntervalSeconds"] = "1" });
        foreach (var source in (string[])["gateway-1", "gateway-2"])
            await Api.CreateAsync("/v1/sources", new { id = source });
        await Api.CreateAsync("/v1/accounts", new { id = "acme" });
        await AddPricesAsync();

        await Api.SendAsync(EventsOf(1, 400, "2026-10-01", 32));
        await ReverseAsync(1, 3, 7, 50);
        await ClockAsync("2026-11-05 23:59:59.5Z");
        await Api.SendAsync(EventsOf(1_001, 150, "2026-10-20", 14));
        await ReverseAsync(2, 1_005, 100);
        await SettledAsync();
        await ClockAsync("2026-11-10 12:00Z");
        await Api.CardAsync("model-0", "2026-10-15T00:00:00Z", "0.55", "2.2");
        await Api.RepriceAsync(new { start = "2026-10-01T00:00:00Z", end = "2026-11-01T00:00:00Z", reason = "prices arrived late" });
        await Api.SendAsync(EventsOf(2_001, 30, "2026-11-01", 9));
        await SettledAsync();
        await Api.ShouldBeBalancedAsync();
        (await Database.ScalarAsync<string>("select string_agg(distinct basis::text, ' ' order by basis::text) from ledger_entry"))
            .Should().Be("0 1 2 3 4 5", "every basis is among them");
        (await Database.ScalarAsync<long>("select count(*) from ledger_entry where fx_rate_id is not null")).Should().BePositive();
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Database.DisposeAsync();
    }

    private async Task AddPricesAsync()
    {
        await Api.CardAsync("model-0", "2026-10-01T00:00:00Z", "0.6", "2.5");
        await Api.CardAsync("model-0", "2026-10-01T00:00:00Z", "1", "4", "openai");
        await Api.CreateAsync("/v1/rate-cards", new
        {
            producer = "moonshot", model = "model-1", currency = "EUR", effective_from = "2026-10-01T00:00:00Z", minimum_charge = "0.02",
            rates = new object[] { new { token_class = "input", unit_value = "0.3" }, new { token_class = "output", unit_value = "1", package_tokens = 1_000 } },
        });
        await Api.CreateAsync("/v1/rate-cards", SettlementLedger.Card("tiered", "graduated", "3", "USD", (200_000, "2.5"), (900_000, "0.333333333333")));
        foreach (var (day, rate) in ((string, string)[])[("2026-10-08T15:00:00Z", "1.071"), ("2026-10-21T15:00:00Z", "1.0931"), ("2026-10-28T15:00:00Z", "1.05")])
            await Api.CreateAsync("/v1/fx-rates", new { source = "ECB", @base = "EUR", published_at = day, rates = new Dictionary<string, string> { ["USD"] = rate, ["CNY"] = "7.7" } });
    }

    // Declared, free and unpriced by turns; of the cards where the model has one.
    private static IEnumerable<string> EventsOf(int first, int count, string start, int days)
    {
        var random = new Random(first);
        string?[] sectors = ["household", "government", "enterprise", null];
        string[] models = ["model-0", "model-1", "model-2", "tiered"];
        var at = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return Enumerable.Range(first, count).Select(i =>
        {
            var sent = Events.Native(
                Events.Number(i), i % 3 == 0 ? "gateway-2" : "gateway-1",
                at.AddMinutes(random.Next(days * 1440)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                random.Next(3) == 0 ? "openai" : "moonshot", models[random.Next(4)], sectors[random.Next(4)], random.Next(3) == 0 ? null : "acme",
                random.Next(100_000), random.Next(10_000), random.Next(5) switch { 0 => "3.000000000001", 1 => "0", _ => null }, random.Next(8) == 0 ? "batch" : "standard");
            return random.Next(4) == 0 ? sent.Replace("USD", "CNY", StringComparison.Ordinal) : sent;
        });
    }

    private async Task ReverseAsync(params int[] events)
    {
        foreach (var i in events)
            (await Api.PostAsync($"/v1/events/gateway-{(i % 3 == 0 ? 2 : 1)}/{i}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
    }

    private Task ClockAsync(string at) => Database.ExecuteAsync($"update test_clock set at = '{at}'");

    private Task SettledAsync() => Until.TrueAsync(() => Database.ScalarAsync<bool>(
        """
        select not exists (select from journal_lane l left join settlement_cursor c on c.source_id = l.source_id and c.lane = l.lane
                           where l.seq > coalesce(c.settled_seq, 0))
            and not exists (select from settlement_month where is_open)
        """), "that everything is settled");
}
