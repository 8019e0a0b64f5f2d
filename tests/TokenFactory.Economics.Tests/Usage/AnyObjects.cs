using CsCheck;

namespace TokenFactory.Economics.Tests.Usage;

/// <summary>JSON objects of every kind, made of the names that profiles look for, so that a profile gets past its first field.</summary>
internal static class AnyObjects
{
    private static readonly string[] Names =
    [
        "usage", "usageMetadata", "output", "id", "responseId", "request_id", "model", "modelVersion", "created", "created_at", "createTime",
        "service_tier", "serviceTier", "type", "total_tokens", "prompt_tokens", "completion_tokens", "input_tokens", "output_tokens",
        "prompt_tokens_details", "completion_tokens_details", "input_tokens_details", "output_tokens_details", "cached_tokens",
        "cached_tokens_details", "cache_write", "cache_creation", "cache_creation_input_tokens", "ephemeral_5m_input_tokens",
        "ephemeral_1h_input_tokens", "cache_read_input_tokens", "image_tokens", "audio_tokens", "reasoning_tokens", "cache_type",
        "prompt_cache_hit_tokens", "prompt_cache_miss_tokens", "promptTokenCount", "cachedContentTokenCount", "candidatesTokenCount",
        "thoughtsTokenCount", "toolUsePromptTokenCount", "totalTokenCount", "promptTokensDetails", "cacheTokensDetails", "modality",
        "tokenCount", "inputTokens", "outputTokens", "totalTokens", "cacheReadInputTokens", "cacheWriteInputTokens", "cacheDetails", "ttl",
        "cache_creation_tokens", "cache_creation_token_details", "text_tokens", "uncached_input_tokens", "input_cached_tokens", "input_audio_tokens",
        "input_text_tokens", "input_uncached_tokens",
        "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.cache_read.input_tokens", "", "\\ud800", "us\\u0061ge", "\\udc00x",
    ];

    private static readonly Gen<string> Scalar = Gen.OneOf(
        OneOf("null", "true", "false", "\"\"", "\"\\ud800\"", "\"IMAGE\"", "\"1h\"", "\"default\"", "\"2026-11-23T10:00:00Z\"", "\"9999-12-31T23:59:59-14:00\"",
            "-0", "-1", "1.5", "1e2", "1E400", "253402300799.9999999", "1000000000000000", "1000000000000001", "9223372036854775807", "99999999999999999999"),
        Gen.Int[0, 20].Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    public static Gen<string> Value { get; } = Object(3);

    public static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<string> Object(int depth) =>
        Gen.Select(OneOf(Names), Any(depth - 1)).Select((name, value) => $"\"{name}\":{value}").Array[0, 12].Select(members => $"{{{string.Join(",", members)}}}");

    private static Gen<string> Any(int depth) => depth == 0
        ? Scalar
        : Gen.Frequency((5, Scalar), (3, Object(depth)), (1, Any(depth - 1).Array[0, 4].Select(items => $"[{string.Join(",", items)}]")));
}
