using System.Net;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>Providers' responses, and what is neither a response nor an event.</summary>
public sealed class QuoteBodyTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Event = """{"producer":"groq","model":"priced","account":"acme","service_tier":"standard","usage":{"input":86,"cache_read":17817,"output":"40"},"reported_cost":{"amount":"0.1","currency":"USD"}}""";
    private const string Chat =
        """
        {"provider":"groq","account":"acme","sector":"enterprise","region":"eu",
         "response":{"id":"r1","model":"priced","created":1790000000,"service_tier":"default",
          "usage":{"prompt_tokens":17903,"completion_tokens":52,"total_tokens":17955,"prompt_tokens_details":{"cached_tokens":17817},"completion_tokens_details":{"reasoning_tokens":12}}}}
        """;

    private const string Messages =
        """
        {"provider":"anthropic","service_tier":"batch","occurred_at":"2026-10-05T10:00:00Z",
         "response":{"id":"msg_1","type":"message","model":"claude-x","usage":{"input_tokens":10,"cache_creation_input_tokens":200,
          "cache_creation":{"ephemeral_5m_input_tokens":50,"ephemeral_1h_input_tokens":150},"cache_read_input_tokens":3000,"output_tokens":7,"service_tier":"standard"}}}
        """;

    private const string Gemini =
        """
        {"provider":"vertex_ai","response":{"responseId":"g1","modelVersion":"gemini-x","createTime":"2026-10-05T10:00:00.123456789Z",
         "usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":40,"candidatesTokenCount":20,"thoughtsTokenCount":5,"totalTokenCount":125}}}
        """;

    private readonly ApiProcess _api = fixture.Api;

    public async ValueTask InitializeAsync()
    {
        using var answer = await _api.PostAsync("/v1/rate-cards", """
            {"producer":"groq","model":"priced","effective_from":"2026-01-01T00:00:00Z","unit_values":{"input":"1","cache_read":"0.1","output":"2"},"fallbacks":{"output_reasoning":"output"}}
            """);
        using var another = await _api.PostAsync("/v1/producers", """{"id":"homegrown","name":"Homegrown","kind":"both","aliases":["our-groq"]}""");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_response_is_read_priced_and_told_how_it_was_read()
    {
        var quote = await _api.QuoteAsync(Chat);

        quote.Text("profile.id").Should().Be("openai_chat");
        quote.Text("profile.version").Should().Be("2");
        quote.Text("model").Should().Be("priced");
        quote.Text("sector").Should().Be("enterprise");
        quote.Text("occurred_at").Should().Be("2026-09-21T14:13:20Z", "the response says when it was made");
        quote.Text("input_tokens").Should().Be("17903");
        LinesOf(quote).Should().Be("input 86, cache_read 17817, output 40, output_reasoning 12");
        // 86 x 1 + 17817 x 0.1 + 52 x 2 millionths.
        quote.Text("amount").Should().Be("0.0019717");
    }

    [Theory]
    [InlineData(Messages, "anthropic_messages", "anthropic", "claude-x", "batch", "2026-10-05T10:00:00Z", "input 10, cache_read 3000, cache_write 50, cache_write_1h 150, output 7")]
    [InlineData(Gemini, "gemini", "google", "gemini-x", "standard", "2026-10-05T10:00:00.123456Z", "input 60, cache_read 40, output 20, output_reasoning 5")]
    public async Task Each_providers_shape_is_read_as_it_is_meant(string body, string profile, string producer, string model, string tier, string at, string lines)
    {
        var quote = await _api.QuoteAsync(body);

        quote.Text("profile.id").Should().Be(profile);
        quote.Text("producer").Should().Be(producer);
        quote.Text("model").Should().Be(model);
        quote.Text("service_tier").Should().Be(tier, "what the sender says goes before the response");
        quote.Text("occurred_at").Should().Be(at);
        LinesOf(quote).Should().Be(lines);
    }

    [Fact]
    public async Task Another_shape_and_another_model_may_be_named()
    {
        var quote = await _api.QuoteAsync("""
            {"provider":"homegrown","flavor":"deepseek","model":"priced","response":{"model":"internal-7","usage":{"prompt_tokens":10,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":6,"completion_tokens":3}}}
            """);

        quote.Text("model").Should().Be("priced");
        LinesOf(quote).Should().Be("input 6, cache_read 4, output 3");
    }

    [Fact]
    public async Task A_response_without_tokens_is_worth_nothing_that_is_known()
    {
        var quote = await _api.QuoteAsync("""{"provider":"groq","response":{"model":"priced","usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}}""");

        quote.GetProperty("lines").GetArrayLength().Should().Be(0);
        quote.Text("amount").Should().BeNull();
    }

    [Theory]
    [InlineData("""{"provider":"groq"}""", "/response", "required")]
    [InlineData("""{"response":{}}""", "/provider", "required")]
    [InlineData("""{"provider":"nobody","flavor":"openai_chat","response":{"model":"m","usage":{"prompt_tokens":1,"completion_tokens":1}}}""", "/provider", "unknown_producer")]
    [InlineData("""{"provider":"homegrown","response":{"model":"m","usage":{"prompt_tokens":1,"completion_tokens":1}}}""", "/flavor", "required")]
    [InlineData("""{"provider":"groq","flavor":"OpenAI","response":{}}""", "/flavor", "unknown_value")]
    [InlineData("""{"provider":"groq","response":null}""", "/response", "wrong_type")]
    [InlineData("""{"provider":"groq","response":[]}""", "/response", "wrong_type")]
    [InlineData("""{"provider":"groq","response":{"model":"m"}}""", "/response", "missing_field")]
    [InlineData("""{"provider":"groq","response":{"model":"m","usage":{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":11}}}}""", "/response", "negative_leaf")]
    [InlineData("""{"provider":"groq","response":{"model":"m","usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":12}}}""", "/response", "sum_mismatch")]
    [InlineData("""{"provider":"groq","response":{"model":"m","usage":{"prompt_tokens":1.5,"completion_tokens":1}}}""", "/response", "not_whole")]
    [InlineData("""{"provider":"groq","response":{"model":"\ud83d","usage":{"prompt_tokens":1,"completion_tokens":1}}}""", "/response", "invalid_text")]
    [InlineData("""{"provider":"groq","response":{"usage":{"prompt_tokens":1,"completion_tokens":1}}}""", "/model", "required")]
    [InlineData("""{"provider":"groq","response":{"model":"a\u0000","usage":{"prompt_tokens":1,"completion_tokens":1}}}""", "/model", "invalid_text")]
    [InlineData("""{"provider":"groq","response":{"model":"m","service_tier":"scale","usage":{"prompt_tokens":1,"completion_tokens":1}}}""", "/service_tier", "unknown_value")]
    [InlineData("""{"provider":"groq","response":{"model":"m","created":1,"usage":{"prompt_tokens":1,"completion_tokens":1}}}""", "/occurred_at", "out_of_range")]
    [InlineData("""{"provider":"groq","producer":"groq","response":{}}""", "/producer", "unknown_member")]
    [InlineData("""{"provider":"groq","usage":{},"response":{}}""", "/usage", "unknown_member")]
    [InlineData("""{"provider":"groq","provider":"groq","response":{}}""", "/provider", "repeated_member")]
    [InlineData("""{"producer":"groq","model":"m"}""", "/usage", "required")]
    [InlineData("""{"producer":"groq","model":"m","usage":{}}""", "/usage", "empty")]
    [InlineData("""{"producer":"groq","model":"m","usage":{"output":-1}}""", "/usage/output", "invalid_quantity")]
    [InlineData("""{"producer":"groq","model":"m","usage":{"output":1},"occurred_at":"2100-01-01T00:00:00Z"}""", "/occurred_at", "out_of_range")]
    [InlineData("""{"producer":"groq","model":"m","usage":{"output":1},"occurred_at":"2026-01-01"}""", "/occurred_at", "invalid_instant")]
    [InlineData("""{"producer":"groq","model":"m","usage":{"output":1},"event":{}}""", "/event", "unknown_member")]
    [InlineData("""{"producer":"groq","model":"m","usage":{"output":1},"id":"~x"}""", "/id", "reserved_id")]
    [InlineData("[]", "", "wrong_type")]
    [InlineData("17", "", "wrong_type")]
    public async Task What_can_not_be_priced_is_told_where_and_why(string body, string pointer, string code)
    {
        using var answer = await _api.PostAsync("/v1/quotes", body);

        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity, text);
        JsonDocument.Parse(text).RootElement.GetProperty("errors").EnumerateArray().Select(e => (e.Text("pointer"), e.Text("code"))).Should().Contain((pointer, code));
    }

    [Theory]
    [InlineData("", "application/json", HttpStatusCode.BadRequest, "empty_body")]
    [InlineData("{\"producer\":", "application/json", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("{} {}", "application/json", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("{}", "application/x-ndjson", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData("{}", "text/plain", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    public async Task What_is_no_body_is_refused(string body, string type, HttpStatusCode status, string code)
    {
        using var answer = await _api.PostAsync("/v1/quotes", body, type);

        answer.StatusCode.Should().Be(status);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Text("code").Should().Be(code);
    }

    [Theory]
    [InlineData("known_at=yesterday", "?known_at", "invalid_instant")]
    [InlineData("known_at=2026-01-01T00:00:00", "?known_at", "invalid_instant")]
    [InlineData("known_at=9998-01-01T00:00:00Z", "?known_at", "in_the_future")]
    [InlineData("at=2026-01-01T00:00:00Z", "?at", "unknown_parameter")]
    public async Task What_is_no_instant_of_knowledge_is_refused(string query, string pointer, string code)
    {
        using var answer = await _api.PostAsync($"/v1/quotes?{query}", Event);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateArray()
            .Select(e => (e.Text("pointer"), e.Text("code"))).Should().Contain((pointer, code));
    }

    [Fact]
    public async Task The_examples_of_the_API_document_are_quoted_as_they_stand()
    {
        var post = (await _api.GetAsync("/openapi/v1.json")).GetProperty("paths").GetProperty("/v1/quotes").GetProperty("post");
        var examples = post.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples");

        LinesOf(await _api.QuoteAsync(examples.GetProperty("event").GetProperty("value").GetRawText())).Should().Be("input 86, cache_read 17817, output 40, output_reasoning 12");
        LinesOf(await _api.QuoteAsync(examples.GetProperty("response").GetProperty("value").GetRawText())).Should().Be("input 86, cache_read 17817, output 40, output_reasoning 12");
        post.GetProperty("parameters").EnumerateArray().Should().OnlyContain(p => p.GetProperty("description").GetString() != "");
        post.GetProperty("responses").EnumerateObject().Should().OnlyContain(r => r.Value.GetProperty("description").GetString()!.Contains(' '));
    }

    [Fact]
    public async Task No_spoilt_body_is_a_fault_of_the_service()
    {
        var random = new Random(11);
        var statuses = new Dictionary<HttpStatusCode, int>();
        for (var i = 0; i < 600; i++)
        {
            var text = Encoding.UTF8.GetBytes((i % 4) switch { 0 => Event, 1 => Chat, 2 => Messages, _ => Gemini }).ToList();
            for (var spoilt = random.Next(1, 4); spoilt > 0; spoilt--)
                Spoil(text, random);

            using var content = new ByteArrayContent([.. text]);
            content.Headers.ContentType = new("application/json");
            using var answer = await _api.Client.PostAsync("/v1/quotes", content);

            answer.StatusCode.Should().BeOneOf([HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity], Encoding.UTF8.GetString([.. text]));
            statuses[answer.StatusCode] = statuses.GetValueOrDefault(answer.StatusCode) + 1;
        }

        statuses.Keys.Should().HaveCount(3, "else less was tried than is meant to be");
    }

    private static void Spoil(List<byte> text, Random random)
    {
        string[] pieces = ["null", "{}", "[]", "-1", "1e99", "\"\"", "\\ud800", "\\u0000", "999999999999999999999", "\"", ",", "}", "true", "0.5"];
        var at = random.Next(text.Count);
        switch (random.Next(5))
        {
            case 0:
                text[at] = (byte)random.Next(256);
                break;
            case 1:
                text.RemoveRange(at, Math.Min(random.Next(1, 12), text.Count - at));
                break;
            case 2:
                text.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                break;
            default:
                // The value of some member: what most mistakes are.
                var colon = text.IndexOf((byte)':', at);
                var end = colon < 0 ? -1 : text.FindIndex(colon, b => b is (byte)',' or (byte)'}');
                if (end < 0)
                    break;
                text.RemoveRange(colon + 1, end - colon - 1);
                text.InsertRange(colon + 1, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                break;
        }

        if (text.Count == 0)
            text.Add((byte)'x');
    }

    private static string LinesOf(JsonElement quote) =>
        string.Join(", ", quote.GetProperty("lines").EnumerateArray().Select(l => $"{l.Text("token_class")} {l.Text("quantity")}"));
}
