namespace TokenFactory.Economics.Usage;

/// <summary>
/// The gen_ai attributes of an OpenTelemetry span, as one flat object of attribute names. The input includes what was read from a cache and
/// written to one, the output its reasoning. No total is stated: it is input + output. Embeddings have no output.
/// </summary>
internal static class OtelProfile
{
    public static UsageProfile Profile { get; } = new("otel_gen_ai", usage =>
    {
        var leaves = new UsageLeaves(usage);
        var input = usage.Required("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens");
        var output = usage.Optional("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens");
        leaves.AddInput(input, new InputDetails(
            usage.Optional("gen_ai.usage.cache_read.input_tokens"),
            new CacheWrites(usage.Optional("gen_ai.usage.cache_creation.input_tokens"), 0)));
        leaves.AddOutput(output, usage.Optional("gen_ai.usage.reasoning.output_tokens"), default);
        return leaves.Reading(input + output);
    })
    { Member = null, Marks = ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"] };
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
