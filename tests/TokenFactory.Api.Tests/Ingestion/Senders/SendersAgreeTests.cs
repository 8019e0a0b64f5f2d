using System.Net.Http.Headers;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Senders;

/// <summary>One usage, whatever the shape in which it is sent, is the same tokens and the same value.</summary>
public sealed class SendersAgreeTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Occurred = "2026-10-05T10:00:00Z";
    private const long OccurredSeconds = 1_791_194_400;

    private const string TraceId = "5b8efff798038103d269b633813fc60c";
    private const string SpanId = "eee19b7ec3c1b174";

    // 86 fresh, 17,817 cached, 248 written, 503 out: in each row as that sender would say it.
    private static readonly (string Id, string Path, string Type, string Body)[] Ways =
    [
        ("native", "/v1/events", "application/json", $$$$$$"""
            {"source":"agree","id":"native","occurred_at":"{{{{{{Occurred}}}}}}","producer":"anthropic","model":"claude-agree","account":"acme",
             "usage":{"input":86,"cache_read":17817,"cache_write":248,"output":503}}
            """),
        ("raw", "/v1/ingest/raw", "application/json", $$$$$$"""
            {"source":"agree","provider":"anthropic","account":"acme","occurred_at":"{{{{{{Occurred}}}}}}","response":{"id":"raw","type":"message","model":"claude-agree",
             "usage":{"input_tokens":86,"cache_read_input_tokens":17817,"cache_creation_input_tokens":248,"output_tokens":503}}}
            """),
        ("litellm", "/v1/ingest/litellm?source=agree", "application/json", $$$$$$"""
            {"id":"litellm","call_type":"anthropic_messages","status":"success","custom_llm_provider":"anthropic","model":"anthropic/claude-agree","end_user":"acme",
             "endTime":{{{{{{OccurredSeconds}}}}}}.0,"prompt_tokens":18151,"completion_tokens":503,"total_tokens":18654,"metadata":{"usage_object":
             {"prompt_tokens":18151,"completion_tokens":503,"total_tokens":18654,"cache_read_input_tokens":17817,"cache_creation_input_tokens":248,
              "prompt_tokens_details":{"cached_tokens":17817,"cache_creation_tokens":248}}}}
            """),
        ($"{TraceId}-{SpanId}", "/v1/traces", "application/json", $$$$$$"""
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"{{{{{{TraceId}}}}}}","spanId":"{{{{{{SpanId}}}}}}","name":"chat","kind":3,
             "startTimeUnixNano":"{{{{{{OccurredSeconds}}}}}}000000000","endTimeUnixNano":"{{{{{{OccurredSeconds}}}}}}000000000","attributes":[
             {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.provider.name","value":{"stringValue":"anthropic"}},
             {"key":"gen_ai.response.model","value":{"stringValue":"claude-agree"}},{"key":"tokenfactory.account","value":{"stringValue":"acme"}},
             {"key":"gen_ai.usage.input_tokens","value":{"intValue":"18151"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":"503"}},
             {"key":"gen_ai.usage.cache_read.input_tokens","value":{"intValue":"17817"}},
             {"key":"gen_ai.usage.cache_creation.input_tokens","value":{"intValue":"248"}}]}]}]}]}
            """),
        ("cloud", "/v1/events", "application/cloudevents+json", $$$$$$"""
            {"specversion":"1.0","type":"tokenfactory.usage.v1","source":"agree","id":"cloud","time":"{{{{{{Occurred}}}}}}","data":
             {"producer":"anthropic","model":"claude-agree","account":"acme","usage":{"input":86,"cache_read":17817,"cache_write":248,"output":503}}}
            """),
        ("row-1", "/v1/ingest/csv?source=agree&id_prefix=row-&value=producer:anthropic&value=model:claude-agree&value=account:acme", "text/csv",
            $"occurred_at,input,cache_read,cache_write,output\n{Occurred},86,17817,248,503\n"),
    ];

    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task One_usage_has_the_same_leaves_and_the_same_value_whoever_sends_it()
    {
        await _api.CreateAsync("/v1/sources", new { id = "agree" });
        await _api.CreateAsync("/v1/rate-cards", JsonDocument.Parse("""
            {"producer":"anthropic","model":"claude-agree","effective_from":"2026-01-01T00:00:00Z",
             "unit_values":{"input":"3","cache_read":"0.3","cache_write":"3.75","output":"15"}}
            """).RootElement);

        foreach (var (id, path, type, body) in Ways)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, new MediaTypeHeaderValue(type)) };
            request.Headers.Add("X-TokenFactory-Source", "agree");
            using var answer = await _api.Client.SendAsync(request);
            var way = $"{id} by {path}";
            answer.IsSuccessStatusCode.Should().BeTrue($"{way}: {await answer.Content.ReadAsStringAsync()}");
            var receipt = await _api.GetAsync($"/v1/events?source=agree&id={id}");

            // 86 x 3 + 17,817 x 0.3 + 248 x 3.75 + 503 x 15, per million.
            receipt.Text("amount").Should().Be("0.0140781", way);
            receipt.GetProperty("entries").EnumerateArray().Select(e => $"{e.Text("token_class")} {e.Text("quantity")} {e.Text("unit_value")} {e.Text("amount")} {e.Text("basis")}").Should().Equal(
            [
                "input 86 3 0.000258 rate_card",
                "cache_read 17817 0.3 0.0053451 rate_card",
                "cache_write 248 3.75 0.00093 rate_card",
                "output 503 15 0.007545 rate_card",
            ], way);
            foreach (var (member, value) in new[] { ("occurred_at", Occurred[..19]), ("producer", "anthropic"), ("model", "claude-agree"), ("account", "acme"), ("service_tier", "standard") })
                receipt.Text(member).Should().StartWith(value, $"{member} of {way}");
        }
    }
}
