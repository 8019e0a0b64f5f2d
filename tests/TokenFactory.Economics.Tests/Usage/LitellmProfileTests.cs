using TokenFactory.Economics.Usage;

namespace TokenFactory.Economics.Tests.Usage;

/// <summary>Usages as LiteLLM passes them on, one of each provider's kind and each accident that can pass through it.</summary>
public sealed class LitellmProfileTests
{
    [Theory]
    // OpenAI, as it is.
    [InlineData("""{"prompt_tokens":17903,"completion_tokens":52,"total_tokens":17955,"prompt_tokens_details":{"cached_tokens":17817,"audio_tokens":0,"text_tokens":null},""" +
        """ "completion_tokens_details":{"reasoning_tokens":12,"accepted_prediction_tokens":0,"rejected_prediction_tokens":5}}""",
        "input 86, cache_read 17817, output 40, output_reasoning 12 = 17955")]
    [InlineData("""{"prompt_tokens":8,"completion_tokens":0,"total_tokens":8,"prompt_tokens_details":null}""", "input 8 = 8")] // embeddings
    // Anthropic: reads and writes inside the prompt, named twice.
    [InlineData("""{"prompt_tokens":100298,"completion_tokens":503,"total_tokens":100801,"cache_creation_input_tokens":248,"cache_read_input_tokens":100000,""" +
        """ "prompt_tokens_details":{"cached_tokens":100000,"cache_creation_tokens":248,"text_tokens":50,""" +
        """ "cache_creation_token_details":{"ephemeral_5m_input_tokens":148,"ephemeral_1h_input_tokens":100}},"completion_tokens_details":{"reasoning_tokens":0,"text_tokens":503}}""",
        "input 50, cache_read 100000, cache_write 148, cache_write_1h 100, output 503 = 100801")]
    [InlineData("""{"prompt_tokens":298,"completion_tokens":5,"total_tokens":303,"cache_creation_input_tokens":248,"cache_read_input_tokens":0,"prompt_tokens_details":{"cached_tokens":0}}""",
        "input 50, cache_write 248, output 5 = 303")]
    // Bedrock: Amazon's total; writes beside the prompt in older versions.
    [InlineData("""{"prompt_tokens":30,"completion_tokens":5,"total_tokens":43,"cache_creation_input_tokens":8,"cache_read_input_tokens":20,"prompt_tokens_details":{"cached_tokens":20}}""",
        "input 10, cache_read 20, cache_write 8, output 5 = 43")]
    // Both sides of the cache beside the prompt, by Anthropic's convention.
    [InlineData("""{"prompt_tokens":12,"completion_tokens":5,"total_tokens":2527,"prompt_tokens_details":{"cached_tokens":2495,"cache_creation_tokens":15}}""",
        "input 12, cache_read 2495, cache_write 15, output 5 = 2527")]
    // Gemini: thoughts inside the completion, cached text taken out of text_tokens.
    [InlineData("""{"prompt_tokens":57,"completion_tokens":1144,"total_tokens":1201,"prompt_tokens_details":{"cached_tokens":21,"text_tokens":36,"audio_tokens":null},""" +
        """ "completion_tokens_details":{"reasoning_tokens":1084,"text_tokens":60}}""", "input 36, cache_read 21, output 60, output_reasoning 1084 = 1201")]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":1304,"total_tokens":1313,"completion_tokens_details":{"image_tokens":1290,"text_tokens":14}}""",
        "input 9, output 14, output_image 1290 = 1313")]
    // xAI: reasoning folded in, and beside it in older versions.
    [InlineData("""{"prompt_tokens":32,"completion_tokens":103,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94}}""", "input 32, output 9, output_reasoning 94 = 135")]
    [InlineData("""{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94}}""", "input 32, output 9, output_reasoning 94 = 135")]
    // DeepSeek and Moonshot repeat what is cached at the top.
    [InlineData("""{"prompt_tokens":17903,"completion_tokens":40,"total_tokens":17943,"prompt_cache_hit_tokens":17817,"prompt_cache_miss_tokens":86,"prompt_tokens_details":{"cached_tokens":17817}}""",
        "input 86, cache_read 17817, output 40 = 17943")]
    [InlineData("""{"prompt_tokens":17903,"completion_tokens":40,"total_tokens":17943,"cached_tokens":17817}""", "input 86, cache_read 17817, output 40 = 17943")]
    // Qwen's object of cache writes.
    [InlineData("""{"prompt_tokens":300,"completion_tokens":5,"total_tokens":305,"prompt_tokens_details":{"cached_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":248},"cache_creation_input_tokens":248}}""",
        "input 52, cache_write 248, output 5 = 305")]
    // A total that the provider left out.
    [InlineData("""{"prompt_tokens":8,"completion_tokens":2,"total_tokens":0}""", "input 8, output 2 = 10")]
    [InlineData("""{"prompt_tokens":8,"completion_tokens":2}""", "input 8, output 2 = 10")]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}""", " = 0")]
    // Responses and messages that were passed on in their own names.
    [InlineData("""{"input_tokens":328,"input_tokens_details":{"cached_tokens":128},"output_tokens":52,"output_tokens_details":{"reasoning_tokens":20},"total_tokens":380}""",
        "input 200, cache_read 128, output 32, output_reasoning 20 = 380")]
    [InlineData("""{"input_tokens":56322,"cache_read_input_tokens":72960,"output_tokens":7}""", "input 56322, cache_read 72960, output 7 = 129289")]
    public void Every_providers_usage_is_read(string usage, string reading) => Readings.Read("litellm", usage).Line().Should().Be(reading);

    [Theory]
    // An additive usage read as inclusive would be -16,638 tokens of input.
    [InlineData("""{"prompt_tokens":56322,"completion_tokens":7,"total_tokens":56329,"cache_read_input_tokens":72960,"prompt_tokens_details":{"cached_tokens":72960}}""", "negative_leaf")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":17}""", "sum_mismatch")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":14}""", "sum_mismatch")]
    // Eight writes and eight tokens of reasoning: either may be what the total has more.
    [InlineData("""{"prompt_tokens":30,"completion_tokens":9,"total_tokens":47,"cache_creation_input_tokens":8,"completion_tokens_details":{"reasoning_tokens":8}}""", "ambiguous_overlap")]
    [InlineData("""{"prompt_tokens":30,"completion_tokens":9,"total_tokens":39,"cache_read_input_tokens":8,"prompt_tokens_details":{"cached_tokens":9}}""", "contradiction")]
    [InlineData("""{"prompt_tokens":30,"completion_tokens":9,"total_tokens":39,"cache_creation_input_tokens":8,"prompt_tokens_details":{"cache_creation_tokens":9}}""", "contradiction")]
    [InlineData("""{"prompt_tokens":30,"completion_tokens":9,"total_tokens":39,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":9}""", "sum_mismatch")]
    [InlineData("""{"prompt_tokens":1000,"completion_tokens":7,"total_tokens":1007,"prompt_tokens_details":{"image_tokens":258,"cached_tokens":900}}""", "ambiguous_overlap")]
    [InlineData("""{"completion_tokens":7,"total_tokens":7}""", "missing_field")]
    [InlineData("""{"prompt_tokens":"10","completion_tokens":5,"total_tokens":15}""", "not_a_number")]
    [InlineData("""{"prompt_tokens":10.5,"completion_tokens":5,"total_tokens":15}""", "not_whole")]
    public void What_has_two_readings_or_none_is_refused(string usage, string code) => Readings.Read("litellm", usage).Line().Should().Be(code);

    [Theory]
    [InlineData("""{"ephemeral_1h_input_tokens":0}""", "input 5, cache_write 2400, output 7 = 2412")]
    [InlineData("""{"ephemeral_5m_input_tokens":null,"ephemeral_1h_input_tokens":400}""", "input 5, cache_write 2000, cache_write_1h 400, output 7 = 2412")]
    [InlineData("""{"ephemeral_5m_input_tokens":400}""", "input 5, cache_write 400, cache_write_1h 2000, output 7 = 2412")]
    [InlineData("null", "input 5, cache_write 2400, output 7 = 2412")]
    [InlineData("""{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0}""", "sum_mismatch")]
    public void A_missing_part_of_the_split_takes_nothing_from_the_writes(string split, string reading) =>
        Readings.Read("litellm", $$$"""{"prompt_tokens":2405,"completion_tokens":7,"total_tokens":2412,"cache_creation_input_tokens":2400,"prompt_tokens_details":{"cached_tokens":0,"cache_creation_tokens":2400,"cache_creation_token_details":{{{split}}}}}""")
            .Line().Should().Be(reading);

    [Theory]
    // text_tokens and image_tokens are what is left beside the cache: none of the cached is an image.
    [InlineData("""{"image_tokens":60,"cached_tokens":900,"text_tokens":40}""", "input 40, input_image 60, cache_read 900, output 7 = 1007")]
    [InlineData("""{"image_tokens":258,"cached_tokens":900,"cached_tokens_details":{"text_tokens":700,"image_tokens":200}}""", "input 42, input_image 58, cache_read 900, output 7 = 1007")]
    [InlineData("""{"image_tokens":258,"cached_tokens":900,"text_tokens":742}""", "ambiguous_overlap")]
    public void Cached_image_tokens_are_not_charged_twice(string details, string reading) =>
        Readings.Read("litellm", $$"""{"prompt_tokens":1000,"completion_tokens":7,"total_tokens":1007,"prompt_tokens_details":{{details}}}""").Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}""", "input 10, output 5 = 15")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":21}""", "sum_mismatch")] // reasoning or writes: nobody knows
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5}""", "input 10, output 5 = 15")]
    public void Totals_alone_are_input_and_output(string usage, string reading) => Readings.Read("litellm_totals", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("openai", "openai_chat")]
    [InlineData("anthropic", "openai_chat")]
    public void No_provider_is_read_with_a_senders_profile_unasked(string provider, string profile) =>
        UsageProfiles.For(provider, Readings.Json("""{"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"""))!.Id.Should().Be(profile);
}
