using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Ingestion.Quoting;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>A quote is what recording would give, and leaves no trace.</summary>
public sealed class QuoteAgreementTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly string[] Models = ["plain", "tiers", "window", "package", "minimum", "fallback", "yen", "old-yen", "resold", "contract", "month", "nothing", "new-"];
    private static readonly string[] Classes = ["input", "input_audio", "cache_read", "cache_write", "output", "output_reasoning"];
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task What_is_recorded_after_a_quote_is_what_was_quoted()
    {
        await _api.CreateAsync("/v1/sources", new { id = "agreement" });
        await FillCatalogAsync();
        var random = new Random(20);
        var bases = new HashSet<string>();
        for (var i = 0; i < 150; i++)
        {
            var body = AnyEvent(random, i).ToJsonString();

            var quote = await _api.QuoteAsync(body);
            using var recorded = await _api.PostAsync("/v1/events", body);

            var text = await recorded.Content.ReadAsStringAsync();
            recorded.StatusCode.Should().Be(HttpStatusCode.Created, text);
            var receipt = JsonDocument.Parse(text).RootElement;
            foreach (var member in new[] { "producer", "model", "service_tier", "account", "sector", "region", "occurred_at", "currency", "amount", "unpriced_quantity", "reported_cost", "cost_difference" })
                quote.Text(member).Should().Be(receipt.Text(member), $"{member} of {body}");
            quote.GetProperty("lines").EnumerateArray().Select(LineOf).Should().Equal(receipt.GetProperty("entries").EnumerateArray().Select(EntryOf), body);
            SumOf(quote).Should().Be(quote.Text("amount") is { } amount ? decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture) : null, body);
            bases.UnionWith(quote.GetProperty("lines").EnumerateArray().Select(l => l.Text("basis") + (l.Text("because.exchange") is null ? "" : " exchanged")));
        }

        bases.Should().Contain(["declared", "rate_card", "none", "package", "minimum_charge", "rate_card exchanged"], "else less is compared than is meant to be");
    }

    [Fact]
    public async Task Quotes_leave_ledger_and_catalog_as_they_are()
    {
        await _api.CardAsync("traceless", """ "unit_values":{"output":"1"} """);
        var before = await StateAsync();

        await _api.QuoteAsync(Usage("traceless", 1, 1, account: "ghost"));
        await _api.QuoteAsync(Usage("ghost-model", 1, 1));
        await _api.QuoteAsync("""{"source":"ghost","id":"g","producer":"groq","model":"traceless","usage":{"output":1,"output_video":3}}""");
        await _api.QuoteAsync("""{"provider":"groq","response":{"model":"ghost-model-2","usage":{"prompt_tokens":1,"completion_tokens":2}}}""");
        using var refused = await _api.PostAsync("/v1/quotes", """{"producer":"ghost","model":"m","usage":{"output":1}}""");

        refused.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await StateAsync()).Should().Be(before);
    }

    [Fact]
    public async Task A_quote_as_of_an_instant_knows_what_was_known_then()
    {
        var wrong = await _api.CardAsync("corrected", """ "currency":"EUR","unit_values":{"output":"1000000"} """);
        await fixture.Database.PublishAsync(31, "2026-05-04T00:00:00Z", "EUR", ("USD", "2"));
        var usage = Usage("corrected", output: 3, at: "2026-05-04T10:00:00Z");
        var first = await _api.QuoteAsync(usage);
        using var replacement = new HttpRequestMessage(HttpMethod.Post, "/v1/rate-cards")
        {
            Content = JsonContent.Create(new { producer = "groq", model = "corrected", currency = "EUR", effective_from = "2026-01-01T00:00:00Z", unit_values = new { output = "500000" }, replaces = wrong }),
        };
        replacement.Headers.TryAddWithoutValidation("If-Match", "*");
        (await _api.Client.SendAsync(replacement)).StatusCode.Should().Be(HttpStatusCode.Created);
        await fixture.Database.PublishAsync(32, "2026-05-04T00:00:00Z", "EUR", ("USD", "4"));

        var now = await _api.QuoteAsync(usage);
        var then = await _api.QuoteAsync(usage, $"?known_at={first.Text("known_at")}");
        var before = await _api.QuoteAsync(usage, "?known_at=2026-01-01T00:00:00Z");

        first.Text("amount").Should().Be("6");
        now.Text("amount").Should().Be("6", "half the price at twice the exchange rate");
        now.Line("output").Text("unit_value").Should().Be("500000");
        now.Line("output").Text("because.exchange.fx_rate_id").Should().Be("32");
        then.ToString().Should().Be(first.ToString());
        before.Line("output").Text("why.code").Should().Be("no_card");
    }

    [Fact]
    public async Task A_card_that_was_acknowledged_by_one_instance_is_quoted_by_every_other()
    {
        await using var other = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        for (var i = 0; i < 5; i++)
        {
            await _api.CardAsync($"shared-{i}", """ "unit_values":{"output":"1"} """);

            (await other.QuoteAsync(Usage($"shared-{i}", output: 1))).Line("output").Text("unit_value").Should().Be("1");
        }
    }

    private async Task FillCatalogAsync()
    {
        await _api.CreateAsync("/v1/accounts", new { id = "acme", sectors = new[] { new { sector = "enterprise" } } });
        await fixture.Database.PublishAsync(1, "2026-10-05T00:00:00Z", "EUR", ("USD", "1.0537"), ("JPY", "162.31"));
        foreach (var (model, members) in new[]
        {
            ("plain", """ "unit_values":{"input":"0.333333333333","cache_read":"0","output":"2.50"} """),
            ("tiers", """ "rates":[{"token_class":"input","unit_value":"1","context_tiers":[{"above":1000,"unit_value":"2"},{"above":20000,"inclusive":true,"unit_value":"3"}]}] """),
            ("window", """ "rates":[{"token_class":"output","unit_value":"2","windows":[{"from":"16:30","to":"00:30","unit_value":"1"}]}] """),
            ("package", """ "rates":[{"token_class":"output","unit_value":"2","package_tokens":1000},{"token_class":"input","unit_value":"1.7"}] """),
            ("minimum", """ "unit_values":{"input":"1","output":"2"},"minimum_charge":"0.02" """),
            ("fallback", """ "unit_values":{"input":"1","output":"2"},"fallbacks":{"output_reasoning":"output","cache_read":"input"} """),
            ("yen", """ "currency":"JPY","unit_values":{"input":"97","output":"311"} """),
            ("old-yen", """ "currency":"JPY","effective_from":"2026-01-01T00:00:00Z","effective_to":"2026-10-07T00:00:00Z","unit_values":{"output":"311"} """),
            ("resold", """ "markup":{"producer":"groq","model":"tiers","percent":"12.5"} """),
            ("contract", """ "account":"acme","unit_values":{"input":"1","output":"1"} """),
            ("contract", """ "sector":"household","unit_values":{"input":"2"} """),
            ("contract", """ "region":"eu","unit_values":{"input":"3","output":"3"} """),
            ("month", """ "rates":[{"token_class":"input","unit_value":"3","month_tiers":{"kind":"graduated","tiers":[{"above":1000,"unit_value":"2"}]}}] """),
            ("new-*", """ "unit_values":{"output":"4"} """),
        })
        {
            await _api.CardAsync(model, members);
        }
    }

    private static JsonObject AnyEvent(Random random, int number)
    {
        var model = Models[random.Next(Models.Length)];
        var usage = new JsonObject();
        foreach (var tokenClass in Classes.Where(_ => random.Next(2) == 0).DefaultIfEmpty("output"))
            usage[tokenClass] = random.Next(4) == 0 ? 0 : random.Next(30_000);
        var body = new JsonObject
        {
            ["source"] = "agreement",
            ["id"] = Events.Number(number),
            ["occurred_at"] = new DateTime(2026, 10, 5, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(10 * 1440)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["producer"] = random.Next(2) == 0 ? "groq" : "GROQ",
            ["model"] = model == "new-" ? $"new-{number}" : model,
            ["usage"] = usage,
        };
        if (random.Next(3) == 0)
            body["account"] = random.Next(2) == 0 ? "acme" : $"account-{number}";
        if (random.Next(3) == 0)
            body["sector"] = "household";
        if (random.Next(3) == 0)
            body["region"] = "eu";
        if (random.Next(5) == 0)
            body["service_tier"] = "batch";
        if (random.Next(4) == 0)
        {
            body["unit_values"] = new JsonObject { [usage.First().Key] = "0.123456789012" };
            body["currency"] = random.Next(2) == 0 ? "USD" : "EUR";
        }

        if (random.Next(3) == 0)
            body["reported_cost"] = new JsonObject { ["amount"] = "0.0123", ["currency"] = random.Next(3) == 0 ? "EUR" : "USD" };
        return body;
    }

    private static string LineOf(JsonElement line) => Join(line, "because.rate_id", "because.rated_as", "because.exchange.fx_rate_id");

    private static string EntryOf(JsonElement entry) => Join(entry, "rate_id", "rated_as", "fx_rate_id");

    private static string Join(JsonElement line, params string[] reasons) => string.Join(' ',
        ((string[])["token_class", "quantity", "basis", "unit_value", "currency", "amount", "reporting_amount", .. reasons]).Select(name => line.Text(name) ?? "-"));

    private static decimal? SumOf(JsonElement quote)
    {
        var priced = quote.GetProperty("lines").EnumerateArray().Where(l => l.Text("why") is null).ToList();
        return priced.Count == 0 ? null : priced.Sum(l => decimal.Parse(l.Text("reporting_amount") ?? l.Text("amount")!, System.Globalization.CultureInfo.InvariantCulture));
    }

    private Task<string> StateAsync() => fixture.Database.ScalarAsync<string>("""
        select concat_ws(' ', (select version from catalog_version), (select count(*) from producers), (select count(*) from models), (select count(*) from items),
            (select count(*) from accounts), (select count(*) from sources), (select count(*) from ledger_entry), (select count(*) from event_identity),
            (select count(*) from event_refusal), (select count(*) from ledger_batch))
        """);
}
