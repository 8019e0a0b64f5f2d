using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using TokenFactory.Api.Ingestion.Otlp.Wire;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>Finds the spans of an export that are calls of a model, and makes a usage of each.</summary>
internal sealed class SpanUsage(ReportedUsageReader reader)
{
    private const int TraceIdBytes = 16;
    private const int SpanIdBytes = 8;

    /// <param name="request">What was exported.</param>
    /// <param name="source">The source that it is recorded under.</param>
    public OtlpUsage Read(ExportTraceServiceRequest request, string source)
    {
        var usage = new OtlpUsage();
        var calls = new List<Call>();
        foreach (var ofResource in request.ResourceSpans)
        {
            var resource = new OtlpAttributes(ofResource.Resource?.Attributes);
            foreach (var span in ofResource.ScopeSpans.SelectMany(s => s.Spans))
            {
                var call = new Call(span, new OtlpAttributes(span.Attributes), resource);
                if (OtlpFacts.IsCall(call.Attributes) && (call.HasUsage || span.Status?.Code != SpanStatus.Types.StatusCode.Error))
                    calls.Add(call);
                else
                    Ignore(call, usage);
            }
        }

        foreach (var call in calls)
            usage.Add(ItemOf(call, source, usage.Items.Count), call.HasUsage);
        NoteRepeated(calls, usage);
        return usage;
    }

    // Which spans share an export is chance, and another when they are sent again. So a call round a call counts like any other: left out, its
    // tokens would be lost or not by how they were grouped. That it looks like a wrapper is said.
    private static void NoteRepeated(List<Call> calls, OtlpUsage usage)
    {
        var inner = calls.Where(c => c.HasTokens && !c.Span.ParentSpanId.IsEmpty && c.Span.ParentSpanId != c.Span.SpanId)
            .Select(c => (c.Span.TraceId, c.Span.ParentSpanId, TokensOf(c))).ToHashSet();
        foreach (var call in calls.Where(c => c.HasTokens && inner.Contains((c.Span.TraceId, c.Span.SpanId, TokensOf(c)))))
            usage.NoteRepeated(IdOf(call.Span));
    }

    private static string TokensOf(Call call) => ReportedUsage.Written(writer => WriteUsage(call.Attributes, writer)).GetRawText();

    private static string IdOf(Span span) => $"{Convert.ToHexStringLower(span.TraceId.Span)}-{Convert.ToHexStringLower(span.SpanId.Span)}";

    // Not counted for lack of a name: whoever sends that should hear of it.
    private static void Ignore(Call call, OtlpUsage usage)
    {
        if (call.Attributes is var a && !a.Has(OtlpFacts.OperationName) && !a.Has(OtlpFacts.RequestType) && !a.Has(OtlpFacts.OperationOfSdk) && call.HasTokens)
            usage.Unnamed++;
    }

    private IngestItem ItemOf(Call call, string source, int index)
    {
        var span = call.Span;
        if (!IsId(span.TraceId, TraceIdBytes) || !IsId(span.SpanId, SpanIdBytes))
            return OtlpUsage.Refused(index, source, "/span_id", "invalid_id", "A span needs a trace id of 16 bytes and a span id of 8, not all zero.");
        return reader.Read(index, OtlpFacts.Read(SenderShapes.OtlpSpan, source, span.EndTimeUnixNano, call.Attributes, call.Resource) with
        {
            Id = IdOf(span),
            Profile = "otel_gen_ai",
            Response = ReportedUsage.Written(writer => WriteUsage(call.Attributes, writer)),
        });
    }

    private static void WriteUsage(OtlpAttributes span, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (span.Has(OtlpFacts.OperationOfSdk) && span.Text(GenAiUsage.ProviderOfSdk, "gen_ai.system") is { } provider
            && (provider.Contains(GenAiUsage.Anthropic, StringComparison.Ordinal) || provider.Contains("bedrock", StringComparison.Ordinal)))
        {
            writer.WriteString(GenAiUsage.ProviderOfSdk, GenAiUsage.Anthropic);
        }

        foreach (var name in GenAiUsage.Attributes.Order(StringComparer.Ordinal))
        {
            if (span.Find(name) is not { } value)
                continue;
            writer.WritePropertyName(name);
            if (TokensOf(value) is { } tokens)
                writer.WriteNumberValue(tokens);
            else if (value.ValueCase == AnyValue.ValueOneofCase.DoubleValue && double.IsFinite(value.DoubleValue))
                writer.WriteNumberValue(value.DoubleValue);
            else
                writer.WriteStringValue("(no number)");
        }

        writer.WriteEndObject();
    }

    // Some write whole numbers as doubles, and some as texts.
    private static long? TokensOf(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.IntValue => value.IntValue,
        AnyValue.ValueOneofCase.DoubleValue => TokenUsagePoint.WholeOf(value.DoubleValue),
        AnyValue.ValueOneofCase.StringValue when long.TryParse(value.StringValue, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) => tokens,
        _ => null,
    };

    private static bool IsId(ByteString id, int bytes) => id.Length == bytes && id.Span.IndexOfAnyExcept((byte)0) >= 0;

    /// <summary>A span with what is read of it.</summary>
    private sealed record Call(Span Span, OtlpAttributes Attributes, OtlpAttributes Resource)
    {
        /// <summary>Whether it reports tokens, be it none.</summary>
        public bool HasUsage { get; } = GenAiUsage.Attributes.Any(Attributes.Has);

        /// <summary>Whether it reports that tokens were made.</summary>
        public bool HasTokens { get; } = GenAiUsage.Attributes.Any(name => Attributes.Find(name) is { } value && TokensOf(value) > 0);
    }
}
