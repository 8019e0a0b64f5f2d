using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>What a name says beside the model: how its tokens are sold, and where they are made.</summary>
/// <param name="ServiceTier">The tier that it names; null: none.</param>
/// <param name="IsFree">It says that the price is zero.</param>
internal readonly record struct ModelTerms(ServiceTier? ServiceTier, bool IsFree)
{
    /// <summary>The part of the world that its tokens are made in, as the name says it; null: it says none.</summary>
    public string? Region { get; init; }

    /// <summary>The region of an event: its own, else the name's.</summary>
    public string? RegionOf(string? sent) => sent ?? Region;

    /// <summary>
    /// The tier of an event: its own, else the name's. An event that says <c>standard</c> and one that says nothing are the same event, so that
    /// both get the name's.
    /// </summary>
    public ServiceTier TierOf(ServiceTier sent) => sent == Economics.Measures.ServiceTier.Standard ? ServiceTier ?? sent : sent;
}

/// <summary>A name that another may stand for, with less around it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Terms">What was said by what is left out.</param>
internal readonly record struct ModelNameCandidate(string Name, ModelTerms Terms);

/// <summary>
/// How emitters dress a model's name: who serves it goes in front, which snapshot of it, and how it is sold, behind. What is left out here changes who
/// delivers the model, or when its weights were published, and never what is bought: <c>:thinking</c>, <c>:online</c>, <c>:extended</c> and a month's
/// snapshot (<c>-0613</c>, <c>-2507</c>) are sold at prices of their own, and stay part of the name. Pure: a name alone decides.
/// </summary>
internal static partial class ModelNameRules
{
    // More than any emitter puts around a name.
    private const int MaxStrips = 6;

