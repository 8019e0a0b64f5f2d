using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Senders;

/// <summary>A LiteLLM proxy's records, as its generic API callback sends them: once, and whatever the answer is.</summary>
public sealed class LitellmTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Secret = "the secret plan of the minister";
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_record_is_one_event_with_its_facts_and_without_its_prompt()
    {
        var source = await SourceAsync("facts");

        var told = await SendAsync(source, $"[{Record("chatcmpl-1")}]");
        var receipt = await ReceiptAsync(source, "chatcmpl-1");

        Counts(told).Should().Be("received 1, accepted 1");
        Leaves(receipt).Should().Equal(("input", "50"), ("cache_read", "100000"), ("cache_write", "148"), ("cache_write_1h", "100"), ("output", "503"));
        receipt.Text("producer").Should().Be("anthropic");
        receipt.Text("model").Should().Be("claude-sonnet-4-5");
        receipt.Text("account").Should().Be("acme");
        receipt.Text("sector").Should().Be("government");
        receipt.Text("sector_basis").Should().Be("tag");
        receipt.Text("usage_profile").Should().Be("litellm/2");
        receipt.Text("occurred_at").Should().StartWith("2025-11-23T10:40:00.123456");
        receipt.Text("reported_cost.amount").Should().Be("0.000015");
        receipt.Text("reported_cost.currency").Should().Be("USD");
        _api.Output.Should().NotContain("secret plan");
        (await EverywhereAsync("secret plan")).Should().Be(0);
    }

    [Fact]
    public async Task Array_lines_and_object_are_told_by_their_bytes()
    {
        var source = await SourceAsync("layouts");
        var pretty = Record("b-3").Replace(",\"", ",\n  \"", StringComparison.Ordinal);

        Counts(await SendAsync(source, $"[{Record("b-1")},{Record("b-2")}]")).Should().Be("received 2, accepted 2");
        Counts(await SendAsync(source, pretty)).Should().Be("received 1, accepted 1");
        Counts(await SendAsync(source, $"{Record("b-4")}\n{Record("b-5")}")).Should().Be("received 2, accepted 2");
        Counts(await SendAsync(source, $"{Record("b-6")}\n{Record("b-7")}", "text/plain")).Should().Be("received 2, accepted 2");
        Counts(await SendAsync(source, $"[{Record("b-8")}]", "application/x-ndjson")).Should().Be("received 1, accepted 1");
        Counts(await SendAsync(source, $"[{Record("b-9")}]", type: null)).Should().Be("received 1, accepted 1");
        Counts(await SendAsync(source, $"[{Record("b-1")},{Record("b-10")}]", gzip: true)).Should().Be("received 2, accepted 1, duplicate 1");
    }

    [Fact]
    public async Task Nothing_between_records_is_ignored_and_what_is_broken_takes_no_other_with_it()
    {
        var source = await SourceAsync("broken");

        Counts(await SendAsync(source, $"[null,{Record("n-1")},null]")).Should().Be("received 1, accepted 1, ignored 2");
        Counts(await SendAsync(source, $"{Record("n-2")}\n{{\"id\":\"n-3\",\n{Record("n-4")}\nnull\n")).Should().Be("received 3, accepted 2, rejected 1, ignored 1");
        Counts(await SendAsync(source, $"[{Record("n-5")},{Record("n-6")},{Record("n-7")[..^40]}")).Should().Be("received 3, accepted 2, rejected 1");
        Counts(await SendAsync(source, $"[{Record("n-8")},7,\"x\"]")).Should().Be("received 3, accepted 1, rejected 2");
        using var nothing = await _api.PostAsync($"/v1/ingest/litellm?source={source}", "not json at all");
        nothing.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Numbers_that_JSON_does_not_have_and_deep_messages_lose_no_batch()
    {
        var source = await SourceAsync("python");
        var deep = string.Concat(Enumerable.Repeat("[", 200)) + "\"\\ud83d NaN, -Infinity\"" + string.Concat(Enumerable.Repeat("]", 200));
        var record = Record("p-1").Replace("\"messages\":", $"\"logprobs\":[-Infinity, NaN,Infinity],\"deep\":{deep},\"messages\":", StringComparison.Ordinal);

        Counts(await SendAsync(source, $"[{record},{Record("p-2").Replace("1.5e-05", "NaN", StringComparison.Ordinal)}]")).Should().Be("received 2, accepted 2");

        (await ReceiptAsync(source, "p-2")).Text("reported_cost").Should().BeNull();
    }

    [Theory]
    [InlineData("hit", "\"cache_hit\":false", "\"cache_hit\":true")]
    [InlineData("hit-text", "\"cache_hit\":false", "\"cache_hit\":\"True\"")]
    [InlineData("stored", "\"acompletion\"", "\"aget_responses\"")]
    [InlineData("list", "\"acompletion\"", "\"alist_input_items\"")]
    [InlineData("counted", "\"acompletion\"", "\"acount_tokens\"")]
    public async Task What_produced_nothing_is_ignored(string name, string said, string instead)
    {
        var source = await SourceAsync($"nothing-{name}");

        Counts(await SendAsync(source, $"[{Record("c-1").Replace(said, instead, StringComparison.Ordinal)}]")).Should().Be("received 0, ignored 1");
    }

    [Fact]
    public async Task A_failure_counts_if_it_consumed_tokens()
    {
        var source = await SourceAsync("failures");
        var failed = """{"id":"f-1","call_type":"acompletion","status":"failure","model":"gpt-4o","custom_llm_provider":null,"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,"endTime":1763894400.5,"metadata":{"usage_object":null},"error_str":"no"}""";
        var consumed = Record("f-2").Replace("\"status\":\"success\"", "\"status\":\"failure\"", StringComparison.Ordinal);
        var early = """{"id":"f-3","status":"failure","error_str":"no key"}""";

        Counts(await SendAsync(source, $"[{failed},{consumed},{early}]")).Should().Be("received 1, accepted 1, ignored 2");
    }

    [Fact]
    public async Task Totals_without_details_are_marked()
    {
        var source = await SourceAsync("totals");
        var record = """{"id":"t-1","call_type":"acompletion","status":"success","model":"openai/gpt-4o","prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"endTime":1763894400,"metadata":{"user_api_key_user_id":"default_user_id","user_api_key_alias":"chat"}}""";

        Counts(await SendAsync(source, record)).Should().Be("received 1, accepted 1");
        var receipt = await ReceiptAsync(source, "t-1");

        Leaves(receipt).Should().Equal(("input", "100"), ("output", "20"));
        receipt.Text("usage_profile").Should().Be("litellm_totals/2");
        receipt.Text("producer").Should().Be("openai");
        receipt.Text("model").Should().Be("gpt-4o");
        receipt.Text("account").Should().Be("chat");
        receipt.Text("sector_basis").Should().Be("none");
    }

    [Theory]
    [InlineData("""{"user_api_key_end_user_id":"e","user_api_key_team_alias":"t","user_api_key_team_id":"ti","user_api_key_org_id":"o","user_api_key_user_id":"u","user_api_key_alias":"k"}""", "e")]
    [InlineData("""{"user_api_key_team_alias":"t","user_api_key_team_id":"ti","user_api_key_org_id":"o","user_api_key_user_id":"u"}""", "t")]
    [InlineData("""{"user_api_key_team_alias":"","user_api_key_team_id":"ti","user_api_key_org_id":"o"}""", "ti")]
    [InlineData("""{"user_api_key_org_id":"o","user_api_key_org_alias":"oa","user_api_key_user_id":"u"}""", "oa")]
    [InlineData("""{"user_api_key_user_id":"u","user_api_key_alias":"k"}""", "u")]
    [InlineData("""{"user_api_key_user_id":"default_user_id","user_api_key_hash":"88dc"}""", null)]
    public async Task The_closest_name_is_the_account(string metadata, string? account)
    {
        var source = await SourceAsync($"account-{Guid.NewGuid():N}");
        var record = $$$"""{"id":"a-1","model":"gpt-4o","custom_llm_provider":"openai","prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"endTime":1763894400,"end_user":"","metadata":{{{metadata}}}}""";

        Counts(await SendAsync(source, record)).Should().Be("received 1, accepted 1");

        (await ReceiptAsync(source, "a-1")).Text("account").Should().Be(account);
    }

    [Theory]
    [InlineData("""["sector:Household","eval"]""", "household")]
    [InlineData("""["sector:finance","team:a"]""", "unclassified")] // somebody's own tags
    [InlineData("[]", "unclassified")]
    public async Task A_tag_may_name_the_sector(string tags, string sector)
    {
        var source = await SourceAsync($"tag-{Guid.NewGuid():N}");
        Counts(await SendAsync(source, Record("s-1").Replace("""["sector:government","plan:pro"]""", tags, StringComparison.Ordinal))).Should().Be("received 1, accepted 1");

        (await ReceiptAsync(source, "s-1")).Text("sector").Should().Be(sector);
    }

    [Theory]
    [InlineData("sum", "\"total_tokens\":100801", "\"total_tokens\":100900", "sum_mismatch")]
    [InlineData("negative", "\"cached_tokens\":100000", "\"cached_tokens\":100001", "contradiction")]
    [InlineData("provider", "\"custom_llm_provider\":\"anthropic\"", "\"custom_llm_provider\":\"nobody-knows\"", "unknown_producer")]
    [InlineData("model", "\"model\":\"anthropic/claude-sonnet-4-5\"", "\"model\":\"anthropic/a\\u0000b\"", "invalid_text")]
    [InlineData("time", "\"endTime\":1763894400.123456", "\"endTime\":\"2025-11-23 10:40:00\"", "required")]
    [InlineData("tags", "[\"sector:government\",\"plan:pro\"]", "[\"sector:government\",\"sector:household\"]", "unknown_value")]
    public async Task What_can_not_be_read_is_held_back(string name, string said, string instead, string code)
    {
        var source = await SourceAsync($"held-{name}");
        var record = Record("h-1").Replace(said, instead, StringComparison.Ordinal).Replace("\"startTime\":1763894399.5,", "", StringComparison.Ordinal);

        var told = await SendAsync(source, $"[{Record("h-0")},{record}]");

        Counts(told).Should().Be("received 2, accepted 1, quarantined 1");
        told.GetProperty("items")[0].GetProperty("errors")[0].Text("code").Should().Be(code);
        var payload = await fixture.Database.ScalarAsync<string>($"select payload::text from quarantined_event q join sources s on s.id = q.source_id where s.slug = '{source}'");
        payload.Should().Contain("cache_creation_tokens").And.NotContain("secret");
    }

    [Fact]
    public async Task An_id_that_is_none_or_too_long_is_made_from_what_there_is()
    {
        var source = await SourceAsync("ids");
        var none = Record("x").Replace("\"id\":\"x\",", "", StringComparison.Ordinal);
        var longOne = Record("resp_" + new string('x', 400));

        Counts(await SendAsync(source, $"[{none},{longOne},{none.Replace("503", "504", StringComparison.Ordinal).Replace("100801", "100802", StringComparison.Ordinal)}]"))
            .Should().Be("received 3, accepted 3");
        Counts(await SendAsync(source, $"[{longOne},{none}]")).Should().Be("received 2, duplicate 2");
    }

    [Fact]
    public async Task The_tier_that_was_served_counts()
    {
        var source = await SourceAsync("tiers");
        string With(string id, string members) => Record(id).Replace("\"response\":{", $"\"model_parameters\":{{\"service_tier\":\"flex\"}},\"response\":{{{members}", StringComparison.Ordinal);

        await SendAsync(source, $"[{With("r-1", "\"service_tier\":\"priority\",")},{With("r-2", "")},{With("r-3", "\"service_tier\":\"on_demand\",")},{With("r-4", "\"service_tier\":\"default\",")}]");

        (await ReceiptAsync(source, "r-1")).Text("service_tier").Should().Be("priority");
        (await ReceiptAsync(source, "r-2")).Text("service_tier").Should().Be("flex");
        (await ReceiptAsync(source, "r-3")).Text("service_tier").Should().Be("standard");
        (await ReceiptAsync(source, "r-4")).Text("service_tier").Should().Be("standard");
    }

    [Fact]
    public async Task The_source_may_come_from_the_key()
    {
        var source = await SourceAsync("by-key");
        await SourceAsync("by-key-other");
        using var one = _api.ClientWith(await KeyAsync(source));
        using var two = _api.ClientWith(await KeyAsync(source, "by-key-other"));

        using var taken = await one.PostAsync("/v1/ingest/litellm", new StringContent($"[{Record("k-1")}]", Encoding.UTF8, "application/json"));
        using var unclear = await two.PostAsync("/v1/ingest/litellm", new StringContent($"[{Record("k-2")}]", Encoding.UTF8, "application/json"));

        taken.StatusCode.Should().Be(HttpStatusCode.OK);
        unclear.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        Leaves(await ReceiptAsync(source, "k-1")).Should().NotBeEmpty();
    }

    private static string Record(string id) =>
        $$$$$$"""{"id":"{{{{{{id}}}}}}","trace_id":"t","call_type":"acompletion","stream":false,"status":"success","cache_hit":false,"custom_llm_provider":"anthropic","model":"anthropic/claude-sonnet-4-5","prompt_tokens":100298,"completion_tokens":503,"total_tokens":100801,"startTime":1763894399.5,"endTime":1763894400.123456,"response_cost":1.5e-05,"end_user":"acme","request_tags":["sector:government","plan:pro"],"metadata":{"user_api_key_team_alias":"red","usage_object":{"prompt_tokens":100298,"completion_tokens":503,"total_tokens":100801,"cache_creation_input_tokens":248,"cache_read_input_tokens":100000,"note":"{{{{{{Secret}}}}}}","prompt_tokens_details":{"cached_tokens":100000,"cache_creation_tokens":248,"text_tokens":50,"cache_creation_token_details":{"ephemeral_5m_input_tokens":148,"ephemeral_1h_input_tokens":100}}}},"messages":[{"role":"user","content":"{{{{{{Secret}}}}}}"}],"response":{"choices":[{"message":{"content":"{{{{{{Secret}}}}}}"}}]}}""";

    private static IEnumerable<(string, string)> Leaves(JsonElement receipt) => receipt.GetProperty("entries").EnumerateArray()
        .Select(e => (e.GetProperty("token_class").GetString()!, e.GetProperty("quantity").GetString()!));

    private static string Counts(JsonElement told) => string.Join(", ", new[] { "received", "accepted", "duplicate", "conflict", "rejected", "quarantined", "ignored" }
        .Select(name => (name, count: told.Text(name))).Where(c => c.name == "received" || c.count is not (null or "0")).Select(c => $"{c.name} {c.count}"));

    private async Task<JsonElement> SendAsync(string source, string body, string? type = "application/json", bool gzip = false)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        if (gzip)
        {
            using var packed = new MemoryStream();
            await using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
                await stream.WriteAsync(bytes);
            bytes = packed.ToArray();
        }

        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        if (gzip)
            content.Headers.ContentEncoding.Add("gzip");
        using var answer = await _api.Client.PostAsync($"/v1/ingest/litellm?source={source}", content);
        var told = await answer.Content.ReadFromJsonAsync<JsonElement>();
        answer.IsSuccessStatusCode.Should().BeTrue(told.ToString());
        answer.StatusCode.Should().Be(told.Text("rejected") == "0" && told.Text("conflict") == "0" ? HttpStatusCode.OK : HttpStatusCode.MultiStatus);
        return told;
    }

    private Task<JsonElement> ReceiptAsync(string source, string id) => _api.GetAsync($"/v1/events?source={source}&id={id}");

    /// <summary>In how many rows of all tables a text is.</summary>
    private async Task<long> EverywhereAsync(string text)
    {
        var tables = (await fixture.Database.ScalarAsync<string>("""
            select string_agg(format('select count(*) as n from %I.%I t where t::text like ''%%{TEXT}%%''', schemaname, tablename), ' union all ')
            from pg_tables where schemaname not in ('pg_catalog', 'information_schema')
            """)).Replace("{TEXT}", text, StringComparison.Ordinal);
        return await fixture.Database.ScalarAsync<long>($"select sum(n)::bigint from ({tables}) counted");
    }

    private async Task<string> SourceAsync(string name)
    {
        await _api.CreateAsync("/v1/sources", new { id = name });
        return name;
    }

    private async Task<string> KeyAsync(params string[] sources) =>
        (await _api.CreateAsync("/v1/api-keys", new { name = "litellm", scopes = new[] { "ingest" }, sources })).GetProperty("key").GetString()!;
}
