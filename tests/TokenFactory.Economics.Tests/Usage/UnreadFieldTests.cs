using System.Text.Json.Nodes;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Economics.Tests.Usage;

/// <summary>
/// A usage with fields of another shape: they are read where only one reading is possible, else they hold it back. Never are they passed over, which
/// would lose their tokens or bill cached ones as input.
/// </summary>
public sealed class UnreadFieldTests
{
    private static readonly string[] Fields =
    [
        .. InputDetails("prompt_tokens_details"), .. InputDetails("input_tokens_details"), .. InputDetails("input_token_details"),
        .. OutputDetails("completion_tokens_details"), .. OutputDetails("output_tokens_details"), .. OutputDetails("output_token_details"),
        "cached_tokens", "prompt_cache_hit_tokens", "prompt_cache_miss_tokens", "reasoning_tokens", "audio_tokens", "image_tokens", "video_tokens",
        "cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation.ephemeral_5m_input_tokens", "cache_creation.ephemeral_1h_input_tokens",
        "cachedContentTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount", "promptTokensDetails", "cacheTokensDetails",
        "toolUsePromptTokensDetails", "candidatesTokensDetails",
        "cacheReadInputTokens", "cacheReadInputTokenCount", "cacheWriteInputTokens", "cacheWriteInputTokenCount", "cacheDetails",
        "input_cached_tokens", "input_cache_write_tokens", "input_audio_tokens", "input_image_tokens", "output_audio_tokens", "output_image_tokens",
    ];

    /// <summary>All but OpenTelemetry's: the fields are members of a usage object, and no attribute has such a name.</summary>
    public static TheoryData<string> Profiles { get; } = [.. UsageProfiles.All.Select(p => p.Id).Where(id => !id.StartsWith("otel_", StringComparison.Ordinal))];

    [Theory]
    // Inside the prompt or the completion: at the top, where Moonshot and DeepSeek say it, or where the total tells.
    [InlineData("siliconflow", """{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"cached_tokens":60}""", "input 40, cache_read 60, output 5 = 105")]
    [InlineData("siliconflow", """{"prompt_tokens":100,"completion_tokens":5,"cached_tokens":60}""", "input 40, cache_read 60, output 5 = 105")]
    [InlineData("openai", """{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"prompt_cache_hit_tokens":60}""", "input 40, cache_read 60, output 5 = 105")]
    [InlineData("openai", """{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"prompt_cache_miss_tokens":40}""", "input 40, cache_read 60, output 5 = 105")]
    [InlineData("openai", """{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"cache_read_input_tokens":60}""", "input 40, cache_read 60, output 5 = 105")]
    [InlineData("anthropic", """{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"cache_read_input_tokens":60}""", "input 40, cache_read 60, output 5 = 105")]
    [InlineData("openai", """{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"cache_creation_input_tokens":60,"cache_creation":{"ephemeral_1h_input_tokens":20},""" +
        """ "prompt_tokens_details":{"cached_tokens":30}}""", "input 10, cache_read 30, cache_write 40, cache_write_1h 20, output 5 = 105")]
    [InlineData("openai", """{"prompt_tokens":100,"completion_tokens":9,"total_tokens":109,"reasoning_tokens":6}""", "input 100, output 3, output_reasoning 6 = 109")]
    [InlineData("xai", """{"prompt_tokens":100,"completion_tokens":3,"total_tokens":109,"reasoning_tokens":6,"cached_tokens":60}""",
        "input 40, cache_read 60, output 3, output_reasoning 6 = 109")]
    [InlineData("dashscope", """{"input_tokens":1277,"output_tokens":81,"image_tokens":1247}""", "input 30, input_image 1247, output 81 = 1358")]
    [InlineData("dashscope", """{"prompt_tokens":100,"completion_tokens":5,"cached_tokens":60}""", "input 40, cache_read 60, output 5 = 105")]
    [InlineData("openai", """{"input_tokens":100,"input_tokens_details":{"cached_tokens":60},"output_tokens":5}""", "input 40, cache_read 60, output 5 = 105")]
    [InlineData("litellm", """{"input_tokens":100,"input_tokens_details":{"cached_tokens":60},"output_tokens":5}""", "input 40, cache_read 60, output 5 = 105")]
    [InlineData("litellm", """{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"prompt_cache_miss_tokens":40}""", "input 40, cache_read 60, output 5 = 105")]
    // Without a total nothing tells whether Anthropic's names, or a reasoning at the top, are inside or beside.
    [InlineData("openai", """{"prompt_tokens":100,"completion_tokens":5,"cache_read_input_tokens":60}""", "unread_field")]
    [InlineData("openai", """{"prompt_tokens":100,"completion_tokens":5,"reasoning_tokens":2}""", "unread_field")]
    // Beside input_tokens it might be either.
    [InlineData("litellm", """{"input_tokens":10,"cache_read_input_tokens":100,"cache_creation_input_tokens":50,"output_tokens":5,"total_tokens":15}""", "unread_field")]
    [InlineData("azure", """{"input_tokens":10,"cache_read_input_tokens":100,"cache_creation_input_tokens":50,"output_tokens":5,"total_tokens":15}""", "unread_field")]
    [InlineData("openrouter", """{"input_tokens":10,"cache_creation":{"ephemeral_1h_input_tokens":5},"output_tokens":5,"total_tokens":15}""", "unread_field")]
    [InlineData("openrouter", """{"input_tokens":10,"cache_read_input_tokens":100,"output_tokens":5}""", "missing_field")]
    [InlineData("anthropic", """{"input_tokens":100,"input_tokens_details":{"cached_tokens":60},"output_tokens":5,"total_tokens":105}""", "unread_field")]
    [InlineData("openai", """{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"input_tokens_details":{"cached_tokens":60}}""", "unread_field")]
    [InlineData("openai", """{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"cached_tokens":60,"prompt_tokens_details":{"cached_tokens":50}}""", "contradiction")]
    [InlineData("openai", """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"cache_read_input_tokens":100}""", "negative_leaf")]
    // What says nothing holds nothing back.
    [InlineData("anthropic", """{"input_tokens":100,"output_tokens":5,"cached_tokens":0,"input_tokens_details":{"cached_tokens":0},"promptTokensDetails":[]}""", "input 100, output 5 = 105")]
    [InlineData("anthropic", """{"input_tokens":100,"output_tokens":5,"reasoning_tokens":"6"}""", "unread_field")]
    public void A_field_of_another_shape_is_read_or_holds_the_usage_back(string provider, string usage, string reading)
    {
        var response = Readings.Json($$"""{"usage":{{usage}}}""");
        var profile = UsageProfiles.TryFind(provider, out var named) ? named : UsageProfiles.For(provider, response)!;

        RawResponse.Read(profile, response).Usage.Line().Should().Be(reading);
    }

