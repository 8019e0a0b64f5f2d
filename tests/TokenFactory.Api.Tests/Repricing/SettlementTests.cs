using System.Globalization;
using System.Net;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Repricing.SettlementLedger;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>Over HTTP, with settlements every second: what a month with tiers costs, and where that is seen.</summary>
public sealed class SettlementTests
{
    // 1,000,003 at 3, 999,997 at 2.5, the rest of 2,500,001 at 0.333333333333; by volume everything at the last.
    [Theory]
    [InlineData("graduated", "5.666668499999833333")]
    [InlineData("volume", "0.833333666665833333")]
    public async Task A_month_costs_what_its_tiers_say_to_the_last_digit(string kind, string amount)
    {
        await using var ledger = await StartAsync();
        await ledger.AddTiersAsync("kimi-k2", kind, "3", (1_000_003, "2.5"), (2_000_000, "0.333333333333"));
        string?[] sectors = ["household", "government", null];

        await ledger.SendAsync(Enumerable.Range(0, 50).Select(i => Input(Events.Number(i), i == 49 ? 50_050 : 49_999,
            string.Create(CultureInfo.InvariantCulture, $"2026-10-{1 + (i % 31):00}T{i % 24:00}:30:00Z"), sector: sectors[i % 3])));
        await ledger.SettledAsync();

        await ledger.MustBeTieredAsync(1);
        var expected = decimal.Round(decimal.Parse(amount, CultureInfo.InvariantCulture), 12, MidpointRounding.AwayFromZero);
        (await ledger.GdpAsync()).Should().Be(expected);
        foreach (var by in new[] { "sector", "producer", "model", "token_class", "sector,producer,model,token_class,service_tier" })
        {
            (await ledger.GdpAsync($"&by={by}")).Should().Be(expected, by);
            Sum(await ledger.Api.GetAsync($"/v1/gdp?frequency=day&by={by}")).Should().Be(expected, by);
            Sum(await ledger.Api.GetAsync($"/v1/gdp?frequency=hour&by={by}")).Should().Be(expected, by);
        }
    }

    [Fact]
    public async Task A_settlement_of_nothing_records_nothing()
    {
        await using var ledger = await StartAsync();
        await ledger.AddTiersAsync("kimi-k2", "graduated", "3", (1_000, "1"));
        await ledger.SendAsync(Input("a", 5_000), Input("b", 7, "2026-11-01T00:00:00Z"));
        await ledger.SettledAsync();
        var before = await BatchesAsync(ledger);

        // The next one has gone by when it has looked at another event.
        await ledger.SendAsync(Input("other", 1, account: null));
        await ledger.SettledAsync();

        (await BatchesAsync(ledger)).Should().Be(before);
        (await ledger.CountSettledAsync()).Should().Be(1, "November is within the first tier");
        await ledger.MustBeTieredAsync(2);
    }

    [Fact]
    public async Task A_free_first_tier_is_paid_for_by_settlements_alone()
    {
        await using var ledger = await StartAsync();
        await ledger.AddTiersAsync("kimi-k2", "graduated", "0", (1_000_000, "2"));

        await ledger.SendAsync(Input("a", 900_000), Input("b", 600_000));
        await ledger.SettledAsync();

        await ledger.MustBeTieredAsync(1);
        (await ledger.GdpAsync()).Should().Be(1);
        (await ledger.Database.ScalarAsync<decimal>("select sum(amount) from ledger_entry where basis = 2")).Should().Be(0);
    }

