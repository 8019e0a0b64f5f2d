using System.Text;
using Google.Protobuf;
using TokenFactory.Api.Ingestion.Otlp.Wire;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>Bodies of every way in, with a text in every place where a prompt or an answer can be: usage that is taken, usage that is refused, and usage that is held back.</summary>
internal static class PrivacyShapes
{
    // 2025-11-23T10:40:00Z.
    private const long Created = 1_763_892_000;

    /// <summary>One request.</summary>
    /// <param name="Operation">The operation of the document that it is for.</param>
    /// <param name="Query">Beyond the source.</param>
    /// <param name="Headers">Further ones.</param>
    public sealed record Sent(string Operation, string Type, byte[] Body, string Query = "", IReadOnlyDictionary<string, string>? Headers = null);

    public static IEnumerable<Sent> Of(string source, string text) => [.. Native(source, text), .. CloudEvents(source, text), .. Raw(source, text), .. Litellm(text), .. Reports(text), .. Csv(text), .. Otlp(text)];

    private static IEnumerable<Sent> Native(string source, string text)
    {
        var good = Events.Native("native-1", source);
        var told = good[..^1] + $$$$$""","messages":[{"role":"user","content":"{{{{{text}}}}}"}],"choices":[{"message":{"content":"{{{{{text}}}}}"}}],"prompt":"{{{{{text}}}}}"}""";
        var wrong = good.Replace("\"input\":10", $"\"input\":\"{text}\"", StringComparison.Ordinal);
        string[] bodies = [good, told, wrong, $"[{told},{wrong},\"{text}\"]", $"\"{text}\"", $"{{\"prompt\":\"{text}\""];
        foreach (var body in bodies)
            yield return Json("POST /v1/events", body);
        yield return Json("POST /v1/events", string.Join('\n', bodies.Where(b => b[0] == '{')), Events.Lines);
        foreach (var body in new[] { told, wrong })
            yield return Json("POST /v1/quotes", body);
        yield return Json("POST /v1/quotes", $$"""{"provider":"openai","response":{{Chat(text, "q-1")}}}""");
    }