    [Fact]
    public void The_reason_names_the_field_and_the_shape() =>
        Readings.Read("anthropic_messages", """{"input_tokens":100,"output_tokens":5,"input_tokens_details":{"cached_tokens":60}}""").Violation!.Detail
            .Should().Be("The field `input_tokens_details.cached_tokens` holds tokens that anthropic_messages does not read there.");

    /// <summary>One token in any field that some shape has is a token that the reading tells of, or none is read at all.</summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public void No_profile_passes_over_a_field_that_another_reads(string profileId)
    {
        var leaves = new long[12];
        leaves[(int)TokenClass.Input - 1] = 100;
        leaves[(int)TokenClass.Output - 1] = 50;
        var text = new UsageWriter(leaves, sparse: true).Write(profileId).ToJsonString();
        var without = Readings.Read(profileId, text);
        without.IsRead.Should().BeTrue();

        foreach (var field in Fields)
        {
            var usage = JsonNode.Parse(text)!.AsObject();
            Put(usage, field.Split('.'));
            var reading = Readings.Read(profileId, usage.ToJsonString());
            (reading.IsRead && reading.Leaves.SequenceEqual(without.Leaves)).Should().BeFalse($"{usage.ToJsonString()} holds a token in {field}");
        }
    }

    private static void Put(JsonObject owner, string[] path)
    {
        if (path.Length > 1)
        {
            if (owner[path[0]] is not JsonObject inner)
                owner[path[0]] = inner = [];
            Put(inner, path[1..]);
        }
        else
        {
            owner[path[0]] = path[0] == "cacheDetails" ? new JsonArray(new JsonObject { ["ttl"] = "1h", ["inputTokens"] = 1 })
                : path[0].EndsWith("TokensDetails", StringComparison.Ordinal) ? new JsonArray(new JsonObject { ["modality"] = "IMAGE", ["tokenCount"] = 1 })
                : 1;
        }
    }

    private static IEnumerable<string> InputDetails(string owner) => new[]
    {
        "audio_tokens", "image_tokens", "image", "video_tokens", "cached_tokens", "cached_tokens_details.image_tokens", "cache_write_tokens", "cache_write",
        "cache_creation_tokens", "cache_creation_input_tokens", "cache_creation", "cache_creation.ephemeral_5m_input_tokens",
        "cache_creation.ephemeral_1h_input_tokens", "cache_creation.cache_creation_input_tokens", "cache_creation_token_details.ephemeral_5m_input_tokens",
        "cache_creation_token_details.ephemeral_1h_input_tokens",
    }.Select(name => $"{owner}.{name}");

    private static IEnumerable<string> OutputDetails(string owner) =>
        new[] { "audio_tokens", "image_tokens", "image", "video_tokens", "reasoning_tokens" }.Select(name => $"{owner}.{name}");
}
