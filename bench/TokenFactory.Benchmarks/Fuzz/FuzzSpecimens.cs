using System.Text;

namespace TokenFactory.Fuzz;

/// <summary>One sound body, or a few, of each shape that usage comes in.</summary>
internal static class FuzzSpecimens
{
    private const string Native =
        """{"source":"fuzz","id":"%ID%","occurred_at":"2026-10-05T10:00:00Z","producer":"moonshot","model":"kimi-k2","account":"acme","sector":"enterprise","service_tier":"batch","region":"eu","usage":{"input":86,"cache_read":17817,"output":40,"output_reasoning":12},"unit_values":{"output":"2.50"},"currency":"USD","reported_cost":{"amount":"0.0123","currency":"USD"}}""";

    private const string CloudEvent =
        """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"fuzz","id":"%ID%","time":"2026-10-05T10:00:00Z","datacontenttype":"application/json","data":{"producer":"openai","model":"gpt-4o","usage":{"input":1,"output":2}}}""";

    private const string Litellm =
        """{"id":"%ID%","trace_id":"t-1","call_type":"acompletion","status":"success","cache_hit":null,"custom_llm_provider":"openai","model":"gpt-4o","prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"startTime":1759658400.1,"endTime":1759658402.5,"response_cost":0.00045,"end_user":"acme","request_tags":["sector:enterprise","plan:team"],"metadata":{"user_api_key_alias":"k","usage_object":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":5}}},"messages":[{"role":"user","content":"secret"}],"response":{"choices":[]}}""";

    private const string Span =
        """{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"chat gpt-4o","kind":3,"startTimeUnixNano":"1759658400000000000","endTimeUnixNano":"1759658402000000000","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},{"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"100"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":20}}]}""";

    private const string Points =
        """{"dataPoints":[{"startTimeUnixNano":"1759658400000000000","timeUnixNano":"1759658460000000000","count":"3","sum":120,"attributes":[{"key":"gen_ai.token.type","value":{"stringValue":"input"}},{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},{"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}}]}],"aggregationTemporality":2}""";

    public static IReadOnlyList<FuzzSpecimen> All { get; } =
    [
        Of("/v1/events", "application/json", Native),
        Of("/v1/events", "application/json", $"[{Native},{Native}]"),
        Of("/v1/events?atomic=true", "application/json", $"[{Native},{Native}]"),
        Of("/v1/events?receipts=all", "application/x-ndjson", $"{Native}\n{Native}\n{Native}\n"),
        Of("/v1/events", "application/cloudevents+json", CloudEvent),
        Of("/v1/events", "application/cloudevents-batch+json", $"[{CloudEvent},{CloudEvent}]"),
        Raw("openai", """{"id":"%ID%","created":1759658400,"model":"gpt-4o","usage":{"prompt_tokens":17903,"completion_tokens":52,"total_tokens":17955,"prompt_tokens_details":{"cached_tokens":17817},"completion_tokens_details":{"reasoning_tokens":12}}}"""),
        Raw("openai", """{"id":"%ID%","created_at":1759658400,"model":"gpt-4o","usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":15}}"""),
        Raw("anthropic", """{"id":"%ID%","type":"message","model":"claude-sonnet-4","usage":{"input_tokens":10,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"cache_read_input_tokens":40,"output_tokens":5}}"""),
        Raw("gemini", """{"responseId":"%ID%","modelVersion":"gemini-2.5-pro","usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":7,"totalTokenCount":22,"promptTokensDetails":[{"modality":"TEXT","tokenCount":10}]}}"""),
        Raw("bedrock", """{"requestId":"%ID%","usage":{"inputTokens":10,"outputTokens":5,"totalTokens":18,"cacheReadInputTokens":2,"cacheWriteInputTokens":1}}"""),
        Raw("deepseek", """{"id":"%ID%","created":1759658400,"model":"deepseek-chat","usage":{"prompt_tokens":10,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":6,"completion_tokens":5,"total_tokens":15}}"""),
        Raw("dashscope", """{"request_id":"%ID%","model":"qwen-max","usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":3,"cache_type":"ephemeral"}}}"""),
        Of("/v1/ingest/litellm?source=fuzz", "application/json", $"[{Litellm},null,{Litellm}]"),
        Of("/v1/ingest/litellm?source=fuzz", "application/json", $"{Litellm}\n{Litellm}"),
        Of("/v1/ingest/csv?source=fuzz&id_prefix=%ID%&value=producer:openai&value=model:gpt-4o&column=occurred_at:TIMESTAMP&column=input:ContextTokens&column=output:GeneratedTokens&time_zone=UTC", "text/csv",
            "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n"),
        Of("/v1/ingest/csv?source=fuzz", "text/csv", "id,occurred_at,producer,model,input,output\n%ID%,2026-10-05T10:00:00Z,openai,gpt-4o,10,5\n\"%ID%\",2026-10-05T10:00:00Z,openai,\"gpt-4o\",1,\n"),
        Of("/v1/ingest/openai-usage?source=fuzz", "application/json",
            """{"object":"page","data":[{"object":"bucket","start_time":1759622400,"end_time":1759708800,"results":[{"object":"organization.usage.completions.result","input_tokens":1000,"output_tokens":500,"input_cached_tokens":800,"input_audio_tokens":0,"output_audio_tokens":0,"num_model_requests":5,"project_id":"%ID%","user_id":null,"api_key_id":null,"model":"gpt-4o-mini","batch":false}]}],"has_more":false,"next_page":null}"""),
        Of("/v1/ingest/anthropic-usage?source=fuzz", "application/json",
            """{"data":[{"starting_at":"2025-10-05T00:00:00Z","ending_at":"2025-10-06T00:00:00Z","results":[{"uncached_input_tokens":1500,"cache_creation":{"ephemeral_1h_input_tokens":1000,"ephemeral_5m_input_tokens":500},"cache_read_input_tokens":200,"output_tokens":500,"api_key_id":null,"workspace_id":"%ID%","model":"claude-sonnet-4","service_tier":"standard","context_window":"0-200k"}]}],"has_more":false,"next_page":null}"""),
        Of("/v1/traces", "application/json", $$$$"""{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"%ID%"}}]},"scopeSpans":[{"scope":{"name":"s"},"spans":[{{{{Span}}}}]}]}]}"""),
        Of("/v1/metrics", "application/json", $$$$"""{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"%ID%"}}]},"scopeMetrics":[{"scope":{"name":"s"},"metrics":[{"name":"gen_ai.client.token.usage","unit":"{token}","histogram":{{{{Points}}}}}]}]}]}"""),
    ];

    private static FuzzSpecimen Raw(string provider, string response) =>
        Of("/v1/ingest/raw", "application/json", $$"""{"source":"fuzz","provider":"{{provider}}","occurred_at":"2026-10-05T10:00:00Z","model":"m-1","response":{{response}}}""");

    private static FuzzSpecimen Of(string path, string contentType, string body) => new(path, contentType, Encoding.UTF8.GetBytes(body));
}
