using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Senders;

/// <summary>Providers' responses, recorded as they came.</summary>
public sealed class RawUsageTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_cached_input_counts_once()
    {
        var source = await SourceAsync("cached");

        using var answer = await _api.PostAsync("/v1/ingest/raw", Chat(source, "chatcmpl-1", prompt: 17_903, cached: 17_817));
        var receipt = await ReadAsync(answer);

        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        Leaves(receipt).Should().Equal(("input", "86"), ("cache_read", "17817"), ("output", "40"), ("output_reasoning", "12"));
        receipt.GetProperty("usage_profile").GetString().Should().Be("openai_chat/2");
        receipt.GetProperty("occurred_at").GetString().Should().StartWith("2025-11-23T10:40:00");
        receipt.GetProperty("sector_basis").GetString().Should().Be("none");
    }

    [Fact]
    public async Task The_same_response_in_another_order_is_the_same_event_and_its_prompt_is_nowhere()
    {
        var source = await SourceAsync("again");
        const string Prompt = "the secret plan of the minister";
        var first = $$$$$"""{"source":"{{{{{source}}}}}","provider":"openai","response":{"id":"r-1","created":1763892000,"model":"gpt-4o","choices":[{"message":{"content":"{{{{{Prompt}}}}}"}}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}}""";
        var second = $$$$$"""{"provider":"openai","response":{"usage":{"total_tokens":15,"completion_tokens":5,"prompt_tokens":10},"model":"gpt-4o","created":1763892000,"id":"r-1"},"source":"{{{{{source}}}}}"}""";

        using var recorded = await _api.PostAsync("/v1/ingest/raw", first);
        using var again = await _api.PostAsync("/v1/ingest/raw", second);
        using var other = await _api.PostAsync("/v1/ingest/raw", second.Replace("15", "16", StringComparison.Ordinal).Replace("\"completion_tokens\":5", "\"completion_tokens\":6", StringComparison.Ordinal));

        recorded.StatusCode.Should().Be(HttpStatusCode.Created);
        again.StatusCode.Should().Be(HttpStatusCode.OK);
        other.StatusCode.Should().Be(HttpStatusCode.Conflict);
        _api.Output.Should().NotContain(Prompt);
    }

    [Fact]
    public async Task The_same_response_with_members_that_are_null_is_the_same_event()
    {
        var source = await SourceAsync("nulls");
        var sent = Chat(source, "n-1");

        using var recorded = await _api.PostAsync("/v1/ingest/raw", sent);
        using var again = await _api.PostAsync("/v1/ingest/raw", sent
            .Replace("\"cached_tokens\":0", "\"cached_tokens\":0,\"audio_tokens\":null", StringComparison.Ordinal)
            .Replace("\"created\":", "\"service_tier\":null,\"created\":", StringComparison.Ordinal)
            .Replace("\"provider\":", "\"service_tier\":null,\"provider\":", StringComparison.Ordinal));

        recorded.StatusCode.Should().Be(HttpStatusCode.Created);
        again.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    // LiteLLM's bridge writes Anthropic's fields with a total of its own; the cache would be lost.
    [InlineData("azure", """{"input_tokens":10,"cache_read_input_tokens":100,"output_tokens":5,"total_tokens":15}""")]
    [InlineData("anthropic", """{"input_tokens":100,"input_tokens_details":{"cached_tokens":60},"output_tokens":5,"total_tokens":105}""")]
    public async Task Tokens_in_a_field_of_another_shape_hold_the_usage_back(string provider, string usage)
    {
        var source = await SourceAsync($"unread-{provider}");

        using var answer = await _api.PostAsync("/v1/ingest/raw",
            $$$"""{"source":"{{{source}}}","provider":"{{{provider}}}","response":{"id":"x-1","created":1763892000,"model":"gpt-4o","usage":{{{usage}}}}}""");

        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
        (await ReadAsync(answer)).GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("code").GetString()).Should().Contain("unread_field");
    }

    [Fact]
    public async Task What_can_not_be_read_is_held_back_with_its_reason_and_without_its_texts()
    {
        var source = await SourceAsync("held");
        const string Prompt = "the secret plan of the minister";
        // Additive fields read as inclusive: 56,322 - 72,960 would be negative.
        var body = $$$$$"""{"source":"{{{{{source}}}}}","provider":"openai","flavor":"openai_chat","response":{"id":"r-2","created":1763892000,"model":"claude","output":"{{{{{Prompt}}}}}","usage":{"prompt_tokens":56322,"completion_tokens":5,"total_tokens":56327,"prompt_tokens_details":{"cached_tokens":72960,"note":"{{{{{Prompt}}}}}"}}}}""";

        using var answer = await _api.PostAsync("/v1/ingest/raw", body);
        var told = await ReadAsync(answer);
        using var again = await _api.PostAsync("/v1/ingest/raw", body);
        var payload = await fixture.Database.ScalarAsync<string>($"select payload::text from quarantined_event q join sources s on s.id = q.source_id where s.slug = '{source}'");

        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
        again.StatusCode.Should().Be(HttpStatusCode.Accepted);
        told.GetProperty("status").GetString().Should().Be("quarantined");
        told.GetProperty("errors")[0].GetProperty("code").GetString().Should().Be("negative_leaf");
        payload.Should().Contain("72960").And.NotContain("secret");
        var books = await _api.GetAsync("/v1/reconciliation?full=true");
        books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
        (await fixture.Database.ScalarAsync<long>($"select sum(quarantined) from ledger_batch b join sources s on s.id = b.source_id where s.slug = '{source}'")).Should().Be(1);
        (await fixture.Database.ScalarAsync<long>($"select sum(duplicate) from ledger_batch b join sources s on s.id = b.source_id where s.slug = '{source}'")).Should().Be(1);
    }

    [Fact]
    public async Task A_readable_event_under_the_id_of_one_held_back_is_recorded()
    {
        var source = await SourceAsync("corrected");
        using var held = await _api.PostAsync("/v1/ingest/raw", Chat(source, "c-1", prompt: 10, cached: 20));
        using var corrected = await _api.PostAsync("/v1/ingest/raw", Chat(source, "c-1", prompt: 20, cached: 10));

        held.StatusCode.Should().Be(HttpStatusCode.Accepted);
        corrected.StatusCode.Should().Be(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Many_are_counted_and_a_response_without_tokens_is_ignored()
    {
        var source = await SourceAsync("many");
        var unknown = $$$$$"""{"source":"{{{{{source}}}}}","provider":"nobody-knows","flavor":"openai_chat","response":{"id":"u-1","created":1763892000,"model":"m","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}}""";
        var empty = $$$$$"""{"source":"{{{{{source}}}}}","provider":"openai","response":{"id":"u-2","created":1763892000,"model":"m","usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}}""";

        using var answer = await _api.PostAsync("/v1/ingest/raw", $"[{Chat(source, "m-1")},{unknown},{empty},{{}}]");
        var counts = await ReadAsync(answer);

        answer.StatusCode.Should().Be(HttpStatusCode.MultiStatus);
        counts.GetProperty("received").GetInt32().Should().Be(3);
        counts.GetProperty("accepted").GetInt32().Should().Be(1);
        counts.GetProperty("quarantined").GetInt32().Should().Be(1);
        counts.GetProperty("rejected").GetInt32().Should().Be(1);
        counts.GetProperty("ignored").GetInt32().Should().Be(1);
        counts.GetProperty("items")[0].GetProperty("errors")[0].GetProperty("code").GetString().Should().Be("unknown_producer");
    }

    private static string Chat(string source, string id, long prompt = 100, long cached = 0) =>
        $$$$$"""
        {"source":"{{{{{source}}}}}","provider":"openai","response":{"id":"{{{{{id}}}}}","created":1763894400,"model":"gpt-4o-2024-08-06",
        "usage":{"prompt_tokens":{{{{{prompt}}}}},"completion_tokens":52,"total_tokens":{{{{{prompt + 52}}}}},
        "prompt_tokens_details":{"cached_tokens":{{{{{cached}}}}}},"completion_tokens_details":{"reasoning_tokens":12}}}}
        """;

    private static IEnumerable<(string, string)> Leaves(JsonElement receipt) => receipt.GetProperty("entries").EnumerateArray()
        .Select(e => (e.GetProperty("token_class").GetString()!, e.GetProperty("quantity").GetString()!));

    private async Task<string> SourceAsync(string name)
    {
        await _api.CreateAsync("/v1/sources", new { id = name });
        return name;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();
}
