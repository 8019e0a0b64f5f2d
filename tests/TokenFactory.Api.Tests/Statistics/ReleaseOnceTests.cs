using System.Net;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Months are released once, and for whom.</summary>
public sealed class ReleaseOnceTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["TokenFactory__Suppression__MinAccounts"] = "3",
        ["TokenFactory__Suppression__ReleaseIntervalSeconds"] = "1",
    };

    private readonly ReleasesLedger _ledger = new();

    public ValueTask InitializeAsync() => _ledger.InitializeAsync();

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task What_is_released_stays_whatever_is_recorded_or_set_later()
    {
        string[] queries = ["/v1/gdp", "/v1/gdp?by=sector,producer", "/v1/gdp?by=producer&frequency=quarter"];
        var before = await Task.WhenAll(queries.Select(_ledger.Public.GetStringAsync));
        var known = await _ledger.Api.Client.GetStringAsync("/v1/gdp?end=2026-05-01");

        // Late events of a released month, and of an older one, which is released then.
        await _ledger.RecordAsync([
            Events.Native("late", occurredAt: "2026-02-03T00:00:00Z", producer: "openai", sector: "household", account: "hou-1"),
            .. Enumerable.Range(0, 5).Select(n => Events.Native($"old-{n}", occurredAt: "2025-12-03T00:00:00Z", producer: "openai", sector: "household", account: $"hou-{n}"))]);
        await _ledger.ReleasedAsync(5);
        await using var other = await ApiProcess.StartAsync(_ledger.Database.ConnectionString, Settings);
        using var anybody = other.ClientWith(null);

        (await _ledger.Api.Client.GetStringAsync("/v1/gdp?end=2026-05-01")).Should().NotBe(known);
        foreach (var (query, text) in queries.Zip(before))
        {
            var rows = (await ReleasesLedger.RowsAsync(anybody, query)).Where(r => !r.GetProperty("period").GetString()!.StartsWith("2025", StringComparison.Ordinal)).Select(r => r.GetRawText());
            string.Join(',', rows).Should().Be(string.Join(',', System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("rows").EnumerateArray().Select(r => r.GetRawText())));
        }

        (await ReleasesLedger.RowsAsync(anybody, "/v1/gdp")).Select(r => r.GetProperty("period").GetString()).Should().Equal(["2025-12", .. ReleasesLedger.Months], "May is not over");
    }

    [Fact]
    public async Task Keys_get_everything_unless_it_is_set_otherwise_and_administrators_always_do()
    {
        var key = (await _ledger.Api.CreateAsync("/v1/api-keys", new { name = "reader", scopes = new[] { "read" } })).GetProperty("key").GetString();
        using var reader = _ledger.Api.ClientWith(key);
        (await reader.GetAsync("/v1/indices")).StatusCode.Should().Be(HttpStatusCode.OK);

        await using var strict = await ApiProcess.StartAsync(_ledger.Database.ConnectionString, new(Settings) { ["TokenFactory__Suppression__AppliesToReadKeys"] = "true" });
        using var strictReader = strict.ClientWith(key);
        (await strictReader.GetAsync("/v1/indices")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await ReleasesLedger.RowsAsync(strictReader, "/v1/gdp?by=sector,producer")).Should().Contain(r => r.GetProperty("null_reason").GetString() == "confidential");
        (await strict.Client.GetAsync("/v1/indices")).StatusCode.Should().Be(HttpStatusCode.OK);

        // Switched off, everybody gets everything, and nothing is released.
        await using var open = await ApiProcess.StartAsync(_ledger.Database.ConnectionString);
        using var anybody = open.ClientWith(null);
        (await anybody.GetAsync("/v1/indices")).StatusCode.Should().Be(HttpStatusCode.OK);
    }
}
