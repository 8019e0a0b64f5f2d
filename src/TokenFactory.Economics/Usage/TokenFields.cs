using System.Collections.Frozen;
using System.Text.Json;

namespace TokenFactory.Economics.Usage;

/// <summary>
/// Every field in which some shape has tokens of a cache, of reasoning, of a medium or beside its wholes, at every place where it may stand. A usage
/// with tokens in one that its profile did not look at is of another shape than it seems: they would be lost, or billed as what they are not.
/// </summary>
internal static class TokenFields
{
    private static readonly string[] Media = ["audio_tokens", "image_tokens", "image", "video_tokens"];
    private static readonly string[] Written = ["ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens", "cache_creation_input_tokens"];

    private static readonly string[] InputDetails =
    [
        .. Media, "cached_tokens", "cache_write_tokens", "cache_write", "cache_creation_tokens", "cache_creation_input_tokens", "cache_creation",
        .. Under("cached_tokens_details", Media), .. Under("cache_creation", Written), .. Under("cache_creation_token_details", Written),
    ];

    private static readonly string[] OutputDetails = [.. Media, "reasoning_tokens"];

    /// <summary>The fields, by their paths in a usage object. A path may name a number or a list.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        // OpenAI's details, in the names of chat, responses and realtime.
        .. Under("prompt_tokens_details", InputDetails), .. Under("input_tokens_details", InputDetails), .. Under("input_token_details", InputDetails),
        .. Under("completion_tokens_details", OutputDetails), .. Under("output_tokens_details", OutputDetails), .. Under("output_token_details", OutputDetails),
        // What others say at the top: Moonshot, DeepSeek, LiteLLM, DashScope.
        "cached_tokens", "prompt_cache_hit_tokens", "prompt_cache_miss_tokens", "reasoning_tokens", "audio_tokens", "image_tokens", "video_tokens",
        // Anthropic.
        "cache_read_input_tokens", "cache_creation_input_tokens", .. Under("cache_creation", Written[..2]),
        // Gemini.
        "cachedContentTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount",
        "promptTokensDetails", "cacheTokensDetails", "toolUsePromptTokensDetails", "candidatesTokensDetails",
        // Bedrock.
        "cacheReadInputTokens", "cacheReadInputTokenCount", "cacheWriteInputTokens", "cacheWriteInputTokenCount", "cacheDetails",
        // OpenAI's report of an organization's usage.
        "input_cached_tokens", "input_cache_write_tokens", "input_audio_tokens", "input_image_tokens", "output_audio_tokens", "output_image_tokens",
    ];

    private static readonly FrozenSet<string> Paths = All.ToFrozenSet(StringComparer.Ordinal);

    // What to look for in the object of a path; in the usage object itself under the empty one.
    private static readonly FrozenDictionary<string, string[]> NamesIn = All.SelectMany(Steps).Distinct()
        .GroupBy(step => step.Owner, step => step.Name, StringComparer.Ordinal)
        .ToFrozenDictionary(names => names.Key, names => names.ToArray(), StringComparer.Ordinal);

    /// <summary>The first of the fields that holds something other than 0 and that nobody looked at; null: there is none.</summary>
    /// <exception cref="InvalidOperationException">The name of a member is not valid Unicode.</exception>
    public static string? FirstUnread(JsonElement usage, IReadOnlySet<string> seen) => FirstUnread(usage, "", seen);

    private static string? FirstUnread(JsonElement value, string path, IReadOnlySet<string> seen)
    {
        if (Paths.Contains(path) && !seen.Contains(path) && HoldsTokens(value))
            return path;
        if (value.ValueKind != JsonValueKind.Object || !NamesIn.TryGetValue(path, out var names))
            return null;
        return names
            .Select(name => FirstUnread(UsageFields.Member(value, name), path.Length == 0 ? name : $"{path}.{name}", seen))
            .FirstOrDefault(unread => unread is not null);
    }

    // What is no number is no 0 either.
    private static bool HoldsTokens(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => !value.TryGetInt64(out var tokens) || tokens != 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.String => true,
        _ => false,
    };

    private static IEnumerable<string> Under(string owner, string[] names) => names.Select(name => $"{owner}.{name}");

    private static IEnumerable<(string Owner, string Name)> Steps(string path)
    {
        var names = path.Split('.');
        return names.Select((name, i) => (string.Join('.', names[..i]), name));
    }
}
