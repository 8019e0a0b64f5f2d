using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Hosting;

/// <summary>Each limit of what the service takes: exactly as much passes, one more is refused with what the limit is.</summary>
public sealed class LimitsTests(LimitsTests.Service service) : IClassFixture<LimitsTests.Service>
{
    /// <summary>A service with limits that a test can reach; what is spent comes back within the hour.</summary>
    public sealed class Service : IAsyncLifetime
    {
        private TestDatabase _database = null!;

        public ApiProcess Api { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _database = await PostgresServer.Current.CreateDatabaseAsync();
            Api = await StartAsync(new()
            {
                ["TokenFactory__Limits__WindowSeconds"] = "3600",
                ["TokenFactory__Limits__MaxRequests"] = "60",
                ["TokenFactory__Limits__MaxEvents"] = "10",
                ["TokenFactory__Limits__MaxConcurrentBodies"] = "3",
                ["TokenFactory__Limits__MaxConcurrentBodiesPerKey"] = "2",
                ["TokenFactory__Limits__MaxSmallBodyBytes"] = "2048",
                ["TokenFactory__Limits__MaxRequestLineBytes"] = "1024",
                ["TokenFactory__Limits__MaxHeaders"] = "20",
                ["TokenFactory__Limits__MaxHeaderBytes"] = "4096",
            });
            await Api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        }

        public Task<ApiProcess> StartAsync(Dictionary<string, string> settings) => ApiProcess.StartAsync(_database.ConnectionString, settings);

        public async ValueTask DisposeAsync()
        {
            await Api.DisposeAsync();
            await _database.DisposeAsync();
        }
    }

    private readonly ApiProcess _api = service.Api;

