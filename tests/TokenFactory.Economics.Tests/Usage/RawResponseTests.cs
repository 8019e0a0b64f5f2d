using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Economics.Tests.Usage;

public sealed class RawResponseTests
{
    [Fact]
    public void An_OpenAI_chat_completion_is_read_whole()
    {
        var read = RawResponse.Read("openai_chat", Readings.Json("""
            {"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion","created":1741569952,"model":"gpt-4.1-2025-04-14",
             "choices":[{"index":0,"message":{"role":"assistant","content":"Hello!"},"finish_reason":"stop"}],
             "usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":0}},"service_tier":"default"}
            """));

        read.Id.Should().Be("chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT");
        read.Model.Should().Be("gpt-4.1-2025-04-14");
        read.ServiceTier.Should().Be(ServiceTier.Standard);
        read.CreatedAt.Should().Be(new DateTimeOffset(2025, 3, 10, 1, 25, 52, TimeSpan.Zero));
        read.CacheType.Should().BeNull();
        read.Usage.Line().Should().Be("input 19, output 10 = 29");
    }

    [Fact]
    public void An_OpenAI_response_is_read_whole()
    {
        var read = RawResponse.Read("openai_responses", Readings.Json("""
            {"id":"resp_67ccd2bed1ec8190","object":"response","created_at":1741476542.25,"status":"completed","model":"gpt-5","service_tier":"flex",
             "output":[],"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":0},"output_tokens":87,
             "output_tokens_details":{"reasoning_tokens":64},"total_tokens":123}}
            """));

        read.Id.Should().Be("resp_67ccd2bed1ec8190");
        read.ServiceTier.Should().Be(ServiceTier.Flex);
        read.CreatedAt.Should().Be(new DateTimeOffset(2025, 3, 8, 23, 29, 2, 250, TimeSpan.Zero));
        read.Usage.Line().Should().Be("input 36, output 23, output_reasoning 64 = 123");
    }

    [Fact]
    public void An_Anthropic_message_says_its_tier_in_its_usage()
    {
        var read = RawResponse.Read("anthropic_messages", Readings.Json("""
            {"id":"msg_013Zva2CMHLNnXjNJJKqJ2EF","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],
             "usage":{"input_tokens":2095,"output_tokens":503,"service_tier":"batch"}}
            """));

        read.Id.Should().Be("msg_013Zva2CMHLNnXjNJJKqJ2EF");
        read.Model.Should().Be("claude-sonnet-4-5");
        read.ServiceTier.Should().Be(ServiceTier.Batch);
        read.CreatedAt.Should().BeNull();
        read.Usage.Line().Should().Be("input 2095, output 503 = 2598");
    }

    [Fact]
    public void A_Gemini_response_is_read_whole()
    {
        var read = RawResponse.Read("gemini", Readings.Json("""
            {"candidates":[],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":7,"totalTokenCount":11},
             "modelVersion":"gemini-2.5-flash","createTime":"2026-11-23T11:00:00.123456789+01:00","responseId":"mAitaLmkHPPlz7IPvtfUqQ4"}
            """));

        read.Id.Should().Be("mAitaLmkHPPlz7IPvtfUqQ4");
        read.Model.Should().Be("gemini-2.5-flash");
        read.ServiceTier.Should().BeNull();
        read.CreatedAt.Should().Be(new DateTimeOffset(2026, 11, 23, 10, 0, 0, 123, 456, TimeSpan.Zero));
        read.CreatedAt!.Value.Offset.Should().Be(TimeSpan.Zero);
        read.Usage.Line().Should().Be("input 4, output 7 = 11");
    }

    [Fact]
    public void A_Bedrock_answer_has_no_id_and_no_model()
    {
        var read = RawResponse.Read("bedrock_converse", Readings.Json("""
            {"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn","metrics":{"latencyMs":302},
             "serviceTier":{"type":"priority"},"usage":{"inputTokens":4,"outputTokens":38,"totalTokens":42}}
            """));

        read.Id.Should().BeNull();
        read.Model.Should().BeNull();
        read.ServiceTier.Should().Be(ServiceTier.Priority);
        read.Usage.Line().Should().Be("input 4, output 38 = 42");
    }

