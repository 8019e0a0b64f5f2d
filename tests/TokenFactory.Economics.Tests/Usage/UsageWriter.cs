using System.Text.Json.Nodes;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Tests.Usage;

/// <summary>
/// Writes the usage object that a provider would report for given leaves, from the documented meaning of its fields. Leaves that a shape can't
/// tell are set to 0, in the array given too.
/// </summary>
internal sealed class UsageWriter(long[] leaves, bool sparse)
{
    private long this[TokenClass tokenClass] => leaves[(int)tokenClass - 1];

    private long Prompt => Sum(TokenClass.Input, TokenClass.CacheWrite1h);

    private long Completion => Sum(TokenClass.Output, TokenClass.OutputVideo);

    private long Total => Prompt + Completion;

    public JsonObject Write(string profileId) => profileId switch
    {
        "openai_chat" => OpenAi("prompt", "completion"),
        "openai_responses" => OpenAi("input", "output"),
        "moonshot" => Moonshot(),
        "deepseek" => DeepSeek(),
        "xai_chat" => Xai(),
        "dashscope" => DashScope(),
        "anthropic_messages" => Anthropic(),
        "gemini" => Gemini(),
        "bedrock_converse" => Bedrock(),
        "otel_gen_ai" => Otel(),
        "litellm" => Litellm(),
        "litellm_totals" => LitellmTotals(),
        "openai_organization_usage" => OpenAiReport(),
        "anthropic_usage_report" => AnthropicReport(),
        "otel_token_usage" => OtelTokenUsage(),
        _ => throw new ArgumentOutOfRangeException(nameof(profileId), profileId, "A new profile needs its writer here."),
    };

    private JsonObject OpenAi(string input, string output)
    {
        Drop(TokenClass.CacheWrite1h);
        // Media and cache together would need the split of the cached ones; the accidents test that.
        if (this[TokenClass.CacheRead] + this[TokenClass.CacheWrite] > 0)
            Drop(TokenClass.InputAudio, TokenClass.InputImage, TokenClass.InputVideo);
        return new JsonObject
        {
            [$"{input}_tokens"] = Prompt,
            [$"{output}_tokens"] = Completion,
            ["total_tokens"] = Total,
            [$"{input}_tokens_details"] = Object(("cached_tokens", this[TokenClass.CacheRead]), ("cache_write", this[TokenClass.CacheWrite]),
                ("audio_tokens", this[TokenClass.InputAudio]), ("image", this[TokenClass.InputImage]), ("video_tokens", this[TokenClass.InputVideo])),
            [$"{output}_tokens_details"] = Object(("reasoning_tokens", this[TokenClass.OutputReasoning]), ("audio_tokens", this[TokenClass.OutputAudio]),
                ("image_tokens", this[TokenClass.OutputImage]), ("video_tokens", this[TokenClass.OutputVideo])),
        };
    }

    private JsonObject Moonshot()
    {
        var usage = OpenAi("prompt", "completion");
        if (!sparse)
            usage["cached_tokens"] = this[TokenClass.CacheRead];
        return usage;
    }

    private JsonObject DeepSeek()
    {
        Drop(TokenClass.CacheWrite, TokenClass.InputAudio, TokenClass.InputImage, TokenClass.InputVideo);
        var usage = OpenAi("prompt", "completion");
        usage["prompt_cache_hit_tokens"] = this[TokenClass.CacheRead];
        usage["prompt_cache_miss_tokens"] = this[TokenClass.Input];
        return usage;
    }

    private JsonObject Xai()
    {
        var usage = OpenAi("prompt", "completion");
        usage["completion_tokens"] = Completion - this[TokenClass.OutputReasoning];
        return usage;
    }

    private JsonObject DashScope()
    {
        var usage = sparse ? OpenAi("input", "output") : OpenAi("prompt", "completion");
        var details = usage[sparse ? "input_tokens_details" : "prompt_tokens_details"]!.AsObject();
        details.Remove("cache_write");
        details["cache_creation_input_tokens"] = this[TokenClass.CacheWrite];
        details["cache_creation"] = new JsonObject { ["ephemeral_5m_input_tokens"] = this[TokenClass.CacheWrite] };
        return usage;
    }