    // Makers and services whose names stand in front of a model's, with a slash (gateways) or a dot (Bedrock), in any case.
    private static readonly FrozenSet<string> Providers = new[]
    {
        "01-ai", "ai21", "ai21labs", "alibaba", "amazon", "anthropic", "aws", "azure", "azure_ai", "azure_openai", "baidu", "bedrock", "bedrock_converse",
        "bytedance", "bytedance-seed", "cerebras", "cloudflare", "cohere", "cohere_chat", "dashscope", "databricks", "deepinfra", "deepseek", "deepseek-ai",
        "fireworks", "fireworks_ai", "gemini", "google", "groq", "huggingface", "ibm", "ibm-granite", "meta", "meta-llama", "meta_llama", "microsoft", "minimax",
        "minimaxai", "mistral", "mistralai", "moonshot", "moonshotai", "nebius", "novita", "nvidia", "nvidia_nim", "openai", "openrouter", "perplexity", "qwen",
        "replicate", "sambanova", "siliconflow", "stepfun", "stepfun-ai", "tencent", "together", "together_ai", "togethercomputer", "vertex_ai", "vertex_ai_beta",
        "volcengine", "watsonx", "workers-ai", "x-ai", "xai", "z-ai", "zai", "zai-org", "zhipuai",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> ProviderNames = Providers.GetAlternateLookup<ReadOnlySpan<char>>();

    // In the order in which they are tried; each takes away one thing.
    private static readonly Rule[] Prefixes =
    [
        new("bedrock_arn", BedrockArn()) { RegionIn = text => text.Split(':')[3] },
        new("resource_path", ResourcePath()),
        new("region_path", RegionPath()) { RegionIn = text => text[..^1] },
        new("bedrock_region", BedrockRegion()) { RegionIn = text => text[..^1] },
        new("provider", Provider(), text => ProviderNames.Contains(text[..^1])),
    ];

    private static readonly Rule[] Suffixes =
    [
        new("free", Free()) { Terms = new ModelTerms(null, true) },
        new("tier_batch", TierBatch()) { Terms = new ModelTerms(ServiceTier.Batch, false) },
        new("tier_flex", TierFlex()) { Terms = new ModelTerms(ServiceTier.Flex, false) },
        new("tier_priority", TierPriority()) { Terms = new ModelTerms(ServiceTier.Priority, false) },
        new("routing", Routing()) { Terms = default(ModelTerms) },
        new("bedrock_version", BedrockVersion()),
        new("version_at", VersionAt()),
        new("latest", Latest()),
        new("date", Date(), IsDate),
    ];

    /// <summary>The rules by their ids, in the order in which they are tried.</summary>
    public static IEnumerable<string> Ids => Prefixes.Concat(Suffixes).Select(r => r.Id);

    /// <summary>
    /// The names that a name may stand for, the one with the least taken away first; of two with as much, the one that keeps more of what follows the
    /// model's name. The name itself is not among them.
    /// </summary>
    public static IEnumerable<ModelNameCandidate> Candidates(string name)
    {
        // What stands in front is read as it is without how it is sold, so that a name leads to all that its own leads to.
        var starts = Starts(Own(name).Name);
        var (ends, _) = Ends(name);
        for (var strips = 1; strips <= starts.Count + ends.Count - 2; strips++)
        {
            for (var behind = Math.Max(0, strips - starts.Count + 1); behind < ends.Count && behind <= strips; behind++)
            {
                var ((start, region), end) = (starts[strips - behind], ends[behind]);
                if (start < end.Length)
                    yield return new ModelNameCandidate(name[start..end.Length], end.Terms with { Region = region });
            }
        }
    }

    /// <summary>
    /// The name under which a model that nobody knows is registered: as it was sent, less what only says how it is sold, so that whichever of its names comes
    /// first stands for the same model. A name that says more than can be read (a second tier, more than any emitter puts behind a name) is left as it
    /// was sent. Whatever leads from the own name to a model leads there from the name.
    /// </summary>
    public static ModelNameCandidate Own(string name)
    {
        var (ends, isWhole) = Ends(name);
        if (!isWhole)
            return new ModelNameCandidate(name, default);
        var (length, terms, _) = ends.FindLast(e => e.IsSold);
        return char.IsWhiteSpace(name[length - 1]) ? new ModelNameCandidate(name, default) : new ModelNameCandidate(name[..length], terms);
    }

    // Of two regions the one nearer to the model tells where the tokens are made: the other is only where they are asked for.
    private static List<(int Start, string? Region)> Starts(string name)
    {
        List<(int Start, string? Region)> starts = [(0, null)];
        while (starts.Count <= MaxStrips)
        {
            var (start, region) = starts[^1];
            var next = Prefixes.Select(r => (Rule: r, Length: r.LengthIn(name.AsSpan(start)))).FirstOrDefault(r => r.Length > 0);
            if (next.Length == 0)
                break;
            starts.Add((start + next.Length, next.Rule.RegionIn?.Invoke(name.Substring(start, next.Length)) is { Length: > 0 } said ? said : region));
        }

        return starts;
    }

    // IsSold: nothing but how it is sold lies behind. IsWhole: what is left at the last end can't be read any further.
    private static (List<(int Length, ModelTerms Terms, bool IsSold)> Ends, bool IsWhole) Ends(string name)
    {
        List<(int Length, ModelTerms Terms, bool IsSold)> ends = [(name.Length, default, true)];
        while (true)
        {
            var (length, terms, isSold) = ends[^1];
            var next = Suffixes.Select(r => (Rule: r, Length: r.LengthIn(name.AsSpan(0, length)))).FirstOrDefault(r => r.Length > 0);
            if (next.Length == 0)
                return (ends, true);
            // A second tier is none: it stays in the name.
            if (ends.Count > MaxStrips || (next.Rule.Terms?.ServiceTier is not null && terms.ServiceTier is not null))
                return (ends, false);
            var said = next.Rule.Terms ?? default;
            ends.Add((length - next.Length, new ModelTerms(said.ServiceTier ?? terms.ServiceTier, said.IsFree || terms.IsFree), isSold && next.Rule.Terms is not null));
        }
    }

    private static bool IsDate(ReadOnlySpan<char> text) =>
        DateOnly.TryParseExact(text, ["-yyyy-MM-dd", "-yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    // arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-..., inference profiles too; those of a customer's own have no name inside.
    [GeneratedRegex(@"\Aarn:aws[a-z-]*:bedrock:[a-z0-9-]*:[0-9]*:(foundation-model|inference-profile)/")]
    private static partial Regex BedrockArn();

    // models/gemini-..., accounts/fireworks/models/..., projects/p/locations/l/publishers/google/models/...
    [GeneratedRegex(@"\A([^/]+/)*models/")]
    private static partial Regex ResourcePath();

    // Behind bedrock/: us-east-1/anthropic.claude-...
    [GeneratedRegex(@"\A[a-z]{2}(-gov)?-[a-z]{4,12}-[0-9]/")]
    private static partial Regex RegionPath();

    // Bedrock's inference profiles of a part of the world: us.anthropic.claude-...
    [GeneratedRegex(@"\A(us|us-gov|eu|apac|au|jp|ca|global)\.(?=[a-z0-9-]+\.)")]
    private static partial Regex BedrockRegion();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+[/.]")]
    private static partial Regex Provider();

    [GeneratedRegex(@":free\z")]
    private static partial Regex Free();

    [GeneratedRegex(@":batch\z")]
    private static partial Regex TierBatch();

    [GeneratedRegex(@":flex\z")]
    private static partial Regex TierFlex();

    [GeneratedRegex(@":priority\z")]
    private static partial Regex TierPriority();

    // Whom the gateway asks first: the fastest, or the cheapest.
    [GeneratedRegex(@":(nitro|floor)\z")]
    private static partial Regex Routing();

    // -v1:0, -1:0, and after a date any -v2:0; else :0 alone, because -v2 is a generation.
    [GeneratedRegex(@"((?<=-20[0-9]{6})-v[0-9]|-v1|(?<=[a-z])-1)?:0\z")]
    private static partial Regex BedrockVersion();

    [GeneratedRegex(@"@(20[0-9]{6}|default|latest)\z")]
    private static partial Regex VersionAt();

    [GeneratedRegex(@"-latest\z")]
    private static partial Regex Latest();

    [GeneratedRegex(@"-20[0-9]{2}(-[0-9]{2}-[0-9]{2}|[0-9]{4})\z")]
    private static partial Regex Date();

    private delegate bool Check(ReadOnlySpan<char> matched);

    /// <summary>One thing that may stand around a name.</summary>
    private sealed record Rule(string Id, Regex Pattern, Check? Check = null)
    {
        /// <summary>What it says of how the tokens are sold; null: nothing, it tells who serves the model, or which snapshot.</summary>
        public ModelTerms? Terms { get; init; }

        /// <summary>Which region is said by what it takes away; null: it says none.</summary>
        public Func<string, string>? RegionIn { get; init; }

        /// <summary>How much of a text it takes away; 0: it does not apply.</summary>
        public int LengthIn(ReadOnlySpan<char> text)
        {
            foreach (var match in Pattern.EnumerateMatches(text))
                return match.Length < text.Length && (Check is null || Check(text.Slice(match.Index, match.Length))) ? match.Length : 0;
            return 0;
        }
    }
}
