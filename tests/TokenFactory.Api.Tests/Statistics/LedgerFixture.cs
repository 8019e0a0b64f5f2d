using System.Globalization;
using System.Net;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>A ledger of three months and four sectors, and what is published of it.</summary>
public sealed class LedgerFixture : IAsyncLifetime
{
    public ApiFixture Service { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Service.InitializeAsync();
        await Service.Api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        var random = new Random(7);
        string?[] sectors = ["household", "government", "enterprise", null];
        string?[] prices = ["2", "0.333333333333", "0", null, "17.25"];
        var events = Enumerable.Range(0, 3_000).Select(i => Events.Native(
            Events.Number(i), "gateway-1", new DateTimeOffset(2026, 6, 29, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(0, 90 * 1440)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            i % 3 == 0 ? "openai" : "moonshot", $"model-{random.Next(6)}", sectors[random.Next(4)], null, random.Next(100_000), random.Next(10_000), prices[random.Next(5)],
            random.Next(5) == 0 ? "batch" : "standard")).ToList();
        using var answer = await Service.Api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        for (var i = 0; i < 3_000; i += 500)
            (await Service.Api.PostAsync($"/v1/events/gateway-1/{i}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
