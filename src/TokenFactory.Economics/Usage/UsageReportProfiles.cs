using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Usage;

/// <summary>
/// One result of a provider's own report of an organization's usage: the tokens of a time bucket and a group. Neither states a total: it is what
/// the documented fields add up to. As a response it is the <c>usage</c> of one, so that what is kept of it is what is kept of every usage.
/// </summary>
internal static class UsageReportProfiles
{
    /// <summary>
    /// OpenAI, <c>GET /v1/organization/usage/completions</c> and <c>.../embeddings</c>. Fields and their meaning as the API reference and OpenAI's
    /// libraries give them: input_tokens include text, audio, images, what a cache served (input_cached_tokens) and what was written to one
    /// (input_cache_write_tokens); input_uncached_tokens and its parts input_text_tokens, input_audio_tokens and input_image_tokens are what is left.
    /// Reports from before that split give input_audio_tokens "including cached tokens"; embeddings have no output. num_model_requests is of how many
    /// requests it is the sum.
    /// </summary>
    public static UsageProfile OpenAi { get; } = new(UsageProfiles.OpenAiUsage, usage =>
    {
        var leaves = new UsageLeaves(usage);
        var input = usage.Required("input_tokens");
        var output = usage.Optional("output_tokens");
        var cached = usage.Optional("input_cached_tokens");
        var writes = usage.Optional("input_cache_write_tokens");
        var media = new Media(usage.Optional("input_audio_tokens"), usage.Optional("input_image_tokens"), 0);
        var outputMedia = new Media(usage.Optional("output_audio_tokens"), usage.Optional("output_image_tokens"), 0);
        var text = usage.Find("input_text_tokens");
        var uncached = usage.Agree("input_uncached_tokens", input - cached - writes, usage.Find("input_uncached_tokens"));
        usage.Agree("output_text_tokens", output - outputMedia.Sum, usage.Find("output_text_tokens"));
        if (text is null)
        {
            leaves.AddInput(input, new InputDetails(cached, new CacheWrites(writes, 0), media));
        }
        else
        {
            usage.Agree("input_text_tokens", uncached - media.Sum, text);
            leaves.Add(TokenClass.Input, text.Value);
            leaves.AddInputMedia(media);
            leaves.Add(TokenClass.CacheRead, cached);
            leaves.Add(TokenClass.CacheWrite, writes);
        }

        leaves.AddOutput(output, reasoning: 0, outputMedia);
        return leaves.Reading(input + output);
    })
    { Version = 2, Marks = ["input_tokens"], Requests = new Requests(AreSeveral: true), Told = usage => usage.IsOne("num_model_requests") ? RequestWords.One : null };

    /// <summary>
    /// Anthropic, <c>GET /v1/organizations/usage_report/messages</c>. Additive: uncached_input_tokens, cache_read_input_tokens and the two parts of
    /// cache_creation are disjoint, as in a message's own usage. Of how many requests it is the sum is not told; grouped by context_window, on which side of
    /// 200,000 input tokens each of them was.
    /// </summary>
    public static UsageProfile Anthropic { get; } = new(UsageProfiles.AnthropicUsage, usage =>
    {
        var leaves = new UsageLeaves(usage);
        var input = usage.Required("uncached_input_tokens");
        var cached = usage.Optional("cache_read_input_tokens");
        var writes = CacheWrites.Of(usage.Find("cache_creation_input_tokens"), usage.Inside("cache_creation"));
        var output = usage.Required("output_tokens");
        leaves.Add(TokenClass.Input, input);
        leaves.Add(TokenClass.CacheRead, cached);
        leaves.AddCacheWrites(writes);
        leaves.Add(TokenClass.Output, output);
        return leaves.Reading(input + cached + writes.Sum + output);
    })
    {
        Version = 2,
        Marks = ["uncached_input_tokens"],
        Requests = new Requests(AreSeveral: true),
        Told = usage => usage.Says("context_window", "0-200k") ? RequestWords.UpTo200k : usage.Says("context_window", "200k-1M") ? RequestWords.Above200k : null,
    };
}
