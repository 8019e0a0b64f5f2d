using TokenFactory.Economics.Usage;

namespace TokenFactory.Economics.Tests.Usage;

public sealed class UsageProfilesTests
{
    private const string Chat = """{"id":"1","object":"chat.completion","usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";
    private const string Responses = """{"id":"1","object":"response","usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}""";
    private const string Message = """{"id":"1","type":"message","usage":{"input_tokens":1,"cache_read_input_tokens":9,"output_tokens":1}}""";
    private const string Gemini = """{"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2}}""";
    private const string Converse = """{"usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""";
    private const string NoUsage = """{"error":{"message":"overloaded"}}""";

    [Theory]
    [InlineData("openai", Chat, "openai_chat")]
    [InlineData("OpenAI", Chat, "openai_chat")]
    [InlineData("openai", Responses, "openai_responses")]
    [InlineData("openai", NoUsage, "openai_chat")]
    [InlineData("azure.ai.openai", Responses, "openai_responses")]
    [InlineData("azure.ai.inference", Message, "anthropic_messages")]
    [InlineData("anthropic", Message, "anthropic_messages")]
    [InlineData("anthropic", """{"usage":{"input_tokens":1,"output_tokens":1}}""", "anthropic_messages")]
    [InlineData("anthropic", Chat, "openai_chat")] // its compatible endpoint
    [InlineData("gcp.gemini", Gemini, "gemini")]
    [InlineData("gcp.vertex_ai", Message, "anthropic_messages")]
    [InlineData("google", Chat, "openai_chat")]
    [InlineData("google", NoUsage, "gemini")]
    [InlineData("aws.bedrock", Converse, "bedrock_converse")]
    [InlineData("bedrock", Message, "anthropic_messages")]
    [InlineData("deepseek", Chat, "deepseek")]
    [InlineData("x_ai", Chat, "xai_chat")]
    [InlineData("xai", Responses, "openai_responses")]
    [InlineData("moonshot_ai", Chat, "moonshot")]
    [InlineData("moonshot", Message, "anthropic_messages")]
    [InlineData("qwen", Chat, "dashscope")]
    [InlineData("alibaba", """{"request_id":"1","output":{},"usage":{"input_tokens":1,"output_tokens":1}}""", "dashscope")]
    [InlineData("siliconflow", Chat, "openai_chat")]
    [InlineData("cohere", Chat, null)]
    [InlineData("", Chat, null)]
    [InlineData("openai", "[]", "openai_chat")]
    [InlineData("openai", """{"\ud800":1}""", "openai_chat")]
    public void A_response_finds_its_profile_by_provider_and_shape(string provider, string response, string? profile) =>
        (UsageProfiles.For(provider, Readings.Json(response))?.Id).Should().Be(profile);

    [Fact]
    public void Ids_are_written_exactly()
    {
        foreach (var profile in UsageProfiles.All)
        {
            UsageProfiles.TryFind(profile.Id, out var found).Should().BeTrue();
            found.Should().BeSameAs(profile);
        }

        UsageProfiles.TryFind("OpenAI_Chat", out _).Should().BeFalse();
    }
}
