using TokenFactory.Economics.Usage;

namespace TokenFactory.Economics.Tests.Usage;

public sealed class UsageProfileTests
{
    [Theory]
    [InlineData("""{"prompt_tokens":1117,"completion_tokens":46,"total_tokens":1163,"prompt_tokens_details":{"cached_tokens":1024,"audio_tokens":0},""" +
        """ "completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""",
        "input 93, cache_read 1024, output 46 = 1163")]
    [InlineData("""{"prompt_tokens":50,"completion_tokens":900,"total_tokens":950,"completion_tokens_details":{"reasoning_tokens":640}}""",
        "input 50, output 260, output_reasoning 640 = 950")]
    [InlineData("""{"prompt_tokens":300,"completion_tokens":120,"total_tokens":420,"completion_tokens_details":""" +
        """ {"accepted_prediction_tokens":70,"rejected_prediction_tokens":30}}""", "input 300, output 120 = 420")] // predictions are inside
    [InlineData("""{"prompt_tokens":500,"completion_tokens":300,"total_tokens":800,"prompt_tokens_details":{"audio_tokens":400,"cached_tokens":0},""" +
        """ "completion_tokens_details":{"audio_tokens":250}}""", "input 100, input_audio 400, output 50, output_audio 250 = 800")]
    [InlineData("""{"prompt_tokens":2000,"completion_tokens":10,"total_tokens":2010,"prompt_tokens_details":{"cached_tokens":1000,"cache_write":600}}""",
        "input 400, cache_read 1000, cache_write 600, output 10 = 2010")]
    [InlineData("""{"prompt_tokens":2000,"completion_tokens":10,"total_tokens":2010,"prompt_tokens_details":{"image":1500}}""",
        "input 500, input_image 1500, output 10 = 2010")]
    [InlineData("""{"prompt_tokens":8,"total_tokens":8}""", "input 8 = 8")] // embeddings
    [InlineData("""{"prompt_tokens":8,"completion_tokens":2}""", "input 8, output 2 = 10")] // compatible servers without a total
    [InlineData("""{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10,"prompt_tokens_details":null,"queue_time":0.18,"cost":"free"}""",
        "input 8, output 2 = 10")]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}""", " = 0")] // no tokens is a reading
    public void OpenAI_chat_subtracts_its_details(string usage, string reading) => Readings.Read("openai_chat", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"input_tokens":328,"input_tokens_details":{"cached_tokens":128},"output_tokens":52,"output_tokens_details":{"reasoning_tokens":20},""" +
        """ "total_tokens":380}""", "input 200, cache_read 128, output 32, output_reasoning 20 = 380")]
    [InlineData("""{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":4,"audio_tokens":10},"output_tokens":5,"total_tokens":19}""",
        "input 4, input_audio 10, output 5 = 19")]
    [InlineData("""{"input_tokens":1200,"input_tokens_details":{"text_tokens":200,"image_tokens":1000},"output_tokens":4160,""" +
        """ "output_tokens_details":{"image_tokens":4096,"text_tokens":64},"total_tokens":5360}""",
        "input 200, input_image 1000, output 64, output_image 4096 = 5360")]
    public void OpenAI_responses_subtracts_its_details(string usage, string reading) => Readings.Read("openai_responses", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"input_tokens":2095,"output_tokens":503}""", "input 2095, output 503 = 2598")]
    [InlineData("""{"input_tokens":50,"cache_creation_input_tokens":248,"cache_read_input_tokens":100000,"output_tokens":503,""" +
        """ "cache_creation":{"ephemeral_5m_input_tokens":148,"ephemeral_1h_input_tokens":100},"service_tier":"standard","server_tool_use":{"web_search_requests":1}}""",
        "input 50, cache_read 100000, cache_write 148, cache_write_1h 100, output 503 = 100801")]
    [InlineData("""{"input_tokens":3,"cache_creation":{"ephemeral_5m_input_tokens":148,"ephemeral_1h_input_tokens":100},"output_tokens":5}""",
        "input 3, cache_write 148, cache_write_1h 100, output 5 = 256")]
    [InlineData("""{"input_tokens":3,"cache_creation_input_tokens":null,"cache_read_input_tokens":null,"cache_creation":null,"output_tokens":5}""",
        "input 3, output 5 = 8")]
    public void Anthropic_adds_its_fields(string usage, string reading) => Readings.Read("anthropic_messages", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":20,"totalTokenCount":30,"promptTokensDetails":[{"modality":"TEXT","tokenCount":10}]}""",
        "input 10, output 20 = 30")]
    [InlineData("""{"promptTokenCount":1600,"cachedContentTokenCount":1200,"candidatesTokenCount":20,"totalTokenCount":1620,""" +
        """ "promptTokensDetails":[{"modality":"TEXT","tokenCount":1084},{"modality":"IMAGE","tokenCount":516}],""" +
        """ "cacheTokensDetails":[{"modality":"TEXT","tokenCount":942},{"modality":"IMAGE","tokenCount":258}]}""",
        "input 142, input_image 258, cache_read 1200, output 20 = 1620")]
    [InlineData("""{"promptTokenCount":40,"toolUsePromptTokenCount":5000,"candidatesTokenCount":200,"thoughtsTokenCount":310,"totalTokenCount":5550,""" +
        """ "toolUsePromptTokensDetails":[{"modality":"TEXT","tokenCount":4000},{"modality":"VIDEO","tokenCount":1000}]}""",
        "input 4040, input_video 1000, output 200, output_reasoning 310 = 5550")]
    [InlineData("""{"promptTokenCount":9,"candidatesTokenCount":1304,"totalTokenCount":1313,"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1290}]}""",
        "input 9, output 14, output_image 1290 = 1313")]
    [InlineData("""{"promptTokenCount":700,"candidatesTokenCount":5,"totalTokenCount":705,""" +
        """ "promptTokensDetails":[{"modality":"DOCUMENT","tokenCount":258},{"modality":"AUDIO","tokenCount":192},{"modality":"AUDIO","tokenCount":8},{"modality":"TEXT"}]}""",
        "input 500, input_audio 200, output 5 = 705")] // documents are priced as text; a count of 0 is left out
    [InlineData("""{"promptTokenCount":700,"totalTokenCount":700}""", "input 700 = 700")] // the answer was blocked
    public void Gemini_adds_thoughts_and_tools_and_subtracts_the_cache(string usage, string reading) => Readings.Read("gemini", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"inputTokens":30,"outputTokens":628,"totalTokens":658}""", "input 30, output 628 = 658")]
    [InlineData("""{"inputTokens":12,"cacheReadInputTokens":1547,"cacheWriteInputTokens":400,"outputTokens":41,"totalTokens":2000,""" +
        """ "cacheDetails":[{"ttl":"1h","inputTokens":150},{"ttl":"5m","inputTokens":250}]}""",
        "input 12, cache_read 1547, cache_write 250, cache_write_1h 150, output 41 = 2000")]
    [InlineData("""{"inputTokens":12,"cacheReadInputTokens":1547,"cacheReadInputTokenCount":1547,"outputTokens":41,"totalTokens":1600}""",
        "input 12, cache_read 1547, output 41 = 1600")]
    public void Bedrock_adds_its_fields(string usage, string reading) => Readings.Read("bedrock_converse", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"prompt_tokens":1000,"completion_tokens":500,"total_tokens":1500,"prompt_cache_hit_tokens":832,"prompt_cache_miss_tokens":168,""" +
        """ "prompt_tokens_details":{"cached_tokens":832},"completion_tokens_details":{"reasoning_tokens":380}}""",
        "input 168, cache_read 832, output 120, output_reasoning 380 = 1500")]
    [InlineData("""{"prompt_tokens":1000,"completion_tokens":5,"total_tokens":1005,"prompt_cache_miss_tokens":168}""",
        "input 168, cache_read 832, output 5 = 1005")]
    [InlineData("""{"prompt_tokens":1000,"completion_tokens":5,"total_tokens":1005}""", "input 1000, output 5 = 1005")]
    public void DeepSeek_splits_its_prompt_into_hits_and_misses(string usage, string reading) => Readings.Read("deepseek", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"prompt_tokens":28,"completion_tokens":4,"total_tokens":32,"prompt_tokens_details":{"text_tokens":28,"audio_tokens":0,"image_tokens":0,""" +
        """ "cached_tokens":5},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0},"num_sources_used":0}""",
        "input 23, cache_read 5, output 4 = 32")]
    [InlineData("""{"prompt_tokens":1328,"completion_tokens":24,"total_tokens":1352,"prompt_tokens_details":{"text_tokens":304,"image_tokens":1024,"cached_tokens":0}}""",
        "input 304, input_image 1024, output 24 = 1352")]
    public void XAI_reads_as_OpenAI_where_nothing_was_reasoned(string usage, string reading) => Readings.Read("xai_chat", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"prompt_tokens":19,"completion_tokens":13,"total_tokens":32}""", "input 19, output 13 = 32")]
    [InlineData("""{"prompt_tokens":1900,"completion_tokens":13,"total_tokens":1913,"cached_tokens":1792}""", "input 108, cache_read 1792, output 13 = 1913")]
    [InlineData("""{"prompt_tokens":1900,"completion_tokens":13,"total_tokens":1913,"prompt_tokens_details":{"cached_tokens":1792}}""",
        "input 108, cache_read 1792, output 13 = 1913")]
    public void Moonshot_reads_its_cached_tokens_from_either_place(string usage, string reading) => Readings.Read("moonshot", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"prompt_tokens":3019,"completion_tokens":104,"total_tokens":3123,"prompt_tokens_details":{"cached_tokens":2048}}""",
        "input 971, cache_read 2048, output 104 = 3123")]
    [InlineData("""{"prompt_tokens":1524,"completion_tokens":200,"total_tokens":1724,"prompt_tokens_details":{"cached_tokens":1305,""" +
        """ "cache_creation":{"ephemeral_5m_input_tokens":213},"cache_creation_input_tokens":213,"cache_type":"ephemeral"},""" +
        """ "completion_tokens_details":{"reasoning_tokens":150,"text_tokens":50}}""",
        "input 6, cache_read 1305, cache_write 213, output 50, output_reasoning 150 = 1724")]
    [InlineData("""{"prompt_tokens":1524,"completion_tokens":1,"total_tokens":1525,"prompt_tokens_details":{"cache_creation":500,"cache_type":"ephemeral"}}""",
        "input 1024, cache_write 500, output 1 = 1525")]
    [InlineData("""{"input_tokens":22,"output_tokens":17,"total_tokens":39}""", "input 22, output 17 = 39")] // native
    [InlineData("""{"input_tokens":1277,"output_tokens":81,"total_tokens":1358,"image_tokens":1247,"input_tokens_details":{"image_tokens":1247,"text_tokens":30},""" +
        """ "prompt_tokens_details":{"cached_tokens":0},"output_tokens_details":{"text_tokens":81}}""", "input 30, input_image 1247, output 81 = 1358")]
    [InlineData("""{"input_tokens":3019,"output_tokens":104,"prompt_tokens_details":{"cached_tokens":2048},"output_tokens_details":{"reasoning_tokens":90}}""",
        "input 971, cache_read 2048, output 14, output_reasoning 90 = 3123")]
    public void DashScope_is_read_in_both_of_its_shapes(string usage, string reading) => Readings.Read("dashscope", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":180,"gen_ai.usage.cache_read.input_tokens":50,""" +
        """ "gen_ai.usage.cache_creation.input_tokens":25,"gen_ai.usage.reasoning.output_tokens":30,"gen_ai.operation.name":"chat"}""",
        "input 25, cache_read 50, cache_write 25, output 150, output_reasoning 30 = 280")]
    [InlineData("""{"gen_ai.usage.prompt_tokens":100,"gen_ai.usage.completion_tokens":180}""", "input 100, output 180 = 280")]
    [InlineData("""{"gen_ai.usage.input_tokens":100,"gen_ai.usage.prompt_tokens":100,"gen_ai.usage.output_tokens":180}""", "input 100, output 180 = 280")]
    [InlineData("""{"gen_ai.usage.input_tokens":8}""", "input 8 = 8")] // embeddings
    // OpenLLMetry.
    [InlineData("""{"gen_ai.usage.prompt_tokens":100,"gen_ai.usage.completion_tokens":20,"llm.usage.total_tokens":120,"gen_ai.usage.cache_read_input_tokens":40,""" +
        """ "gen_ai.usage.cache_creation_input_tokens":10,"gen_ai.usage.reasoning_tokens":5}""",
        "input 50, cache_read 40, cache_write 10, output 15, output_reasoning 5 = 120")]
    [InlineData("""{"llm.usage.prompt_tokens":100,"llm.usage.completion_tokens":20,"llm.usage.total_tokens":120}""", "input 100, output 20 = 120")]
    // A total that says that the reasoning is no part of the output.
    [InlineData("""{"gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":20,"gen_ai.usage.total_tokens":150,"gen_ai.usage.reasoning_tokens":30}""", "negative_leaf")]
    [InlineData("""{"gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":20,"gen_ai.usage.total_tokens":150}""", "sum_mismatch")]
    // Version 6 of the Vercel AI SDK tells what is inside the input.
    [InlineData("""{"ai.model.provider":"anthropic","ai.usage.inputTokens":30000,"ai.usage.cachedInputTokens":5000,"ai.usage.inputTokenDetails.cacheReadTokens":5000,"ai.usage.inputTokenDetails.cacheWriteTokens":4000,"ai.usage.outputTokens":10}""",
        "input 21000, cache_read 5000, cache_write 4000, output 10 = 30010")]
    // Earlier ones do not, of Anthropic: its own input leaves the cache out.
    [InlineData("""{"ai.model.provider":"anthropic","ai.usage.inputTokens":20000,"ai.usage.cachedInputTokens":5000,"ai.usage.outputTokens":10}""", "ambiguous_overlap")]
    // The Vercel AI SDK, whose own names count only where no other does.
    [InlineData("""{"gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":20,"ai.usage.promptTokens":100,"ai.usage.completionTokens":20}""", "input 100, output 20 = 120")]
    [InlineData("""{"ai.usage.inputTokens":100,"ai.usage.outputTokens":20,"ai.usage.totalTokens":120,"ai.usage.cachedInputTokens":60,"ai.usage.reasoningTokens":8}""",
        "input 40, cache_read 60, output 12, output_reasoning 8 = 120")]
    [InlineData("""{"ai.usage.tokens":8}""", "input 8 = 8")]
    public void OpenTelemetry_input_includes_the_cache(string usage, string reading) => Readings.Read("otel_gen_ai", usage).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"gen_ai.token.type":"input","tokens":17903}""", "input 17903 = 17903")]
    [InlineData("""{"gen_ai.token.type":"output","tokens":40,"time_unix_nano":"1"}""", "output 40 = 40")]
    [InlineData("""{"gen_ai.token.type":"completion","tokens":40}""", "output 40 = 40")]
    [InlineData("""{"gen_ai.token.type":"input","tokens":0}""", " = 0")]
    [InlineData("""{"gen_ai.token.type":"total","tokens":40}""", "missing_field")]
    [InlineData("""{"gen_ai.token.type":"input"}""", "missing_field")]
    [InlineData("""{"gen_ai.token.type":"input","tokens":-1}""", "out_of_range")]
    public void A_point_of_the_token_metric_is_all_of_one_direction(string usage, string reading) =>
        Readings.Read("otel_token_usage", usage).Line().Should().Be(reading);

    [Theory]
    // A part that exceeds its whole.
    [InlineData("openai_chat", """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":11}}""", "negative_leaf")]
    [InlineData("openai_chat", """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"completion_tokens_details":{"reasoning_tokens":6}}""", "negative_leaf")]
    [InlineData("openai_chat", """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"image_tokens":11,"cached_tokens":10}}""", "negative_leaf")]
    [InlineData("gemini", """{"promptTokenCount":100,"toolUsePromptTokenCount":10,"totalTokenCount":110,""" +
        """ "toolUsePromptTokensDetails":[{"modality":"IMAGE","tokenCount":50}]}""", "negative_leaf")] // not hidden by the prompt's 100
    [InlineData("anthropic_messages", """{"input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":9,"cache_creation":{"ephemeral_1h_input_tokens":10}}""", "negative_leaf")]
    [InlineData("bedrock_converse", """{"inputTokens":1,"outputTokens":1,"totalTokens":2,"cacheDetails":[{"ttl":"1h","inputTokens":10}]}""", "negative_leaf")]
    [InlineData("deepseek", """{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11,"prompt_cache_miss_tokens":12}""", "negative_leaf")]
    // A total that is not the sum.
    [InlineData("openai_chat", """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":16}""", "sum_mismatch")]
    [InlineData("openai_chat", """{"prompt_tokens":10,"total_tokens":15}""", "sum_mismatch")]
    [InlineData("openai_responses", """{"input_tokens":10,"output_tokens":5,"total_tokens":14}""", "sum_mismatch")]
    [InlineData("gemini", """{"promptTokenCount":10,"candidatesTokenCount":20,"totalTokenCount":31}""", "sum_mismatch")]
    [InlineData("bedrock_converse", """{"inputTokens":30,"cacheReadInputTokens":5,"outputTokens":628,"totalTokens":658}""", "sum_mismatch")]
    [InlineData("deepseek", """{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":5}""", "sum_mismatch")]
    [InlineData("dashscope", """{"input_tokens":10,"output_tokens":1,"total_tokens":12}""", "sum_mismatch")]
    [InlineData("anthropic_messages", """{"input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":9,""" +
        """ "cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0}}""", "sum_mismatch")]
    // A field that is missing.
    [InlineData("openai_chat", "{}", "missing_field")]
    [InlineData("openai_chat", """{"prompt_tokens":10}""", "missing_field")]
    [InlineData("openai_chat", """{"prompt_tokens":null,"completion_tokens":5,"total_tokens":5}""", "missing_field")]
    [InlineData("anthropic_messages", """{"input_tokens":1}""", "missing_field")]
    [InlineData("anthropic_messages", """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}""", "missing_field")]
    [InlineData("gemini", """{"promptTokenCount":10,"candidatesTokenCount":20}""", "missing_field")]
    [InlineData("bedrock_converse", """{"inputTokens":30,"outputTokens":628}""", "missing_field")]
    [InlineData("xai_chat", """{"prompt_tokens":10,"completion_tokens":5}""", "missing_field")]
    [InlineData("dashscope", """{"total_tokens":23}""", "missing_field")]
    [InlineData("otel_gen_ai", """{"gen_ai.usage.output_tokens":5}""", "missing_field")]
    [InlineData("openai_chat", "null", "missing_field")]
    // What is no number of tokens.
    [InlineData("openai_chat", """{"prompt_tokens":"10","completion_tokens":5,"total_tokens":15}""", "not_a_number")]
    [InlineData("openai_chat", """{"prompt_tokens":true,"completion_tokens":5,"total_tokens":15}""", "not_a_number")]
    [InlineData("openai_chat", """{"prompt_tokens":10.5,"completion_tokens":5,"total_tokens":15}""", "not_whole")]
    [InlineData("openai_chat", """{"prompt_tokens":1e1,"completion_tokens":5,"total_tokens":15}""", "not_whole")]
    [InlineData("openai_chat", """{"prompt_tokens":-1,"completion_tokens":5,"total_tokens":4}""", "out_of_range")]
    [InlineData("openai_chat", """{"prompt_tokens":1000000000000001,"completion_tokens":0,"total_tokens":1000000000000001}""", "out_of_range")]
    [InlineData("openai_chat", """{"prompt_tokens":99999999999999999999,"completion_tokens":5,"total_tokens":15}""", "out_of_range")]
    [InlineData("gemini", """{"promptTokenCount":1000000000000000,"toolUsePromptTokenCount":1,"totalTokenCount":1000000000000001}""", "out_of_range")] // their sum
    // What is of another shape altogether.
    [InlineData("openai_chat", "[1]", "wrong_type")]
    [InlineData("openai_chat", """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":[]}""", "wrong_type")]
    [InlineData("gemini", """{"promptTokenCount":10,"totalTokenCount":10,"promptTokensDetails":{"TEXT":10}}""", "wrong_type")]
    [InlineData("gemini", """{"promptTokenCount":10,"totalTokenCount":10,"promptTokensDetails":[10]}""", "wrong_type")]
    // Two that should be one.
    [InlineData("moonshot", """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"cached_tokens":4,"prompt_tokens_details":{"cached_tokens":5}}""", "contradiction")]
    [InlineData("deepseek", """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_cache_hit_tokens":4,"prompt_tokens_details":{"cached_tokens":5}}""", "contradiction")]
    [InlineData("otel_gen_ai", """{"gen_ai.usage.input_tokens":100,"gen_ai.usage.prompt_tokens":10,"gen_ai.usage.output_tokens":1}""", "contradiction")]
    public void What_does_not_add_up_is_refused_with_its_reason(string profile, string usage, string code)
    {
        var reading = Readings.Read(profile, usage);

        reading.Violation!.Code.Should().Be(code);
        reading.Violation.Detail.Should().EndWith(".");
        reading.Leaves.Should().BeEmpty();
        reading.Total.Should().Be(0);
    }

    [Fact]
    public void The_largest_quantity_is_read() =>
        Readings.Read("anthropic_messages", """{"input_tokens":1000000000000000,"cache_read_input_tokens":1000000000000000,"output_tokens":1000000000000000}""").Line()
            .Should().Be("input 1000000000000000, cache_read 1000000000000000, output 1000000000000000 = 3000000000000000");

    [Fact]
    public void A_list_of_any_length_does_not_overflow()
    {
        var items = string.Join(",", Enumerable.Repeat("""{"modality":"IMAGE","tokenCount":1000000000000000}""", 10_000));

        Readings.Read("gemini", $$"""{"promptTokenCount":1,"totalTokenCount":1,"promptTokensDetails":[{{items}}]}""").Line().Should().Be("out_of_range");
    }

    [Fact]
    public void Every_profile_has_an_id_of_its_own_and_a_version()
    {
        UsageProfiles.All.Select(p => p.Id).Should().Equal("openai_chat", "openai_responses", "anthropic_messages", "gemini", "bedrock_converse",
            "deepseek", "xai_chat", "moonshot", "dashscope", "otel_gen_ai",
            "litellm", "litellm_totals", "openai_organization_usage", "anthropic_usage_report", "otel_token_usage");
        UsageProfiles.All.Where(p => p.Version == 1).Select(p => p.Id).Should().Equal("otel_gen_ai", "otel_token_usage");
        UsageProfiles.All.Should().OnlyContain(p => p.Version == 1 || p.Version == 2);
    }
}
