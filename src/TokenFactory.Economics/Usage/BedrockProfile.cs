using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Usage;

/// <summary>
/// Amazon Bedrock's Converse. Additive: inputTokens are those that no cache served or kept, and
/// totalTokens = inputTokens + cacheReadInputTokens + cacheWriteInputTokens + outputTokens. cacheDetails, where there, splits the writes by
/// how long they are kept (<c>5m</c>, <c>1h</c>). Some answers name the cache's fields ...TokenCount, or repeat them so.
/// </summary>
internal static class BedrockProfile
{
    public static UsageProfile Profile { get; } = new("bedrock_converse", usage =>
    {
        var leaves = new UsageLeaves(usage);
        leaves.Add(TokenClass.Input, usage.Required("inputTokens"));
        leaves.Add(TokenClass.CacheRead, usage.Optional("cacheReadInputTokens", "cacheReadInputTokenCount"));
        leaves.AddCacheWrites(WritesOf(usage));
        leaves.Add(TokenClass.Output, usage.Required("outputTokens"));
        return leaves.Reading(usage.Required("totalTokens"));
    })
    { Version = 2, Marks = ["inputTokens"] };

    private static CacheWrites WritesOf(UsageFields usage)
    {
        var whole = usage.Optional("cacheWriteInputTokens", "cacheWriteInputTokenCount");
        var hour = 0L;
        foreach (var item in usage.List("cacheDetails") ?? [])
        {
            if (item.Says("ttl", "1h"))
                hour = Math.Min(hour + item.Optional("inputTokens"), Quantity.Maximum + 1);
        }

        return new CacheWrites(whole - hour, hour);
    }
}
