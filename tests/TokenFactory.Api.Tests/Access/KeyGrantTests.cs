using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Ingestion.Quarantine;

namespace TokenFactory.Api.Tests.Access;

/// <summary>What a key may do, for how long, and how it is followed by another.</summary>
public sealed class KeyGrantTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_key_for_a_producer_writes_no_other_producers_usage_by_any_way_in()
    {
        await _api.CreateAsync("/v1/sources", new { id = "bound" });
        using var client = await ClientAsync(new { name = "bound", scopes = (string[])["ingest"], sources = (string[])["bound"], producers = (string[])["moonshot"] });

        (await PostAsync(client, "/v1/events", Events.Native("a", "bound"))).Status.Should().Be(HttpStatusCode.Created);
        (await PostAsync(client, "/v1/events", Events.Native("b", "bound", producer: "moonshot_ai"))).Status.Should().Be(HttpStatusCode.Created, "an alias is the same producer");
        foreach (var other in (string[])["openai", "azure.ai.openai", "never-heard-of"])
        {
            var (status, text) = await PostAsync(client, "/v1/events", Events.Native("c", "bound", producer: other, model: "m-not-granted", account: "a-not-granted"));
            (status, JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()).Should().Be((HttpStatusCode.Forbidden, "producer_not_granted"), other);
        }

        (await PostAsync(client, "/v1/events", $"[{Events.Native("d", "bound")},{Events.Native("e", "bound", producer: "openai")}]"))
            .Should().Match<(HttpStatusCode Status, string Text)>(a => a.Status == HttpStatusCode.MultiStatus && a.Text.Contains("producer_not_granted"));
        (await PostAsync(client, "/v1/events?atomic=true", $"[{Events.Native("f", "bound")},{Events.Native("g", "bound", producer: "openai")}]"))
            .Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await PostAsync(client, "/v1/ingest/raw", HeldUsage.Chat("bound", "h", "openai"))).Text.Should().Contain("producer_not_granted");
        (await PostAsync(client, "/v1/ingest/raw", HeldUsage.Chat("bound", "i", "moonshot"))).Status.Should().Be(HttpStatusCode.Created);
        (await PostAsync(client, "/v1/ingest/csv", "id,occurred_at,producer,model,input\nj,2026-10-05T10:00:00Z,openai,gpt-4o,5\n", "text/csv")).Text.Should().Contain("producer_not_granted");
        (await PostAsync(client, "/v1/events",
            """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bound","id":"k","time":"2026-10-05T10:00:00Z","data":{"producer":"openai","model":"gpt-4o","usage":{"input":5}}}""",
            "application/cloudevents+json")).Text.Should().Contain("producer_not_granted");
        (await PostAsync(client, "/v1/traces", Span("openai"))).Text.Should().Contain("may not write usage of this producer");
        (await PostAsync(client, "/v1/ingest/litellm",
            """{"id":"l","source":"bound","model":"gpt-4o","custom_llm_provider":"openai","startTime":"2026-10-05T10:00:00Z","endTime":"2026-10-05T10:00:01Z","prompt_tokens":5,"completion_tokens":1,"total_tokens":6}"""))
            .Text.Should().Contain("producer_not_granted");

        (await fixture.Database.ScalarAsync<string>(
            "select string_agg(distinct p.slug, ',') from ledger_entry e join sources s on s.id = e.source_id join items i on i.id = e.item_id join models m on m.id = i.model_id join producers p on p.id = m.producer_id where s.slug = 'bound'"))
            .Should().Be("moonshot");
        (await fixture.Database.ScalarAsync<long>("select count(*) from models where slug = 'm-not-granted'")).Should().Be(0);
        (await fixture.Database.ScalarAsync<long>("select count(*) from accounts where slug = 'a-not-granted'")).Should().Be(0);
    }

    [Fact]
    public async Task A_key_for_a_producer_neither_reverses_nor_releases_another_producers_usage()
    {
        await _api.CreateAsync("/v1/sources", new { id = "taken-back" });
        (await _api.PostAsync("/v1/events", Events.Native("theirs", "taken-back", producer: "openai", model: "gpt-4o"))).EnsureSuccessStatusCode();
        (await _api.PostAsync("/v1/events", Events.Native("mine", "taken-back"))).EnsureSuccessStatusCode();
        var held = await _api.HoldAsync(HeldUsage.Chat("taken-back", "held", "nobody-of-this-name"));
        using var client = await ClientAsync(new { name = "bound", scopes = (string[])["ingest"], sources = (string[])["taken-back"], producers = (string[])["moonshot"] });

        (await PostAsync(client, "/v1/events/taken-back/theirs/reversal", "{}")).Should()
            .Match<(HttpStatusCode Status, string Text)>(a => a.Status == HttpStatusCode.Forbidden && a.Text.Contains("producer_not_granted"));
        (await PostAsync(client, "/v1/events/taken-back/mine/reversal", "{}")).Status.Should().Be(HttpStatusCode.Created);
        (await PostAsync(client, $"/v1/quarantine/{held}/release", """{"producer":"openai"}""")).Status.Should().Be(HttpStatusCode.Forbidden);
        (await _api.StatusAsync(held)).Should().Be("open");
        (await PostAsync(client, $"/v1/quarantine/{held}/release", """{"producer":"moonshot"}""")).Status.Should().Be(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("""{"name":"x","scopes":["read"],"producers":["moonshot"]}""", "/producers")]
    [InlineData("""{"name":"x","scopes":["admin","ingest"],"producers":["moonshot"]}""", "/producers")]
    [InlineData("""{"name":"x","scopes":["ingest"],"sources":["s"],"producers":[null]}""", "/producers/0")]
    [InlineData("""{"name":"x","scopes":["ingest"],"sources":["s"],"producers":[""]}""", "/producers/0")]
    public async Task Producers_are_bound_to_what_a_key_for_ingest_may_have(string body, string pointer)
    {
        var (status, text) = await PostAsync(_api.Client, "/v1/api-keys", body);

        status.Should().Be(HttpStatusCode.UnprocessableEntity);
        text.Should().Contain($"\"{pointer}\"");
    }

    [Fact]
    public async Task A_rotated_key_goes_on_beside_its_successor_of_the_same_rights_and_then_ends()
    {
        await _api.CreateAsync("/v1/sources", new { id = "rotated" });
        var old = await _api.CreateAsync("/v1/api-keys", new { name = "gateway", scopes = (string[])["ingest", "read"], sources = (string[])["rotated"], producers = (string[])["moonshot"] });
        var id = old.GetProperty("id").GetString();

        var next = await _api.CreateAsync($"/v1/api-keys/{id}/rotation", new { });

        next.GetProperty("replaces").GetString().Should().Be(id);
        next.GetProperty("expires_at").ValueKind.Should().Be(JsonValueKind.Null, "the old one would never have ended");
        foreach (var grant in (string[])["name", "scopes", "sources", "producers"])
            next.GetProperty(grant).GetRawText().Should().Be(old.GetProperty(grant).GetRawText());
        foreach (var key in (JsonElement[])[old, next])
        {
            using var client = _api.ClientWith(key.GetProperty("key").GetString());
            (await PostAsync(client, "/v1/events", Events.Native($"by-{key.GetProperty("id").GetString()}", "rotated"))).Status.Should().Be(HttpStatusCode.Created);
            (await PostAsync(client, "/v1/events", Events.Native("other", "rotated", producer: "openai"))).Status.Should().Be(HttpStatusCode.Forbidden);
        }

        var listed = (await _api.GetAsync("/v1/api-keys")).EnumerateArray().Single(k => k.GetProperty("id").GetString() == id);
        (listed.GetProperty("expires_at").GetDateTimeOffset() - next.GetProperty("created_at").GetDateTimeOffset()).Should().BeCloseTo(TimeSpan.FromHours(24), TimeSpan.FromMilliseconds(1));

        var again = await PostAsync(_api.Client, $"/v1/api-keys/{id}/rotation", "");
        again.Status.Should().Be(HttpStatusCode.Conflict, "a lost answer must not leave a key that nobody knows of");
        again.Text.Should().Contain("already_rotated").And.Contain(next.GetProperty("id").GetString());
        (await _api.Client.DeleteAsync($"/v1/api-keys/{next.GetProperty("id").GetString()}")).EnsureSuccessStatusCode();
        var third = await _api.CreateAsync($"/v1/api-keys/{id}/rotation", new { overlap_hours = 0 });
        third.GetProperty("expires_at").ValueKind.Should().Be(JsonValueKind.Null, "the old one's end came with the rotation");
        (await _api.Client.DeleteAsync($"/v1/api-keys/{third.GetProperty("id").GetString()}")).EnsureSuccessStatusCode();
        using var ended = _api.ClientWith(old.GetProperty("key").GetString());
        (await ended.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await PostAsync(_api.Client, $"/v1/api-keys/{id}/rotation", "")).Text.Should().Contain("key_ended");
    }

    [Fact]
    public async Task A_key_that_would_live_on_for_ages_is_rotated_to_one_that_ends_sooner()
    {
        var old = await _api.CreateAsync("/v1/api-keys", new { name = "old", scopes = (string[])["read"] });
        var id = old.GetProperty("id").GetString();
        await fixture.Database.ExecuteAsync($"update api_keys set expires_at = '9999-12-31T23:59:59Z' where id = '{id}'");

        var next = await _api.CreateAsync($"/v1/api-keys/{id}/rotation", new { });

        next.GetProperty("expires_at").GetDateTimeOffset().Should().Be(next.GetProperty("created_at").GetDateTimeOffset().AddYears(100));
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("2020-01-01T00:00:00Z")]
    public async Task A_key_ends_in_the_future_and_within_a_hundred_years(string end)
    {
        var (status, text) = await PostAsync(_api.Client, "/v1/api-keys", $$"""{"name":"x","scopes":["read"],"expires_at":"{{end}}"}""");

        status.Should().Be(HttpStatusCode.UnprocessableEntity);
        text.Should().Contain("/expires_at");
    }

    [Fact]
    public async Task A_rotation_never_lengthens_the_old_keys_life_and_gives_the_next_one_as_long_a_life()
    {
        var end = TimeProvider.System.GetUtcNow().AddHours(3);
        var old = await _api.CreateAsync("/v1/api-keys", new { name = "short", scopes = (string[])["read"], expires_at = end });
        var id = old.GetProperty("id").GetString();

        var next = await _api.CreateAsync($"/v1/api-keys/{id}/rotation", new { overlap_hours = 720 });

        var listed = (await _api.GetAsync("/v1/api-keys")).EnumerateArray().Single(k => k.GetProperty("id").GetString() == id);
        listed.GetProperty("expires_at").GetDateTimeOffset().Should().BeCloseTo(end, TimeSpan.FromMilliseconds(1));
        (next.GetProperty("expires_at").GetDateTimeOffset() - next.GetProperty("created_at").GetDateTimeOffset())
            .Should().BeCloseTo(end - old.GetProperty("created_at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData("bootstrap", "{}", HttpStatusCode.Conflict, "configured_key")]
    [InlineData("0000000000000000", "{}", HttpStatusCode.NotFound, "not_found")]
    [InlineData("bootstrap", """{"overlap_hours":721}""", HttpStatusCode.UnprocessableEntity, "/overlap_hours")]
    [InlineData("bootstrap", """{"overlap_hours":-1}""", HttpStatusCode.UnprocessableEntity, "/overlap_hours")]
    [InlineData("bootstrap", """{"expires_at":"2020-01-01T00:00:00Z"}""", HttpStatusCode.UnprocessableEntity, "/expires_at")]
    [InlineData("bootstrap", """{"expires_at":"9999-12-31T23:59:59Z"}""", HttpStatusCode.UnprocessableEntity, "/expires_at")]
    public async Task A_rotation_that_can_not_be_done_says_why(string id, string body, HttpStatusCode expected, string why)
    {
        var (status, text) = await PostAsync(_api.Client, $"/v1/api-keys/{id}/rotation", body);

        status.Should().Be(expected);
        text.Should().Contain(why);
    }

    private async Task<HttpClient> ClientAsync(object key) => _api.ClientWith((await _api.CreateAsync("/v1/api-keys", key)).GetProperty("key").GetString());

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(HttpClient client, string path, string body, string type = "application/json")
    {
        using var content = body.Length == 0 ? null : new StringContent(body, System.Text.Encoding.UTF8, new System.Net.Http.Headers.MediaTypeHeaderValue(type));
        using var answer = await client.PostAsync(path, content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Span(string provider) => JsonSerializer.Serialize(new
    {
        resourceSpans = new[]
        {
            new
            {
                scopeSpans = new[]
                {
                    new
                    {
                        spans = new[]
                        {
                            new
                            {
                                traceId = "5b8efff798038103d269b633813fc60c", spanId = "eee19b7ec3c1b174", name = "chat",
                                startTimeUnixNano = "1791000000000000000", endTimeUnixNano = "1791000001000000000",
                                attributes = new object[]
                                {
                                    new { key = "gen_ai.operation.name", value = new { stringValue = "chat" } },
                                    new { key = "gen_ai.provider.name", value = new { stringValue = provider } },
                                    new { key = "gen_ai.response.model", value = new { stringValue = "gpt-4o" } },
                                    new { key = "gen_ai.usage.input_tokens", value = new { intValue = "5" } },
                                    new { key = "gen_ai.usage.output_tokens", value = new { intValue = "5" } },
                                },
                            },
                        },
                    },
                },
            },
        },
    });
}
