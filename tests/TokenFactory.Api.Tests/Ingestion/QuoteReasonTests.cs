using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Ingestion.Quoting;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>Whatever decides a price is told beside it.</summary>
public sealed class QuoteReasonTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_price_is_told_with_its_card_and_where_it_came_from()
    {
        var id = await _api.CardAsync("plain", """
            "unit_values":{"input":"0.60","output":"2.50"},"provenance":{"source":"price list","confidence":"published","approved_by":"finance@example.com"}
            """);
        var next = await _api.CardAsync("plain", """ "effective_from":"2026-11-01T00:00:00Z","unit_values":{"input":"0.50","output":"2"} """);

        var quote = await _api.QuoteAsync(Usage("plain", 1_000, 40));

        quote.Text("producer").Should().Be("groq");
        quote.Text("service_tier").Should().Be("standard");
        quote.Text("sector").Should().Be("unclassified");
        quote.Text("input_tokens").Should().Be("1000");
        quote.Text("currency").Should().Be("USD");
        quote.Text("amount").Should().Be("0.0007");
        quote.Text("unpriced_quantity").Should().Be("0");
        quote.Text("not_registered").Should().BeNull();
        var line = quote.Line("input");
        line.Text("basis").Should().Be("rate_card");
        line.Text("unit_value").Should().Be("0.6");
        line.Text("amount").Should().Be("0.0006");
        line.Text("why").Should().BeNull();
        var because = line.GetProperty("because");
        because.Text("rate_card_id").Should().Be(Events.Number(id)).And.NotBe(Events.Number(next));
        var card = await _api.GetAsync($"/v1/rate-cards/{id}");
        because.Text("rate_id").Should().Be(card.GetProperty("rates")[0].Text("id"));
        because.Text("recorded_at").Should().Be(card.Text("recorded_at"));
        because.Text("effective_from").Should().Be("2026-01-01T00:00:00Z");
        because.Text("effective_to").Should().Be("2026-11-01T00:00:00Z", "there the next card begins");
        because.Text("card.model").Should().Be("plain");
        because.Text("card.account").Should().BeNull();
        because.Text("provenance.source").Should().Be("price list");
        because.Text("provenance.approved_by").Should().Be("finance@example.com");
        foreach (var absent in new[] { "rated_as", "context_tier", "window", "package", "month_tiers", "markup", "exchange", "rounding" })
            because.Text(absent).Should().BeNull($"{absent} has no part in it");
    }

    [Theory]
    [InlineData(false, 200_000, "3", null)]
    [InlineData(false, 200_001, "6", "200000")]
    [InlineData(true, 199_999, "3", null)]
    [InlineData(true, 200_000, "6", "200000")]
    public async Task A_context_tier_is_told_from_its_threshold_on(bool inclusive, long input, string unitValue, string? above)
    {
        var model = $"context-{inclusive}-{input}";
        await _api.CardAsync(model, $$"""
            "rates":[{"token_class":"output","unit_value":"3","context_tiers":[{"above":200000,"inclusive":{{(inclusive ? "true" : "false")}},"unit_value":"6"}]}]
            """);

        // Half of the input comes from the cache: it counts.
        var quote = await _api.QuoteAsync(new { producer = "groq", model, usage = new { input = input - 100_000, cache_read = 100_000, output = 7 } });

        quote.Text("input_tokens").Should().Be(Events.Number(input));
        quote.Line("output").Text("unit_value").Should().Be(unitValue);
        quote.Line("output").Text("because.context_tier.above").Should().Be(above);
        quote.Line("output").Text("because.context_tier.input_tokens").Should().Be(above is null ? null : Events.Number(input));
        quote.Line("output").Text("because.context_tier.inclusive").Should().Be(above is null ? null : inclusive.ToString());
    }

    [Theory]
    // Fridays from ten in the evening to six in the morning, in China.
    [InlineData("""{"from":"22:00","to":"06:00","time_zone":"Asia/Shanghai","weekdays":["fri"],"unit_value":"1"}""", "2026-10-02T13:59:59.999999Z", false)]
    [InlineData("""{"from":"22:00","to":"06:00","time_zone":"Asia/Shanghai","weekdays":["fri"],"unit_value":"1"}""", "2026-10-02T14:00:00Z", true)]
    [InlineData("""{"from":"22:00","to":"06:00","time_zone":"Asia/Shanghai","weekdays":["fri"],"unit_value":"1"}""", "2026-10-02T21:59:59.999999Z", true)]
    [InlineData("""{"from":"22:00","to":"06:00","time_zone":"Asia/Shanghai","weekdays":["fri"],"unit_value":"1"}""", "2026-10-02T22:00:00Z", false)]
    [InlineData("""{"from":"22:00","to":"06:00","time_zone":"Asia/Shanghai","weekdays":["fri"],"unit_value":"1"}""", "2026-10-03T14:00:00Z", false)]
    // Clocks are put back: half past two comes twice. Put on: it does not come.
    [InlineData("""{"from":"02:00","to":"03:00","time_zone":"Europe/Berlin","unit_value":"1"}""", "2026-10-25T00:30:00Z", true)]
    [InlineData("""{"from":"02:00","to":"03:00","time_zone":"Europe/Berlin","unit_value":"1"}""", "2026-10-25T01:30:00Z", true)]
    [InlineData("""{"from":"02:00","to":"03:00","time_zone":"Europe/Berlin","unit_value":"1"}""", "2026-10-25T02:00:00Z", false)]
    [InlineData("""{"from":"02:00","to":"03:00","time_zone":"Europe/Berlin","unit_value":"1"}""", "2026-03-29T00:59:59Z", false)]
    [InlineData("""{"from":"02:00","to":"03:00","time_zone":"Europe/Berlin","unit_value":"1"}""", "2026-03-29T01:00:00Z", false)]
    public async Task A_window_is_told_while_the_instant_is_in_it(string window, string at, bool isInside)
    {
        var model = "window-" + Guid.NewGuid().ToString("N");
        await _api.CardAsync(model, $$"""
            "rates":[{"token_class":"output","unit_value":"2","windows":[{{window}}]}]
            """);

        var line = (await _api.QuoteAsync(Usage(model, output: 7, at: at))).Line("output");

        line.Text("unit_value").Should().Be(isInside ? "1" : "2");
        var sent = JsonDocument.Parse(window).RootElement;
        foreach (var member in new[] { "from", "to", "time_zone", "weekdays" })
            line.Text($"because.window.{member}").Should().Be(isInside ? sent.Text(member) : null, member);
    }

    [Fact]
    public async Task A_fallback_is_told()
    {
        await _api.CardAsync("fallback", """ "unit_values":{"output":"2"},"fallbacks":{"output_reasoning":"output"} """);

        var quote = await _api.QuoteAsync(new { producer = "groq", model = "fallback", usage = new { output = 3, output_reasoning = 5 } });

        quote.Line("output").Text("because.rated_as").Should().BeNull();
        quote.Line("output_reasoning").Text("because.rated_as").Should().Be("output");
        quote.Line("output_reasoning").Text("because.rate_id").Should().Be(quote.Line("output").Text("because.rate_id"));
    }

    [Fact]
    public async Task Packages_are_told_and_what_the_last_costs_beyond_its_tokens()
    {
        await _api.CardAsync("package", """ "rates":[{"token_class":"output","unit_value":"2","package_tokens":1000}] """);

        var quote = await _api.QuoteAsync(Usage("package", output: 2_001));
        var full = await _api.QuoteAsync(new { producer = "groq", model = "package", usage = new { output = 2_000 } });

        quote.Text("amount").Should().Be("0.006");
        quote.Line("output", "rate_card").Text("because.package.tokens").Should().Be("1000");
        quote.Line("output", "package").Text("because.package.packages").Should().Be("3");
        quote.Line("output", "package").Text("quantity").Should().Be("0");
        quote.Line("output", "package").Text("amount").Should().Be("0.001998");
        full.Line("output").Text("because.package.packages").Should().Be("2");
    }

    [Fact]
    public async Task A_minimum_charge_is_told_with_what_it_fills_up()
    {
        await _api.CardAsync("minimum", """ "unit_values":{"output":"2"},"minimum_charge":"0.01" """);

        var line = (await _api.QuoteAsync(Usage("minimum", output: 1_000))).GetProperty("lines").EnumerateArray().Single(l => l.Text("basis") == "minimum_charge");
        var above = await _api.QuoteAsync(Usage("minimum", output: 5_000));

        line.Text("amount").Should().Be("0.008");
        line.Text("because.minimum_charge.minimum").Should().Be("0.01");
        line.Text("because.minimum_charge.sum").Should().Be("0.002");
        line.Text("because.rate_id").Should().NotBeNull("an entry of it pins a rate of the card");
        above.GetProperty("lines").EnumerateArray().Should().NotContain(l => l.Text("basis") == "minimum_charge");
    }

    [Fact]
    public async Task Month_tiers_are_told_to_be_settled_later()
    {
        await _api.CardAsync("month", """
            "rates":[{"token_class":"output","unit_value":"3","month_tiers":{"kind":"volume","tiers":[{"above":1000,"unit_value":"2.50"}]}}]
            """);

        var line = (await _api.QuoteAsync(Usage("month", output: 5_000))).Line("output");

        line.Text("unit_value").Should().Be("3", "it is recorded at the price of the first tier");
        line.Text("because.month_tiers.kind").Should().Be("volume");
        line.GetProperty("because").GetProperty("month_tiers").GetProperty("tiers")[0].Text("unit_value").Should().Be("2.5");
        line.Text("because.month_tiers.note").Should().Contain("settled over the calendar month");
    }

    [Fact]
    public async Task A_mark_up_is_told_with_the_price_that_it_raises()
    {
        await _api.CardAsync("wholesale", """
            "currency":"EUR","fallbacks":{"output_reasoning":"output"},
            "rates":[{"token_class":"output","unit_value":"0.000000000015","context_tiers":[{"above":10,"unit_value":"4"}]}]
            """);
        await _api.CardAsync("retail", """ "markup":{"producer":"groq","model":"wholesale","percent":"10"} """);
        await fixture.Database.PublishAsync(11, "2026-10-05T09:00:00Z", "EUR", ("USD", "1"));

        var large = (await _api.QuoteAsync(new { producer = "groq", model = "retail", occurred_at = "2026-10-05T10:00:00Z", usage = new { input = 11, output_reasoning = 5 } })).Line("output_reasoning");
        var small = (await _api.QuoteAsync(Usage("retail", output: 5))).Line("output");

        large.Text("unit_value").Should().Be("4.4");
        large.Text("currency").Should().Be("EUR");
        large.Text("because.markup.percent").Should().Be("10");
        large.Text("because.rated_as").Should().BeNull("the marked-up card itself has every class");
        large.Text("because.markup.of.rated_as").Should().Be("output");
        large.Text("because.markup.of.unit_value").Should().Be("4");
        large.Text("because.markup.of.card.model").Should().Be("wholesale");
        large.Text("because.markup.of.context_tier.above").Should().Be("10");
        large.Text("because.markup.rounding").Should().BeNull();
        small.Text("unit_value").Should().Be("0.000000000017");
        small.Text("because.markup.rounding.exact").Should().Be("0.0000000000165");
    }

    [Theory]
    [InlineData("acme", "household", "eu", "1")]
    [InlineData("other", "household", "eu", "2")]
    [InlineData(null, "household", "us", "3")]
    [InlineData(null, "enterprise", "eu", "4")]
    [InlineData(null, null, null, "5")]
    public async Task A_contract_goes_before_a_sector_and_that_before_a_region_and_that_before_the_list(string? account, string? sector, string? region, string unitValue)
    {
        var model = "scoped-" + unitValue;
        await _api.Client.PostAsync("/v1/accounts", new StringContent("""{"id":"acme"}""", System.Text.Encoding.UTF8, "application/json"));
        await _api.CardAsync(model, """ "account":"acme","unit_values":{"output":"1"} """);
        await _api.CardAsync(model, """ "sector":"household","region":"eu","unit_values":{"output":"2"} """);
        await _api.CardAsync(model, """ "sector":"household","unit_values":{"output":"3"} """);
        await _api.CardAsync(model, """ "region":"eu","unit_values":{"output":"4"} """);
        await _api.CardAsync(model, """ "unit_values":{"output":"5"} """);

        var line = (await _api.QuoteAsync(Usage(model, output: 5, account: account, sector: sector, region: region))).Line("output");

        line.Text("unit_value").Should().Be(unitValue);
        line.Text("because.card.account").Should().Be(unitValue == "1" ? "acme" : null);
        line.Text("because.card.sector").Should().Be(unitValue is "2" or "3" ? "household" : null);
        line.Text("because.card.region").Should().Be(unitValue is "2" or "4" ? "eu" : null);
    }

    [Fact]
    public async Task A_card_of_a_pattern_prices_what_has_none_of_its_own_registered_or_not()
    {
        await _api.CardAsync("fit-*", """ "unit_values":{"output":"1"} """);
        await _api.CardAsync("fit-long-*", """ "unit_values":{"output":"2"} """);
        await _api.CardAsync("fit-long-own", """ "unit_values":{"output":"3"} """);

        (await _api.QuoteAsync(Usage("fit-long-own", output: 5))).Line("output").Text("unit_value").Should().Be("3");
        var quote = await _api.QuoteAsync(Usage("fit-long-7", output: 5));
        quote.Line("output").Text("unit_value").Should().Be("2");
        quote.Line("output").Text("because.card.model").Should().Be("fit-long-*");
        quote.Text("not_registered").Should().Be("[\"model\"]");
        quote.Text("model").Should().Be("fit-long-7");
    }

    [Fact]
    public async Task Exchange_rates_are_told_and_give_the_reporting_amount()
    {
        await _api.CardAsync("yen", """ "currency":"JPY","unit_values":{"input":"100","output":"300"} """);
        await fixture.Database.PublishAsync(21, "2026-08-28T15:00:00Z", "EUR", ("USD", "1.05"), ("JPY", "162.3"));

        var quote = await _api.QuoteAsync(Usage("yen", 1_000, 500, at: "2026-09-04T15:00:00Z"));

        quote.Text("currency").Should().Be("USD");
        // 0.1 and 0.15 yen x 1.05 / 162.3, each rounded to 12 decimals.
        quote.Line("input").Text("amount").Should().Be("0.1");
        quote.Line("input").Text("reporting_amount").Should().Be("0.000646950092");
        quote.Line("output").Text("reporting_amount").Should().Be("0.000970425139");
        quote.Text("amount").Should().Be("0.001617375231");
        var exchange = quote.Line("output").GetProperty("because").GetProperty("exchange");
        exchange.Text("fx_rate_id").Should().Be("21");
        exchange.Text("published_at").Should().Be("2026-08-28T15:00:00Z");
        exchange.Text("source").Should().Be("ECB");
        exchange.Text("base").Should().Be("EUR");
        exchange.Text("rates.JPY").Should().Be("162.3");
        exchange.Text("rates.USD").Should().Be("1.05");
    }

    [Theory]
    [InlineData("0.0000005", 1, "0.000000000001", "0.0000000000005")]
    [InlineData("0.000000499999", 1, "0", "0.000000000000499999")]
    [InlineData("999999.999999999999", 999_999_999_999_999, "999999999999998.999", "999999999999998.999000000000000001")]
    [InlineData("2.5", 40, "0.0001", null)]
    public async Task What_was_rounded_is_told_to_the_last_digit(string unitValue, long quantity, string amount, string? exact)
    {
        var model = $"rounded-{quantity}-{unitValue}";
        await _api.CardAsync(model, $$"""
            "unit_values":{"output":"{{unitValue}}"}
            """);

        var line = (await _api.QuoteAsync(Usage(model, output: quantity))).Line("output");

        line.Text("because.rounding.exact").Should().Be(exact);
        line.Text("amount").Should().Be(amount);
    }

    [Fact]
    public async Task What_the_event_declares_needs_no_card()
    {
        var quote = await _api.QuoteAsync("""
            {"producer":"groq","model":"declared","usage":{"output":1},"unit_values":{"output":"0.0000005"},"currency":"USD","reported_cost":{"amount":"0.1","currency":"USD"}}
            """);

        quote.Line("output").Text("basis").Should().Be("declared");
        quote.Line("output").Text("because.rate_id").Should().BeNull();
        quote.Line("output").Text("because.rounding.exact").Should().Be("0.0000000000005");
        quote.Text("cost_difference").Should().Be("0.099999999999");
    }

    [Fact]
    public async Task The_future_has_the_price_that_is_known_to_hold_then()
    {
        await _api.CardAsync("ahead", """ "unit_values":{"output":"2"} """);
        await _api.CardAsync("ahead", """ "effective_from":"2099-01-01T00:00:00Z","unit_values":{"output":"1"} """);

        (await _api.QuoteAsync(new { producer = "groq", model = "ahead", usage = new { output = 1 } })).Line("output").Text("unit_value").Should().Be("2");
        (await _api.QuoteAsync(Usage("ahead", output: 1, at: "2099-01-01T00:00:00Z"))).Line("output").Text("unit_value").Should().Be("1");
    }
}
