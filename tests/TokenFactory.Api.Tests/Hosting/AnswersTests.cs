using System.Net;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Hosting;

/// <summary>What every answer has in common: problem documents, headers, health, metrics.</summary>
public sealed class AnswersTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("GET", "/v1/nothing-here", null, HttpStatusCode.NotFound, "not_found")]
    [InlineData("PUT", "/v1/gdp", null, HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("GET", "/v1/sources/none", null, HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/gdp?frequency=fortnight&colour=red", null, HttpStatusCode.UnprocessableEntity, "invalid")]
    [InlineData("POST", "/v1/sources", "{\"id\":", HttpStatusCode.UnprocessableEntity, "invalid")]
    [InlineData("POST", "/v1/sources", "{\"id\":\"x\",\"colour\":\"red\"}", HttpStatusCode.UnprocessableEntity, "invalid")]
    [InlineData("POST", "/v1/sources", "{}", HttpStatusCode.UnprocessableEntity, "invalid")]
    [InlineData("POST", "/v1/sources", "", HttpStatusCode.UnprocessableEntity, "invalid")]
    [InlineData("POST", "/v1/sources", "text/plain", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData("GET", "/v1/events?source=a", null, HttpStatusCode.UnprocessableEntity, "invalid")]
    [InlineData("GET", "/v1/ledger/entries?limit=abc", null, HttpStatusCode.UnprocessableEntity, "invalid")]
    public async Task A_refusal_is_a_problem_document_that_says_what_to_do(string method, string path, string? body, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, body == "text/plain" ? body : "application/json");

        using var answer = await _api.Client.SendAsync(request);

        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(status, text);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("type").GetString().Should().Be($"/problems/{code.Replace('_', '-')}");
        problem.GetProperty("code").GetString().Should().Be(code, text);
        problem.GetProperty("status").GetInt32().Should().Be((int)status);
        problem.GetProperty("trace_id").GetString().Should().MatchRegex("^[0-9a-f]{32}$");
        problem.GetProperty("detail").GetString().Should().NotBeEmpty();
        if (status == HttpStatusCode.UnprocessableEntity)
        {
            foreach (var error in problem.GetProperty("errors").EnumerateArray())
                error.GetProperty("detail").GetString().Should().NotBeEmpty().And.NotContain("System.", "no internals are told");
        }
    }

    [Fact]
    public async Task Every_violation_of_a_query_is_told_at_once()
    {
        using var answer = await _api.Client.GetAsync("/v1/gdp?frequency=fortnight&colour=red&by=planet&start=yesterday&sector=martian");

        var pointers = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateArray()
            .Select(e => e.GetProperty("pointer").GetString());
        pointers.Should().BeEquivalentTo("?frequency", "?colour", "?by", "?start", "?sector");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/swagger/index.html")]
    [InlineData("/v1/gdp")]
    [InlineData("/v1/nothing-here")]
    public async Task Every_answer_keeps_browsers_on_a_short_lead(string path)
    {
        using var answer = await _api.Client.GetAsync(path);

        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        answer.Headers.GetValues("Referrer-Policy").Should().Equal("no-referrer");
        answer.Headers.GetValues("Content-Security-Policy").Single().Should().Contain("default-src 'none'").And.Contain("frame-ancestors 'none'");
        answer.Headers.Contains("Server").Should().BeFalse();
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/health/live", "application/json")]
    [InlineData("/health/ready", "application/json")]
    [InlineData("/v1/gdp", "application/json")]
    [InlineData("/metrics", "text/plain")]
    [InlineData("/openapi/v1.json", "application/json")]
    public async Task HEAD_is_answered_as_GET_is_without_the_body(string path, string type)
    {
        using var answer = await _api.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be(type);
        (await answer.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_failure_keeps_browsers_on_the_same_lead()
    {
        // The exception handler begins its answer with no headers. The server refuses this body with an exception.
        using var answer = await _api.PostAsync("/v1/sources", $"{{\"id\":\"{new string('x', 2 << 20)}\"}}");

        answer.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        answer.Headers.Contains("Content-Security-Policy").Should().BeTrue();
    }

    [Fact]
    public async Task The_start_page_brings_everything_from_its_own_origin_and_has_no_script_inside()
    {
        var page = await _api.Client.GetStringAsync("/");

        page.Should().NotContain("//").And.NotMatchRegex("<script[^>]*>[^<]").And.NotMatchRegex(" on[a-z]+=").And.NotContain("style=");
        foreach (var (file, type) in new[] { ("dashboard/theme.js", "text/javascript"), ("dashboard/main.js", "text/javascript"), ("dashboard/dashboard.css", "text/css"), ("icon.svg", "image/svg+xml") })
        {
            page.Should().Contain($"\"{file}\"");
            using var answer = await _api.Client.GetAsync($"/{file}");
            answer.StatusCode.Should().Be(HttpStatusCode.OK);
            answer.Content.Headers.ContentType!.MediaType.Should().Be(type);
        }
    }

    [Fact]
    public async Task Health_tells_that_it_lives_and_that_it_can_work()
    {
        using var client = _api.ClientWith(null);

        JsonDocument.Parse(await client.GetStringAsync("/health/live")).RootElement.GetProperty("status").GetString().Should().Be("healthy");
        var ready = JsonDocument.Parse(await client.GetStringAsync("/health/ready")).RootElement;
        ready.GetProperty("status").GetString().Should().Be("healthy");
        ready.GetProperty("checks").EnumerateObject().Should().NotBeEmpty();
    }

    [Fact]
    public async Task Metrics_count_what_comes_in_and_what_waits()
    {
        await _api.CreateAsync("/v1/sources", new { id = "metered" });
        (await _api.PostAsync("/v1/events", Events.Native("m-1", "metered"))).EnsureSuccessStatusCode();
        (await _api.PostAsync("/v1/events", Events.Native("m-1", "metered"))).EnsureSuccessStatusCode();

        var metrics = await _api.Client.GetStringAsync("/metrics");

        Sample(metrics, "tokenfactory_ledger_events_total", "outcome=\"accepted\"").Should().Be(1);
        Sample(metrics, "tokenfactory_ledger_events_total", "outcome=\"duplicate\"").Should().Be(1);
        metrics.Should().Contain("tokenfactory_ledger_batch_events_bucket").And.Contain("tokenfactory_ledger_commit_duration_seconds_bucket")
            .And.Contain("tokenfactory_rollup_pending_batches").And.Contain("tokenfactory_rollup_pending_deltas");
        metrics.Should().Contain("http_server_request_duration_seconds");
        metrics.Should().Contain("db_client_").And.NotContain("Host=", "whoever may read metrics learns nothing of the way to the database");
    }

    [Fact]
    public async Task Swagger_UI_is_served_unless_it_is_switched_off()
    {
        (await _api.Client.GetStringAsync("/swagger/index.html")).Should().Contain("Token Factory API");

        await using var without = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new() { ["TokenFactory__Swagger"] = "false", ["TokenFactory__Metrics"] = "false" });

        (await without.Client.GetAsync("/swagger/index.html")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await without.Client.GetAsync("/metrics")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Keys_are_in_no_log()
    {
        var key = (await _api.CreateAsync("/v1/api-keys", new { name = "unseen", scopes = new[] { "read" } })).GetProperty("key").GetString()!;
        using var client = _api.ClientWith(key);
        (await client.GetAsync("/v1/producers")).EnsureSuccessStatusCode();
        (await client.GetAsync($"/v1/producers?cursor={key}")).StatusCode.Should().NotBe(HttpStatusCode.InternalServerError);

        _api.Output.Should().Contain("/v1/producers").And.NotContain(key).And.NotContain(ApiProcess.AdminKey);
    }

    private static double? Sample(string metrics, string name, string label) => metrics.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
        .Select(line => (double?)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)).Sum();
}
