using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>What a sender reports that a request cost, beside what the ledger says.</summary>
public sealed class CostDifferenceTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly ApiProcess _api = fixture.Api;

    public async ValueTask InitializeAsync() => (await _api.PostAsync("/v1/sources", """{"id":"costs"}""")).Dispose();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // 3 tokens at one dollar each.
    [Theory]
    [InlineData("more", """ "usage":{"output":3},"reported_cost":{"amount":"3.000000000001","currency":"USD"} """, "0.000000000001")]
    [InlineData("less", """ "usage":{"output":3},"reported_cost":{"amount":"2.90","currency":"USD"} """, "-0.1")]
    [InlineData("same", """ "usage":{"output":3},"reported_cost":{"amount":"3.000","currency":"USD"} """, "0")]
    [InlineData("silent", """ "usage":{"output":3} """, null)]
    [InlineData("other-currency", """ "usage":{"output":3},"reported_cost":{"amount":"3","currency":"EUR"} """, null)]
    [InlineData("part", """ "usage":{"output":3,"input":1},"reported_cost":{"amount":"3","currency":"USD"} """, null)]
    [InlineData("no-tokens", """ "usage":{"output":3,"input":0},"reported_cost":{"amount":"3","currency":"USD"} """, "0")]
    public async Task The_difference_is_told_when_it_is_recorded_and_ever_after(string id, string members, string? difference)
    {
        var body = $$"""
            {"source":"costs","id":"{{id}}","occurred_at":"2026-10-05T10:00:00Z","producer":"groq","model":"m","unit_values":{"output":"1000000"},"currency":"USD",{{members}}}
            """;

        using var created = await _api.PostAsync("/v1/events", body);
        using var repeated = await _api.PostAsync("/v1/events", body);

        created.StatusCode.Should().Be(HttpStatusCode.Created);
        foreach (var receipt in new[] { await ReadAsync(created), await ReadAsync(repeated), await _api.GetAsync($"/v1/events/costs/{id}") })
        {
            var told = receipt.TryGetProperty("cost_difference", out var value) ? value.GetString() : null;
            told.Should().Be(difference, receipt.ToString());
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
}
