using System.Globalization;
using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>A method that compares every period with every other costs their square: what one query may cost is limited.</summary>
public sealed class ComparisonLimitTests
{
    [Fact]
    public async Task An_index_of_too_many_comparisons_is_refused_with_what_to_ask_instead()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__Statistics__MaxComparisons"] = "1000000" });
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        using var recorded = await api.PostAsync("/v1/events", Events.Join(Enumerable.Range(0, 200).Select(hour => Events.Native(
            Events.Number(hour), occurredAt: new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)))), Events.Lines);
        recorded.StatusCode.Should().Be(HttpStatusCode.OK);

        async Task<(HttpStatusCode Status, string? Code)> AskAsync(string query)
        {
            using var answer = await api.Client.GetAsync(query);
            var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            return (answer.StatusCode, body.TryGetProperty("code", out var code) ? code.GetString() : null);
        }

        // 200 hours x 200 x 64 (the least that counts as a period's items).
        (await AskAsync("/v1/indices?frequency=hour&method=geks_fisher")).Should().Be((HttpStatusCode.UnprocessableEntity, "too_many_comparisons"));
        (await AskAsync("/v1/indices?frequency=hour&method=geks_fisher&window=25")).Should().Be((HttpStatusCode.OK, (string?)null));
        (await AskAsync("/v1/indices?frequency=hour&method=gk&window=25")).Should().Be((HttpStatusCode.UnprocessableEntity, "too_many_comparisons"), "each window anew");
        (await AskAsync("/v1/indices?frequency=hour&method=fisher")).Should().Be((HttpStatusCode.OK, (string?)null));
        (await AskAsync("/v1/indices?frequency=hour&method=geks_fisher&start=2026-10-01&end=2026-10-03")).Should().Be((HttpStatusCode.OK, (string?)null));
        (await AskAsync("/v1/token-index?frequency=hour")).Should().Be((HttpStatusCode.OK, (string?)null));
    }
}
