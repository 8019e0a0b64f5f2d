using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>What must be refused with its place, never with a 500, and never be taken for something else.</summary>
public sealed class BadInputTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("/v1/sources", "", "")]
    [InlineData("/v1/sources", "null", "")]
    [InlineData("/v1/sources", "[]", "")]
    [InlineData("/v1/sources", """{"id":1}""", "/id")]
    [InlineData("/v1/sources", """{"id":null}""", "/id")]
    [InlineData("/v1/sources", """{"id":"a","id":"a"}""", "/id")]
    [InlineData("/v1/sources", """{"id":"a","name":"\ud800"}""", "/name")]
    [InlineData("/v1/sources", """{"id":"a","name":"\u0000"}""", "/name")]
    [InlineData("/v1/sources", """{"id":"a","a.b":1}""", "/a.b")]
    [InlineData("/v1/sources", """{"id":"a","a[0]/b~":1}""", "/a[0]~1b~0")]
    [InlineData("/v1/producers", "{}", "/id,/name,/kind")]
    [InlineData("/v1/producers", """{"id":"n","name":"x","kind":"both","aliases":[null]}""", "/aliases/0")]
    [InlineData("/v1/producers", """{"id":"n","name":"x","kind":"Both"}""", "/kind")]
    [InlineData("/v1/producers", """{"id":"n","name":"x","kind":"model_maker, inference_platform"}""", "/kind")]
    [InlineData("/v1/producers", """{"id":"n","name":"x","kind":3}""", "/kind")]
    [InlineData("/v1/models", """{"producer":"groq","model":"n","aliases":["ok",null]}""", "/aliases/1")]
    [InlineData("/v1/models", """{"producer":"\u0000","model":"n"}""", "/producer")]
    [InlineData("/v1/models", """{"producer":"groq","model":"gpt-*"}""", "/model")]
    [InlineData("/v1/accounts", """{"id":"n","sectors":[null]}""", "/sectors/0")]
    [InlineData("/v1/accounts", """{"id":"n","sectors":[{"sector":"household, government"}]}""", "/sectors/0/sector")]
    [InlineData("/v1/accounts", """{"id":"n","sectors":[{"sector":"household"},{"effective_from":"0001-01-01T00:00:00Z","sector":"government"}]}""", "/sectors")]
    [InlineData("/v1/accounts", """{"id":"n","sectors":[{"effective_from":"2026-01-01T00:00:00.1234561Z","sector":"household"},{"effective_from":"2026-01-01T00:00:00.1234569Z","sector":"government"}]}""", "/sectors")]
    [InlineData("/v1/accounts", """{"id":"n","producer":"\u0000"}""", "/producer")]
    [InlineData("/v1/accounts", """{"id":"n","registered_on_sight":true}""", "/registered_on_sight")]
    [InlineData("/v1/api-keys", """{"name":"n","scopes":["ingest"],"sources":[null]}""", "/sources/0")]
    [InlineData("/v1/api-keys", """{"name":"n","scopes":[null]}""", "/scopes/0")]
    [InlineData("/v1/api-keys", """{"name":"n","scopes":["read"],"expires_at":"2020-01-01T00:00:00Z"}""", "/expires_at")]
    public async Task A_body_that_is_not_as_it_should_be_is_told_where(string path, string body, string pointers)
    {
        using var answer = await _api.PostAsync(path, body);

        await ExpectAsync(answer, pointers.Split(','));
    }

    [Theory]
    [InlineData("\"output\":\"0.1234567890123\"", "/unit_values/output")]
    [InlineData("\"output\":\"0.12345678901200000000000000000000000001\"", "/unit_values/output")]
    [InlineData("\"output\":\"0.00000000000000000000000000000000000001\"", "/unit_values/output")]
    [InlineData("\"output\":0.12345678901200000000000000000000000001", "/unit_values/output")]
    [InlineData("\"output\":\"1000000.0000000000000000000000000001\"", "/unit_values/output")]
    [InlineData("\"output\":1e-40", "/unit_values/output")]
    [InlineData("\"output\":\"1e3\"", "/unit_values/output")]
    [InlineData("\"output\":\"-0.0000000000000000000000000000001\"", "/unit_values/output")]
    [InlineData("\"output\":\"+1\"", "/unit_values/output")]
    [InlineData("\"output\":\" 1\"", "/unit_values/output")]
    [InlineData("\"output\":\"1,000\"", "/unit_values/output")]
    [InlineData("\"output\":\"1\",\"output\":\"2\"", "/unit_values/output")]
    [InlineData("\"a/b~\":\"1\"", "/unit_values/a~1b~0")]
    [InlineData("", "/unit_values")]
    public async Task A_price_is_taken_to_the_last_digit_or_not_at_all(string unitValues, string pointer)
    {
        using var answer = await _api.PostAsync("/v1/rate-cards",
            $$$"""{"producer":"groq","model":"inexact","effective_from":"2026-01-01T00:00:00Z","unit_values":{{{{unitValues}}}}}""");

        await ExpectAsync(answer, pointer);
        (await fixture.Database.ScalarAsync<long>("select count(*) from models where slug = 'inexact'")).Should().Be(0, "nothing is half written");
    }

    [Theory]
    [InlineData("\"service_tier\":\"Standard\"", "/service_tier")]
    [InlineData("\"service_tier\":\"standard, batch\"", "/service_tier")]
    [InlineData("\"service_tier\":1", "/service_tier")]
    [InlineData("\"provenance\":{\"source\":\"a\\u0000b\"}", "/provenance/source")]
    [InlineData("\"currency\":\"XXX\"", "/currency")]
    [InlineData("\"fallbacks\":{\"input\":null}", "/fallbacks/input")]
    [InlineData("\"fallbacks\":{\"input\":\"outpt\"}", "/fallbacks/input")]
    [InlineData("\"fallbacks\":{\"input\":\"cache_read\",\"cache_read\":\"input\"}", "/fallbacks/input")]
    [InlineData("\"account\":\"nobody-knows\"", "/account")]
    [InlineData("\"region\":\"\"", "/region")]
    [InlineData("\"minimum_charge\":\"0\"", "/minimum_charge")]
    [InlineData("\"markup\":{\"producer\":\"groq\",\"model\":\"m\",\"percent\":\"10\"}", "/markup")]
    [InlineData("\"rates\":[null]", "/rates/0")]
    [InlineData("\"rates\":[{\"token_class\":\"output\",\"unit_value\":\"1\"}]", "/rates/0/token_class")]
    [InlineData("\"rates\":[{\"token_class\":\"input\",\"unit_value\":\"1\",\"package_tokens\":0}]", "/rates/0/package_tokens")]
    [InlineData("\"rates\":[{\"token_class\":\"input\",\"unit_value\":\"1\",\"context_tiers\":[{\"above\":5,\"unit_value\":\"2\"},{\"above\":5,\"unit_value\":\"3\"}]}]", "/rates/0/context_tiers/1/above")]
    [InlineData("\"rates\":[{\"token_class\":\"input\",\"unit_value\":\"1\",\"context_tiers\":[null]}]", "/rates/0/context_tiers/0")]
    [InlineData("\"rates\":[{\"token_class\":\"input\",\"unit_value\":\"1\",\"month_tiers\":{\"kind\":\"volume\",\"tiers\":[]}}]", "/rates/0/month_tiers/tiers")]
    [InlineData("\"rates\":[{\"token_class\":\"input\",\"unit_value\":\"1\",\"month_tiers\":{\"kind\":\"volume\",\"tiers\":[null]}}]", "/rates/0/month_tiers/tiers/0")]
    [InlineData("\"rates\":[{\"token_class\":\"input\",\"unit_value\":\"1\",\"windows\":[{\"from\":\"00:00\",\"to\":\"24:00\",\"unit_value\":\"1\"}]}]", "/rates/0/windows/0/to")]
    [InlineData("\"rates\":[{\"token_class\":\"input\",\"unit_value\":\"1\",\"windows\":[{\"from\":\"00:00\",\"to\":\"01:00\",\"time_zone\":\"Berlin\",\"unit_value\":\"1\"}]}]", "/rates/0/windows/0/time_zone")]
    [InlineData("\"rates\":[{\"token_class\":\"input\",\"unit_value\":\"1\",\"windows\":[{\"from\":\"00:00\",\"to\":\"01:00\",\"weekdays\":[\"monday\"],\"unit_value\":\"1\"}]}]", "/rates/0/windows/0/weekdays")]
    [InlineData("\"kind\":\"cost\",\"sector\":\"household\"", "/kind")]
    [InlineData("\"kind\":\"cost\",\"effective_to\":\"2026-01-02T00:00:01Z\"", "/effective_to")]
    [InlineData("\"effective_to\":\"2026-01-01T01:00:00+01:00\"", "/effective_to")]
    [InlineData("\"effective_to\":\"2026-02-01T 00:00:00Z\"", "/effective_to")]
    [InlineData("\"effective_to\":\"2026-02-01T00:00:00.12345678901234567Z\"", "/effective_to")]
    [InlineData("\"effective_to\":\"2026-02-30T00:00:00Z\"", "/effective_to")]
    [InlineData("\"effective_to\":\"0001-01-01T00:00:00+14:00\"", "/effective_to")]
    [InlineData("\"effective_to\":\"9999-12-31T23:59:59-12:00\"", "/effective_to")]
    public async Task A_rate_card_is_checked_member_by_member(string member, string pointer)
    {
        using var answer = await _api.PostAsync("/v1/rate-cards",
            $$"""{"producer":"groq","model":"checked","effective_from":"2026-01-01T00:00:00Z","unit_values":{"output":"1"},{{member}}}""");

        await ExpectAsync(answer, pointer);
    }

    [Theory]
    [InlineData("/v1/sources?cursor=AAAA", "?cursor")] // NUL
    [InlineData("/v1/sources?cursor=_w", "?cursor")] // not UTF-8
    [InlineData("/v1/accounts?cursor=%00", "?cursor")]
    [InlineData("/v1/producers?cursor=***", "?cursor")]
    [InlineData("/v1/models?cursor=bW9kZWxzOmFiYw", "?cursor")] // models:abc
    [InlineData("/v1/rate-cards?cursor=OTk", "?cursor")] // 99, of no list
    [InlineData("/v1/sources?limit=0", "?limit")]
    [InlineData("/v1/sources?limit=1001", "?limit")]
    [InlineData("/v1/sources?limit=x", "?limit")]
    [InlineData("/v1/sources?limit=1&limit=2", "?limit")]
    [InlineData("/v1/models?producers=groq", "?producers")]
    [InlineData("/v1/models?producer=%00", "?producer")]
    [InlineData("/v1/models?producer=nobody", "?producer")]
    [InlineData("/v1/models?model=a%00", "?model")]
    [InlineData("/v1/rate-cards?producer=%00", "?producer")]
    [InlineData("/v1/rate-cards?model=a%00", "?model")]
    [InlineData("/v1/accounts/acme?x=1", "?x")]
    public async Task A_query_that_means_nothing_here_is_told(string path, string pointer)
    {
        using var answer = await _api.Client.GetAsync(path);

        await ExpectAsync(answer, pointer);
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_list()
    {
        var cursor = (await _api.GetAsync("/v1/producers?limit=1")).GetProperty("next_cursor").GetString();

        (await _api.Client.GetAsync($"/v1/producers?cursor={cursor}")).StatusCode.Should().Be(HttpStatusCode.OK);
        using var elsewhere = await _api.Client.GetAsync($"/v1/sources?cursor={cursor}");

        await ExpectAsync(elsewhere, "?cursor");
    }

    [Fact]
    public async Task Json_is_UTF_8()
    {
        using var content = new ByteArrayContent("{\"id\":\"wide\"}"u8.ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json; charset=utf-16");

        using var answer = await _api.Client.PostAsync("/v1/sources", content);

        answer.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_list_that_is_too_long_is_one_violation()
    {
        using var aliases = await _api.PostAsync("/v1/models", JsonSerializer.Serialize(new { producer = "groq", model = "many", aliases = Enumerable.Repeat("", 1_001) }));
        using var sectors = await _api.PostAsync("/v1/accounts", $$"""{"id":"many","sectors":[{{string.Join(',', Enumerable.Repeat("null", 1_001))}}]}""");
        using var scopes = await _api.PostAsync("/v1/api-keys", JsonSerializer.Serialize(new { name = "many", scopes = Enumerable.Repeat("read", 1_001) }));

        await ExpectAsync(aliases, "/aliases");
        await ExpectAsync(sectors, "/sectors");
        await ExpectAsync(scopes, "/scopes");
    }

    [Theory]
    [InlineData("$", "")]
    [InlineData("$.rates[0].unit_value", "/rates/0/unit_value")]
    [InlineData("$['a.b']", "/a.b")]
    [InlineData("$.x['a[0]'][3].y", "/x/a[0]/3/y")]
    [InlineData("$['a/b~']", "/a~1b~0")]
    [InlineData("$['cut", "/cut")]
    public void A_place_is_told_as_a_JSON_pointer(string jsonPath, string pointer) => BindingProblems.PointerOf(jsonPath).Should().Be(pointer);

    private static async Task ExpectAsync(HttpResponseMessage answer, params string[] pointers)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity, text);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        text.Should().NotContain("TokenFactory.", "no names of types are told");
        var errors = JsonDocument.Parse(text).RootElement.GetProperty("errors").EnumerateArray().ToList();
        errors.Select(e => e.GetProperty("pointer").GetString()).Should().BeEquivalentTo(pointers, text);
    }
}
