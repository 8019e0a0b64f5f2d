using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Otlp;

/// <summary>OpenTelemetry's own SDK sends, with what its environment variables set and nothing else.</summary>
public sealed class SdkTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly ActivitySource Source = new("test.genai");

    [Fact]
    public async Task Spans_of_the_SDK_arrive_as_they_were_made()
    {
        await AllowAsync("sdk-traces");
        var made = new List<(string Id, DateTime End)>();
        using (var provider = Sdk.CreateTracerProviderBuilder().AddSource(Source.Name)
            .ConfigureResource(r => r.AddService("shop").AddAttributes([new("tokenfactory.account", "sdk-shop"), new("tokenfactory.sector", "enterprise")]))
            .AddOtlpExporter().Build())
        {
            using var agent = Source.StartActivity("invoke_agent helper", ActivityKind.Internal)!;
            agent.SetTag("gen_ai.operation.name", "invoke_agent").SetTag("gen_ai.usage.input_tokens", 53_709).SetTag("gen_ai.usage.output_tokens", 156);
            for (var i = 0; i < 3; i++)
            {
                using var call = Source.StartActivity("chat gpt-4o", ActivityKind.Client)!;
                call.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.provider.name", "openai").SetTag("gen_ai.request.model", "gpt-4o")
                    .SetTag("gen_ai.response.model", "gpt-4o-2024-08-06").SetTag("gen_ai.usage.input_tokens", 17_903L).SetTag("gen_ai.usage.output_tokens", 52)
                    .SetTag("gen_ai.usage.cache_read.input_tokens", 17_817).SetTag("gen_ai.input.messages", "the secret plan");
                call.AddEvent(new ActivityEvent("gen_ai.client.inference.operation.details", tags: new() { { "gen_ai.input.messages", "the secret plan" } }));
                call.Stop();
                made.Add(($"{call.TraceId.ToHexString()}-{call.SpanId.ToHexString()}", call.StartTimeUtc + call.Duration));
            }

            agent.Stop();
            provider.ForceFlush(60_000).Should().BeTrue();
        }

        var sender = new OtlpSender(fixture, "sdk-traces");
        foreach (var (id, end) in made)
        {
            var receipt = await sender.ReceiptAsync(id);
            OtlpSender.LeavesOf(receipt).Should().Be("input 86, cache_read 17817, output 52");
            receipt.GetProperty("occurred_at").GetDateTimeOffset().UtcDateTime.Should().BeCloseTo(end, TimeSpan.FromMicroseconds(1));
            receipt.GetProperty("account").GetString().Should().Be("sdk-shop");
            receipt.GetProperty("sector").GetString().Should().Be("enterprise");
            receipt.GetProperty("sector_basis").GetString().Should().Be("tag");
            receipt.GetProperty("producer").GetString().Should().Be("openai");
        }

        (await sender.SumAsync("received")).Should().Be(3);
        (await sender.SignalAsync()).Should().Be("traces");
        fixture.Api.Output.Should().NotContain("secret");
    }

    [Theory]
    [InlineData(MetricReaderTemporalityPreference.Delta)]
    [InlineData(MetricReaderTemporalityPreference.Cumulative)]
    public async Task Metrics_of_the_SDK_sum_to_what_was_measured(MetricReaderTemporalityPreference temporality)
    {
        var source = $"sdk-{temporality}".ToLowerInvariant();
        await AllowAsync(source);
        using var meter = new Meter($"test.genai.{temporality}");
        var usage = meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}");
        var duration = meter.CreateHistogram<double>("gen_ai.client.operation.duration", "s");
        using (var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name)
            .ConfigureResource(r => r.AddService("shop").AddAttributes([new("tokenfactory.account", "sdk-shop")]))
            .AddOtlpExporter((_, reader) =>
            {
                reader.TemporalityPreference = temporality;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = int.MaxValue;
            }).Build())
        {
            for (var i = 1; i <= 5; i++)
            {
                usage.Record(100 * i, TagsOf("input"));
                usage.Record(i, TagsOf("output"));
                duration.Record(0.5, TagsOf("input"));
                // The fourth is measured and not exported by itself.
                if (i != 4)
                    provider.ForceFlush(60_000).Should().BeTrue();
            }

            provider.ForceFlush(60_000).Should().BeTrue();
        }

        var sender = new OtlpSender(fixture, source);
        (await sender.TokensAsync()).Should().Be(1500 + 15);
        (await sender.SumAsync("accepted")).Should().Be(8);
        (await sender.SumAsync("rejected")).Should().Be(0);
        (await sender.SignalAsync()).Should().Be("metrics");
        (await fixture.Database.ScalarAsync<string>(
            $"select string_agg(distinct split_part(usage_profile, ';', 1), ',') from event_identity i join sources s on s.id = i.source_id where s.slug = '{source}'")).Should().Be("otel_token_usage/1");
    }

    private static TagList TagsOf(string type) => new()
    {
        { "gen_ai.token.type", type }, { "gen_ai.operation.name", "chat" }, { "gen_ai.provider.name", "openai" }, { "gen_ai.request.model", "gpt-4o" },
    };

    // A key of one source: nothing else has to be said. The .NET SDK would otherwise speak gRPC.
    private async Task AllowAsync(string source)
    {
        await fixture.Api.CreateAsync("/v1/sources", new { id = source });
        var key = await fixture.Api.CreateAsync("/v1/api-keys", new { name = source, scopes = new[] { "ingest" }, sources = new[] { source } });
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", fixture.Api.Address.ToString());
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_HEADERS", $"Authorization=Bearer%20{key.GetProperty("key").GetString()}");
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    }
}
