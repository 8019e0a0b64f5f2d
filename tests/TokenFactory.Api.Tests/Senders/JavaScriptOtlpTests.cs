using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Senders;

/// <summary>Spans and metrics of the JavaScript SDK of OpenTelemetry, which is told nothing but where to send and with which key.</summary>
public sealed class JavaScriptOtlpTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("proto")]
    [InlineData("http")]
    public async Task A_model_call_in_an_agents_span_counts_once(string encoding)
    {
        var (source, settings) = await SenderAsync($"js-spans-{encoding}");

        var told = JsonDocument.Parse(await JavaScriptSenders.RunAsync("traces.mjs", settings, encoding)).RootElement;

        (await TokensAsync(source)).Should().Equal(("cache_read", 17_817), ("input", 86), ("output", 40), ("output_reasoning", 12));
        var receipt = await _api.GetAsync($"/v1/events?source={source}&id={told.GetProperty("trace_id")}-{told.GetProperty("span_id")}");
        string[] facts = ["account", "producer", "model", "sector"];
        facts.Select(name => receipt.GetProperty(name).GetString()).Should().Equal("acme", "openai", "gpt-4o-2024-08-06", "government");
        _api.Output.Should().NotContain("secret");
    }

    [Theory]
    [InlineData("proto", "delta")]
    [InlineData("proto", "cumulative")]
    [InlineData("http", "delta")]
    [InlineData("http", "cumulative")]
    public async Task The_histogram_of_tokens_counts_each_call_once(string encoding, string temporality)
    {
        var (source, settings) = await SenderAsync($"js-metrics-{encoding}-{temporality}");
        settings["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"] = temporality;

        await JavaScriptSenders.RunAsync("metrics.mjs", settings, encoding);

        (await TokensAsync(source)).Should().Equal(("input", 1_234), ("output", 57));
    }

    // A key of one source needs no other word: the SDK sets no header of ours.
    private async Task<(string Source, Dictionary<string, string> Settings)> SenderAsync(string source)
    {
        await _api.CreateAsync("/v1/sources", new { id = source });
        var made = await _api.CreateAsync("/v1/api-keys", new { name = source, scopes = new[] { "ingest" }, sources = new[] { source } });
        return (source, new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _api.Address.ToString().TrimEnd('/'),
            ["OTEL_EXPORTER_OTLP_HEADERS"] = $"Authorization=Bearer%20{made.GetProperty("key")}",
        });
    }

    private async Task<IEnumerable<(string, long)>> TokensAsync(string source) =>
        (await _api.GetAsync($"/v1/ledger/entries?source={source}")).GetProperty("items").EnumerateArray()
            .GroupBy(e => e.GetProperty("token_class").GetString()!, e => long.Parse(e.GetProperty("quantity").GetString()!, System.Globalization.CultureInfo.InvariantCulture))
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Sum()));
}