    [Theory]
    [InlineData("graduated")]
    [InlineData("volume")]
    public async Task A_month_that_falls_below_a_tier_again_gives_back_what_was_settled(string kind)
    {
        await using var ledger = await StartAsync();
        await ledger.AddTiersAsync("kimi-k2", kind, "3", (1_000_000, "1"));
        await ledger.SendAsync(Input("a", 700_001), Input("b", 600_000, "2026-10-20T00:00:00Z"), Input("c", 100_000, "2026-10-20T00:10:00Z"));
        await ledger.SettledAsync();
        (await ledger.CountSettledAsync()).Should().BePositive();

        await ledger.ReverseAsync("b");
        await ledger.SettledAsync();

        await ledger.MustBeTieredAsync(1);
        (await ledger.GdpAsync()).Should().Be(2.400003m);
        (await ledger.Database.ScalarAsync<long>(
            "select count(*) from (select from ledger_entry where basis = 5 group by occurred_at having sum(amount) <> 0 or sum(reporting_amount) <> 0) left_over")).Should().Be(0);

        await ledger.ReverseAsync("a");
        await ledger.ReverseAsync("c");
        await ledger.SettledAsync();
        await ledger.MustBeTieredAsync(1);
        (await ledger.GdpAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Each_account_rate_and_month_of_UTC_has_tiers_of_its_own_and_nobody_has_none()
    {
        await using var ledger = await StartAsync();
        await ledger.AddTiersAsync("kimi-k2", "graduated", "3", (1_000_000, "1"));
        await ledger.AddTiersAsync("kimi-k3", "graduated", "3", (1_000_000, "1"));
        await ledger.Api.CreateAsync("/v1/rate-cards", new { producer = "moonshot", model = "flat", effective_from = "2026-01-01T00:00:00Z", unit_values = new { input = "3" } });

        await ledger.SendAsync(
            Input("a", 900_000), Input("b", 900_000, account: "other"), Input("c", 900_000, model: "kimi-k3"), Input("d", 900_000, "2026-11-01T00:30:00+01:00"),
            Input("e", 900_000, "2026-11-01T00:00:00Z"), Input("f", 2_000_000, account: null), Input("g", 2_000_000, model: "flat"));
        await ledger.SettledAsync();

        // Only a and d are of one account, rate and month: 800,000 tokens of theirs are above.
        await ledger.MustBeTieredAsync(4);
        (await ledger.GdpAsync()).Should().Be((3 * (5 * 900_000 + 4_000_000) - (2 * 800_000)) / 1_000_000m);
        (await ledger.Database.ScalarAsync<long>("select count(distinct account_id) from ledger_entry where basis = 5")).Should().Be(1);
        (await ledger.Database.ScalarAsync<string>("select string_agg(distinct occurred_at at time zone 'UTC' || '', ' ') from ledger_entry where basis = 5"))
            .Should().Be("2026-10-05 10:00:00 2026-10-31 23:00:00");
    }

    [Fact]
    public async Task Packages_and_minimum_charges_stay_beside_the_tiered_price()
    {
        await using var ledger = await StartAsync();
        await ledger.Api.CreateAsync("/v1/rate-cards", new
        {
            producer = "moonshot",
            model = "kimi-k2",
            effective_from = "2026-01-01T00:00:00Z",
            minimum_charge = "10",
            rates = new[] { new { token_class = "input", unit_value = "2", month_tiers = new { kind = "volume", tiers = new[] { new { above = 1_000_000, unit_value = "1" } } } } },
        });

        await ledger.SendAsync(Input("a", 1_000_000), Input("b", 9_000_000));
        await ledger.SettledAsync();

        await ledger.MustBeTieredAsync(1);
        (await ledger.GdpAsync()).Should().Be(10 + 8, "the first request fell 8 short of the minimum");
    }

    [Fact]
    public async Task Another_currency_is_settled_at_the_exchange_rate_of_each_hour()
    {
        await using var ledger = await StartAsync();
        await ledger.AddExchangeRateAsync("2026-10-01T00:00:00Z", "CNY", "8");
        await ledger.AddExchangeRateAsync("2026-10-08T00:00:00Z", "CNY", "7.3");
        await ledger.Api.CreateAsync("/v1/rate-cards", Card("kimi-k2", "volume", "16", "CNY", (1_000_000, "4")));

        // The third is not valued: the last rates are too old by then. It counts for the tiers as the others do.
        await ledger.SendAsync(Input("a", 600_000, "2026-10-05T10:20:00Z"), Input("b", 600_000, "2026-10-09T10:20:00Z"), Input("c", 600_000, "2026-10-25T10:20:00Z"));
        await ledger.SettledAsync();

        await ledger.MustBeTieredAsync(1);
        (await ledger.GdpAsync()).Should().Be(0.3m + decimal.Round(2.4m / 7.3m, 12, MidpointRounding.AwayFromZero));
        (await ledger.Database.ScalarAsync<string>(
            "select string_agg(coalesce(fx_rate_id::text, 'none') || ' ' || trim_scale(amount), ', ' order by occurred_at) from ledger_entry where basis = 5"))
            .Should().Be("1 -7.2, 2 -7.2, none -7.2");
    }

    [Fact]
    public async Task Exchange_rates_that_come_late_value_what_was_settled_without_them()
    {
        await using var ledger = await StartAsync();
        await ledger.Api.CreateAsync("/v1/rate-cards", Card("kimi-k2", "graduated", "0", "CNY", (1_000_000, "4")));
        await ledger.SendAsync(Input("a", 3_000_000));
        await ledger.SettledAsync();
        (await ledger.GdpAsync()).Should().Be(0, "there are no exchange rates, and never 1:1");

        await ledger.AddExchangeRateAsync("2026-10-01T00:00:00Z", "CNY", "8");
        await ledger.UntilAsync(async () => await ledger.GdpAsync() == 1);
        await ledger.SettledAsync();

        await ledger.MustBeTieredAsync(1);
        (await ledger.CountSettledAsync()).Should().Be(2);
    }

    [Fact]
    public async Task Rates_that_are_replaced_go_on_for_what_was_recorded_at_them()
    {
        await using var ledger = await StartAsync();
        var card = await ledger.AddTiersAsync("kimi-k2", "graduated", "3", (1_000_000, "1"));
        await ledger.SendAsync(Input("a", 900_000));
        await ledger.SettledAsync();
        await ledger.Api.CreateAsync("/v1/rate-cards", new { producer = "moonshot", model = "kimi-k2", effective_from = "2026-10-10T00:00:00Z", unit_values = new { input = "7" } });

        await ledger.SendAsync(Input("b", 900_000), Input("c", 1_000_000, "2026-10-11T00:00:00Z"));
        await ledger.SettledAsync();

        await ledger.MustBeTieredAsync(1);
        (await ledger.GdpAsync()).Should().Be(3 + 0.8m + 7);
        card.Should().BePositive();
    }

    [Fact]
    public async Task A_month_that_is_too_large_is_said_once_and_holds_up_no_other()
    {
        await using var ledger = await StartAsync();
        await ledger.AddTiersAsync("kimi-k2", "graduated", "3", (1_000_000, "1"));
        await ledger.SendAsync(Input("a", 1_000_000_000_000_000), Input("b", 1_000_000_000_000_000, "2026-10-06T00:00:00Z"), Input("c", 2_000_000, account: "other"));

        await ledger.UntilAsync(async () => await ledger.CountSettledAsync() == 1);
        await ledger.SendAsync(Input("d", 1_000_000, account: "other"));
        await ledger.UntilAsync(async () => await ledger.CountSettledAsync() == 2);

        (await ledger.GdpAsync("&start=2026-10-01")).Should().Be(6_000_000_000m + 5);
        ledger.Api.Output.Split("is not settled").Should().HaveCount(2);
    }

    [Fact]
    public async Task A_settlement_can_be_looked_up_and_neither_reversed_nor_sent()
    {
        await using var ledger = await StartAsync();
        await ledger.AddTiersAsync("kimi-k2", "volume", "3", (1_000, "1"));
        await ledger.SendAsync(Input("a", 1_000_000));
        await ledger.SettledAsync();

        var entries = await ledger.Api.GetAsync("/v1/ledger/entries?source=~settlement");
        var entry = entries.GetProperty("items")[0];
        entry.GetProperty("basis").GetString().Should().Be("month_tiers");
        entry.GetProperty("quantity").GetString().Should().Be("0");
        entry.GetProperty("amount").GetString().Should().Be("-2");
        entry.GetProperty("account").GetString().Should().Be("acme");
        var id = entry.GetProperty("event_id").GetString()!;
        var receipt = await ledger.Api.GetAsync($"/v1/events?source=~settlement&id={Uri.EscapeDataString(id)}");
        receipt.GetProperty("amount").GetString().Should().Be("-2");
        using var reversal = await ledger.Api.PostAsync($"/v1/events/~settlement/{Uri.EscapeDataString(id)}/reversal", "{}");
        reversal.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        using var sent = await ledger.Api.PostAsync("/v1/events", Input("a", 1, source: "~settlement"));
        sent.IsSuccessStatusCode.Should().BeFalse("what comes in is not settled");
        using var removed = await ledger.Api.Client.DeleteAsync("/v1/sources/~settlement");
        removed.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    private static Task<long> BatchesAsync(SettlementLedger ledger) =>
        ledger.Database.ScalarAsync<long>("select count(*) from ledger_batch b join sources s on s.id = b.source_id where s.slug = '~settlement'");
}
