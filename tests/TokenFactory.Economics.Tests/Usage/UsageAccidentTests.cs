using TokenFactory.Economics.Usage;

namespace TokenFactory.Economics.Tests.Usage;

/// <summary>Each of these was once a wrong bill somewhere.</summary>
public sealed class UsageAccidentTests
{
    [Theory]
    [InlineData("openai_chat", """{"prompt_tokens":17903,"completion_tokens":40,"total_tokens":17943,"prompt_tokens_details":{"cached_tokens":17817}}""")]
    [InlineData("openai_responses", """{"input_tokens":17903,"output_tokens":40,"total_tokens":17943,"input_tokens_details":{"cached_tokens":17817}}""")]
    [InlineData("otel_gen_ai", """{"gen_ai.usage.input_tokens":17903,"gen_ai.usage.output_tokens":40,"gen_ai.usage.cache_read.input_tokens":17817}""")]
    [InlineData("gemini", """{"promptTokenCount":17903,"cachedContentTokenCount":17817,"candidatesTokenCount":40,"totalTokenCount":17943}""")]
    [InlineData("anthropic_messages", """{"input_tokens":86,"cache_read_input_tokens":17817,"output_tokens":40}""")]
    public void Cached_input_is_not_billed_as_input_too(string profile, string usage) =>
        Readings.Read(profile, usage).Line().Should().Be("input 86, cache_read 17817, output 40 = 17943");

    [Theory]
    [InlineData("openai_responses", """{"input_tokens":56322,"output_tokens":7,"total_tokens":56329,"input_tokens_details":{"cached_tokens":72960}}""")]
    [InlineData("openai_chat", """{"prompt_tokens":56322,"completion_tokens":7,"total_tokens":56329,"prompt_tokens_details":{"cached_tokens":72960}}""")]
    [InlineData("otel_gen_ai", """{"gen_ai.usage.input_tokens":56322,"gen_ai.usage.output_tokens":7,"gen_ai.usage.cache_read.input_tokens":72960}""")]
    public void An_additive_usage_read_as_inclusive_is_refused_not_clamped(string profile, string usage)
    {
        var violation = Readings.Read(profile, usage).Violation!;

        violation.Code.Should().Be(UsageViolation.NegativeLeaf);
        violation.Detail.Should().Contain("input would be -16638");
    }

    [Fact]
    public void The_same_figures_in_their_own_shape_are_read() =>
        Readings.Read("anthropic_messages", """{"input_tokens":56322,"cache_read_input_tokens":72960,"output_tokens":7}""").Line()
            .Should().Be("input 56322, cache_read 72960, output 7 = 129289");

    [Fact]
    public void Anthropics_usage_is_not_read_as_OpenAIs() =>
        Readings.Read("openai_responses", """{"input_tokens":56322,"cache_read_input_tokens":72960,"output_tokens":7}""").Line().Should().Be("missing_field");

    [Theory]
    [InlineData("""{"ephemeral_1h_input_tokens":0}""", "input 5, cache_write 2400, output 7 = 2412")]
    [InlineData("""{"ephemeral_1h_input_tokens":400}""", "input 5, cache_write 2000, cache_write_1h 400, output 7 = 2412")]
    [InlineData("""{"ephemeral_5m_input_tokens":null,"ephemeral_1h_input_tokens":400}""", "input 5, cache_write 2000, cache_write_1h 400, output 7 = 2412")]
    [InlineData("""{"ephemeral_5m_input_tokens":400}""", "input 5, cache_write 400, cache_write_1h 2000, output 7 = 2412")]
    [InlineData("{}", "input 5, cache_write 2400, output 7 = 2412")]
    [InlineData("null", "input 5, cache_write 2400, output 7 = 2412")]
    public void A_missing_part_of_the_split_takes_nothing_from_the_legacy_total(string split, string reading) =>
        Readings.Read("anthropic_messages", $$"""{"input_tokens":5,"cache_creation_input_tokens":2400,"cache_creation":{{split}},"output_tokens":7}""").Line()
            .Should().Be(reading);

