using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>
/// What the name of a member of LiteLLM's file says: <c>cache_read_input_token_cost_above_272k_tokens_priority</c> is the price of cache_read
/// in the priority tier, for requests of more than 272,000 input tokens.
/// </summary>
internal sealed partial record LitellmKey
{
    private static readonly FrozenDictionary<string, TokenClass> Classes = new Dictionary<string, TokenClass>
    {
        ["input_cost_per_token"] = TokenClass.Input,
        ["input_cost_per_audio_token"] = TokenClass.InputAudio,
        ["input_cost_per_image_token"] = TokenClass.InputImage,
        ["input_cost_per_video_token"] = TokenClass.InputVideo,
        ["cache_read_input_token_cost"] = TokenClass.CacheRead,
        ["input_cost_per_token_cache_hit"] = TokenClass.CacheRead,
        ["cache_creation_input_token_cost"] = TokenClass.CacheWrite,
        ["cache_creation_input_token_cost_above_1hr"] = TokenClass.CacheWrite1h,
        ["output_cost_per_token"] = TokenClass.Output,
        ["output_cost_per_reasoning_token"] = TokenClass.OutputReasoning,
        ["output_cost_per_audio_token"] = TokenClass.OutputAudio,
        ["output_cost_per_image_token"] = TokenClass.OutputImage,
        ["output_cost_per_video_token"] = TokenClass.OutputVideo,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> WithoutClass = new[]
    {
        "cache_creation_input_audio_token_cost", "cache_read_input_audio_token_cost", "cache_read_input_image_token_cost",
        "cache_read_input_token_cost_per_audio_token", "citation_cost_per_token", "computer_use_input_cost_per_1k_tokens", "computer_use_output_cost_per_1k_tokens",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Null: a price of something else, see <see cref="Refusal"/>.</summary>
    public TokenClass? Priced { get; private init; }

    public CardTerms Card { get; private init; } = CardTerms.Undated;

    /// <summary>Input tokens above which the price holds.</summary>
    public long? Above { get; init; }

    public (string Code, string Detail)? Refusal { get; private init; }

    /// <summary>Whether a member is a price or changes one. Others say what a model can do.</summary>
    public static bool IsPrice(string name) => PriceName().IsMatch(name);

    /// <summary>Reads the name from its end, where the conditions are, in any order.</summary>
    public static LitellmKey Read(string name)
    {
        var key = new LitellmKey();
        var rest = name;
        var hasTier = false;
        while (Condition().Match(rest) is { Success: true } condition)
        {
            if (condition.Groups["tier"] is { Success: true, Value: var tier })
            {
                if (hasTier)
                    return Unknown;
                hasTier = true;
                key = key with { Card = CardTerms.Undated with { ServiceTier = TierOf(tier) } };
            }
            else if (key.Above is not null || !TryReadThreshold(condition, out var above))
            {
                return Unknown;
            }
            else
            {
                key = key with { Above = above };
            }

            rest = rest[..condition.Index];
        }

        return Classes.TryGetValue(rest, out var tokenClass) ? key with { Priced = tokenClass } : key with { Refusal = Refused(rest) };
    }

    private static LitellmKey Unknown { get; } = new() { Refusal = (RefusalCodes.UnknownUnit, "It is not known what this is the price of.") };

    private static (string Code, string Detail)? Refused(string name) =>
        WithoutClass.Contains(name) ? (RefusalCodes.NoTokenClass, "These tokens are no class of their own here.")
        : Factor().IsMatch(name) ? (RefusalCodes.NotATokenPrice, "It is a factor on other prices.")
        : OfSomethingElse().IsMatch(name) ? (RefusalCodes.NotATokenPrice, "The price is not one of tokens, or not in money.")
        : Unknown.Refusal;

    private static ServiceTier TierOf(string suffix) => suffix switch
    {
        "batches" => ServiceTier.Batch,
        "flex" => ServiceTier.Flex,
        _ => ServiceTier.Priority,
    };

    private static bool TryReadThreshold(Match condition, out long above)
    {
        // 15 digits and three zeros are less than a long holds.
        above = long.Parse(condition.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        if (condition.Groups["thousands"].Length > 0)
            above *= 1_000;
        return above <= Quantity.Maximum;
    }

    [GeneratedRegex(@"cost|pric|multiplier|\Aprovider_specific_entry\z")]
    private static partial Regex PriceName();

    [GeneratedRegex(@"_(?<tier>batches|flex|priority)\z|_above_(?<count>[0-9]{1,15})(?<thousands>k?)_tokens\z")]
    private static partial Regex Condition();

    [GeneratedRegex(@"multiplier|\Aprovider_specific_entry\z")]
    private static partial Regex Factor();

    [GeneratedRegex(@"dbu|_per_(image|pixel|character|second|minute|hour|day|query|request|page|session|video|gb|1k_calls|audio_per_second)(_|\z)(?!token)")]
    private static partial Regex OfSomethingElse();
}
