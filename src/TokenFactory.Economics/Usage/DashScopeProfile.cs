namespace TokenFactory.Economics.Usage;

/// <summary>
/// Alibaba's DashScope (Qwen), in both of its shapes: the OpenAI-compatible one with prompt_/completion_tokens, and the native one with
/// input_/output_tokens. Cached tokens and cache writes are inside the input, disjoint from each other. The native shape spreads the input's
/// details over prompt_tokens_details (cache) and input_tokens_details (media), and may repeat the input's media at the top.
/// </summary>
internal static class DashScopeProfile
{
    public static UsageProfile Profile { get; } = new("dashscope", usage =>
    {
        var inputDetails = usage.Inside("prompt_tokens_details", "input_tokens_details");
        if (usage.Find("prompt_tokens") is not null || usage.Find("input_tokens") is null)
            return OpenAiProfiles.ReadChat(usage, inputDetails);

        var leaves = new UsageLeaves(usage);
        var details = usage.Inside("output_tokens_details", "completion_tokens_details");
        var total = usage.Find("total_tokens");
        var whole = usage.Required("input_tokens");
        var output = total is null ? usage.Required("output_tokens") : usage.Optional("output_tokens");
        leaves.AddInput(whole, InputDetails.Of(inputDetails) with { Media = Media.Of(usage.Beside(inputDetails)) });
        leaves.AddOutput(output, details.Optional("reasoning_tokens"), Media.Of(details));
        return leaves.Reading(total ?? whole + output);
    })
    { Version = 2, Marks = ["prompt_tokens", "input_tokens"] };
}