    [Theory]
    // The provider says which: 200 of the 258 image tokens are among the 900 cached.
    [InlineData("openai_chat", """{"prompt_tokens":1000,"completion_tokens":7,"total_tokens":1007,"prompt_tokens_details":""" +
        """ {"image_tokens":258,"cached_tokens":900,"cached_tokens_details":{"text_tokens":700,"image_tokens":200}}}""",
        "input 42, input_image 58, cache_read 900, output 7 = 1007")]
    [InlineData("gemini", """{"promptTokenCount":1000,"cachedContentTokenCount":900,"candidatesTokenCount":7,"totalTokenCount":1007,""" +
        """ "promptTokensDetails":[{"modality":"TEXT","tokenCount":742},{"modality":"IMAGE","tokenCount":258}],""" +
        """ "cacheTokensDetails":[{"modality":"TEXT","tokenCount":700},{"modality":"IMAGE","tokenCount":200}]}""",
        "input 42, input_image 58, cache_read 900, output 7 = 1007")]
    // Only one split is possible: all is cached, or all is image.
    [InlineData("openai_chat", """{"prompt_tokens":1000,"completion_tokens":7,"total_tokens":1007,"prompt_tokens_details":{"image_tokens":258,"cached_tokens":1000}}""",
        "cache_read 1000, output 7 = 1007")]
    [InlineData("openai_chat", """{"prompt_tokens":1000,"completion_tokens":7,"total_tokens":1007,"prompt_tokens_details":{"image_tokens":1000,"cached_tokens":900}}""",
        "input_image 100, cache_read 900, output 7 = 1007")]
    // 158 to 258 image tokens are cached: taking any number would be a guess.
    [InlineData("openai_chat", """{"prompt_tokens":1000,"completion_tokens":7,"total_tokens":1007,"prompt_tokens_details":{"image_tokens":258,"cached_tokens":900}}""",
        "ambiguous_overlap")]
    // More image tokens cached than there are.
    [InlineData("openai_chat", """{"prompt_tokens":1000,"completion_tokens":7,"total_tokens":1007,"prompt_tokens_details":""" +
        """ {"image_tokens":100,"cached_tokens":900,"cached_tokens_details":{"image_tokens":200}}}""", "negative_leaf")]
    [InlineData("openai_chat", """{"prompt_tokens":1000,"completion_tokens":7,"total_tokens":1007,"prompt_tokens_details":""" +
        """ {"image_tokens":300,"cached_tokens":100,"cached_tokens_details":{"image_tokens":200}}}""", "negative_leaf")]
    public void Cached_image_tokens_are_not_charged_twice(string profile, string usage, string reading) => Readings.Read(profile, usage).Line().Should().Be(reading);

    [Fact]
    public void Geminis_thoughts_are_priced() =>
        Readings.Read("gemini", """{"promptTokenCount":12,"candidatesTokenCount":60,"thoughtsTokenCount":1084,"totalTokenCount":1156}""").Line()
            .Should().Be("input 12, output 60, output_reasoning 1084 = 1156");

    [Fact]
    public void XAIs_reasoning_is_beside_the_completion()
    {
        const string usage = """{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94}}""";

        Readings.Read("xai_chat", usage).Line().Should().Be("input 32, output 9, output_reasoning 94 = 135");
        Readings.Read("openai_chat", usage).Line().Should().Be("negative_leaf", "it is no usage of OpenAI's");
    }

    [Fact]
    public void XAIs_reasoning_inside_the_completion_is_not_taken_for_more() =>
        Readings.Read("xai_chat", """{"prompt_tokens":32,"completion_tokens":103,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94}}""").Line()
            .Should().Be("sum_mismatch");

    [Fact]
    public void Moonshots_repeated_cached_tokens_are_read_once() =>
        Readings.Read("moonshot", """{"prompt_tokens":17903,"completion_tokens":40,"total_tokens":17943,"cached_tokens":17817,"prompt_tokens_details":{"cached_tokens":17817}}""")
            .Line().Should().Be("input 86, cache_read 17817, output 40 = 17943");

    [Fact]
    public void DeepSeeks_cache_miss_is_no_cache_write() =>
        Readings.Read("deepseek", """{"prompt_tokens":17903,"completion_tokens":40,"total_tokens":17943,"prompt_cache_hit_tokens":17817,"prompt_cache_miss_tokens":86}""")
            .Line().Should().Be("input 86, cache_read 17817, output 40 = 17943");

    [Theory]
    [InlineData("chat", true)]
    [InlineData("text_completion", true)]
    [InlineData("generate_content", true)]
    [InlineData("embeddings", true)]
    [InlineData("invoke_agent", false)]
    [InlineData("invoke_workflow", false)]
    [InlineData("create_agent", false)]
    [InlineData("execute_tool", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_span_that_repeats_its_childrens_usage_is_not_counted(string? operation, bool counts) => GenAiOperations.Count(operation).Should().Be(counts);
}
