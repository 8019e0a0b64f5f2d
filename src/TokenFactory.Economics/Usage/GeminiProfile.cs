using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Usage;

/// <summary>
/// Gemini's usageMetadata. Cached content is inside the prompt; thoughts and the prompts of tool use are extra:
/// totalTokenCount = promptTokenCount + candidatesTokenCount + thoughtsTokenCount + toolUsePromptTokenCount. Counts of 0 are left out by the
/// provider. Lists by modality say which of prompt, cache, tool use and candidates are not text; the rest, documents included, is.
/// </summary>
internal static class GeminiProfile
{
    public static UsageProfile Profile { get; } = new("gemini", usage =>
    {
        var leaves = new UsageLeaves(usage);
        var prompt = usage.Required("promptTokenCount");
        var toolUse = usage.Optional("toolUsePromptTokenCount");
        var toolUseMedia = MediaOf(usage, "toolUsePromptTokensDetails") ?? default;
        var thoughts = usage.Optional("thoughtsTokenCount");
        leaves.AddInput(prompt, new InputDetails(
            usage.Optional("cachedContentTokenCount"),
            Media: MediaOf(usage, "promptTokensDetails") ?? default,
            CachedMedia: MediaOf(usage, "cacheTokensDetails")));
        leaves.Add(TokenClass.Input, toolUse - toolUseMedia.Sum);
        leaves.AddInputMedia(toolUseMedia);
        leaves.AddOutput(usage.Optional("candidatesTokenCount") + thoughts, thoughts, MediaOf(usage, "candidatesTokensDetails") ?? default);
        return leaves.Reading(usage.Required("totalTokenCount"));
    })
    { Version = 2, Member = "usageMetadata", Marks = ["promptTokenCount"] };

    private static Media? MediaOf(UsageFields usage, string list)
    {
        if (usage.List(list) is not { } items)
            return null;
        var media = default(Media);
        foreach (var item in items)
        {
            var tokens = item.Optional("tokenCount");
            if (item.Says("modality", "AUDIO"))
                media = media with { Audio = media.Audio + tokens };
            else if (item.Says("modality", "IMAGE"))
                media = media with { Image = media.Image + tokens };
            else if (item.Says("modality", "VIDEO"))
                media = media with { Video = media.Video + tokens };
            // A list is as long as its sender likes: bounded here, the sums of a few such numbers can't overflow.
            if (media.Sum > Quantity.Maximum)
            {
                usage.Fail(UsageViolation.OutOfRange, $"The tokens in `{list}` sum to more than {Quantity.Maximum}.");
                return default(Media);
            }
        }

        return media;
    }
}