    private JsonObject Anthropic()
    {
        DropMedia();
        Drop(TokenClass.OutputReasoning);
        var usage = Object(("cache_creation_input_tokens", this[TokenClass.CacheWrite] + this[TokenClass.CacheWrite1h]),
            ("cache_read_input_tokens", this[TokenClass.CacheRead]));
        usage["input_tokens"] = this[TokenClass.Input];
        usage["output_tokens"] = this[TokenClass.Output];
        usage["cache_creation"] = Object(("ephemeral_5m_input_tokens", this[TokenClass.CacheWrite]), ("ephemeral_1h_input_tokens", this[TokenClass.CacheWrite1h]));
        return usage;
    }

    private JsonObject Gemini()
    {
        Drop(TokenClass.CacheWrite, TokenClass.CacheWrite1h);
        // A third of the cache is images; the prompt's list counts them with the others.
        var cachedImages = this[TokenClass.CacheRead] / 3;
        var toolUse = this[TokenClass.Input] / 2;
        var usage = Object(("cachedContentTokenCount", this[TokenClass.CacheRead]), ("toolUsePromptTokenCount", toolUse),
            ("candidatesTokenCount", Completion - this[TokenClass.OutputReasoning]), ("thoughtsTokenCount", this[TokenClass.OutputReasoning]));
        usage["promptTokenCount"] = Prompt - toolUse;
        usage["totalTokenCount"] = Total;
        usage["promptTokensDetails"] = List(this[TokenClass.InputAudio], this[TokenClass.InputImage] + cachedImages, this[TokenClass.InputVideo]);
        usage["cacheTokensDetails"] = List(0, cachedImages, 0);
        usage["candidatesTokensDetails"] = List(this[TokenClass.OutputAudio], this[TokenClass.OutputImage], this[TokenClass.OutputVideo]);
        return usage;
    }

    private JsonObject Bedrock()
    {
        DropMedia();
        Drop(TokenClass.OutputReasoning);
        var usage = Object(("cacheReadInputTokens", this[TokenClass.CacheRead]),
            ("cacheWriteInputTokens", this[TokenClass.CacheWrite] + this[TokenClass.CacheWrite1h]));
        usage["inputTokens"] = this[TokenClass.Input];
        usage["outputTokens"] = this[TokenClass.Output];
        usage["totalTokens"] = Total;
        usage["cacheDetails"] = new JsonArray(
            new JsonObject { ["ttl"] = "5m", ["inputTokens"] = this[TokenClass.CacheWrite] },
            new JsonObject { ["ttl"] = "1h", ["inputTokens"] = this[TokenClass.CacheWrite1h] });
        return usage;
    }

    private JsonObject Otel()
    {
        DropMedia();
        Drop(TokenClass.CacheWrite1h);
        var usage = Object(("gen_ai.usage.cache_read.input_tokens", this[TokenClass.CacheRead]),
            ("gen_ai.usage.cache_creation.input_tokens", this[TokenClass.CacheWrite]), ("gen_ai.usage.reasoning.output_tokens", this[TokenClass.OutputReasoning]));
        usage[sparse ? "gen_ai.usage.prompt_tokens" : "gen_ai.usage.input_tokens"] = Prompt;
        usage[sparse ? "gen_ai.usage.completion_tokens" : "gen_ai.usage.output_tokens"] = Completion;
        if (!sparse)
            usage["gen_ai.usage.total_tokens"] = Total;
        return usage;
    }

    private JsonObject Litellm()
    {
        var hour = this[TokenClass.CacheWrite1h];
        var usage = OpenAi("prompt", "completion");
        leaves[(int)TokenClass.CacheWrite1h - 1] = hour;
        usage["prompt_tokens"] = Prompt;
        usage["total_tokens"] = Total;
        var writes = this[TokenClass.CacheWrite] + hour;
        var details = usage["prompt_tokens_details"]!.AsObject();
        details.Remove("cache_write");
        details["cache_creation_tokens"] = writes;
        details["cache_creation_token_details"] = Object(("ephemeral_5m_input_tokens", this[TokenClass.CacheWrite]), ("ephemeral_1h_input_tokens", hour));
        if (writes > 0)
            DropInputMedia(usage, details);
        if (!sparse)
        {
            usage["cache_creation_input_tokens"] = writes;
            usage["cache_read_input_tokens"] = this[TokenClass.CacheRead];
            details["text_tokens"] = this[TokenClass.Input];
        }

        return usage;
    }

