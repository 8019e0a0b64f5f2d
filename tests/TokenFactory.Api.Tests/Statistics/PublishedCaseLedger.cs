using System.Globalization;
using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Published worked examples as a ledger: each case a producer, each item a model, each period a month from 2020-01 on.</summary>
public sealed class PublishedCaseLedger : IAsyncLifetime
{
    public static readonly string[] Cases = ["07_geks_13x5_balanced", "08_geks_13x5_missing_items", "20_token_entry_exit_additive_contributions", "23_chain_drift_sale"];

    public ApiFixture Service { get; } = new();

    /// <summary>The case as its file has it.</summary>
    public static JsonElement Read(string name)
    {
        using var stream = typeof(Basket).Assembly.GetManifestResourceStream($"Cases/{name}.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    public static string ProducerOf(string name) => $"case-{name[..2]}";

    public static string Month(int period) => new DateOnly(2020, 1, 1).AddMonths(period).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync()
    {
        await Service.InitializeAsync();
        await Service.Api.CreateAsync("/v1/sources", new { id = "cases" });
        foreach (var name in Cases)
        {
            await Service.Api.CreateAsync("/v1/producers", new { id = ProducerOf(name), name = ProducerOf(name), kind = "both" });
            using var answer = await Service.Api.PostAsync("/v1/events", Events.Join(EventsOf(name)), Events.Lines);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();

    // A quantity of 1 is a million tokens, so that a price is a unit value.
    private static IEnumerable<string> EventsOf(string name)
    {
        var published = Read(name);
        var number = 0;
        foreach (var item in published.GetProperty("prices").EnumerateObject())
        {
            for (var t = 0; t < item.Value.GetArrayLength(); t++)
            {
                if (item.Value[t].ValueKind == JsonValueKind.Null)
                    continue;
                yield return Events.Native(
                    $"{name}-{number++}", "cases", $"{Month(t)}-15T00:00:00Z", ProducerOf(name), item.Name, "enterprise", null,
                    (long)(published.GetProperty("quantities").GetProperty(item.Name)[t].GetDecimal() * 1_000_000), 0,
                    item.Value[t].GetDecimal().ToString(CultureInfo.InvariantCulture));
            }
        }
    }
}