    private static IEnumerable<Sent> CloudEvents(string source, string text)
    {
        const string Data = """{"producer":"moonshot","model":"kimi-k2","usage":{"input":10,"output":5}{0}}""";
        string Event(string id, string more) => $$"""{"specversion":"1.0","type":"com.tokenfactory.usage.v1","source":"{{source}}","id":"{{id}}","time":"2026-10-05T10:00:00Z","subject":"acme","datacontenttype":"application/json","prompt":"{{text}}","data":{{Data.Replace("{0}", more, StringComparison.Ordinal)}}}""";
        yield return Json("POST /v1/events", Event("cloud-1", ""), "application/cloudevents+json");
        yield return Json("POST /v1/events", Event("cloud-2", $",\"messages\":[\"{text}\"]"), "application/cloudevents+json");
        yield return Json("POST /v1/events", $"[{Event("cloud-3", "")},{Event("cloud-4", $",\"completion\":\"{text}\"")}]", "application/cloudevents-batch+json");
        yield return Json("POST /v1/events", Data.Replace("{0}", $",\"answer\":\"{text}\"", StringComparison.Ordinal)) with
        {
            Headers = new Dictionary<string, string>
            {
                ["ce-specversion"] = "1.0", ["ce-type"] = "com.tokenfactory.usage.v1", ["ce-source"] = source, ["ce-id"] = "cloud-5", ["ce-time"] = "2026-10-05T10:00:00Z",
                ["ce-prompt"] = Uri.EscapeDataString(text), ["x-prompt"] = text,
            },
        };
    }

    // Every shape in which providers answer: text, reasoning, tools, searches, audio, refusals, errors.
    private static IEnumerable<Sent> Raw(string source, string text)
    {
        foreach (var (provider, id, response) in new[]
        {
            ("openai", "raw-1", Chat(text, "raw-1")),
            ("openai", "raw-2", $$$"""{"id":"raw-2","object":"response","created_at":{{{Created}}},"model":"gpt-4o","instructions":"{{{text}}}","input":"{{{text}}}","prompt":{"variables":{"a":"{{{text}}}"}},"metadata":{"note":"{{{text}}}"},"output":[{"type":"reasoning","summary":[{"text":"{{{text}}}"}]},{"type":"message","content":[{"type":"output_text","text":"{{{text}}}"}]},{"type":"function_call","arguments":"{{{text}}}"}],"output_text":"{{{text}}}","usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}}"""),
            ("anthropic", "raw-3", $$$"""{"id":"raw-3","type":"message","role":"assistant","model":"claude-sonnet-4-5","system":"{{{text}}}","content":[{"type":"text","text":"{{{text}}}"},{"type":"thinking","thinking":"{{{text}}}"},{"type":"tool_use","name":"x","input":{"q":"{{{text}}}"}}],"stop_sequence":"{{{text}}}","usage":{"input_tokens":10,"output_tokens":5}}"""),
            ("google", "raw-4", $$$$$$"""{"responseId":"raw-4","modelVersion":"gemini-2.5-pro","createTime":"2025-11-23T10:40:00Z","candidates":[{"content":{"parts":[{"text":"{{{{{{text}}}}}}"},{"functionCall":{"args":{"q":"{{{{{{text}}}}}}"}}}]},"groundingMetadata":{"webSearchQueries":["{{{{{{text}}}}}}"]}}],"promptFeedback":{"blockReasonMessage":"{{{{{{text}}}}}}"},"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":15}}"""),
            ("aws.bedrock", "raw-5", $$$$$$"""{"id":"raw-5","output":{"message":{"content":[{"text":"{{{{{{text}}}}}}"},{"toolUse":{"input":{"q":"{{{{{{text}}}}}}"}}}]}},"additionalModelResponseFields":{"a":"{{{{{{text}}}}}}"},"usage":{"inputTokens":10,"outputTokens":5,"totalTokens":15}}"""),
            ("alibaba", "raw-6", $$$"""{"request_id":"raw-6","output":{"text":"{{{text}}}","choices":[{"message":{"content":"{{{text}}}"}}]},"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}}"""),
            // Held back: nobody knows the producer, the parts are not the whole, a number is none, there is no usage.
            ("nobody", "raw-7", Chat(text, "raw-7")),
            ("openai", "raw-8", Chat(text, "raw-8").Replace("\"total_tokens\":15", "\"total_tokens\":99", StringComparison.Ordinal)),
            ("openai", "raw-9", Chat(text, "raw-9").Replace("\"prompt_tokens\":10", $"\"prompt_tokens\":\"{text}\"", StringComparison.Ordinal)),
            ("openai", "raw-10", $$$"""{"id":"raw-10","model":"gpt-4o","created":{{{Created}}},"choices":[{"message":{"content":"{{{text}}}"}}],"usage":"{{{text}}}"}"""),
            ("openai", "raw-11", $"\"{text}\""),
        })
        {
            // Whose responses nobody knows is told how they are read.
            var flavor = provider == "nobody" ? "\"flavor\":\"openai_chat\"," : "";
            yield return Json("POST /v1/ingest/raw", $$"""{"source":"{{source}}","id":"{{id}}","occurred_at":"2025-11-23T10:40:00Z","model":"m-1",{{flavor}}"provider":"{{provider}}","response":{{response}}}""");
            yield return Json("POST /v1/ingest/raw", $$"""{"source":"{{source}}","id":"{{id}}-request","provider":"{{provider}}","request":{"messages":[{"content":"{{text}}"}]},"response":{{response}}}""");
        }
    }

    private static string Chat(string text, string id) =>
        $$$$"""{"id":"{{{{id}}}}","object":"chat.completion","created":{{{{Created}}}},"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"{{{{text}}}}","reasoning_content":"{{{{text}}}}","refusal":"{{{{text}}}}","audio":{"data":"{{{{text}}}}","transcript":"{{{{text}}}}"},"tool_calls":[{"function":{"name":"f","arguments":"{\"q\":\"{{{{text}}}}\"}"}}],"annotations":[{"url_citation":{"title":"{{{{text}}}}"}}]},"logprobs":{"content":[{"token":"{{{{text}}}}"}]},"finish_reason":"stop"}],"error":{"message":"{{{{text}}}}"},"citations":["{{{{text}}}}"],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"note":"{{{{text}}}}","more":{"deep":["{{{{text}}}}"]}}}""";

    private static IEnumerable<Sent> Litellm(string text)
    {
        string Record(string id, string provider, string usage) =>
            $$$$"""{"id":"{{{{id}}}}","call_type":"acompletion","status":"success","custom_llm_provider":"{{{{provider}}}}","model":"gpt-4o","endTime":{{{{Created}}}}.25,"end_user":"acme","messages":[{"role":"system","content":"{{{{text}}}}"},{"role":"user","content":[{"type":"text","text":"{{{{text}}}}"}]}],"response":{"choices":[{"message":{"content":"{{{{text}}}}","tool_calls":[{"function":{"arguments":"{{{{text}}}}"}}]}}]},"error_str":"{{{{text}}}}","error_information":{"error_message":"{{{{text}}}}","traceback":"{{{{text}}}}"},"model_parameters":{"tools":[{"description":"{{{{text}}}}"}],"stop":"{{{{text}}}}"},"proxy_server_request":{"body":{"messages":["{{{{text}}}}"]}},"metadata":{"requester_metadata":{"prompt":"{{{{text}}}}"},"prompt_management_metadata":{"prompt_variables":{"a":"{{{{text}}}}"}},"vector_store_request_metadata":[{"query":"{{{{text}}}}"}],"usage_object":{{{{usage}}}}},"guardrail_information":{"guardrail_response":"{{{{text}}}}"},"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}""";
        var good = $$$"""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"note":"{{{text}}}"}""";
        string[] records =
        [
            Record("litellm-1", "openai", good), Record("litellm-2", "nobody", good), Record("litellm-3", "openai", $"\"{text}\""),
            Record("litellm-4", "openai", good.Replace("10", $"\"{text}\"", StringComparison.Ordinal)), $"\"{text}\"",
            Record("litellm-5", "openai", good).Replace("success", "failure", StringComparison.Ordinal),
        ];
        yield return Json("POST /v1/ingest/litellm", $"[{string.Join(',', records)}]");
        yield return Json("POST /v1/ingest/litellm", string.Join('\n', records.Append($"{{\"messages\":\"{text}\"")), Events.Lines);
    }

    private static IEnumerable<Sent> Reports(string text)
    {
        yield return Json("POST /v1/ingest/openai-usage", $$"""{"object":"page","note":"{{text}}","data":[{"object":"bucket","start_time":1763856000,"end_time":1763942400,"note":"{{text}}","results":[{"object":"organization.usage.completions.result","input_tokens":17,"output_tokens":5,"input_cached_tokens":0,"num_model_requests":5,"project_id":"p","model":"gpt-4o","prompt":"{{text}}"},{"object":"organization.usage.completions.result","input_tokens":"{{text}}","model":"gpt-4o"},"{{text}}"]}],"has_more":false,"next_page":null}""");
        yield return Json("POST /v1/ingest/anthropic-usage", $$"""{"note":"{{text}}","data":[{"starting_at":"2025-11-23T00:00:00Z","ending_at":"2025-11-24T00:00:00Z","results":[{"uncached_input_tokens":15,"cache_creation":{"ephemeral_1h_input_tokens":0,"ephemeral_5m_input_tokens":0},"cache_read_input_tokens":0,"output_tokens":5,"model":"claude-sonnet-4-20250514","service_tier":"standard","context_window":"0-200k","prompt":"{{text}}"},{"uncached_input_tokens":"{{text}}","model":"m"},"{{text}}"]}],"has_more":false,"next_page":null}""");
    }

    private static IEnumerable<Sent> Csv(string text)
    {
        yield return Json("POST /v1/ingest/csv", $"id,occurred_at,producer,model,input,output,prompt,answer\r\ncsv-1,2026-10-05T10:00:00Z,openai,gpt-4o,10,5,\"{text}\",{text}\r\ncsv-2,2026-10-05T10:00:00Z,openai,gpt-4o,{text},5,{text},\r\ncsv-3,{text},openai,gpt-4o,1,5,,\r\ncsv-4,2026-10-05T10:00:00Z,openai,gpt-4o,1,5,,,{text}\r\n", "text/csv");
    }

    // Spans of the conventions old and new, of OpenLLMetry, of the Vercel AI SDK and of OpenRouter; metrics with exemplars. In both encodings.
    private static IEnumerable<Sent> Otlp(string text)
    {
        string Attributes(params (string Key, object Value)[] attributes) => string.Join(',', attributes.Select(a =>
            $$$"""{"key":"{{{a.Key}}}","value":{{{(a.Value is int number ? $$"""{"intValue":"{{number}}"}""" : $$"""{"stringValue":"{{a.Value}}"}""")}}}}"""));
        (string, object)[] contents = [.. new[]
        {
            "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result",
            "gen_ai.prompt", "gen_ai.completion", "gen_ai.prompt.0.content", "gen_ai.completion.0.content", "llm.prompts", "traceloop.entity.input", "traceloop.entity.output",
            "ai.prompt", "ai.prompt.messages", "ai.response.text", "ai.response.toolCalls", "ai.response.object", "input.value", "output.value", "trace.input", "trace.output",
            "span.input", "span.output", "trace.metadata.prompt", "gen_ai.usage.note", "error.message", "exception.message", "db.query.text", "url.full",
        }.Select(key => (key, (object)text))];
        (string, object)[] call = [("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"), ("gen_ai.request.model", "gpt-4o"), ("gen_ai.usage.input_tokens", 10), ("gen_ai.usage.output_tokens", 5)];
        string Span(int id, (string, object)[] attributes) =>
            $$$$"""{"traceId":"5b8efff798038103d269b6338aaaaaaa","spanId":"eee19b7ec3c1{{{{id:x4}}}}","name":"{{{{text}}}}","kind":3,"traceState":"a={{{{text}}}}","startTimeUnixNano":"1763892000000000000","endTimeUnixNano":"1763892001000000000","attributes":[{{{{Attributes([.. attributes, .. contents])}}}}],"events":[{"name":"{{{{text}}}}","timeUnixNano":"1763892000000000000","attributes":[{{{{Attributes(contents)}}}}]}],"links":[{"traceId":"5b8efff798038103d269b6338aaaaaaa","spanId":"eee19b7ec3c1ffff","attributes":[{{{{Attributes(contents)}}}}]}],"status":{"code":2,"message":"{{{{text}}}}"}}""";
        (string, object)[] With(string key, object value) => [.. call.Select(a => a.Item1 == key ? (key, value) : a)];
        var around = $$$"""{"attributes":[{{{Attributes(contents)}}}]}""";
        var traces = $$$"""{"resourceSpans":[{"resource":{{{around}}},"scopeSpans":[{"scope":{"name":"{{{text}}}","version":"{{{text}}}"},"spans":[{{{Span(1, call)}}},{{{Span(2, With("gen_ai.provider.name", "nobody-knows"))}}},{{{Span(3, With("gen_ai.usage.input_tokens", text))}}},{{{Span(4, With("gen_ai.operation.name", "invoke_agent"))}}}]}],"schemaUrl":"{{{text}}}"}]}""";
        string Point(string provider) => $$$$"""{"startTimeUnixNano":"1763892000000000000","timeUnixNano":"1763892060000000000","count":"3","sum":100,"bucketCounts":["1","2"],"explicitBounds":[4.0],"attributes":[{{{{Attributes([("gen_ai.token.type", "input"), ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", provider), ("gen_ai.request.model", "gpt-4o"), .. contents])}}}}],"exemplars":[{"filteredAttributes":[{{{{Attributes(contents)}}}}],"timeUnixNano":"1763892000000000000","asDouble":4}]}""";
        string Histogram(string name, string provider) => $$$"""{"name":"{{{name}}}","description":"{{{text}}}","unit":"{token}","histogram":{"aggregationTemporality":1,"dataPoints":[{{{Point(provider)}}}]}}""";
        var metrics = $$$"""{"resourceMetrics":[{"resource":{{{around}}},"scopeMetrics":[{"scope":{"name":"{{{text}}}"},"metrics":[{{{Histogram("gen_ai.client.token.usage", "openai")}}},{{{Histogram("gen_ai.client.token.usage", "nobody-knows")}}},{{{Histogram(text, "openai")}}}]}]}]}""";
        var lenient = new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
        yield return Json("POST /v1/traces", traces, source: "spans");
        yield return new Sent("POST /v1/traces", "application/x-protobuf", lenient.Parse<ExportTraceServiceRequest>(Base64Ids(traces)).ToByteArray(), "source=spans");
        yield return Json("POST /v1/metrics", metrics, source: "metrics");
        yield return new Sent("POST /v1/metrics", "application/x-protobuf", lenient.Parse<ExportMetricsServiceRequest>(metrics).ToByteArray(), "source=metrics");
        yield return Json("POST /v1/traces", $"{{\"resourceSpans\":\"{text}\"}}", source: "spans");
        // There is no way in for logs.
        yield return Json("POST /v1/logs", $$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"{{{text}}}"}}]}]}]}""", source: "spans");
    }

    // OTLP's JSON has ids in hexadecimal digits, the mapping of Protobuf in base64.
    private static string Base64Ids(string json) => System.Text.RegularExpressions.Regex.Replace(
        json, "\"(traceId|spanId)\":\"([0-9a-f]+)\"", m => $"\"{m.Groups[1].Value}\":\"{Convert.ToBase64String(Convert.FromHexString(m.Groups[2].Value))}\"");

    private static Sent Json(string operation, string body, string type = "application/json", string? source = null) =>
        new(operation, type, Encoding.UTF8.GetBytes(body), source is null ? "" : $"source={source}");
}
