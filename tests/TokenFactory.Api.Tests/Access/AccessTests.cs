using System.Net;
using System.Text.Json;
using TokenFactory.Api.Access;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Access;

public sealed class AccessTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    /// <summary>Every operation of the document, and the scope that it needs. A new one that is not listed here fails the test.</summary>
    private static readonly Dictionary<string, string> Scopes = new()
    {
        ["POST /v1/events"] = "ingest",
        ["POST /v1/ingest/raw"] = "ingest",
        ["POST /v1/ingest/litellm"] = "ingest", ["POST /v1/ingest/openai-usage"] = "ingest", ["POST /v1/ingest/anthropic-usage"] = "ingest",
        ["GET /v1/quarantine"] = "read", ["GET /v1/quarantine/{id}"] = "read", ["GET /v1/quarantine/reasons"] = "read",
        ["POST /v1/quarantine/{id}/release"] = "ingest", ["POST /v1/quarantine/release"] = "ingest", ["POST /v1/quarantine/{id}/discard"] = "admin",
        ["POST /v1/ingest/csv"] = "ingest",
        ["POST /v1/traces"] = "ingest", ["POST /v1/metrics"] = "ingest",
        ["GET /v1/events"] = "read",
        ["GET /v1/events/{source}/{id}"] = "read",
        ["POST /v1/events/{source}/{id}/reversal"] = "ingest",
        ["GET /v1/ledger/entries"] = "read", ["GET /v1/ledger/proofs"] = "read", ["GET /v1/ledger/proofs/{source}/{id}"] = "read",
        ["GET /v1/ledger/checkpoints"] = "read", ["GET /v1/ledger/checkpoint-keys"] = "read", ["GET /v1/ledger/consistency"] = "read",
        ["GET /v1/ledger/verification"] = "admin",
        ["GET /v1/price-variance"] = "read",
        ["GET /v1/explain"] = "read", ["GET /v1/methodology"] = "public",
        ["GET /v1/series"] = "public", ["GET /v1/series/codes"] = "public", ["GET /v1/series/{key}"] = "public",
        ["GET /v1/gdp"] = "public", ["GET /v1/unpriced"] = "public",
        ["GET /v1/indices"] = "public", ["GET /v1/token-index"] = "public", ["GET /v1/contributions"] = "public",
        ["GET /v1/concentration"] = "public", ["GET /v1/learning-curve"] = "public", ["GET /v1/demand-response"] = "public", ["GET /v1/revisions"] = "public",
        ["GET /v1/margins"] = "read",
        ["GET /v1/reconciliation"] = "read",
        ["GET /v1/status"] = "public", ["GET /v1/stream"] = "public",
        ["GET /v1/producers"] = "read", ["GET /v1/producers/{id}"] = "read",
        ["POST /v1/producers"] = "admin", ["PATCH /v1/producers/{id}"] = "admin", ["DELETE /v1/producers/{id}"] = "admin",
        ["GET /v1/models"] = "read", ["GET /v1/models/{id}"] = "read",
        ["GET /v1/models/unmatched"] = "read",
        ["POST /v1/models"] = "admin", ["PATCH /v1/models/{id}"] = "admin", ["DELETE /v1/models/{id}"] = "admin",
        ["GET /v1/sources"] = "read", ["GET /v1/sources/{id}"] = "read",
        ["POST /v1/sources"] = "admin", ["PATCH /v1/sources/{id}"] = "admin", ["DELETE /v1/sources/{id}"] = "admin",
        ["GET /v1/accounts"] = "read", ["GET /v1/accounts/{id}"] = "read",
        ["POST /v1/accounts"] = "admin", ["PATCH /v1/accounts/{id}"] = "admin",
        ["GET /v1/accounts/{account}/reclassifications"] = "read", ["GET /v1/accounts/{account}/reclassifications/{id}"] = "read",
        ["POST /v1/accounts/{account}/reclassifications"] = "admin",
        ["GET /v1/sector-rules"] = "read", ["GET /v1/sector-rules/{id}"] = "read",
        ["POST /v1/sector-rules"] = "admin", ["POST /v1/sector-rules/{id}/end"] = "admin",
        ["GET /v1/rate-cards"] = "read", ["GET /v1/rate-cards/{id}"] = "read",
        ["POST /v1/rate-cards"] = "admin", ["PATCH /v1/rate-cards/{id}"] = "admin", ["DELETE /v1/rate-cards/{id}"] = "admin",
        ["POST /v1/rate-cards/import"] = "admin",
        ["GET /v1/fx-rates"] = "read", ["GET /v1/fx-rates/{id}"] = "read",
        ["POST /v1/fx-rates"] = "admin", ["POST /v1/fx-rates/import"] = "admin",
        ["POST /v1/quotes"] = "read",
        ["GET /v1/repricings"] = "read", ["GET /v1/repricings/{id}"] = "read", ["POST /v1/repricings"] = "admin",
        ["GET /v1/api-keys"] = "admin", ["POST /v1/api-keys"] = "admin", ["DELETE /v1/api-keys/{id}"] = "admin",
        ["POST /v1/api-keys/{id}/rotation"] = "admin",
        ["GET /v1/audit"] = "admin",
    };

    [Fact]
    public async Task Every_operation_lets_in_exactly_the_keys_with_its_scope()
    {
        var document = await _api.GetAsync("/openapi/v1.json");
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => $"{o.Name.ToUpperInvariant()} {p.Name}")).ToList();
        operations.Should().BeEquivalentTo(Scopes.Keys, "each operation has its row here");

        Dictionary<string, HttpClient> clients = new()
        {
            [""] = _api.ClientWith(null),
            ["ingest"] = _api.ClientWith(await KeyAsync("ingest")),
            ["read"] = _api.ClientWith(await KeyAsync("read")),
            ["admin"] = _api.ClientWith(await KeyAsync("admin")),
        };
        foreach (var operation in operations)
        {
            foreach (var (scope, client) in clients)
            {
                var status = await SendAsync(client, operation);
                var isLetIn = Scopes[operation] == "public" || scope == Scopes[operation] || scope == "admin";
                if (isLetIn)
                    status.Should().NotBe(HttpStatusCode.Unauthorized, $"{operation} with {scope}");
                // A write for a source that is not the key's is a 403 of its own: the paths here name none that exists.
                if (isLetIn && !operation.Contains("reversal", StringComparison.Ordinal))
                    status.Should().NotBe(HttpStatusCode.Forbidden, $"{operation} with {scope}");
                if (!isLetIn)
                    status.Should().Be(scope.Length == 0 ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden, $"{operation} with {scope}");
            }
        }
    }

    [Fact]
    public async Task A_key_writes_for_the_sources_that_it_names_and_no_other()
    {
        await _api.CreateAsync("/v1/sources", new { id = "mine" });
        await _api.CreateAsync("/v1/sources", new { id = "theirs" });
        using var client = _api.ClientWith(await KeyAsync("ingest", "mine"));

        using var mine = await client.PostAsync("/v1/events", Json(Events.Native("a", "mine")));
        using var theirs = await client.PostAsync("/v1/events", Json(Events.Native("a", "theirs", model: "never-seen", account: "never-seen")));
        using var both = await client.PostAsync("/v1/events", Json($"[{Events.Native("b", "mine")},{Events.Native("b", "theirs")}]"));
        using var reversal = await client.PostAsync("/v1/events/theirs/a/reversal", Json("{}"));

        mine.StatusCode.Should().Be(HttpStatusCode.Created);
        theirs.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        both.StatusCode.Should().Be(HttpStatusCode.MultiStatus);
        (await both.Content.ReadAsStringAsync()).Should().Contain("source_not_granted");
        reversal.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await fixture.Database.ScalarAsync<long>("select count(*) from event_identity i join sources s on s.id = i.source_id where s.slug = 'theirs'")).Should().Be(0);
        // What was refused leaves no name behind: accounts are never removed.
        (await fixture.Database.ScalarAsync<long>("select count(*) from accounts where slug = 'never-seen'")).Should().Be(0);
        (await fixture.Database.ScalarAsync<long>("select count(*) from models where slug = 'never-seen'")).Should().Be(0);
    }

    [Fact]
    public async Task Unknown_wrong_expired_revoked_and_mistyped_keys_are_answered_alike()
    {
        var revoked = await CreateAsync("read");
        (await _api.Client.DeleteAsync($"/v1/api-keys/{revoked.GetProperty("id").GetString()}")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        var expired = await CreateAsync("read");
        await fixture.Database.ExecuteAsync($"update api_keys set expires_at = now() - interval '1 second' where id = '{expired.GetProperty("id").GetString()}'");
        var valid = (await CreateAsync("read")).GetProperty("key").GetString()!;
        var (_, unknown) = KeyFormat.Create();
        var sameIdOtherSecret = OtherSecret(valid);

        var answers = new HashSet<string>();
        foreach (var key in new[] { unknown, sameIdOtherSecret, expired.GetProperty("key").GetString()!, revoked.GetProperty("key").GetString()!, valid[..^1], "x", new string('k', 600) })
        {
            using var client = _api.ClientWith(key);
            using var answer = await client.GetAsync("/v1/sources");
            answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ToString().Should().Be("Bearer");
            var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            answers.Add($"{problem.GetProperty("code")} {problem.GetProperty("detail")}");
        }

        answers.Should().ContainSingle();
        using var good = _api.ClientWith(null);
        good.DefaultRequestHeaders.Add("X-Api-Key", valid);
        (await good.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Keys_are_stored_as_hashes_and_never_logged()
    {
        var key = (await CreateAsync("read")).GetProperty("key").GetString()!;
        using var client = _api.ClientWith(key);
        await client.GetAsync($"/v1/sources?key={key}");
        await client.PostAsync("/v1/events", Json(Events.Native("secret-payload-text")));

        _api.Output.Should().Contain("GET /v1/sources answered").And.NotContain(key).And.NotContain(ApiProcess.AdminKey).And.NotContain("secret-payload-text");
        (await _api.Client.GetStringAsync("/v1/api-keys")).Should().NotContain(key);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from api_keys k where k::text like '%{key}%'")).Should().Be(0);
    }

    [Fact]
    public async Task A_key_is_taken_from_either_header_and_a_wrong_one_is_never_overlooked()
    {
        var valid = await KeyAsync("read");
        foreach (var (authorization, header, expected) in new[]
        {
            ($"bearer {valid}", null, HttpStatusCode.OK), ($"BEARER   {valid} ", null, HttpStatusCode.OK), (null, valid, HttpStatusCode.OK),
            ("Basic eDp5", valid, HttpStatusCode.OK), ("Bearer wrong", valid, HttpStatusCode.Unauthorized), ($"Bearer {valid}, Bearer {valid}", null, HttpStatusCode.Unauthorized),
            ($"Bearer{valid}", null, HttpStatusCode.Unauthorized), (valid, null, HttpStatusCode.Unauthorized), ("Bearer", null, HttpStatusCode.Unauthorized),
            ($"Bearer {new string('x', 8_000)}", null, HttpStatusCode.Unauthorized), (null, null, HttpStatusCode.Unauthorized),
        })
        {
            using var client = _api.ClientWith(null);
            if (authorization is not null)
                client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
            if (header is not null)
                client.DefaultRequestHeaders.Add("X-Api-Key", header);
            (await client.GetAsync("/v1/sources")).StatusCode.Should().Be(expected, $"{authorization} and {header}");
            // Figures are everybody's, whatever key came along.
            (await client.GetAsync("/v1/gdp")).StatusCode.Should().Be(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task The_configured_admin_key_is_the_configured_one_whatever_it_looks_like()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        var (_, looksMade) = KeyFormat.Create();
        await using (var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__BootstrapAdminKey"] = looksMade }))
        {
            using var configured = api.ClientWith(looksMade);
            (await configured.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.OK);
            using var other = api.ClientWith(ApiProcess.AdminKey);
            (await other.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        await using var next = await ApiProcess.StartAsync(database.ConnectionString);
        using var replaced = next.ClientWith(looksMade);
        (await replaced.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.Unauthorized, "the configuration has replaced it");
    }

    [Theory]
    [InlineData("0123456789012345678901234567890", "32 to 512")]
    [InlineData(" 0123456789012345678901234567890123456789", "white space")]
    [InlineData("0123456789\n012345678901234567890123456789", "control characters")]
    public async Task An_admin_key_that_could_not_be_used_stops_the_start(string key, string why)
    {
        var start = () => ApiProcess.StartAsync(fixture.Database.ConnectionString, new() { ["TokenFactory__BootstrapAdminKey"] = key });

        var said = (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message;

        said.Should().Contain(why).And.NotContain(key);
    }

    [Fact]
    public async Task Figures_need_a_key_where_they_are_not_public()
    {
        await using var api = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new() { ["TokenFactory__PublicFigures"] = "false" });
        using var nobody = api.ClientWith(null);

        (await nobody.GetAsync("/v1/gdp")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await api.Client.GetAsync("/v1/gdp")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_configured_key_several_instances_make_one_and_show_it_once()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        var settings = new Dictionary<string, string> { ["TokenFactory__BootstrapAdminKey"] = "" };
        var apis = await Task.WhenAll(ApiProcess.StartAsync(database.ConnectionString, settings), ApiProcess.StartAsync(database.ConnectionString, settings));

        var shown = apis.SelectMany(a => a.Output.Split('\n')).Select(l => l.Trim()).Where(l => l.StartsWith("tf_", StringComparison.Ordinal)).ToList();
        shown.Should().ContainSingle();
        using var client = apis[0].ClientWith(shown[0]);
        (await client.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.OK);
        foreach (var api in apis)
            await api.DisposeAsync();
    }

    private async Task<string> KeyAsync(string scope, params string[] sources) => (await CreateAsync(scope, sources)).GetProperty("key").GetString()!;

    private Task<JsonElement> CreateAsync(string scope, params string[] sources) =>
        _api.CreateAsync("/v1/api-keys", new { name = $"test {scope}", scopes = new[] { scope }, sources = scope == "ingest" && sources.Length == 0 ? ["nothing"] : sources });

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string operation)
    {
        var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1].Replace("{source}", "none", StringComparison.Ordinal).Replace("{id}", "999999", StringComparison.Ordinal));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PATCH")
            request.Content = Json("{}");
        // An answer without an end is read no further than its head.
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    private static string OtherSecret(string key)
    {
        var (_, other) = KeyFormat.Create();
        return key[..20] + other[20..];
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
