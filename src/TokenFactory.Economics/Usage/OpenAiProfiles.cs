namespace TokenFactory.Economics.Usage;

/// <summary>
/// OpenAI's two shapes and those that follow the first. The details are subsets of prompt and completion; accepted and rejected predictions
/// are inside the completion and billed as such, so they are no leaves.
/// </summary>
internal static class OpenAiProfiles
{
    /// <summary>
    /// total = prompt_tokens + completion_tokens. Many compatible servers leave the total out; then both must be there. Embeddings have no
    /// completion_tokens.
    /// </summary>
    public static UsageProfile Chat { get; } = new("openai_chat", usage => ReadChat(usage, InputDetails.Of(PromptDetails(usage)))) { Marks = ["prompt_tokens"] };

    /// <summary>
    /// total_tokens = input_tokens + output_tokens. The total is required: it tells this shape from Anthropic's, whose input_tokens do not
    /// include what was cached. Realtime and transcription usages have the details in the singular.
    /// </summary>
    public static UsageProfile Responses { get; } = new("openai_responses", usage =>
    {
        var leaves = new UsageLeaves(usage);
        leaves.AddInput(usage.Required("input_tokens"), InputDetails.Of(usage.Inside("input_tokens_details", "input_token_details")));
        var details = usage.Inside("output_tokens_details", "output_token_details");
        leaves.AddOutput(usage.Required("output_tokens"), details.Optional("reasoning_tokens"), Media.Of(details));
        return leaves.Reading(usage.Required("total_tokens"));
    })
    { Marks = ["input_tokens"] };

    /// <summary>
    /// prompt_tokens = prompt_cache_hit_tokens + prompt_cache_miss_tokens. A miss is ordinary input, no cache write. The nested
    /// cached_tokens, where there, repeats the hits.
    /// </summary>
    public static UsageProfile DeepSeek { get; } = new("deepseek", usage =>
    {
        var prompt = usage.Required("prompt_tokens");
        var hits = usage.Find("prompt_cache_hit_tokens");
        var misses = usage.Find("prompt_cache_miss_tokens");
        if (hits is not null && misses is not null && hits + misses != prompt)
            usage.Fail(UsageViolation.SumMismatch, $"Cache hits of {hits} and misses of {misses} do not sum to prompt_tokens, {prompt}.");
        var details = PromptDetails(usage);
        var cached = usage.Agree("prompt_tokens_details.cached_tokens", hits ?? prompt - misses, details.Find("cached_tokens"));
        return ReadChat(usage, InputDetails.Of(details) with { Cached = cached ?? 0 });
    })
    { Marks = ["prompt_tokens"] };

    /// <summary>
    /// Reasoning is extra: total_tokens = prompt_tokens + completion_tokens + reasoning_tokens. The total is required: it alone tells that
    /// the reasoning was not already inside the completion.
    /// </summary>
    public static UsageProfile Xai { get; } = new("xai_chat", usage =>
    {
        var leaves = new UsageLeaves(usage);
        var reasoning = CompletionDetails(usage).Optional("reasoning_tokens");
        leaves.AddInput(usage.Required("prompt_tokens"), InputDetails.Of(PromptDetails(usage)));
        leaves.AddOutput(usage.Required("completion_tokens") + reasoning, reasoning, Media.Of(CompletionDetails(usage)));
        return leaves.Reading(usage.Required("total_tokens"));
    })
    { Marks = ["prompt_tokens"] };

    /// <summary>OpenAI's chat shape, with cached_tokens at the top too: it repeats the nested one, and is read once.</summary>
    public static UsageProfile Moonshot { get; } = new("moonshot", usage =>
    {
        var details = PromptDetails(usage);
        return ReadChat(usage, InputDetails.Of(details) with { Cached = usage.Beside(details).Optional("cached_tokens") });
    })
    { Marks = ["prompt_tokens"] };

    /// <summary>A usage of OpenAI's chat shape whose prompt includes the given details.</summary>
    public static UsageReading ReadChat(UsageFields usage, InputDetails prompt)
    {
        var leaves = new UsageLeaves(usage);
        var total = usage.Find("total_tokens");
        var input = usage.Required("prompt_tokens");
        var output = total is null ? usage.Required("completion_tokens") : usage.Optional("completion_tokens");
        var details = CompletionDetails(usage);
        leaves.AddInput(input, prompt);
        leaves.AddOutput(output, details.Optional("reasoning_tokens"), Media.Of(details));
        return leaves.Reading(total ?? input + output);
    }

    private static UsageFields PromptDetails(UsageFields usage) => usage.Inside("prompt_tokens_details");

    private static UsageFields CompletionDetails(UsageFields usage) => usage.Inside("completion_tokens_details");
}
