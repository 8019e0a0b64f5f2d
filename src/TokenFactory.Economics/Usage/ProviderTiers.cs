using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Usage;

/// <summary>The names that providers give the service tier of a response.</summary>
public static class ProviderTiers
{
    /// <summary>
    /// The tier that a name stands for: one of ours; or <c>default</c> and <c>auto</c> of OpenAI and <c>on_demand</c> of Groq, which are what is not
    /// paid for otherwise. Null: it has no counterpart here (<c>scale</c>, <c>priority_on_demand</c>): what it costs is another matter.
    /// </summary>
    public static ServiceTier? Find(string name) => name is "default" or "auto" or "on_demand" ? ServiceTier.Standard
        : WireNames.TryParseServiceTier(name, out var tier) ? tier
        : null;
}
