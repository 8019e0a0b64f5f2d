using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>What the attributes of a span or a data point, and of the resource that it comes from, say beside its tokens.</summary>
internal static class OtlpFacts
{
    public const string OperationName = "gen_ai.operation.name";
    public const string OperationOfSdk = "ai.operationId";
    public const string RequestType = "llm.request.type";

    /// <summary>A usage with everything but its id and its tokens.</summary>
    /// <param name="shape">A name of <see cref="SenderShapes"/>.</param>
    /// <param name="source">The source that it is recorded under.</param>
    /// <param name="at">Nanoseconds since 1970; 0: not stated.</param>
    /// <param name="own">The attributes of the span or data point.</param>
    /// <param name="resource">Those of its resource.</param>
    public static ReportedUsage Read(string shape, string source, ulong at, OtlpAttributes own, OtlpAttributes resource) => new()
    {
        Shape = shape,
        Source = source,
        Id = "",
        OccurredAt = at == 0 ? null : InstantOf(at),
        Provider = ProviderOf(own),
        Model = own.Text("gen_ai.response.model", "gen_ai.request.model", "ai.response.model", "ai.model.id"),
        Account = Ours(own, "account") ?? own.Text("enduser.id", "user.id") ?? resource.Text("tokenfactory.account"),
        Sector = Ours(own, "sector"),
        SectorTag = resource.Text("tokenfactory.sector"),
        Plan = Ours(own, "plan") ?? resource.Text("tokenfactory.plan"),
        ServiceTier = own.Text("openai.response.service_tier", "gen_ai.openai.response.service_tier", "gen_ai.response.service_tier"),
        Region = resource.Text("cloud.region"),
        Response = default,
    };

    /// <summary>
    /// Whether a span is the call of a model itself. Where it names no operation only two libraries are known to mark such calls by other means: a
    /// usage by itself says nothing, since the spans of agents and workflows repeat that of their children.
    /// </summary>
    public static bool IsCall(OtlpAttributes span) => span.Text(OperationName) is { } operation
        ? GenAiOperations.Count(operation)
        : span.Text(RequestType) is "chat" or "completion" or "embedding" || IsCallOfSdk(span.Text(OperationOfSdk));

    /// <summary>An instant to the 100 ns that an instant can hold.</summary>
    /// <param name="unixNanoseconds">Since 1970.</param>
    public static DateTimeOffset InstantOf(ulong unixNanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(unixNanoseconds / 100));

    // Where a library sets the attributes, its user's own are metadata, under a prefix: the Vercel AI SDK's, OpenLLMetry's, OpenRouter's.
    private static string? Ours(OtlpAttributes own, string name) => own.Text(
        $"tokenfactory.{name}", $"ai.telemetry.metadata.tokenfactory.{name}", $"traceloop.association.properties.tokenfactory.{name}", $"trace.metadata.tokenfactory.{name}");

    // The Vercel AI SDK's `ai.generateText` wraps one or more `ai.generateText.doGenerate`, each of which is a call.
    private static bool IsCallOfSdk(string? operation) => operation is not null
        && (operation.EndsWith(".doGenerate", StringComparison.Ordinal) || operation.EndsWith(".doStream", StringComparison.Ordinal)
            || operation.EndsWith(".doEmbed", StringComparison.Ordinal));

    // The SDK names the provider and its interface: `openai.chat`, `anthropic.messages`, `google.generative-ai`.
    private static string? ProviderOf(OtlpAttributes own)
    {
        var provider = own.Text("gen_ai.provider.name", "gen_ai.system", "ai.model.provider");
        return provider is null || !own.Has(OperationOfSdk) ? provider : provider.Split('.')[0] switch
        {
            "" => provider,
            "azure-openai" => "azure_openai",
            "amazon-bedrock" => "bedrock",
            var maker => maker,
        };
    }
}
