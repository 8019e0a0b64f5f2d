using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Usage;

/// <summary>
/// Anthropic's messages. Additive: input_tokens, cache_creation_input_tokens and cache_read_input_tokens are disjoint, and the total, which
/// Anthropic does not state, is their sum with output_tokens. cache_creation splits cache_creation_input_tokens by how long it is kept.
/// </summary>
internal static class AnthropicProfile
{
    public static UsageProfile Profile { get; } = new("anthropic_messages", usage =>
    {
        var leaves = new UsageLeaves(usage);
        var input = usage.Required("input_tokens");
        var output = usage.Required("output_tokens");
        var cached = usage.Optional("cache_read_input_tokens");
        var writes = CacheWrites.Of(usage.Find("cache_creation_input_tokens"), usage.Inside("cache_creation"));
        leaves.Add(TokenClass.Input, input);
        leaves.Add(TokenClass.CacheRead, cached);
        leaves.AddCacheWrites(writes);
        leaves.Add(TokenClass.Output, output);
        return leaves.Reading(input + cached + writes.Sum + output);
    })
    { Version = 2, Marks = ["input_tokens"] };
}