    [Fact]
    public async Task A_key_has_so_many_requests_and_is_told_how_many_are_left()
    {
        using var client = await ClientAsync("read");
        for (var left = 59; left >= 0; left--)
        {
            using var taken = await client.GetAsync("/v1/sources");
            taken.StatusCode.Should().Be(HttpStatusCode.OK);
            Told(taken, "RateLimit-Policy").Should().Be("\"requests\";q=60;w=3600, \"events\";q=10;w=3600");
            Told(taken, "RateLimit").Should().MatchRegex($"^\"requests\";r={left};t=\\d+, \"events\";r=10;t=0$");
        }

        using var refused = await client.GetAsync("/v1/sources");

        await RefusedAsync(refused, HttpStatusCode.TooManyRequests, "too_many_requests", "60 requests per 3600 s");
        refused.Headers.RetryAfter!.Delta.Should().BeGreaterThan(TimeSpan.Zero).And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(60));
        Told(refused, "RateLimit").Should().StartWith("\"requests\";r=0;");
        using var other = await ClientAsync("read");
        (await other.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.OK, "another key has its own");
        (await client.GetAsync("/health/ready")).StatusCode.Should().Be(HttpStatusCode.OK, "a probe is never turned away");
    }

    [Fact]
    public async Task An_address_without_a_valid_key_has_fewer()
    {
        await using var api = await service.StartAsync(new() { ["TokenFactory__Limits__WindowSeconds"] = "3600", ["TokenFactory__Limits__MaxRequestsWithoutKey"] = "5" });
        using var nobody = api.ClientWith(null);
        using var wrong = api.ClientWith("tf_wrong");
        using var unseen = api.ClientWith((await api.CreateAsync("/v1/api-keys", new { name = "unseen", scopes = (string[])["read"] })).GetProperty("key").GetString());
        for (var i = 0; i < 5; i++)
        {
            using var taken = await (i % 2 == 0 ? nobody : wrong).GetAsync(i == 3 ? "/health/no-probe" : "/v1/sources");
            taken.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            Told(taken, "RateLimit-Policy").Should().Be("\"requests\";q=5;w=3600");
        }

        using var refused = await wrong.GetAsync("/v1/sources");

        await RefusedAsync(refused, HttpStatusCode.TooManyRequests, "too_many_requests", "Without a valid key 5 requests per 3600 s");
        (await wrong.GetAsync("/health/no-probe")).StatusCode.Should().Be(HttpStatusCode.TooManyRequests, "how a path begins makes no probe of it");
        (await wrong.GetAsync("/health/ready")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await api.Client.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.OK, "whose key has been seen is not held up by those who guess one");
        // It is valid, and nobody has asked the database for it.
        (await unseen.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_valid_key_costs_its_address_nothing()
    {
        await using var api = await service.StartAsync(new() { ["TokenFactory__Limits__WindowSeconds"] = "3600", ["TokenFactory__Limits__MaxRequestsWithoutKey"] = "1" });
        for (var i = 0; i < 3; i++)
        {
            using var fresh = api.ClientWith((await api.CreateAsync("/v1/api-keys", new { name = "fresh", scopes = (string[])["read"] })).GetProperty("key").GetString());
            (await fresh.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.OK);
        }
    }

    [Theory]
    [InlineData("[]", "application/json")]
    [InlineData("lines", "application/x-ndjson")]
    [InlineData("atomic", "application/json")]
    public async Task The_events_of_a_batch_count_one_by_one(string form, string type)
    {
        using var client = await ClientAsync("ingest");
        string Body(int from, int count)
        {
            var events = Enumerable.Range(from, count).Select(i => Events.Native($"{form}-{i}")).ToList();
            return form == "lines" ? Events.Join(events) : $"[{string.Join(',', events)}]";
        }

        var path = form == "atomic" ? "/v1/events?atomic=true" : "/v1/events";
        using var nine = await PostAsync(client, path, Body(0, 9), type);
        nine.StatusCode.Should().Be(HttpStatusCode.OK);
        Told(nine, "RateLimit").Should().Contain("\"events\";r=1;");
        // One is left: a body is taken whole.
        using var four = await PostAsync(client, path, Body(9, 4), type);
        four.StatusCode.Should().Be(HttpStatusCode.OK);
        Told(four, "RateLimit").Should().Contain("\"events\";r=0;");

        using var refused = await PostAsync(client, path, Body(13, 1), type);

        await RefusedAsync(refused, HttpStatusCode.TooManyRequests, "too_many_events", "10 events per 3600 s");
        refused.Headers.RetryAfter!.Delta.Should().BeCloseTo(TimeSpan.FromSeconds(4 * 360), TimeSpan.FromSeconds(120), "three are owed, and one has to come back");
    }

    [Fact]
    public async Task Exactly_as_many_events_as_are_promised_pass_one_by_one()
    {
        using var client = await ClientAsync("ingest");
        for (var i = 0; i < 10; i++)
            (await PostAsync(client, "/v1/events", Events.Native($"single-{i}"))).StatusCode.Should().Be(HttpStatusCode.Created);

        await RefusedAsync(await PostAsync(client, "/v1/events", Events.Native("single-10")), HttpStatusCode.TooManyRequests, "too_many_events", "10 events");
        (await _api.Client.GetAsync("/v1/events?source=gateway-1&id=single-10")).StatusCode.Should().Be(HttpStatusCode.NotFound, "nothing of it was recorded");
    }

    [Fact]
    public async Task So_many_bodies_may_be_under_way_for_a_key_and_for_all()
    {
        using var one = await ClientAsync("admin");
        using var two = await ClientAsync("admin");
        using var first = await HoldAsync(one);
        using var second = await HoldAsync(one);

        await RefusedAsync(await PostAsync(one, "/v1/sources", "{}"), HttpStatusCode.TooManyRequests, "too_many_at_once", "2 requests with a body of one key");
        using var third = await HoldAsync(two);
        await RefusedAsync(await PostAsync(two, "/v1/sources", "{}"), HttpStatusCode.ServiceUnavailable, "too_busy", "3 requests with a body");
        (await one.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.OK, "who sends no body is not held up");

        (await first.FinishAsync()).Should().StartWith("HTTP/1.1 422");
        (await PostAsync(one, "/v1/sources", "{}")).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity, "there is room again");
    }

    [Theory]
    [InlineData(2_048, false, HttpStatusCode.UnprocessableEntity)]
    [InlineData(2_049, false, HttpStatusCode.RequestEntityTooLarge)]
    // The server counts what frames the chunks.
    [InlineData(2_000, true, HttpStatusCode.UnprocessableEntity)]
    [InlineData(2_049, true, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_of_an_operation_without_a_limit_of_its_own_is_small(int bytes, bool chunked, HttpStatusCode expected)
    {
        using var client = await ClientAsync("admin");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sources") { Content = new StringContent("{}".PadRight(bytes), Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = chunked;

        using var answer = await client.SendAsync(request);

        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(expected, text);
        if (expected == HttpStatusCode.RequestEntityTooLarge)
            text.Should().Contain("at most 2048 bytes");
    }

    [Theory]
    [InlineData(1_024, "HTTP/1.1 422")]
    [InlineData(1_025, "HTTP/1.1 414")]
    public async Task The_first_line_of_a_request_is_bounded(int bytes, string expected)
    {
        const string begin = "GET /v1/gdp?x=", end = " HTTP/1.1\r\n";
        var line = begin + new string('x', bytes - begin.Length - end.Length) + end;

        (await SendRawAsync(_api, $"{line}Host: a\r\nX-Api-Key: {ApiProcess.AdminKey}\r\nConnection: close\r\n\r\n")).Should().StartWith(expected);
    }

    [Theory]
    [InlineData(20, "HTTP/1.1 200")]
    [InlineData(21, "HTTP/1.1 431")]
    public async Task So_many_headers_are_taken(int headers, string expected)
    {
        var further = string.Concat(Enumerable.Range(0, headers - 3).Select(i => $"X-{i}: 1\r\n"));

        (await SendRawAsync(_api, $"GET /v1/gdp HTTP/1.1\r\nHost: a\r\nX-Api-Key: {ApiProcess.AdminKey}\r\nConnection: close\r\n{further}\r\n")).Should().StartWith(expected);
    }

    [Theory]
    [InlineData(4_096, "HTTP/1.1 200")]
    [InlineData(4_097, "HTTP/1.1 431")]
    public async Task Headers_are_bounded_together(int bytes, string expected)
    {
        var headers = $"Host: a\r\nX-Api-Key: {ApiProcess.AdminKey}\r\nConnection: close\r\nX-Long: ";
        var text = headers + new string('x', bytes - headers.Length - 2) + "\r\n";

        (await SendRawAsync(_api, $"GET /v1/gdp HTTP/1.1\r\n{text}\r\n")).Should().StartWith(expected);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_ended_and_what_it_brought_may_be_sent_again()
    {
        await using var api = await service.StartAsync(new() { ["TokenFactory__Limits__RequestTimeoutSeconds"] = "1", ["TokenFactory__Limits__HeadersTimeoutSeconds"] = "1" });
        var line = Events.Native("slow-1") + "\n";

        var body = SendRawAsync(api, $"POST /v1/events HTTP/1.1\r\nHost: a\r\nX-Api-Key: {ApiProcess.AdminKey}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {2 * line.Length}\r\nConnection: close\r\n\r\n{line}");
        var small = SendRawAsync(api, $"POST /v1/sources HTTP/1.1\r\nHost: a\r\nX-Api-Key: {ApiProcess.AdminKey}\r\nContent-Type: application/json\r\nContent-Length: 99\r\nConnection: close\r\n\r\n{{");
        var headers = SendRawAsync(api, "GET /v1/gdp HTTP/1.1\r\nHost: a\r\n");

        (await body).Should().StartWith("HTTP/1.1 408").And.Contain("request_timeout").And.Contain("A request may take 1 s")
            .And.Contain("\"accepted\":1").And.Contain("\"resume_from\":1", "what was read is settled, and told");
        (await small).Should().StartWith("HTTP/1.1 408");
        (await headers).Should().StartWith("HTTP/1.1 408");
        (await api.PostAsync("/v1/events", line, Events.Lines)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_body_that_comes_in_too_slowly_is_settled_as_far_as_it_got()
    {
        await using var api = await service.StartAsync(new() { ["TokenFactory__Limits__SlowBodyGraceSeconds"] = "2", ["TokenFactory__Limits__MinBodyBytesPerSecond"] = "1000000" });
        var line = Events.Native("too-slow-1") + "\n";

        (await SendRawAsync(api, $"POST /v1/events HTTP/1.1\r\nHost: a\r\nX-Api-Key: {ApiProcess.AdminKey}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {2 * line.Length}\r\nConnection: close\r\n\r\n{line}"))
            .Should().StartWith("HTTP/1.1 408").And.Contain("body_too_slow").And.Contain("\"accepted\":1").And.Contain("\"resume_from\":1");
    }

    [Fact]
    public async Task So_many_connections_are_open_and_one_more_is_closed()
    {
        // The client of the fixture has one of them.
        await using var api = await service.StartAsync(new() { ["TokenFactory__Limits__MaxConnections"] = "3" });
        using var first = await ConnectAsync(api);
        using var second = await ConnectAsync(api);
        (await AskAsync(first)).Should().StartWith("HTTP/1.1 200");
        (await AskAsync(second)).Should().StartWith("HTTP/1.1 200");

        using var third = await ConnectAsync(api);

        (await AskAsync(third)).Should().BeEmpty();
        (await AskAsync(first)).Should().StartWith("HTTP/1.1 200", "who is in stays in");
    }

    private async Task<HttpClient> ClientAsync(string scope) => _api.ClientWith((await _api.CreateAsync("/v1/api-keys",
        new { name = $"limited {scope}", scopes = new[] { scope }, sources = scope == "ingest" ? ["gateway-1"] : Array.Empty<string>() })).GetProperty("key").GetString());

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string body, string type = "application/json") =>
        client.PostAsync(path, new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)));

    private static string Told(HttpResponseMessage answer, string header) => answer.Headers.GetValues(header).Single();

    private static async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code, string says)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(status, text);
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("code").GetString().Should().Be(code);
        problem.GetProperty("detail").GetString().Should().Contain(says).And.Contain("Retry-After");
        answer.Headers.RetryAfter!.Delta.Should().BeGreaterThan(TimeSpan.Zero);
    }

    // A request whose body the service has begun to read, and which does not come.
    private async Task<Held> HoldAsync(HttpClient client)
    {
        var socket = await ConnectAsync(_api);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/sources HTTP/1.1\r\nHost: a\r\nAuthorization: {client.DefaultRequestHeaders.Authorization}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"));
        (await ReadAsync(socket)).Should().StartWith("HTTP/1.1 100");
        return new Held(socket);
    }

    private sealed class Held(TcpClient socket) : IDisposable
    {
        public async Task<string> FinishAsync()
        {
            await socket.GetStream().WriteAsync("{}"u8.ToArray());
            return await ReadToEndAsync(socket);
        }

        public void Dispose() => socket.Dispose();
    }

    private static async Task<TcpClient> ConnectAsync(ApiProcess api)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(api.Address.Host, api.Address.Port);
        return socket;
    }

    private static async Task<string> AskAsync(TcpClient socket)
    {
        try
        {
            await socket.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            return await ReadAsync(socket);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task<string> SendRawAsync(ApiProcess api, string text)
    {
        using var socket = await ConnectAsync(api);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        return await ReadToEndAsync(socket);
    }

    private static async Task<string> ReadAsync(TcpClient socket)
    {
        var buffer = new byte[4_096];
        return Encoding.UTF8.GetString(buffer, 0, await socket.GetStream().ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static async Task<string> ReadToEndAsync(TcpClient socket)
    {
        var text = new StringBuilder();
        try
        {
            while (await ReadAsync(socket) is { Length: > 0 } read)
                text.Append(read);
        }
        catch (IOException)
        {
            // The server has closed the connection behind its answer.
        }

        return text.ToString();
    }
}
