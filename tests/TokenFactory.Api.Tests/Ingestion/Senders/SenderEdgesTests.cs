using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Senders;

/// <summary>What senders get wrong, and what must not be lost or kept for it.</summary>
public sealed class SenderEdgesTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task A_body_that_says_it_is_a_form_is_read_all_the_same(string type)
    {
        var source = await SourceAsync($"form-{type.Length}");

        using var answer = await SendAsync($"/v1/ingest/litellm?source={source}", $"[{Litellm("f-1")}]", type);

        (await ReadAsync(answer)).GetProperty("accepted").GetInt32().Should().Be(1);
    }

    // An end user's tool may be nested as deep as he likes.
    [Theory]
    [InlineData("deep")]
    [InlineData("{\"id\":\"x\\x41\"}")]
    [InlineData("{\"id\":1.}")]
    [InlineData("{\"id\":\"a\nb\"}")]
    public async Task A_broken_record_of_an_array_takes_no_other_with_it(string broken)
    {
        var source = await SourceAsync($"array-{broken.Length}");
        if (broken == "deep")
            broken = $"{{\"tools\":{new string('[', 600)}{new string(']', 600)}}}";
        var records = Enumerable.Range(0, 24).Select(i => i == 3 ? broken : Litellm($"r-{i}, with \\\" and ] in it"));

        using var answer = await SendAsync($"/v1/ingest/litellm?source={source}", $"[{string.Join(',', records)}]", "application/json");
        var told = await ReadAsync(answer);

        told.GetProperty("received").GetInt32().Should().Be(24);
        told.GetProperty("accepted").GetInt32().Should().Be(23, told.ToString());
    }

    [Theory]
    [InlineData("/v1/ingest/litellm", "application/json")]
    [InlineData("/v1/ingest/openai-usage", "application/json")]
    [InlineData("/v1/traces", "application/json")]
    public async Task A_source_that_nobody_knows_is_told_and_not_answered_with_success(string path, string type)
    {
        using var answer = await SendAsync($"{path}?source=litelm-1", "[]", type);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("litelm-1").And.Contain("POST /v1/sources");
    }

    [Fact]
    public async Task What_is_longer_than_a_name_can_be_is_not_kept()
    {
        var source = await SourceAsync("long");
        var text = string.Concat(Enumerable.Repeat("the minister said so. ", 40_000));

        using var answer = await SendAsync($"/v1/ingest/litellm?source={source}", $"[{Litellm("l-1", account: text)}]", "application/json");

        (await ReadAsync(answer)).GetProperty("quarantined").GetInt32().Should().Be(1);
        (await fixture.Database.ScalarAsync<int>("select max(length(payload::text)) from quarantined_event q join sources s on s.id = q.source_id where s.slug = 'long'"))
            .Should().BeLessThan(2_000);
    }

    [Fact]
    public async Task A_response_may_leave_its_source_to_the_request_or_the_key()
    {
        var source = await SourceAsync("whose");
        var made = await _api.CreateAsync("/v1/api-keys", new { name = "raw", scopes = new[] { "ingest" }, sources = new[] { source } });
        using var client = _api.ClientWith(made.GetProperty("key").GetString());
        const string Body = """{"provider":"openai","response":{"id":"w-1","created":1763892000,"model":"gpt-4o","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}}""";

        using var byKey = await client.PostAsync("/v1/ingest/raw", new StringContent(Body, new MediaTypeHeaderValue("application/json")));
        using var byQuery = await SendAsync($"/v1/ingest/raw?source={source}", Body, "application/json");
        using var byNobody = await SendAsync("/v1/ingest/raw", Body, "application/json");

        byKey.StatusCode.Should().Be(HttpStatusCode.Created);
        byQuery.StatusCode.Should().Be(HttpStatusCode.OK);
        (await ReadAsync(byNobody)).GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/source");
    }

    [Fact]
    public async Task What_does_not_say_when_is_released_with_the_time_that_somebody_knows()
    {
        var source = await SourceAsync("when");
        using var held = await SendAsync($"/v1/ingest/raw?source={source}",
            """{"provider":"anthropic","service_tier":null,"response":{"id":"m-1","type":"message","model":"claude-when","usage":{"input_tokens":10,"output_tokens":5,"service_tier":"galactic"}}}""",
            "application/json");
        var id = (await _api.GetAsync($"/v1/quarantine?source={source}")).GetProperty("items")[0].GetProperty("id").GetInt64();

        using var released = await _api.Client.PostAsJsonAsync($"/v1/quarantine/{id}/release", new { occurred_at = "2026-10-05T10:00:00Z", service_tier = "priority" });
        var receipt = await ReadAsync(released);

        held.StatusCode.Should().Be(HttpStatusCode.Accepted);
        released.StatusCode.Should().Be(HttpStatusCode.Created, receipt.ToString());
        receipt.GetProperty("occurred_at").GetString().Should().Be("2026-10-05T10:00:00Z");
        receipt.GetProperty("service_tier").GetString().Should().Be("priority");
    }

    // The other instance has not heard of them yet: what it refused or held back for that would be lost, or wait for somebody.
    [Fact]
    public async Task A_source_and_a_producer_that_one_instance_has_just_registered_are_known_to_every_other()
    {
        await using var other = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        for (var i = 0; i < 10; i++)
        {
            await _api.CreateAsync("/v1/sources", new { id = $"fresh-{i}" });
            await _api.CreateAsync("/v1/producers", new { id = $"fresh-maker-{i}", name = "Fresh", kind = "both" });
            using var answer = await other.PostAsync($"/v1/ingest/raw?source=fresh-{i}",
                $$$$"""{"provider":"fresh-maker-{{{{i}}}}","flavor":"openai_chat","response":{"id":"x","created":1763892000,"model":"m","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}}""");
            answer.StatusCode.Should().Be(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("id,occurred_at,producer,model,input,Output", "output")]
    [InlineData("id,occurred_at,producer,model,input,Cache Read", "cache_read")]
    public async Task A_column_that_is_a_field_in_other_letters_is_not_passed_over(string header, string field)
    {
        var source = await SourceAsync($"letters-{field}");

        using var answer = await SendAsync($"/v1/ingest/csv?source={source}", $"{header}\na,2026-10-05T10:00:00Z,openai,gpt-4o,1,2\n", "text/csv");
        var problem = await ReadAsync(answer);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors")[0].GetProperty("detail").GetString().Should().Contain(field);
    }

    private static string Litellm(string id, string account = "acme") => JsonSerializer.Serialize(new
    {
        id,
        call_type = "acompletion",
        status = "success",
        custom_llm_provider = "openai",
        model = "gpt-4o",
        endTime = 1_763_892_000.5,
        end_user = account,
        metadata = new { usage_object = new { prompt_tokens = 10, completion_tokens = 5, total_tokens = 15 } },
    });

    private Task<HttpResponseMessage> SendAsync(string path, string body, string type)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return _api.Client.PostAsync(path, content);
    }

    private async Task<string> SourceAsync(string name)
    {
        await _api.CreateAsync("/v1/sources", new { id = name });
        return name;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();
}
