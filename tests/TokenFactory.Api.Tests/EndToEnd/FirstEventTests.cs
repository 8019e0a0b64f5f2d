using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.EndToEnd;

/// <summary>From one POST to the figure, with the service as its own process on a real port.</summary>
public sealed class FirstEventTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task One_event_is_priced_recorded_and_in_the_next_figure()
    {
        await _api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await _api.CreateAsync("/v1/rate-cards", new
        {
            producer = "moonshot",
            model = "kimi-k2",
            effective_from = "2026-01-01T00:00:00Z",
            unit_values = new { input = "0.60", cache_read = "0.15", output = "2.50" },
        });
        const string sent = """
            {"source":"gateway-1","id":"req-8f2","occurred_at":"2026-10-23T10:00:00Z","producer":"moonshot_ai","model":"kimi-k2",
             "account":"acme","sector":"enterprise","usage":{"input":86,"cache_read":17817,"output":40,"output_reasoning":12},
             "reported_cost":{"amount":"0.0123","currency":"USD"}}
            """;

        using var answer = await _api.PostAsync("/v1/events", sent);
        var receipt = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        receipt.GetProperty("status").GetString().Should().Be("accepted");
        receipt.GetProperty("producer").GetString().Should().Be("moonshot");
        // 86 x 0.60 + 17817 x 0.15 + 40 x 2.50, per million.
        receipt.GetProperty("amount").GetString().Should().Be("0.00282415");
        receipt.GetProperty("unpriced_quantity").GetString().Should().Be("12");
        receipt.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("basis").GetString())
            .Should().Equal("rate_card", "rate_card", "rate_card", "none");

        var figure = (await _api.GetAsync("/v1/gdp?frequency=day&by=sector,producer&producer=moonshot")).GetProperty("rows")[0];
        figure.GetProperty("period").GetString().Should().Be("2026-10-23");
        figure.GetProperty("sector").GetString().Should().Be("enterprise");
        figure.GetProperty("gdp").GetString().Should().Be("0.00282415");
        figure.GetProperty("quantity").GetString().Should().Be("17955");
        figure.GetProperty("unpriced_quantity").GetString().Should().Be("12");

        // The receipt is the same for ever, however it is asked for.
        using var again = await _api.PostAsync("/v1/events", sent);
        again.StatusCode.Should().Be(HttpStatusCode.OK);
        WithoutStatus(JsonDocument.Parse(await again.Content.ReadAsStringAsync()).RootElement).Should().Be(WithoutStatus(receipt));
        WithoutStatus(await _api.GetAsync("/v1/events/gateway-1/req-8f2")).Should().Be(WithoutStatus(receipt));
        WithoutStatus(await _api.GetAsync(answer.Headers.Location!.ToString())).Should().Be(WithoutStatus(receipt));

        // Other content under the same id is a conflict, whatever changed, and nothing moves.
        using var other = await _api.PostAsync("/v1/events", sent.Replace("\"input\":86", "\"input\":87", StringComparison.Ordinal));
        other.StatusCode.Should().Be(HttpStatusCode.Conflict);

        // A reversal takes it back, once.
        using var reversal = await _api.Client.PostAsJsonAsync("/v1/events/gateway-1/req-8f2/reversal", new { reason = "a test" });
        using var second = await _api.Client.PostAsJsonAsync("/v1/events/gateway-1/req-8f2/reversal", new { reason = "another reason" });
        reversal.StatusCode.Should().Be(HttpStatusCode.Created);
        second.StatusCode.Should().Be(HttpStatusCode.OK);
        var total = (await _api.GetAsync("/v1/gdp?frequency=day")).GetProperty("rows")[0];
        total.GetProperty("gdp").GetString().Should().Be("0");
        total.GetProperty("quantity").GetString().Should().Be("0");
        (await _api.GetAsync("/v1/events/gateway-1/req-8f2")).GetProperty("reversal").GetProperty("reason").GetString().Should().Be("a test");

        var books = await _api.GetAsync("/v1/reconciliation?full=true");
        books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
        books.GetProperty("received").GetInt64().Should().Be(3);
        books.GetProperty("accepted").GetInt64().Should().Be(1);
        books.GetProperty("duplicate").GetInt64().Should().Be(1);
        books.GetProperty("conflict").GetInt64().Should().Be(1);
    }

    private static string WithoutStatus(JsonElement receipt) => string.Join(',', receipt.EnumerateObject().Where(p => p.Name != "status").Select(p => p.ToString()));
}