    [Fact]
    public void A_native_DashScope_response_is_read_whole()
    {
        var read = RawResponse.Read("dashscope", Readings.Json("""
            {"request_id":"902fee3b-f7f0-9a8c-96a1-6b4ea25af114","output":{"choices":[]},"usage":{"input_tokens":1500,"output_tokens":17,
             "total_tokens":1517,"prompt_tokens_details":{"cached_tokens":1400,"cache_type":"ephemeral"}}}
            """));

        read.Id.Should().Be("902fee3b-f7f0-9a8c-96a1-6b4ea25af114");
        read.CacheType.Should().Be("ephemeral");
        read.Usage.Line().Should().Be("input 100, cache_read 1400, output 17 = 1517");
    }

    [Fact]
    public void The_attributes_of_a_span_are_their_own_usage()
    {
        var read = RawResponse.Read("otel_gen_ai", Readings.Json("""
            {"gen_ai.operation.name":"chat","gen_ai.response.id":"chatcmpl-123","gen_ai.response.model":"gpt-4-0613",
             "gen_ai.usage.input_tokens":97,"gen_ai.usage.output_tokens":52}
            """));

        read.Id.Should().Be("chatcmpl-123");
        read.Model.Should().Be("gpt-4-0613");
        read.Usage.Line().Should().Be("input 97, output 52 = 149");
    }

    [Theory]
    [InlineData("default", ServiceTier.Standard)]
    [InlineData("standard", ServiceTier.Standard)]
    [InlineData("batch", ServiceTier.Batch)]
    [InlineData("priority", ServiceTier.Priority)]
    [InlineData("flex", ServiceTier.Flex)]
    [InlineData("scale", null)]
    [InlineData("Default", null)]
    public void A_tier_without_a_counterpart_is_not_taken_for_another(string sent, ServiceTier? tier)
    {
        var read = RawResponse.Read("openai_chat", Readings.Json($$"""{"service_tier":"{{sent}}"}"""));

        read.ServiceTier.Should().Be(tier);
        read.ServiceTierAsSent.Should().Be(sent);
    }

    [Theory]
    [InlineData("\"created\":-1")]
    [InlineData("\"created\":1741569952000")] // milliseconds: the year 57,158
    [InlineData("\"created\":1e300")]
    [InlineData("\"created\":true")]
    [InlineData("\"created_at\":\"yesterday\"")]
    [InlineData("\"createTime\":\"2026-11-23T10:00:00\"")] // no offset
    public void What_is_no_instant_is_none(string member) =>
        RawResponse.Read("openai_chat", Readings.Json($"{{{member}}}")).CreatedAt.Should().BeNull();

    [Theory]
    [InlineData("openai_chat", """{"id":"chatcmpl-1","usage":null}""", "missing_field")]
    [InlineData("openai_chat", """{"id":"chatcmpl-1","error":{"message":"overloaded"}}""", "missing_field")]
    [InlineData("openai_chat", """{"id":"chatcmpl-1","usage":[]}""", "wrong_type")]
    [InlineData("gemini", """{"usage":{"promptTokenCount":4,"totalTokenCount":4}}""", "missing_field")]
    [InlineData("openai_chat", "[]", "wrong_type")]
    [InlineData("gpt", """{"usage":{"prompt_tokens":1,"completion_tokens":1}}""", "unknown_profile")]
    [InlineData("openai_chat", """{"\ud800":1,"usage":{"prompt_tokens":1,"completion_tokens":1}}""", "invalid_text")]
    [InlineData("openai_chat", """{"id":"\ud800","usage":{"prompt_tokens":1,"completion_tokens":1}}""", "invalid_text")]
    public void A_response_without_a_readable_usage_says_why(string profile, string response, string code) =>
        RawResponse.Read(profile, Readings.Json(response)).Usage.Line().Should().Be(code);

    [Fact]
    public void An_empty_or_numeric_id_is_none()
    {
        RawResponse.Read("openai_chat", Readings.Json("""{"id":"","request_id":"r-1"}""")).Id.Should().Be("r-1");
        RawResponse.Read("openai_chat", Readings.Json("""{"id":7}""")).Id.Should().BeNull();
    }
}