    private void DropInputMedia(JsonObject usage, JsonObject details)
    {
        Drop(TokenClass.InputAudio, TokenClass.InputImage, TokenClass.InputVideo);
        foreach (var name in new[] { "audio_tokens", "image", "video_tokens" })
            details.Remove(name);
        usage["prompt_tokens"] = Prompt;
        usage["total_tokens"] = Total;
    }

    private JsonObject LitellmTotals()
    {
        DropMedia();
        Drop(TokenClass.CacheRead, TokenClass.CacheWrite, TokenClass.CacheWrite1h, TokenClass.OutputReasoning);
        return new JsonObject { ["prompt_tokens"] = Prompt, ["completion_tokens"] = Completion, ["total_tokens"] = Total };
    }

    private JsonObject OpenAiReport()
    {
        Drop(TokenClass.CacheWrite1h, TokenClass.InputVideo, TokenClass.OutputReasoning, TokenClass.OutputVideo);
        var report = Object(("input_cached_tokens", this[TokenClass.CacheRead]), ("input_cache_write_tokens", this[TokenClass.CacheWrite]),
            ("input_audio_tokens", this[TokenClass.InputAudio]), ("input_image_tokens", this[TokenClass.InputImage]),
            ("output_audio_tokens", this[TokenClass.OutputAudio]), ("output_image_tokens", this[TokenClass.OutputImage]), ("num_model_requests", 3));
        report["input_tokens"] = Prompt;
        report["output_tokens"] = Completion;
        report["input_text_tokens"] = this[TokenClass.Input];
        if (!sparse)
        {
            report["input_uncached_tokens"] = this[TokenClass.Input] + this[TokenClass.InputAudio] + this[TokenClass.InputImage];
            report["output_text_tokens"] = this[TokenClass.Output];
        }

        return report;
    }

    private JsonObject AnthropicReport()
    {
        DropMedia();
        Drop(TokenClass.OutputReasoning);
        var report = Object(("cache_read_input_tokens", this[TokenClass.CacheRead]));
        report["uncached_input_tokens"] = this[TokenClass.Input];
        report["output_tokens"] = this[TokenClass.Output];
        report["cache_creation"] = Object(("ephemeral_5m_input_tokens", this[TokenClass.CacheWrite]), ("ephemeral_1h_input_tokens", this[TokenClass.CacheWrite1h]));
        return report;
    }

    private JsonObject OtelTokenUsage()
    {
        DropMedia();
        Drop(TokenClass.CacheRead, TokenClass.CacheWrite, TokenClass.CacheWrite1h, TokenClass.OutputReasoning, sparse ? TokenClass.Input : TokenClass.Output);
        return new JsonObject { ["gen_ai.token.type"] = sparse ? "output" : "input", ["tokens"] = sparse ? Completion : Prompt };
    }

    private JsonObject Object(params ReadOnlySpan<(string Name, long Tokens)> fields)
    {
        var made = new JsonObject();
        foreach (var (name, tokens) in fields)
        {
            if (tokens > 0 || !sparse)
                made[name] = tokens;
        }

        return made;
    }

    private JsonArray List(long audio, long image, long video)
    {
        var list = new JsonArray(new JsonObject { ["modality"] = "TEXT", ["tokenCount"] = 1 });
        foreach (var (modality, tokens) in new[] { ("AUDIO", audio), ("IMAGE", image), ("VIDEO", video) })
        {
            if (tokens > 0 || !sparse)
                list.Add(new JsonObject { ["modality"] = modality, ["tokenCount"] = tokens });
        }

        return list;
    }

    private void DropMedia() => Drop(TokenClass.InputAudio, TokenClass.InputImage, TokenClass.InputVideo,
        TokenClass.OutputAudio, TokenClass.OutputImage, TokenClass.OutputVideo);

    private void Drop(params ReadOnlySpan<TokenClass> classes)
    {
        foreach (var tokenClass in classes)
            leaves[(int)tokenClass - 1] = 0;
    }

    private long Sum(TokenClass first, TokenClass last) => leaves[((int)first - 1)..(int)last].Sum();
}
