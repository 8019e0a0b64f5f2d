using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Senders;

/// <summary>Pages of OpenAI's and Anthropic's own usage reports.</summary>
public sealed class UsageReportTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    // 2025-11-23, a day.
    private const long Start = 1_763_856_000;
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task Each_result_of_OpenAIs_report_is_an_event_at_its_buckets_start()
    {
        var source = await SourceAsync("openai-page");

        var told = await SendAsync("openai", source, OpenAiPage(Completions("proj_a", "gpt-4o-2024-08-06"), Completions("proj_b", "gpt-4o-2024-08-06"), Completions("proj_a", "gpt-4o-mini"),
            """{"object":"organization.usage.embeddings.result","input_tokens":16,"num_model_requests":2,"project_id":null,"user_id":null,"api_key_id":null,"model":"text-embedding-3-small"}"""), "&receipts=all");
        var receipt = await ReceiptAsync(source, told, 0);
        var embeddings = await ReceiptAsync(source, told, 3);

        Counts(told).Should().Be("received 4, accepted 4");
        Leaves(receipt).Should().Equal(("input", "86"), ("cache_read", "17817"), ("output", "52"));
        receipt.Text("occurred_at").Should().StartWith("2025-11-23T00:00:00");
        receipt.Text("producer").Should().Be("openai");
        receipt.Text("account").Should().Be("proj_a");
        receipt.Text("service_tier").Should().Be("standard");
        receipt.Text("usage_profile").Should().Be("openai_organization_usage/2");
        receipt.Text("id").Should().StartWith("openai-usage-20251123T0000Z-");
        Leaves(embeddings).Should().Equal(("input", "16"));
        embeddings.Text("account").Should().BeNull();
    }

    [Fact]
    public async Task The_same_page_is_duplicates_and_a_corrected_one_a_conflict()
    {
        var source = await SourceAsync("openai-again");
        var page = OpenAiPage(Completions("proj_a", "gpt-4o"), Completions("proj_b", "gpt-4o"));

        Counts(await SendAsync("openai", source, page)).Should().Be("received 2, accepted 2");
        Counts(await SendAsync("openai", source, page.Replace("\"user_id\":null,", "", StringComparison.Ordinal))).Should().Be("received 2, duplicate 2");
        var corrected = await SendAsync("openai", source, OpenAiPage(Completions("proj_a", "gpt-4o"), Completions("proj_b", "gpt-4o", output: 60)), expected: HttpStatusCode.MultiStatus);

        Counts(corrected).Should().Be("received 2, duplicate 1, conflict 1");
        corrected.GetProperty("items")[0].GetProperty("index").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task Batch_and_tier_are_told_apart()
    {
        var source = await SourceAsync("openai-tiers");

        var told = await SendAsync("openai", source, OpenAiPage(Completions("p", "gpt-4o", batch: "true"), Completions("p", "gpt-4o", tier: "\"priority\""), Completions("p", "gpt-4o", tier: "null"),
            Completions("p", "gpt-4o", tier: "\"scale\"")), "&receipts=all");

        Counts(told).Should().Be("received 4, accepted 3, quarantined 1");
        (await ReceiptAsync(source, told, 0)).Text("service_tier").Should().Be("batch");
        (await ReceiptAsync(source, told, 1)).Text("service_tier").Should().Be("priority");
        (await ReceiptAsync(source, told, 2)).Text("service_tier").Should().Be("standard");
        told.GetProperty("items")[3].GetProperty("errors")[0].Text("code").Should().Be("unknown_value");
    }

    [Fact]
    public async Task A_bucket_that_is_not_over_is_refused()
    {
        var source = await SourceAsync("openai-open");
        var today = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        var told = await SendAsync("openai", source, OpenAiPage(Completions("p", "gpt-4o")).Replace($"{Start + 86_400}", $"{today + 3_600}", StringComparison.Ordinal), expected: HttpStatusCode.MultiStatus);

        Counts(told).Should().Be("received 1, rejected 1");
        var error = told.GetProperty("items")[0].GetProperty("errors")[0];
        error.Text("code").Should().Be("bucket_open");
        error.Text("pointer").Should().Be("/data/0/end_time");
    }

    [Fact]
    public async Task A_result_without_a_model_is_held_back_with_advice()
    {
        var source = await SourceAsync("openai-no-model");

        var told = await SendAsync("openai", source, OpenAiPage(Completions("p", "gpt-4o").Replace("\"model\":\"gpt-4o\"", "\"model\":null", StringComparison.Ordinal)));

        Counts(told).Should().Be("received 1, quarantined 1");
        told.GetProperty("items")[0].GetProperty("errors")[0].Text("detail").Should().Contain("grouped by model");
    }

    [Fact]
    public async Task Results_without_tokens_are_ignored_and_what_is_no_page_is_refused()
    {
        var source = await SourceAsync("openai-other");
        var images = """{"object":"organization.usage.images.result","images":3,"num_model_requests":3,"model":"dall-e-3"}""";
        var idle = """{"object":"organization.usage.completions.result","input_tokens":0,"output_tokens":0,"num_model_requests":0,"model":"gpt-4o"}""";

        Counts(await SendAsync("openai", source, OpenAiPage(images, idle))).Should().Be("received 0, ignored 2");
        Counts(await SendAsync("openai", source, """{"object":"page","data":[],"has_more":false}""")).Should().Be("received 0");
        var error = await SendAsync("openai", source, """{"error":{"message":"Incorrect API key provided"}}""", expected: HttpStatusCode.MultiStatus);
        Counts(error).Should().Be("received 1, rejected 1");
        error.GetProperty("items")[0].GetProperty("errors")[0].Text("pointer").Should().Be("/data");
        using var nothing = await _api.PostAsync($"/v1/ingest/openai-usage?source={source}", "<html>");
        using var cut = await _api.PostAsync($"/v1/ingest/openai-usage?source={source}", OpenAiPage(images).Replace(",", ",\n", StringComparison.Ordinal)[..^30]);
        nothing.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        cut.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Several_pages_come_one_after_the_other_under_one_account()
    {
        var source = await SourceAsync("openai-pages");

        var told = await SendAsync("openai", source, OpenAiPage(Completions("a", "gpt-4o")) + "\n" + OpenAiPage(Completions("b", "gpt-4o")), "&account=ministry&receipts=all");

        Counts(told).Should().Be("received 2, accepted 2");
        told.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("index").GetInt32()).Should().Equal(0, 1);
        (await ReceiptAsync(source, told, 1)).Text("account").Should().Be("ministry");
    }

    [Fact]
    public async Task Anthropics_report_is_read_as_it_documents_it()
    {
        var source = await SourceAsync("anthropic-page");
        var page = AnthropicPage("2025-11-24T00:00:00Z", "\"wrkspc_acme\"");

        var told = await SendAsync("anthropic", source, page, "&receipts=all");
        var receipt = await ReceiptAsync(source, told, 0);

        Counts(told).Should().Be("received 1, accepted 1");
        Leaves(receipt).Should().Equal(("input", "1500"), ("cache_read", "200"), ("cache_write", "500"), ("cache_write_1h", "1000"), ("output", "500"));
        receipt.Text("occurred_at").Should().StartWith("2025-11-23T00:00:00");
        receipt.Text("producer").Should().Be("anthropic");
        receipt.Text("account").Should().Be("wrkspc_acme");
        receipt.Text("usage_profile").Should().Be("anthropic_usage_report/2;context_window=0-200k");
        Counts(await SendAsync("anthropic", source, page)).Should().Be("received 1, duplicate 1");
        Counts(await SendAsync("anthropic", source, AnthropicPage("2025-11-24T00:00:00Z", "null"))).Should().Be("received 1, accepted 1", "the default workspace is another group");
        Counts(await SendAsync("anthropic", source, page.Replace("0-200k", "200k-1M", StringComparison.Ordinal))).Should().Be("received 1, accepted 1", "and so is a longer context");
        Counts(await SendAsync("anthropic", source, AnthropicPage("2999-11-24T00:00:00Z", "null"), expected: HttpStatusCode.MultiStatus)).Should().Be("received 1, rejected 1");
    }

    private static string OpenAiPage(params string[] results) =>
        $$"""{"object":"page","data":[{"object":"bucket","start_time":{{Start}},"end_time":{{Start + 86_400}},"results":[{{string.Join(',', results)}}]}],"has_more":true,"next_page":"page_AAAA"}""";

    private static string Completions(string project, string model, long output = 52, string batch = "false", string tier = "\"default\"") =>
        $$"""{"object":"organization.usage.completions.result","input_tokens":17903,"output_tokens":{{output}},"input_cached_tokens":17817,"input_audio_tokens":0,"output_audio_tokens":0,"num_model_requests":5,"project_id":"{{project}}","user_id":null,"api_key_id":null,"model":"{{model}}","batch":{{batch}},"service_tier":{{tier}}}""";

    private static string AnthropicPage(string end, string workspace) =>
        $$"""{"data":[{"starting_at":"2025-11-23T00:00:00Z","ending_at":"{{end}}","results":[{"uncached_input_tokens":1500,"cache_creation":{"ephemeral_1h_input_tokens":1000,"ephemeral_5m_input_tokens":500},"cache_read_input_tokens":200,"output_tokens":500,"server_tool_use":{"web_search_requests":10},"api_key_id":null,"workspace_id":{{workspace}},"model":"claude-sonnet-4-20250514","service_tier":"standard","context_window":"0-200k"}]}],"has_more":false,"next_page":null}""";

    private static IEnumerable<(string, string)> Leaves(JsonElement receipt) => receipt.GetProperty("entries").EnumerateArray()
        .Select(e => (e.GetProperty("token_class").GetString()!, e.GetProperty("quantity").GetString()!));

    private static string Counts(JsonElement told) => string.Join(", ", new[] { "received", "accepted", "duplicate", "conflict", "rejected", "quarantined", "ignored" }
        .Select(name => (name, count: told.Text(name))).Where(c => c.name == "received" || c.count is not (null or "0")).Select(c => $"{c.name} {c.count}"));

    private async Task<JsonElement> SendAsync(string provider, string source, string page, string query = "", HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await _api.PostAsync($"/v1/ingest/{provider}-usage?source={source}{query}", page);
        var told = await answer.Content.ReadFromJsonAsync<JsonElement>();
        answer.StatusCode.Should().Be(expected, told.ToString());
        return told;
    }

    private Task<JsonElement> ReceiptAsync(string source, JsonElement told, int item) =>
        _api.GetAsync($"/v1/events?source={source}&id={told.GetProperty("items")[item].Text("id")}");

    private async Task<string> SourceAsync(string name)
    {
        await _api.CreateAsync("/v1/sources", new { id = name });
        return name;
    }
}
