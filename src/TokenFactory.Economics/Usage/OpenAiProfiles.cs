namespace TokenFactory.Economics.Usage;

/// <summary>
/// OpenAI's two shapes and those that follow the first. The details are subsets of prompt and completion; accepted and rejected predictions
/// are inside the completion and billed as such, so they are no leaves.
/// </summary>
internal static class OpenAiProfiles
{
    /// <summary>
    /// total = prompt_tokens + completion_tokens. Many compatible servers leave the total out; then both must be there. Embeddings have no
    /// completion_tokens. What compatible servers say at the top of what a cache served is read as in the profiles of those who began it.
    /// </summary>
    public static UsageProfile Chat { get; } = new("openai_chat", ReadChat) { Version = 2, Marks = ["prompt_tokens"] };

    /// <summary>
    /// total_tokens = input_tokens + output_tokens. The total or the input's details are required: they tell this shape from Anthropic's, whose
    /// input_tokens do not include what was cached. Realtime and transcription usages have the details in the singular.
    /// </summary>
    public static UsageProfile Responses { get; } = new("openai_responses", usage =>
    {
        var leaves = new UsageLeaves(usage);
        var input = usage.Required("input_tokens");
        var output = usage.Required("output_tokens");
        var inputDetails = ResponsesInputDetails(usage);
        var details = usage.Inside("output_tokens_details", "output_token_details");
        leaves.AddInput(input, InputDetails.Of(inputDetails));
        leaves.AddOutput(output, details.Optional("reasoning_tokens"), Media.Of(details));
        return leaves.Reading(inputDetails.IsPresent ? usage.Find("total_tokens") ?? input + output : usage.Required("total_tokens"));
    })
    { Version = 2, Marks = ["input_tokens"] };

    /// <summary>
    /// prompt_tokens = prompt_cache_hit_tokens + prompt_cache_miss_tokens. A miss is ordinary input, no cache write. The nested
    /// cached_tokens, where there, repeats the hits.
    /// </summary>
    public static UsageProfile DeepSeek { get; } = new("deepseek", ReadChat) { Version = 2, Marks = ["prompt_tokens"] };

    /// <summary>
    /// Reasoning is extra: total_tokens = prompt_tokens + completion_tokens + reasoning_tokens. The total is required: it alone tells that
    /// the reasoning was not already inside the completion.
    /// </summary>
    public static UsageProfile Xai { get; } = new("xai_chat", usage =>
    {
        var leaves = new UsageLeaves(usage);
        var input = usage.Required("prompt_tokens");
        var reasoning = ReasoningOf(usage);
        leaves.AddInput(input, InputDetails.OfPrompt(usage, PromptDetails(usage), input, anthropics: true));
        leaves.AddOutput(usage.Required("completion_tokens") + reasoning, reasoning, Media.Of(CompletionDetails(usage)));
        return leaves.Reading(usage.Required("total_tokens"));
    })
    { Version = 2, Marks = ["prompt_tokens"] };

    /// <summary>OpenAI's chat shape, with cached_tokens at the top too: it repeats the nested one, and is read once.</summary>
    public static UsageProfile Moonshot { get; } = new("moonshot", ReadChat) { Version = 2, Marks = ["prompt_tokens"] };

    /// <summary>A usage of OpenAI's chat shape whose prompt has the given details.</summary>
    public static UsageReading ReadChat(UsageFields usage, UsageFields promptDetails)
    {
        var leaves = new UsageLeaves(usage);
        var total = usage.Find("total_tokens");
        var input = usage.Required("prompt_tokens");
        var output = total is null ? usage.Required("completion_tokens") : usage.Optional("completion_tokens");
        var details = CompletionDetails(usage);
        leaves.AddInput(input, InputDetails.OfPrompt(usage, promptDetails, input, anthropics: total is not null));
        leaves.AddOutput(output, total is null ? details.Optional("reasoning_tokens") : ReasoningOf(usage), Media.Of(details));
        return leaves.Reading(total ?? input + output);
    }

    /// <summary>The reasoning, in the details or at the top: there it takes a total to tell whether the completion includes it.</summary>
    public static long ReasoningOf(UsageFields usage) => usage.Agree(
        "completion_tokens_details.reasoning_tokens", usage.Find("reasoning_tokens"), CompletionDetails(usage).Find("reasoning_tokens")) ?? 0;

    /// <summary>What OpenAI's responses say of their input; a usage of Anthropic's has nothing of the name.</summary>
    public static UsageFields ResponsesInputDetails(UsageFields usage) => usage.Inside("input_tokens_details", "input_token_details");

    private static UsageReading ReadChat(UsageFields usage) => ReadChat(usage, PromptDetails(usage));

    private static UsageFields PromptDetails(UsageFields usage) => usage.Inside("prompt_tokens_details");

    private static UsageFields CompletionDetails(UsageFields usage) => usage.Inside("completion_tokens_details");
}
