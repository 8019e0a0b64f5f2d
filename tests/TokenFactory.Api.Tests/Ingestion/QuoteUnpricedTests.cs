using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Ingestion.Quoting;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>Unknown is never zero: what has no value says why, and what to do.</summary>
public sealed class QuoteUnpricedTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_model_that_is_not_known_has_no_price_and_stays_unknown()
    {
        var quote = await _api.QuoteAsync(Usage("never-seen", 3, 4, account: "nobody-yet"));

        quote.Text("amount").Should().BeNull();
        quote.Text("unpriced_quantity").Should().Be("7");
        quote.Text("not_registered").Should().Be("[\"model\",\"account\"]");
        quote.Line("input").Text("basis").Should().Be("none");
        quote.Line("input").Text("unit_value").Should().BeNull();
        quote.Line("input").Text("because").Should().BeNull();
        quote.Line("input").Text("why.code").Should().Be("unknown_model");
        quote.Line("input").Text("why.detail").Should().Contain("/v1/rate-cards");
        (await fixture.Database.ScalarAsync<long>("select count(*) from models where slug = 'never-seen'")).Should().Be(0);
        (await fixture.Database.ScalarAsync<long>("select count(*) from accounts where slug = 'nobody-yet'")).Should().Be(0);
    }

    [Fact]
    public async Task A_model_without_a_card_for_whom_it_was_has_none()
    {
        await _api.CardAsync("others-only", """ "sector":"government","region":"eu","unit_values":{"output":"1"} """);
        await _api.CreateAsync("/v1/accounts", new { id = "partner" });
        await _api.CardAsync("others-only", """ "account":"partner","unit_values":{"output":"1"} """);

        foreach (var (sector, region) in new[] { ("household", "eu"), ("government", "us"), ("government", null) })
            (await WhyAsync(Usage("others-only", output: 1, sector: sector, region: region))).Should().Be("no_card", $"{sector} {region}");
        (await WhyAsync(Usage("others-only", output: 1, sector: "government", region: "eu"))).Should().BeNull();
        (await WhyAsync(Usage("others-only", output: 1, account: "partner"))).Should().BeNull();
        (await WhyAsync(new { producer = "groq", model = "others-only", sector = "government", region = "eu", service_tier = "batch", usage = new { output = 1 } }))
            .Should().Be("no_card", "it is of another tier");
    }

    [Theory]
    [InlineData("2026-01-31T23:59:59.999999Z", "no_card_in_force")]
    [InlineData("2026-02-01T00:00:00Z", null)]
    [InlineData("2026-02-28T23:59:59.999999Z", null)]
    [InlineData("2026-03-01T00:00:00Z", "no_card_in_force")]
    public async Task A_card_holds_from_its_beginning_to_before_its_end(string at, string? why)
    {
        var model = "february-" + Guid.NewGuid().ToString("N");
        await _api.CardAsync(model, """ "effective_from":"2026-02-01T00:00:00Z","effective_to":"2026-03-01T00:00:00Z","unit_values":{"output":"1"} """);

        (await WhyAsync(Usage(model, output: 1, at: at))).Should().Be(why);
    }

    [Fact]
    public async Task A_class_that_is_not_on_the_card_names_the_card_and_leaves_the_others_priced()
    {
        var id = await _api.CardAsync("output-only", """ "unit_values":{"output":"1000000"} """);

        var quote = await _api.QuoteAsync(Usage("output-only", 2, 3));

        quote.Line("input").Text("why.code").Should().Be("class_not_on_card");
        quote.Line("input").Text("why.detail").Should().Contain($"rate card {id} ").And.Contain("input");
        quote.Line("output").Text("why").Should().BeNull();
        quote.Text("amount").Should().Be("3");
        quote.Text("unpriced_quantity").Should().Be("2");
    }

    [Fact]
    public async Task A_mark_up_on_nothing_says_so()
    {
        await _api.CardAsync("resold", """ "markup":{"producer":"groq","model":"made-nowhere","percent":"10"} """);

        var line = (await _api.QuoteAsync(Usage("resold", output: 2))).Line("output");

        line.Text("why.code").Should().Be("nothing_to_mark_up");
        line.Text("basis").Should().Be("none");
    }

    [Theory]
    [InlineData("2026-08-28T14:59:59.999999Z", "no_exchange_rate")] // not published yet
    [InlineData("2026-08-28T15:00:00Z", null)]
    [InlineData("2026-09-04T15:00:00Z", null)] // exactly seven days
    [InlineData("2026-09-04T15:00:00.000001Z", "no_exchange_rate")]
    public async Task Without_exchange_rates_of_the_week_an_amount_has_no_value_in_the_reporting_currency(string at, string? why)
    {
        if (await fixture.Database.ScalarAsync<long>("select count(*) from fx_publications where id = 1") == 0)
            await fixture.Database.PublishAsync(1, "2026-08-28T15:00:00Z", "EUR", ("USD", "1.05"), ("JPY", "162.3"));
        var model = "abroad-" + Guid.NewGuid().ToString("N");
        await _api.CardAsync(model, """ "currency":"JPY","unit_values":{"output":"1000000"} """);

        var quote = await _api.QuoteAsync(new { producer = "groq", model, occurred_at = at, usage = new { output = 2 } });

        var line = quote.Line("output");
        line.Text("amount").Should().Be("2");
        line.Text("currency").Should().Be("JPY");
        line.Text("why.code").Should().Be(why);
        line.Text("because.rate_id").Should().NotBeNull("the price is known");
        line.Text("because.exchange.fx_rate_id").Should().Be(why is null ? "1" : null);
        quote.Text("unpriced_quantity").Should().Be(why is null ? "0" : "2");
        quote.Text("amount").Should().Be(why is null ? "0.012939001848" : null, "never 1:1");
    }

    [Fact]
    public async Task An_amount_that_the_ledger_could_not_keep_is_no_missing_exchange_rate()
    {
        await fixture.Database.PublishAsync(9, "2026-06-01T00:00:00Z", "USD", ("KWD", "0.3"));
        await _api.CardAsync("dinar", """ "currency":"KWD","unit_values":{"output":"1000000"} """);

        var quote = await _api.QuoteAsync(Usage("dinar", output: 1_000_000_000_000_000, at: "2026-06-02T00:00:00Z"));

        quote.Line("output").Text("why.code").Should().Be("out_of_range");
    }

    [Fact]
    public async Task A_producer_that_is_not_known_is_refused()
    {
        using var answer = await _api.PostAsync("/v1/quotes", """{"producer":"nobody","model":"m","usage":{"output":1}}""");

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0];
        error.Text("pointer").Should().Be("/producer");
        error.Text("code").Should().Be("unknown_producer");
    }

    private async Task<string?> WhyAsync(object usage) => (await _api.QuoteAsync(usage)).Line("output").Text("why.code");
}
