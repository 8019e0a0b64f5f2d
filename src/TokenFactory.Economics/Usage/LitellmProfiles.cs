using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Usage;

/// <summary>
/// What LiteLLM makes of every provider's usage: OpenAI's chat shape, with Anthropic's names beside it. Facts of its source (BerriAI/litellm):
/// <c>types/utils.py</c> (<c>Usage</c>) repeats cache_read_input_tokens, cache_creation_input_tokens and DeepSeek's prompt_cache_hit_tokens inside
/// prompt_tokens_details as cached_tokens and cache_creation_tokens; <c>llms/anthropic</c> and <c>llms/bedrock</c> add reads and writes to
/// prompt_tokens (Anthropic's total is then prompt + completion, Bedrock's is Amazon's own); <c>llms/vertex_ai</c> adds thoughts to
/// completion_tokens and keeps Google's total; <c>llms/xai</c> adds reasoning likewise, older versions do not.
/// </summary>
internal static class LitellmProfiles
{
    // What has been beside prompt and completion rather than inside: nothing; the cache writes (Anthropic's and Bedrock's of older versions); both
    // sides of the cache (Anthropic's own convention); the reasoning (xAI's of older versions).
    private static readonly (bool Reads, bool Writes, bool Reasoning)[] Beside =
        [(false, false, false), (false, true, false), (true, true, false), (false, false, true)];

    /// <summary>
    /// The usage object. Everything is inside prompt and completion where their sum is the total; else the total says what is beside them. A total
    /// that no version of LiteLLM makes, or that two of them would, is a violation. A usage in the names of OpenAI's responses is read as one, and one
    /// of Anthropic's as that.
    /// </summary>
    public static UsageProfile Usage { get; } = new(UsageProfiles.Litellm, Read) { Version = 2, Marks = ["prompt_tokens", "input_tokens"] };

    /// <summary>prompt_tokens, completion_tokens and total_tokens of a record that has no usage object: what a cache served is not told apart.</summary>
    public static UsageProfile Totals { get; } = new(UsageProfiles.LitellmTotals, usage =>
    {
        var leaves = new UsageLeaves(usage);
        var input = usage.Optional("prompt_tokens");
        var output = usage.Optional("completion_tokens");
        leaves.Add(TokenClass.Input, input);
        leaves.Add(TokenClass.Output, output);
        return leaves.Reading(Stated(usage, input + output));
    })
    { Version = 2, Marks = ["prompt_tokens"] };

    private static UsageReading Read(UsageFields usage)
    {
        if (usage.Find("prompt_tokens") is null && usage.Find("input_tokens") is not null)
        {
            var isResponses = usage.Find("total_tokens") is not null || OpenAiProfiles.ResponsesInputDetails(usage).IsPresent;
            return (isResponses ? OpenAiProfiles.Responses : AnthropicProfile.Profile).Read(usage);
        }

        var leaves = new UsageLeaves(usage);
        var details = usage.Inside("prompt_tokens_details");
        var outputDetails = usage.Inside("completion_tokens_details");
        var prompt = usage.Required("prompt_tokens");
        var completion = usage.Optional("completion_tokens");
        var inside = InputDetails.OfPrompt(usage, details, prompt, anthropics: true);
        var (reads, writes) = (inside.Cached, inside.Writes);
        var reasoning = OpenAiProfiles.ReasoningOf(usage);
        var total = Stated(usage, prompt + completion);

        var fitting = Beside
            .Select(b => (Input: prompt + (b.Reads ? reads : 0) + (b.Writes ? writes.Sum : 0), Output: completion + (b.Reasoning ? reasoning : 0)))
            .Where(whole => whole.Input + whole.Output == total)
            .Distinct().ToList();
        if (fitting.Count > 1)
            usage.Fail(UsageViolation.AmbiguousOverlap, $"The total of {total} tells that some tokens are beside prompt and completion, and not which.");
        var (input, output) = fitting.Count > 0 ? fitting[0] : (prompt, completion);
        leaves.AddInput(input, inside with { CachedMedia = CachedMediaOf(inside, details, input - reads - writes.Sum) });
        leaves.AddOutput(output, reasoning, Media.Of(outputDetails));
        return leaves.Reading(total);
    }

    // LiteLLM writes 0 for a total that the provider left out.
    private static long Stated(UsageFields usage, long sum) => usage.Find("total_tokens") is { } total && total > 0 ? total : sum;

    /// <summary>
    /// Which cached tokens are no text. None, where text_tokens and the media are together what neither a cache served nor one was written with: then
    /// LiteLLM has taken the cached ones out of them.
    /// </summary>
    private static Media? CachedMediaOf(InputDetails inside, UsageFields details, long fresh) =>
        inside.CachedMedia ?? (details.Find("text_tokens") is { } text && text + inside.Media.Sum == fresh ? default(Media) : null);
}
