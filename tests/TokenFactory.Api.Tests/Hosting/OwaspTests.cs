using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Routing;
using Mono.Cecil;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Tests.Architecture;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Hosting;

/// <summary>The OWASP API Security Top 10 of 2023, item by item, as far as it applies; the page docs/security.md names these tests.</summary>
public sealed class OwaspTests(OwaspTests.Service service) : IClassFixture<OwaspTests.Service>
{
    /// <summary>Two sources, and a key for one of them.</summary>
    public sealed class Service : IAsyncLifetime
    {
        private readonly ApiFixture _fixture = new();

        public ApiProcess Api => _fixture.Api;

        public TestDatabase Database => _fixture.Database;

        public string KeyOfMine { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            await _fixture.InitializeAsync();
            await Api.CreateAsync("/v1/sources", new { id = "mine" });
            await Api.CreateAsync("/v1/sources", new { id = "theirs" });
            KeyOfMine = await KeyAsync(Api, "ingest", "mine");
            (await Api.PostAsync("/v1/events", Events.Native("secret-id", "theirs", account: "secret-account"))).EnsureSuccessStatusCode();
        }

        public ValueTask DisposeAsync() => _fixture.DisposeAsync();
    }

    private readonly ApiProcess _api = service.Api;

    // API1: broken object level authorization.
    [Theory]
    [InlineData("POST", "/v1/events", """{"source":"theirs","id":"x","occurred_at":"2026-10-05T10:00:00Z","producer":"moonshot","model":"m","usage":{"input":1}}""", "application/json")]
    [InlineData("POST", "/v1/events", """{"source":"theirs","id":"secret-id","occurred_at":"2026-10-05T10:00:00Z","producer":"moonshot","model":"kimi-k2","usage":{"input":1}}""", "application/json")]
    [InlineData("POST", "/v1/events/theirs/secret-id/reversal", "{}", "application/json")]
    [InlineData("POST", "/v1/events/theirs/not-there/reversal", "{}", "application/json")]
    [InlineData("POST", "/v1/ingest/csv?source=theirs&id_prefix=a", "id,occurred_at,producer,model,input\n1,2026-10-05T10:00:00Z,moonshot,m,1\n", "text/csv")]
    [InlineData("POST", "/v1/ingest/litellm?source=theirs", "[]", "application/json")]
    [InlineData("POST", "/v1/ingest/openai-usage?source=theirs", "{}", "application/json")]
    [InlineData("POST", "/v1/ingest/anthropic-usage?source=theirs", "{}", "application/json")]
    [InlineData("POST", "/v1/traces?source=theirs", "{}", "application/json")]
    [InlineData("POST", "/v1/metrics?source=theirs", "{}", "application/json")]
    [InlineData("GET", "/v1/events/theirs/secret-id", null, null)]
    [InlineData("GET", "/v1/events?source=theirs&id=secret-id", null, null)]
    [InlineData("GET", "/v1/ledger/entries?source=theirs", null, null)]
    [InlineData("GET", "/v1/quarantine?source=theirs", null, null)]
    [InlineData("GET", "/v1/sources/theirs", null, null)]
    public async Task API1_a_key_of_one_source_neither_writes_nor_reads_another(string method, string path, string? body, string? type)
    {
        var before = await EntriesAsync();
        using var client = _api.ClientWith(service.KeyOfMine);

        using var answer = await SendAsync(client, method, path, body, type);

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).Should().NotContain("secret-account").And.NotContain("quantity");
        (await EntriesAsync()).Should().Be(before);
    }

    [Fact]
    public async Task API1_the_source_counts_that_is_written_for_whatever_else_names_one()
    {
        using var client = _api.ClientWith(service.KeyOfMine);
        var theirs = Events.Native("of-another", "theirs");
        foreach (var (path, body, type) in new[]
        {
            ("/v1/events?source=mine", theirs, "application/json"),
            ("/v1/events", $"[{theirs}]", "application/json"), ("/v1/events", theirs + "\n", Events.Lines), ("/v1/events?atomic=true", $"[{theirs}]", "application/json"),
            ("/v1/events", $$"""{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"mine","id":"x","data":{{theirs}}}""", "application/cloudevents+json"),
            ("/v1/ingest/raw?source=mine", """{"source":"theirs","id":"x","provider":"openai","model":"gpt-4o","response":{"usage":{"prompt_tokens":1,"completion_tokens":1}}}""", "application/json"),
        })
        {
            using var answer = await SendAsync(client, "POST", path, body, type);
            ((int)answer.StatusCode).Should().BeOneOf([207, 403, 422], path);
        }

        (await service.Database.ScalarAsync<long>("select count(*) from event_identity i join sources s on s.id = i.source_id where s.slug = 'theirs' and i.event_id in ('of-another', 'x')")).Should().Be(0);
    }

    // API2: broken authentication. AccessTests: unknown, wrong, expired, revoked and mistyped keys are answered alike.
    [Theory]
    [InlineData("?key=")]
    [InlineData("?api_key=")]
    [InlineData("?access_token=")]
    [InlineData("?authorization=Bearer%20")]
    public async Task API2_a_key_in_the_query_is_none(string query)
    {
        using var nobody = _api.ClientWith(null);

        (await nobody.GetAsync($"/v1/sources{query}{ApiProcess.AdminKey}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("Cookie", "key=")]
    [InlineData("Authorization", "Basic ")]
    [InlineData("Authorization", "Bearer null, Bearer ")]
    [InlineData("Proxy-Authorization", "Bearer ")]
    [InlineData("X-Forwarded-User", "admin")]
    [InlineData("X-Original-URL", "/v1/gdp?")]
    public async Task API2_nothing_but_the_two_headers_lets_anyone_in(string header, string value)
    {
        using var nobody = _api.ClientWith(null);
        nobody.DefaultRequestHeaders.TryAddWithoutValidation(header, value + ApiProcess.AdminKey);

        (await nobody.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    // API3: broken object property level authorization. HostileInputTests: no body takes a member that it does not know, or one twice.
    [Fact]
    public async Task API3_a_key_is_listed_without_what_it_is_and_made_without_more_than_was_asked()
    {
        var made = await _api.CreateAsync("/v1/api-keys", new { name = "listed", scopes = new[] { "read" } });
        var listed = (await _api.GetAsync("/v1/api-keys")).EnumerateArray().Single(k => k.GetProperty("id").GetString() == made.GetProperty("id").GetString());

        listed.EnumerateObject().Select(m => m.Name).Should().NotContain(["key", "hash", "secret"]);
        listed.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).Should().Equal("read");
    }

    [Theory]
    [InlineData("/v1/gdp?by=account")]
    [InlineData("/v1/gdp?by=source")]
    [InlineData("/v1/gdp?account=secret-account")]
    [InlineData("/v1/unpriced?source=theirs")]
    [InlineData("/v1/indices?index=price&account=secret-account")]
    public async Task API3_public_figures_are_of_no_account_and_no_source(string path)
    {
        using var nobody = _api.ClientWith(null);

        (await nobody.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await nobody.GetStringAsync("/v1/gdp?by=producer,model,sector,token_class,service_tier")).Should().NotContain("secret").And.NotContain("theirs");
    }

    // API4: unrestricted resource consumption. LimitsTests and HostileBodyTests hold each limit; here: who is honest is answered meanwhile.
    [Fact]
    public async Task API4_hostile_bodies_take_no_memory_and_hold_nobody_up()
    {
        var before = _api.PeakMemoryBytes;
        using var hostile = _api.ClientWith(await KeyAsync(_api, "ingest", "mine"));
        string[] bodies =
        [
            new string('[', 1 << 20), $"{{\"id\":\"{new string('x', 8 << 20)}\"}}", $"{{\"usage\":{{\"input\":{new string('9', 4 << 20)}}}}}",
            string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), $"[{string.Join(',', Enumerable.Repeat("{}", 100_000))}]", string.Concat(Enumerable.Repeat("\n", 4 << 20)),
        ];
        var attacks = Enumerable.Range(0, 4).Select(async i =>
        {
            var statuses = new List<int>();
            foreach (var body in bodies)
            {
                using var answer = await SendAsync(hostile, "POST", "/v1/events", body, i % 2 == 0 ? "application/json" : Events.Lines);
                statuses.Add((int)answer.StatusCode);
            }

            return statuses;
        }).ToList();

        var sent = 0;
        do
        {
            using var honest = await _api.PostAsync("/v1/events", Events.Native($"honest-{sent++}", "theirs"));
            honest.StatusCode.Should().Be(HttpStatusCode.Created);
        }
        while (!Task.WhenAll(attacks).IsCompleted);

        foreach (var attack in attacks)
            (await attack).Should().OnlyContain(status => status < 500);
        (_api.PeakMemoryBytes - before).Should().BeLessThan(700L << 20);
    }

    // API5: broken function level authorization. AccessTests has the table; this one is read from the document itself.
    [Fact]
    public async Task API5_no_operation_lets_in_a_key_of_another_scope()
    {
        var operations = new ApiOperations(await _api.GetAsync("/openapi/v1.json")).All;
        var violations = new List<string>();
        foreach (var scope in new[] { "", "ingest", "read" })
        {
            using var client = _api.ClientWith(scope.Length == 0 ? null : await KeyAsync(_api, scope, scope == "ingest" ? ["mine"] : []));
            foreach (var operation in operations.Where(o => o.Scope != "public" && o.Scope != scope))
            {
                using var answer = await SendAsync(client, operation.Method, operation.PathWith(_ => "1"), operation.Method == "GET" ? null : "{}", "application/json");
                if (answer.StatusCode != (scope.Length == 0 ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden))
                    violations.Add($"{operation.Name} with {scope}: {(int)answer.StatusCode}");
            }
        }

        operations.Count(o => o.Scope == "admin").Should().BeGreaterThan(10);
        violations.Should().BeEmpty();
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override", "DELETE")]
    [InlineData("X-HTTP-Method", "DELETE")]
    [InlineData("X-Method-Override", "DELETE")]
    public async Task API5_a_header_does_not_change_the_method(string header, string method)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sources/mine");
        request.Headers.Add(header, method);

        (await _api.Client.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await _api.Client.GetAsync("/v1/sources/mine")).StatusCode.Should().Be(HttpStatusCode.OK, "it is still there");
    }

    // API6: unrestricted access to sensitive business flows: what is worth repeating is worth nothing twice.
    [Fact]
    public async Task API6_what_counts_counts_once_however_often_and_by_whomever_it_is_asked_for()
    {
        using var client = _api.ClientWith(service.KeyOfMine);
        (await SendAsync(client, "POST", "/v1/events", Events.Native("flow", "mine"), "application/json")).StatusCode.Should().Be(HttpStatusCode.Created);
        var again = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync(client, "POST", "/v1/events", Events.Native("flow", "mine"), "application/json")));
        var reversals = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync(client, "POST", "/v1/events/mine/flow/reversal", "{}", "application/json")));

        again.Should().OnlyContain(a => a.StatusCode == HttpStatusCode.OK);
        reversals.Count(a => a.StatusCode == HttpStatusCode.Created).Should().Be(1);
        (await service.Database.ScalarAsync<decimal>("select sum(quantity) from ledger_entry e join sources s on s.id = e.source_id where s.slug = 'mine'")).Should().Be(0);
        // Tomorrow's usage would be priced by yesterday's card.
        using var tomorrow = await SendAsync(client, "POST", "/v1/events", Events.Native("later", "mine", occurredAt: "2999-01-01T00:00:00Z"), "application/json");
        tomorrow.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    /// <summary>
    /// Who opens connections, none of them to an address that a request names: the demonstration sends its events to the service that it runs in, and
    /// the private server looks for a free port of this machine.
    /// </summary>
    private static readonly string[] MayConnect = ["TokenFactory.Api.Demo.", "TokenFactory.Api.Database.PrivateServer."];

    // API7: server side request forgery: nothing that is sent makes the service ask anybody anything.
    [Fact]
    public void API7_no_code_of_the_service_opens_a_connection_but_to_its_database()
    {
        string[] asking = ["System.Net.Http", "System.Net.Sockets", "System.Net.WebSockets", "System.Net.Mail"];
        var types = AssemblyDefinition.ReadAssembly(typeof(Problems).Assembly.Location).MainModule.Types;
        var users = (
            from type in types
            from reference in TypeReferences.Of(type)
            where asking.Contains(reference.Namespace) || reference.FullName is "System.Net.WebClient" or "System.Net.WebRequest" or "System.Net.Dns"
            // The family of an address, the outcome of a lookup: words, not connections.
            where reference.FullName is not "System.Net.Sockets.AddressFamily" and not "System.Net.Sockets.SocketException"
            select type.FullName.Split('/')[0]).Distinct().ToList();

        users.Should().OnlyContain(name => MayConnect.Any(allowed => name.StartsWith(allowed, StringComparison.Ordinal)));
        // The rule sees what there is.
        foreach (var allowed in MayConnect)
            users.Should().Contain(name => name.StartsWith(allowed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task API7_an_address_in_any_member_of_any_body_is_never_called()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"\"http://{listener.LocalEndpoint}/x\"";
        var operations = new ApiOperations(await _api.GetAsync("/openapi/v1.json"));
        foreach (var operation in operations.All)
        {
            if (operations.BodyOf(operation) is not { } body)
                continue;
            foreach (var (pointer, _) in ApiOperations.PlacesOf(body).Where(p => !p.IsObject))
                await SendAsync(_api.Client, operation.Method, operation.PathWith(_ => "1"), ApiOperations.With(body, pointer, address), "application/json");
        }

        listener.Pending().Should().BeFalse();
    }

    // API8: security misconfiguration. SurfaceTests holds headers, origins, proxies, errors and logs.
    [Theory]
    [InlineData("TRACE", "/v1/gdp")]
    [InlineData("TRACE", "/")]
    [InlineData("CONNECT", "/")]
    [InlineData("PROPFIND", "/v1/sources")]
    [InlineData("GET", "/appsettings.json")]
    [InlineData("GET", "/web.config")]
    [InlineData("GET", "/.env")]
    [InlineData("GET", "/..%2f..%2fetc%2fpasswd")]
    [InlineData("GET", "/%2e%2e/TokenFactory.Api.dll")]
    [InlineData("GET", "/swagger/..%2f..%2fappsettings.json")]
    [InlineData("GET", "/openapi/v2.json")]
    public async Task API8_what_is_not_there_to_be_served_is_not(string method, string path)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_api.Address.Host, _api.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} {(method == "CONNECT" ? "a:1" : path)} HTTP/1.1\r\nHost: a\r\nX-Api-Key: {ApiProcess.AdminKey}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);

        (await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30))).Should().MatchRegex("^HTTP/1\\.1 (400|404|405|501)").And.NotContain(ApiProcess.AdminKey).And.NotContain("ConnectionStrings");
    }

    // API9: improper inventory management.
    [Fact]
    public async Task API9_every_route_is_an_operation_of_the_document_and_every_operation_a_route()
    {
        var actions = typeof(Problems).Assembly.GetTypes().Where(t => typeof(ControllerBase).IsAssignableFrom(t) && !t.IsAbstract)
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .SelectMany(m => m.GetCustomAttributes<HttpMethodAttribute>().Select(a => a.Name ?? $"{m.DeclaringType!.Name}.{m.Name} has no name")).ToList();
        var operations = new ApiOperations(await _api.GetAsync("/openapi/v1.json")).All.Select(o => o.Node.GetProperty("operationId").GetString()!).ToList();

        actions.Should().HaveCountGreaterThan(60).And.BeEquivalentTo(operations);
    }

    // API10: unsafe consumption of APIs: the files of others are read as strangers' files.
    [Theory]
    [InlineData("/v1/fx-rates/import", "text/csv", "Date,USD\n2026-11-24,1e400\n")]
    [InlineData("/v1/fx-rates/import", "text/csv", "Date,USD\n2026-11-24,-1\n")]
    [InlineData("/v1/fx-rates/import", "text/csv", "Date,USD\n2026-11-24,NaN\n")]
    [InlineData("/v1/fx-rates/import", "text/csv", "Date,USD\n9999-99-99,1\n")]
    [InlineData("/v1/fx-rates/import", "text/csv", "Date,US\u0000D\n2026-11-24,1\n")]
    [InlineData("/v1/fx-rates/import", "text/csv", "Date,=cmd\n2026-11-24,1\n")]
    [InlineData("/v1/fx-rates/import", "text/csv", "<html>503 Service Unavailable</html>")]
    [InlineData("/v1/fx-rates/import?time_zone=..%2F..%2F..%2Fdev%2Fzero", "text/csv", "Date,USD\n2026-11-24,1.05\n")]
    [InlineData("/v1/rate-cards/import?format=openrouter&observed_at=2026-11-01T00:00:00Z", "application/json", "<html>503 Service Unavailable</html>")]
    [InlineData("/v1/rate-cards/import?format=openrouter&observed_at=2026-11-01T00:00:00Z", "application/json", """{"data":null}""")]
    [InlineData("/v1/rate-cards/import?format=openrouter&observed_at=2026-11-01T00:00:00Z", "application/json", """{"data":[{"id":"a/b","pricing":{"prompt":"-1","completion":"1e400"}}]}""")]
    [InlineData("/v1/rate-cards/import?format=openrouter&observed_at=2026-11-01T00:00:00Z", "application/json", """{"data":[{"id":"openai/\u0000","pricing":{"prompt":"0.000001"}}]}""")]
    [InlineData("/v1/rate-cards/import?format=openrouter&observed_at=2026-11-01T00:00:00Z", "application/json", """{"data":[{"id":"openai/x","pricing":{"prompt":{"$ref":"http://127.0.0.1/"}}}]}""")]
    [InlineData("/v1/rate-cards/import?format=csv&observed_at=2026-11-01T00:00:00Z", "text/csv", "producer,model\n=1+1,\"unclosed\n")]
    public async Task API10_a_file_that_is_not_what_it_says_changes_nothing(string path, string type, string file)
    {
        var before = await CatalogAsync();

        using var answer = await _api.PostAsync(path, file, type);

        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).Should().BeOneOf([200, 400, 422], text);
        (await CatalogAsync()).Should().Be(before, text);
    }

    private async Task<long> EntriesAsync() => await service.Database.ScalarAsync<long>("select count(*) from ledger_entry");

    private async Task<string> CatalogAsync() =>
        await service.Database.ScalarAsync<string>("select concat_ws(' ', (select count(*) from rate_cards), (select count(*) from fx_rates), (select count(*) from producers))") ?? "";

    private static async Task<string> KeyAsync(ApiProcess api, string scope, params string[] sources) =>
        (await api.CreateAsync("/v1/api-keys", new { name = $"owasp {scope}", scopes = new[] { scope }, sources })).GetProperty("key").GetString()!;

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path, string? body, string? type)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new System.Net.Http.Headers.MediaTypeHeaderValue(type!));
        return await client.SendAsync(request);
    }
}
