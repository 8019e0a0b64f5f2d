using System.Net.Http.Headers;
using System.Text.Json;
using Google.Protobuf;
using TokenFactory.Api.Ingestion.Otlp.Wire;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Ingestion.Otlp.OtlpSender;

namespace TokenFactory.Api.Tests.Ingestion.Otlp;

/// <summary>Which spans count, and as what.</summary>
public sealed class SpanTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Path = "/v1/traces";

    [Fact]
    public async Task A_cached_input_counts_once()
    {
        var sender = await SenderAsync("span-cached");

        await sender.TakenAsync(Path, SpanExport([], Span(1, [.. Call(17_903, 40), ("gen_ai.usage.cache_read.input_tokens", 17_817), ("gen_ai.usage.reasoning.output_tokens", 12)])));

        var receipt = await sender.ReceiptAsync(IdOf(1));
        LeavesOf(receipt).Should().Be("input 86, cache_read 17817, output 28, output_reasoning 12");
        receipt.GetProperty("usage_profile").GetString().Should().Be("otel_gen_ai/1");
        receipt.GetProperty("occurred_at").GetDateTimeOffset().Should().Be(DateTimeOffset.UnixEpoch.AddTicks(Start / 100).AddTicks(1_234_560));
    }

    public static TheoryData<string, (string, object)[], string> Shapes => new()
    {
        { "old names", [("gen_ai.operation.name", "text_completion"), ("gen_ai.system", "openai"), ("gen_ai.request.model", "gpt-4o"), ("gen_ai.usage.prompt_tokens", 7), ("gen_ai.usage.completion_tokens", 3)], "input 7, output 3" },
        { "the model that answered", [.. Call(), ("gen_ai.response.model", "gpt-4o-2024-08-06")], "input 10, output 5" },
        { "embeddings", [("gen_ai.operation.name", "embeddings"), ("gen_ai.provider.name", "openai"), ("gen_ai.request.model", "text-embedding-3"), ("gen_ai.usage.input_tokens", 8)], "input 8" },
        { "generate_content", Call(operation: "generate_content", provider: "gcp.gemini", model: "gemini-2.5-pro"), "input 10, output 5" },
        { "OpenLLMetry", [("llm.request.type", "chat"), ("gen_ai.system", "OpenAI"), ("gen_ai.request.model", "gpt-4o"), ("gen_ai.usage.prompt_tokens", 7), ("gen_ai.usage.completion_tokens", 3), ("llm.usage.total_tokens", 10)], "input 7, output 3" },
        { "Vercel", [("ai.operationId", "ai.generateText.doGenerate"), ("gen_ai.system", "openai.chat"), ("gen_ai.request.model", "gpt-4o"), ("gen_ai.usage.input_tokens", 7), ("gen_ai.usage.output_tokens", 3), ("ai.usage.promptTokens", 7), ("ai.usage.completionTokens", 3)], "input 7, output 3" },
        { "Vercel 6 of Anthropic", [("ai.operationId", "ai.streamText.doStream"), ("ai.model.provider", "anthropic.messages"), ("ai.model.id", "claude-sonnet-4-5"), ("ai.usage.inputTokens", 30), ("ai.usage.inputTokenDetails.cacheReadTokens", 20), ("ai.usage.outputTokens", 3)], "input 10, cache_read 20, output 3" },
        { "Vercel's embedding", [("ai.operationId", "ai.embed.doEmbed"), ("ai.model.provider", "openai.embedding"), ("ai.model.id", "text-embedding-3"), ("ai.usage.tokens", 9)], "input 9" },
        { "whole doubles", [("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"), ("gen_ai.request.model", "gpt-4o"), ("gen_ai.usage.input_tokens", 7.0), ("gen_ai.usage.output_tokens", "3")], "input 7, output 3" },
        { "an error that made tokens", Call(4, 1), "input 4, output 1" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_call_of_a_model_counts_by_whatever_names_it_is_told(string name, (string, object)[] attributes, string leaves)
    {
        var sender = await SenderAsync(Slug("span-shape", name));

        await sender.TakenAsync(Path, SpanExport([], Span(1, attributes, isError: name.StartsWith("an error", StringComparison.Ordinal))));

        (await sender.LeavesAsync(IdOf(1))).Should().Be(leaves, name);
    }

    public static TheoryData<string, (string, object)[]> NoCalls => new()
    {
        { "an agent", Call(operation: "invoke_agent") },
        { "a workflow", Call(operation: "invoke_workflow") },
        { "a tool", Call(operation: "execute_tool") },
        { "OpenLLMetry's workflow", [("traceloop.span.kind", "workflow"), ("llm.request.type", "unknown"), ("gen_ai.usage.input_tokens", 10)] },
        { "Vercel's outer span", [("ai.operationId", "ai.generateText"), ("ai.usage.promptTokens", 7), ("ai.usage.completionTokens", 3), ("gen_ai.usage.input_tokens", 7)] },
        { "a request", [("http.request.method", "POST")] },
        { "a call that failed", [("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai")] },
        { "a call of no tokens", Call(0, 0) },
    };

    [Theory]
    [MemberData(nameof(NoCalls))]
    public async Task What_is_no_call_of_a_model_counts_nothing_and_binds_nothing(string name, (string, object)[] attributes)
    {
        var sender = await SenderAsync(Slug("span-none", name));

        await sender.TakenAsync(Path, SpanExport([], Span(1, attributes, isError: true)));

        (await sender.SumAsync("received")).Should().Be(0);
        (await sender.SignalAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Usage_without_an_operation_is_not_counted_and_its_sender_hears_of_it()
    {
        var sender = await SenderAsync("span-unnamed");

        var (status, answer) = await sender.SendAsync(Path, SpanExport([], Span(1, Call()[1..]), Span(2, Call())));

        status.Should().Be(200);
        var partial = answer.GetProperty("partialSuccess");
        partial.TryGetProperty("rejectedSpans", out _).Should().BeFalse("nothing was rejected");
        partial.GetProperty("errorMessage").GetString().Should().Contain("1 spans report tokens without gen_ai.operation.name");
        (await sender.TokensAsync()).Should().Be(15);
    }

    [Fact]
    public async Task Agents_that_repeat_the_usage_of_their_children_are_not_counted()
    {
        var sender = await SenderAsync("span-nested");

        await sender.TakenAsync(Path, SpanExport([],
            Span(1, Call(30, 15, "invoke_agent")),
            Span(2, Call(20, 10), parent: 1),
            Span(3, Call(10, 5), parent: 1),
            Span(4, Call()[..3], parent: 1, isError: true)));

        (await sender.TokensAsync()).Should().Be(45);
        (await sender.LeavesAsync(IdOf(2))).Should().Be("input 20, output 10");
        (await sender.LeavesAsync(IdOf(3))).Should().Be("input 10, output 5");
    }

    public static TheoryData<string, object[], int> Nested => new()
    {
        { "a chat that embeds", [Span(1, Call(1000, 500)), Span(2, [("gen_ai.operation.name", "embeddings"), ("gen_ai.provider.name", "openai"), ("gen_ai.request.model", "text-embedding-3"), ("gen_ai.usage.input_tokens", 7)], parent: 1)], 1507 },
        { "a call that is its own parent", [Span(1, Call(), parent: 1)], 15 },
        { "a circle", [Span(1, Call(10, 5), parent: 2), Span(2, Call(20, 10), parent: 1)], 45 },
        { "a child of another trace", [Span(1, Call()), Span(2, Call(), parent: 1, trace: 2)], 30 },
    };

    [Theory]
    [MemberData(nameof(Nested))]
    public async Task A_call_inside_a_call_takes_nothing_from_it(string name, object[] spans, int tokens)
    {
        var sender = await SenderAsync(Slug("span-inside", name));

        await sender.TakenAsync(Path, SpanExport([], spans));

        (await sender.TokensAsync()).Should().Be(tokens, name);
    }

    [Fact]
    public async Task A_call_that_repeats_one_inside_it_counts_however_they_are_grouped_and_its_sender_hears_of_it()
    {
        var together = await SenderAsync("span-repeats");
        var apart = await SenderAsync("span-repeats-apart");
        var (outer, inner) = (Span(1, Call()), Span(2, Call(provider: "azure"), parent: 1));

        var (status, answer) = await together.SendAsync(Path, SpanExport([], outer, inner));
        await together.TakenAsync(Path, SpanExport([], outer));
        await apart.TakenAsync(Path, SpanExport([], inner));
        await apart.TakenAsync(Path, SpanExport([], outer));
        await apart.SendAsync(Path, SpanExport([], outer, inner));

        status.Should().Be(200);
        answer.GetProperty("partialSuccess").TryGetProperty("rejectedSpans", out _).Should().BeFalse("nothing was rejected");
        answer.GetProperty("partialSuccess").GetProperty("errorMessage").GetString().Should().ContainAll("1 spans report the same tokens as a call inside", IdOf(1));
        (await together.TokensAsync()).Should().Be(30);
        (await apart.TokensAsync()).Should().Be(30);
    }

    [Fact]
    public async Task Account_sector_plan_tier_and_region_are_read_from_the_span_and_from_its_resource()
    {
        var sender = await SenderAsync("span-facts");
        (string, object)[] resource = [("tokenfactory.account", "otel-shop"), ("tokenfactory.sector", "enterprise"), ("cloud.region", "eu-central-1"), ("service.name", "shop")];

        await sender.TakenAsync(Path, SpanExport(resource,
            Span(1, Call()),
            Span(2, [.. Call(), ("enduser.id", "otel-ada"), ("tokenfactory.sector", "household"), ("openai.response.service_tier", "flex")]),
            Span(3, [.. Call(), ("tokenfactory.account", "otel-town"), ("user.id", "otel-ada"), ("tokenfactory.plan", "pro"), ("gen_ai.openai.response.service_tier", "default")])));

        Facts(await sender.ReceiptAsync(IdOf(1))).Should().Be("otel-shop enterprise tag standard eu-central-1");
        Facts(await sender.ReceiptAsync(IdOf(2))).Should().Be("otel-ada household event flex eu-central-1");
        Facts(await sender.ReceiptAsync(IdOf(3))).Should().Be("otel-town enterprise tag standard eu-central-1");
    }

    [Fact]
    public async Task What_can_not_be_read_is_held_back_without_its_texts_and_its_sender_hears_why()
    {
        var sender = await SenderAsync("span-held");
        var spans = SpanExport([],
            Span(1, [.. Call(10, 5, provider: "nobody-knows"), ("gen_ai.input.messages", "the secret plan")]),
            Span(2, [.. Call(56_322, 7), ("gen_ai.usage.cache_read.input_tokens", 72_960)]),
            Span(3, [.. Call()[..3], ("gen_ai.usage.input_tokens", "the secret plan")]));

        var (status, answer) = await sender.SendAsync(Path, spans);
        var again = await sender.SendAsync(Path, spans);

        status.Should().Be(200);
        again.Status.Should().Be(200);
        var message = answer.GetProperty("partialSuccess").GetProperty("errorMessage").GetString();
        message.Should().ContainAll("held back", "unknown_producer", "negative_leaf", "not_a_number").And.NotContain("secret");
        answer.GetProperty("partialSuccess").TryGetProperty("rejectedSpans", out _).Should().BeFalse();
        (await sender.SumAsync("quarantined")).Should().Be(3);
        (await sender.SumAsync("duplicate")).Should().Be(3);
        (await fixture.Database.ScalarAsync<string>("select string_agg(q::text, ' ') from quarantined_event q")).Should().Contain("72960").And.NotContain("secret");
        fixture.Api.Output.Should().NotContain("secret");
        (await fixture.Api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task The_same_export_again_counts_once_whichever_encoding_it_comes_in()
    {
        var sender = await SenderAsync("span-again");
        var spans = SpanExport([], Span(1, Call()), Span(2, Call(), trace: 2));
        var span = new Span
        {
            TraceId = ByteString.CopyFrom(Convert.FromHexString(TraceId(1))),
            SpanId = ByteString.CopyFrom(Convert.FromHexString(SpanId(1))),
            EndTimeUnixNano = (ulong)Start + 123_456_700,
        };
        span.Attributes.Add(Call().Reverse().Select(a => new KeyValue
        {
            Key = a.Item1,
            Value = a.Item2 is string text ? new AnyValue { StringValue = text } : new AnyValue { IntValue = (long)a.Item2 },
        }));
        var inBinary = new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { span } } } } } };

        await sender.TakenAsync(Path, spans);
        (await sender.SendAsync(Path, spans, zipped: true)).Status.Should().Be(200);
        using var content = new ByteArrayContent(inBinary.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await fixture.Api.Client.PostAsync($"{Path}?source={sender.Source}", content);

        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/x-protobuf");
        ExportTraceServiceResponse.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync()).Should().Be(new ExportTraceServiceResponse());
        (await sender.SumAsync("accepted")).Should().Be(2);
        (await sender.SumAsync("duplicate")).Should().Be(3);
        (await sender.TokensAsync()).Should().Be(30);
    }

    [Fact]
    public async Task A_span_with_no_id_and_one_with_other_content_are_rejected_and_counted()
    {
        var sender = await SenderAsync("span-rejected");
        await sender.TakenAsync(Path, SpanExport([], Span(1, Call())));
        var body = JsonSerializer.Serialize(SpanExport([], Span(1, Call(11)), Span(2, Call()), Span(3, Call())))
            .Replace($"\"spanId\":\"{SpanId(2)}\"", "\"spanId\":\"\"", StringComparison.Ordinal);

        var (status, answer) = await sender.SendAsync(Path, body);

        status.Should().Be(200);
        answer.GetProperty("partialSuccess").GetProperty("rejectedSpans").GetString().Should().Be("2");
        answer.GetProperty("partialSuccess").GetProperty("errorMessage").GetString().Should().ContainAll("invalid_id", "content_conflict");
        (await sender.SumAsync("accepted")).Should().Be(2);
        (await sender.SumAsync("conflict")).Should().Be(1);
        (await sender.SumAsync("rejected")).Should().Be(1);
    }

    [Fact]
    public async Task The_account_may_stand_in_what_libraries_call_metadata()
    {
        var sender = await SenderAsync("span-metadata");
        var prefixes = new[] { "ai.telemetry.metadata", "traceloop.association.properties", "trace.metadata" };

        await sender.TakenAsync(Path, SpanExport([], [.. prefixes.Select((prefix, i) => Span(i, [.. Call(), ($"{prefix}.tokenfactory.account", $"meta-{i}"), ($"{prefix}.tokenfactory.sector", "government")]))]));

        for (var i = 0; i < prefixes.Length; i++)
        {
            var receipt = await sender.ReceiptAsync(IdOf(i));
            receipt.GetProperty("account").GetString().Should().Be($"meta-{i}");
            receipt.GetProperty("sector").GetString().Should().Be("government");
        }
    }

    [Fact]
    public async Task A_call_that_does_not_report_its_tokens_is_held_back_and_binds_nothing()
    {
        var sender = await SenderAsync("span-silent");

        var (_, answer) = await sender.SendAsync(Path, SpanExport([], Span(1, Call()[..3])));

        answer.GetProperty("partialSuccess").GetProperty("errorMessage").GetString().Should().Contain("held back (missing_field)");
        (await sender.SumAsync("quarantined")).Should().Be(1);
        (await sender.SignalAsync()).Should().BeNull();
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\u0000")]
    [InlineData("")]
    [InlineData(" ")]
    public async Task Texts_that_nothing_can_hold_break_nothing(string text)
    {
        var sender = await SenderAsync(Slug("span-text", Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text))));
        foreach (var attribute in new[] { "gen_ai.response.model", "tokenfactory.account", "gen_ai.provider.name", "tokenfactory.sector", "gen_ai.usage.total_tokens", "unread" })
        {
            var body = JsonSerializer.Serialize(SpanExport([(attribute, "HERE")], Span(1, [.. Call().Where(a => a.Item1 != attribute), (attribute, "HERE")])))
                .Replace("HERE", text, StringComparison.Ordinal);

            (await sender.SendAsync(Path, body)).Status.Should().BeOneOf(200, 400);
            (await sender.SendAsync("/v1/metrics", JsonSerializer.Serialize(MetricExport([(attribute, "HERE")], Histogram(2, Point(1, 0, 1, "input", (attribute, "HERE")))))
                .Replace("HERE", text, StringComparison.Ordinal))).Status.Should().BeOneOf(200, 400);
        }

        (await fixture.Api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    private static string Slug(string prefix, string name) => $"{prefix}-{string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))}";

    private static string Facts(JsonElement receipt) => string.Join(' ', new[] { "account", "sector", "sector_basis", "service_tier", "region" }
        .Select(name => receipt.GetProperty(name).GetString()));

    private Task<OtlpSender> SenderAsync(string source) => ForAsync(fixture, source);
}
