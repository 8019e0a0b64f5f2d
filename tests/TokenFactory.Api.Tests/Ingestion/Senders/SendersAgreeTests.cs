using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Senders;

/// <summary>One usage, whatever the shape in which it is sent, is the same tokens and the same value.</summary>
public sealed class SendersAgreeTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Occurred = "2026-10-05T10:00:00Z";
    private const long OccurredSeconds = 1_791_194_400;

    // 86 fresh, 17,817 cached, 248 written (100 for an hour), 503 out: in each row as that sender would say it.
    private static readonly (string Way, string Path, string Body)[] Ways =
    [
        ("native", "/v1/events", $$$$$$"""
            {"source":"agree","id":"native","occurred_at":"{{{{{{Occurred}}}}}}","producer":"anthropic","model":"claude-agree","account":"acme",
             "usage":{"input":86,"cache_read":17817,"cache_write":148,"cache_write_1h":100,"output":503}}
            """),
        ("raw", "/v1/ingest/raw", $$$$$$"""
            {"source":"agree","provider":"anthropic","account":"acme","occurred_at":"{{{{{{Occurred}}}}}}","response":{"id":"raw","type":"message","model":"claude-agree",
             "usage":{"input_tokens":86,"cache_read_input_tokens":17817,"cache_creation_input_tokens":248,
                      "cache_creation":{"ephemeral_5m_input_tokens":148,"ephemeral_1h_input_tokens":100},"output_tokens":503}}}
            """),
        ("litellm", "/v1/ingest/litellm?source=agree", $$$$$$"""
            {"id":"litellm","call_type":"anthropic_messages","status":"success","custom_llm_provider":"anthropic","model":"anthropic/claude-agree","end_user":"acme",
             "endTime":{{{{{{OccurredSeconds}}}}}}.0,"prompt_tokens":18151,"completion_tokens":503,"total_tokens":18654,"metadata":{"usage_object":
             {"prompt_tokens":18151,"completion_tokens":503,"total_tokens":18654,"cache_read_input_tokens":17817,"cache_creation_input_tokens":248,
              "prompt_tokens_details":{"cached_tokens":17817,"cache_creation_tokens":248,"cache_creation_token_details":{"ephemeral_5m_input_tokens":148,"ephemeral_1h_input_tokens":100}}}}}
            """),
        // The span of an OpenTelemetry trace goes here.
    ];

    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task One_usage_has_the_same_leaves_and_the_same_value_whoever_sends_it()
    {
        await _api.CreateAsync("/v1/sources", new { id = "agree" });
        await _api.CreateAsync("/v1/rate-cards", JsonDocument.Parse("""
            {"producer":"anthropic","model":"claude-agree","effective_from":"2026-01-01T00:00:00Z",
             "unit_values":{"input":"3","cache_read":"0.3","cache_write":"3.75","cache_write_1h":"6","output":"15"}}
            """).RootElement);

        foreach (var (way, path, body) in Ways)
        {
            using var answer = await _api.PostAsync(path, body);
            answer.IsSuccessStatusCode.Should().BeTrue($"{way}: {await answer.Content.ReadAsStringAsync()}");
            var receipt = await _api.GetAsync($"/v1/events?source=agree&id={way}");

            // 86 x 3 + 17,817 x 0.3 + 148 x 3.75 + 100 x 6 + 503 x 15, per million.
            receipt.Text("amount").Should().Be("0.0143031", way);
            receipt.GetProperty("entries").EnumerateArray().Select(e => $"{e.Text("token_class")} {e.Text("quantity")} {e.Text("unit_value")} {e.Text("amount")} {e.Text("basis")}").Should().Equal(
            [
                "input 86 3 0.000258 rate_card",
                "cache_read 17817 0.3 0.0053451 rate_card",
                "cache_write 148 3.75 0.000555 rate_card",
                "cache_write_1h 100 6 0.0006 rate_card",
                "output 503 15 0.007545 rate_card",
            ], way);
            foreach (var (member, value) in new[] { ("occurred_at", Occurred[..19]), ("producer", "anthropic"), ("model", "claude-agree"), ("account", "acme"), ("service_tier", "standard") })
                receipt.Text(member).Should().StartWith(value, $"{member} of {way}");
        }
    }
}
