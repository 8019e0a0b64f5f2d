using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Usage;

/// <summary>
/// The gen_ai attributes of an OpenTelemetry span, as one flat object of attribute names. The input includes what was read from a cache and
/// written to one, the output its reasoning. Where a total is stated it must be input + output. Embeddings have no output.
/// </summary>
/// <remarks>
/// Names changed as the conventions grew, and libraries have names of their own: OpenLLMetry's <c>llm.usage.*</c> and <c>..._input_tokens</c>, the
/// Vercel AI SDK's <c>ai.usage.*</c>, which it writes beside the conventions' on the call of a model. The SDK's own names count only where no
/// convention's does.
/// </remarks>
internal static class OtelProfile
{
    private static readonly string[] Input = ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens"];
    private static readonly string[] InputOfSdk = ["ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"];
    private static readonly string[] Output = ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens"];
    private static readonly string[] OutputOfSdk = ["ai.usage.outputTokens", "ai.usage.completionTokens"];
    private static readonly string[] Read = ["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"];
    private const string ReadDetail = "ai.usage.inputTokenDetails.cacheReadTokens";
    private static readonly string[] ReadOfSdk = [ReadDetail, "ai.usage.cachedInputTokens"];
    private static readonly string[] WrittenOfSdk = ["ai.usage.inputTokenDetails.cacheWriteTokens"];
    private static readonly string[] Written = ["gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens"];
    private static readonly string[] Reasoning = ["gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "llm.usage.reasoning_tokens"];
    private static readonly string[] ReasoningOfSdk = ["ai.usage.reasoningTokens"];
    private static readonly string[] Total = ["gen_ai.usage.total_tokens", "llm.usage.total_tokens"];
    private static readonly string[] TotalOfSdk = ["ai.usage.totalTokens"];

    /// <summary>Every attribute that is read.</summary>
    public static IReadOnlyList<string> Attributes { get; } =
    [
        .. Input, .. InputOfSdk, .. Output, .. OutputOfSdk, .. Read, .. ReadOfSdk, .. Written, .. WrittenOfSdk, .. Reasoning, .. ReasoningOfSdk, .. Total, .. TotalOfSdk,
    ];

    public static UsageProfile Profile { get; } = new("otel_gen_ai", usage =>
    {
        var leaves = new UsageLeaves(usage);
        var input = usage.Find(Input) ?? usage.Find(InputOfSdk) ?? usage.Required(Input);
        var output = usage.Find(Output) ?? usage.Optional(OutputOfSdk);
        // The SDK's versions before 6 write Anthropic's own input, which leaves the cache out, where that of others includes it.
        if (usage.Says(GenAiUsage.ProviderOfSdk, GenAiUsage.Anthropic) && usage.Find(ReadDetail) is null && usage.Find(ReadOfSdk) > 0)
            usage.Fail(UsageViolation.AmbiguousOverlap, "This version of the Vercel AI SDK does not tell whether Anthropic's cached tokens are inside the input.");
        leaves.AddInput(input, new InputDetails(
            usage.Find(Read) ?? usage.Optional(ReadOfSdk), new CacheWrites(usage.Find(Written) ?? usage.Optional(WrittenOfSdk), 0)));
        leaves.AddOutput(output, usage.Find(Reasoning) ?? usage.Optional(ReasoningOfSdk), default);
        return leaves.Reading(usage.Find(Total) ?? usage.Find(TotalOfSdk) ?? input + output);
    })
    { Member = null, Marks = ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"] };
}

/// <summary>
/// One point of OpenTelemetry's metric <c>gen_ai.client.token.usage</c>: the tokens of one direction, over many requests. The metric does not tell
/// what a cache served or what was reasoning, so that all of it is <c>input</c> or <c>output</c>: this profile's id marks such events. The other direction of the
/// same requests is another point, in another event; the <c>count</c> of a histogram tells how many they are.
/// </summary>
internal static class OtelTokenUsageProfile
{
    public static UsageProfile Profile { get; } = new("otel_token_usage", usage =>
    {
        var leaves = new UsageLeaves(usage);
        var tokens = usage.Required("tokens");
        if (usage.Says("gen_ai.token.type", "input"))
            leaves.Add(TokenClass.Input, tokens);
        else if (usage.Says("gen_ai.token.type", "output") || usage.Says("gen_ai.token.type", "completion"))
            leaves.Add(TokenClass.Output, tokens);
        else
            usage.Fail(UsageViolation.MissingField, "The field `gen_ai.token.type` must be input or output.");
        return leaves.Reading(tokens);
    })
    { Member = null, Requests = new Requests(AreSeveral: true, AreParts: true), Told = usage => usage.IsOne("count") ? RequestWords.One : null };
}

/// <summary>The attributes in which spans report usage.</summary>
public static class GenAiUsage
{
    /// <summary>Names the provider of a call that the Vercel AI SDK reports, where that changes how it is read: <see cref="Anthropic"/>.</summary>
    public const string ProviderOfSdk = "ai.model.provider";
    public const string Anthropic = "anthropic";

    /// <summary>Every one that the profile <c>otel_gen_ai</c> reads, under any of its names.</summary>
    public static IReadOnlyList<string> Attributes => OtelProfile.Attributes;
}

/// <summary>The values of <c>gen_ai.operation.name</c>.</summary>
public static class GenAiOperations
{
    /// <summary>
    /// Whether a span of this operation counts. Only a call of a model does; the span of an agent or a workflow repeats the usage of its
    /// children, which would be counted twice.
    /// </summary>
    /// <param name="operation">Null where the span does not say: not counted.</param>
    public static bool Count(string? operation) => operation is "chat" or "text_completion" or "generate_content" or "embeddings";
}
