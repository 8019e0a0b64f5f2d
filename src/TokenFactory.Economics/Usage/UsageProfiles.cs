using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Usage;

/// <summary>The usage profiles, and which of them a provider's responses are read with.</summary>
public static class UsageProfiles
{
    /// <summary>The ids of profiles that belong to a sender, not to a provider's responses.</summary>
    public const string Litellm = "litellm";
    public const string LitellmTotals = "litellm_totals";
    public const string OpenAiUsage = "openai_organization_usage";
    public const string AnthropicUsage = "anthropic_usage_report";

    private static readonly FrozenDictionary<string, UsageProfile[]> Providers = ByProvider();

    /// <summary>Every profile.</summary>
    public static IReadOnlyList<UsageProfile> All { get; } =
    [
        OpenAiProfiles.Chat, OpenAiProfiles.Responses, AnthropicProfile.Profile, GeminiProfile.Profile, BedrockProfile.Profile,
        OpenAiProfiles.DeepSeek, OpenAiProfiles.Xai, OpenAiProfiles.Moonshot, DashScopeProfile.Profile, OtelProfile.Profile,
        LitellmProfiles.Usage, LitellmProfiles.Totals, UsageReportProfiles.OpenAi, UsageReportProfiles.Anthropic,
        OtelTokenUsageProfile.Profile,
    ];

    /// <summary>The profile of an id, written exactly so.</summary>
    public static bool TryFind(string id, [NotNullWhen(true)] out UsageProfile? profile)
    {
        profile = All.FirstOrDefault(p => p.Id == id);
        return profile is not null;
    }

    /// <summary>
    /// What is known of the requests in a usage, by what is kept of how it was read: so that it is rated the same whenever it is.
    /// </summary>
    /// <param name="name">As <see cref="UsageProfile.NameOf"/> writes it; null: the usage came in the ledger's own classes, as one request.</param>
    public static Requests RequestsOf(string? name)
    {
        if (name?.Split('/', ';') is not [var id, ..] parts || !TryFind(id, out var profile))
            return default;
        return parts is [_, _, var word] ? RequestWords.Apply(word, profile.Requests) : profile.Requests;
    }

    /// <summary>
    /// The profile for a response of a provider: of the shapes that the provider is known to answer in, the first that the response has;
    /// where it has none of them, the provider's first, whose reading then says what is missing.
    /// </summary>
    /// <param name="provider">A name by which emitters report it, whatever the case; the built-in producers' ids and aliases among them.</param>
    /// <param name="response">The whole response.</param>
    /// <returns>Null where nothing is known of the provider's responses.</returns>
    public static UsageProfile? For(string provider, JsonElement response)
    {
        if (!Providers.TryGetValue(provider.ToLowerInvariant(), out var profiles))
            return null;
        try
        {
            // Many serve Anthropic's messages beside their own shape. Such a response says so, and its input_tokens mean something else.
            if (UsageFields.Member(response, "type") is { ValueKind: JsonValueKind.String } type && type.ValueEquals("message")
                && AnthropicProfile.Profile.Fits(response))
            {
                return AnthropicProfile.Profile;
            }

            return profiles.FirstOrDefault(p => p.Fits(response)) ?? profiles[0];
        }
        catch (InvalidOperationException)
        {
            // A name that is not Unicode: the reading will say so.
            return profiles[0];
        }
    }

    private static FrozenDictionary<string, UsageProfile[]> ByProvider()
    {
        var providers = new Dictionary<string, UsageProfile[]>(StringComparer.Ordinal);
        Add([AnthropicProfile.Profile, OpenAiProfiles.Chat], "anthropic", "claude");
        Add([GeminiProfile.Profile, OpenAiProfiles.Chat],
            "google", "gcp.gemini", "gcp.vertex_ai", "gcp.gen_ai", "gemini", "vertex_ai", "vertex_ai_beta", "vertex", "google_ai_studio");
        Add([BedrockProfile.Profile, OpenAiProfiles.Chat], "aws", "aws.bedrock", "bedrock", "bedrock_converse", "amazon", "amazon_nova");
        Add([OpenAiProfiles.DeepSeek, OpenAiProfiles.Responses], "deepseek", "deepseek_ai", "deepseek-ai");
        Add([OpenAiProfiles.Xai, OpenAiProfiles.Responses], "xai", "x_ai", "x-ai", "grok");
        Add([OpenAiProfiles.Moonshot, OpenAiProfiles.Responses], "moonshot", "moonshot_ai", "moonshotai", "kimi");
        Add([DashScopeProfile.Profile], "alibaba", "dashscope", "qwen", "aliyun", "alibaba_cloud", "bailian");
        // OpenAI itself, and those who document their API as compatible with it.
        Add([OpenAiProfiles.Chat, OpenAiProfiles.Responses],
            "openai", "open_ai", "text-completion-openai",
            "azure", "azure.ai.openai", "azure.ai.inference", "azure_ai", "azure_openai", "az.ai.openai", "az.ai.inference",
            "mistral", "mistral_ai", "mistralai", "codestral", "groq", "groqcloud", "siliconflow", "silicon_flow", "siliconcloud",
            "together", "together_ai", "togetherai", "fireworks", "fireworks_ai", "fireworks-ai", "openrouter", "open_router",
            "deepinfra", "deep_infra", "zhipu", "zai", "z.ai", "z-ai", "zhipuai", "bigmodel", "glm", "baidu", "qianfan",
            "bytedance", "volcengine", "volc", "doubao", "ark", "byteplus", "tencent", "hunyuan", "minimax", "minimax_ai", "minimaxi",
            "stepfun", "step_fun", "nvidia", "nvidia_nim", "nim", "cerebras", "cerebras_ai", "sambanova", "samba_nova",
            "novita", "novita_ai", "lepton", "lepton_ai", "leptonai", "anyscale", "anyscale_endpoints", "baichuan", "01ai", "01-ai");
        return providers.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(UsageProfile[] profiles, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
                providers.Add(name, profiles);
        }
    }
}
