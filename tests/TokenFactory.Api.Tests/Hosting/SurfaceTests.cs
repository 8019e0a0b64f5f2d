using System.Net;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Hosting;

/// <summary>What the service shows of itself, to whom, and what a setting takes away of it.</summary>
public sealed class SurfaceTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Marker = "mArKeR-5d1f";
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("/", false)]
    [InlineData("/swagger/index.html", false)]
    [InlineData("/v1/gdp", true)]
    [InlineData("/V1/GDP", true)]
    [InlineData("/v1/nothing-here", true)]
    [InlineData("/openapi/v1.json", true)]
    [InlineData("/health/ready", true)]
    [InlineData("/metrics", true)]
    public async Task Pages_may_run_their_own_files_and_data_nothing(string path, bool isData)
    {
        using var answer = await _api.Client.GetAsync(path);

        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        answer.Headers.Contains("x-swagger-ui-version").Should().BeFalse();
        policy.Should().Contain("frame-ancestors 'none'").And.NotContain("unsafe").And.NotContain("*");
        if (isData)
            policy.Should().Contain("sandbox").And.NotContain("script-src").And.NotContain("'self'");
        else
            policy.Should().Contain("script-src 'self'");
        answer.Headers.GetValues("Permissions-Policy").Single().Should().Contain("camera=()");
        answer.Headers.GetValues("Cross-Origin-Opener-Policy").Should().Equal("same-origin");
        answer.Headers.GetValues("X-Frame-Options").Should().Equal("DENY");
        answer.Headers.Contains("X-Powered-By").Should().BeFalse();
    }

    [Fact]
    public async Task Swagger_UI_has_no_script_or_style_inside()
    {
        var page = await _api.Client.GetStringAsync("/swagger/index.html");

        // Of all that its script draws the logo alone holds a style: a browser shows it because the policy names its hash.
        var script = await _api.Client.GetStringAsync("/swagger/swagger-ui-standalone-preset.js");
        var style = System.Text.RegularExpressions.Regex.Match(script, @"createElement\(""style"",null,""([^""]*)""\)").Groups[1].Value;
        SecurityHeaders.PagePolicy.Should().Contain($"'sha256-{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'");

        page.Should().Contain("<script src=").And.NotMatchRegex("<script[^>]*>[^<\\s]").And.NotContain("<style").And.NotContain("style=").And.NotMatchRegex(" on[a-z]+=");
    }

    [Fact]
    public async Task Other_sites_get_nothing_unless_their_origin_is_configured()
    {
        await using var open = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new() { ["TokenFactory__Cors__Origins"] = "https://a.example, https://b.example:8443" });

        (await OriginsAllowedAsync(_api, "https://a.example")).Should().BeEmpty();
        (await OriginsAllowedAsync(open, "https://a.example")).Should().Equal("https://a.example");
        (await OriginsAllowedAsync(open, "https://b.example:8443")).Should().Equal("https://b.example:8443");
        foreach (var other in new[] { "https://c.example", "http://a.example", "https://a.example.evil", "https://b.example", "null" })
            (await OriginsAllowedAsync(open, other)).Should().BeEmpty(other);
        using var answer = await SendAsync(open, HttpMethod.Get, "/v1/gdp", ("Origin", "https://a.example"));
        answer.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("https://a.example");
        answer.Headers.Contains("Access-Control-Allow-Credentials").Should().BeFalse();
        answer.Headers.GetValues("Access-Control-Expose-Headers").Single().Should().Contain("ETag").And.Contain("RateLimit");
    }

    [Theory]
    [InlineData("TokenFactory__Cors__Origins", "*", "exact origins")]
    [InlineData("TokenFactory__Cors__Origins", "https://*.example", "exact origins")]
    [InlineData("TokenFactory__Cors__Origins", "https://a.example/", "exact origins")]
    [InlineData("TokenFactory__Cors__Origins", "a.example", "exact origins")]
    [InlineData("TokenFactory__KnownProxies", "proxy.example", "addresses or networks")]
    [InlineData("TokenFactory__KnownProxies", "10.0.0.0/64", "addresses or networks")]
    [InlineData("TokenFactory__Limits__MaxRequests", "0", "must be in 1 to 1000000000")]
    public async Task A_setting_that_would_open_more_than_it_says_stops_the_start(string setting, string value, string told)
    {
        var start = () => ApiProcess.StartAsync(fixture.Database.ConnectionString, new() { [setting] = value });

        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain(told);
    }

    [Fact]
    public async Task What_a_proxy_says_holds_only_where_the_proxy_is_known()
    {
        await using var behind = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new()
        {
            ["TokenFactory__KnownProxies"] = "127.0.0.1, 10.0.0.0/8",
            ["TokenFactory__Limits__MaxRequestsWithoutKey"] = "1",
            ["TokenFactory__Limits__WindowSeconds"] = "3600",
        });

        // HTTPS shows in HSTS, the address in whose allowance is spent.
        (await IsStrictAsync(_api, "https")).Should().BeFalse("nobody is believed");
        (await IsStrictAsync(behind, "https")).Should().BeTrue();
        (await IsStrictAsync(behind, "http")).Should().BeFalse();
        (await FromAsync(behind, "192.0.2.1")).Should().Be(HttpStatusCode.OK);
        (await FromAsync(behind, "192.0.2.2, 10.1.2.3")).Should().Be(HttpStatusCode.OK);
        (await FromAsync(behind, "192.0.2.1")).Should().Be(HttpStatusCode.TooManyRequests);
        (await FromAsync(behind, "198.51.100.9, 192.0.2.2")).Should().Be(HttpStatusCode.TooManyRequests, "what stands before the first unknown address may be made up");
        // One network of IPv6 is one caller.
        (await FromAsync(behind, "2001:db8:1:2::1")).Should().Be(HttpStatusCode.OK);
        (await FromAsync(behind, "2001:db8:1:2:ffff::9")).Should().Be(HttpStatusCode.TooManyRequests);
        (await FromAsync(behind, "2001:db8:1:3::1")).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Health_tells_no_more_than_its_sum_where_details_are_switched_off()
    {
        await using var quiet = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new() { ["TokenFactory__HealthDetail"] = "false" });

        (await quiet.Client.GetStringAsync("/health/ready")).Should().Be("""{"status":"healthy"}""");
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task A_bug_shows_a_trace_id_and_nothing_else(string environment)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["ASPNETCORE_ENVIRONMENT"] = environment });
        await database.ExecuteAsync("alter table sources rename to not_there");

        using var answer = await api.PostAsync("/v1/sources", """{"id":"gateway-1"}""");

        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.EnumerateObject().Select(m => m.Name).Should().BeEquivalentTo("type", "title", "status", "detail", "instance", "code", "trace_id");
        problem.GetProperty("code").GetString().Should().Be("internal");
        text.Should().NotContainAny("42P01", "sources\\\"", "relation", "Npgsql", "Exception", "   at ", "select", ".cs");
        var trace = problem.GetProperty("trace_id").GetString()!;
        answer.Headers.Contains("Content-Security-Policy").Should().BeTrue();
        await Until.TrueAsync(() => Task.FromResult(api.Output.Contains("42P01", StringComparison.Ordinal)), "the log tells what the answer does not");
        trace.Should().MatchRegex("^[0-9a-f]{32}$");
    }

    [Fact]
    public async Task No_log_at_any_level_holds_what_a_body_or_a_key_says()
    {
        await using var api = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new()
        {
            ["Serilog__MinimumLevel__Default"] = "Debug",
            ["Serilog__MinimumLevel__Override__Microsoft"] = "Debug",
            ["Serilog__MinimumLevel__Override__Microsoft.AspNetCore"] = "Debug",
            ["Serilog__MinimumLevel__Override__Microsoft.EntityFrameworkCore"] = "Debug",
            ["Serilog__MinimumLevel__Override__Npgsql"] = "Debug",
            ["Serilog__MinimumLevel__Override__Npgsql.Connection"] = "Debug",
        });
        await api.CreateAsync("/v1/sources", new { id = "marked", name = $"source {Marker}" });
        var operations = new ApiOperations(await api.GetAsync("/openapi/v1.json"));
        using var wrong = api.ClientWith(null);
        wrong.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer tf_{Marker}");
        wrong.DefaultRequestHeaders.TryAddWithoutValidation("X-Api-Key", Marker);

        foreach (var operation in operations.All.Where(o => operations.BodyOf(o) is not null))
        {
            var body = operations.BodyOf(operation)!;
            var path = operation.PathWith(_ => "1");
            foreach (var (pointer, _) in ApiOperations.PlacesOf(body).Where(p => !p.IsObject))
                await SendBodyAsync(api.Client, operation.Method, path, ApiOperations.With(body, pointer, $"\"{Marker}\""));
            await SendBodyAsync(api.Client, operation.Method, path, $"{{\"{Marker}\":\"{Marker}\", {Marker}");
            await SendBodyAsync(wrong, operation.Method, path, $"\"{Marker}\"");
        }

        // Taken, taken again, in conflict, held back: what an event says is in the ledger and nowhere else.
        string[] events =
        [
            Events.Native($"id-{Marker}", "marked", account: $"account-{Marker}", model: $"model-{Marker}"),
            Events.Native($"id-{Marker}", "marked", account: $"account-{Marker}", model: $"model-{Marker}"),
            Events.Native($"id-{Marker}", "marked", account: $"other-{Marker}", model: $"model-{Marker}"),
            Events.Native($"id2-{Marker}", $"nobody-{Marker}"), Events.Native($"id3-{Marker}", "marked", producer: $"producer-{Marker}"), $"{Marker}", $"[{Marker}",
        ];
        foreach (var sent in events)
            await SendBodyAsync(api.Client, "POST", "/v1/events", sent);
        await SendBodyAsync(api.Client, "POST", "/v1/events", Events.Join(events), Events.Lines);
        await SendBodyAsync(api.Client, "POST", "/v1/ingest/raw?source=marked", $$$"""{"id":"{{{Marker}}}","provider":"{{{Marker}}}","model":"{{{Marker}}}","response":{"usage":{"x":"{{{Marker}}}"},"choices":[{"message":"{{{Marker}}}"}]}}""");
        await SendBodyAsync(api.Client, "POST", "/v1/ingest/csv?source=marked&id_prefix=a", $"{Marker},b\n{Marker},\"{Marker}\n", "text/csv");
        await SendBodyAsync(api.Client, "POST", "/v1/fx-rates/import", $"Date,USD,{Marker}\n{Marker},1,{Marker}\n", "text/csv");
        (await wrong.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        await api.Client.GetAsync("/v1/at-the-end");

        await Until.TrueAsync(() => Task.FromResult(api.Output.Contains("GET /v1/at-the-end answered 404", StringComparison.Ordinal)), "the last request's line");
        api.Output.Should().Contain(" DBG ").And.Contain("POST /v1/events answered");
        api.Output.Split('\n').Where(line => line.Contains(Marker, StringComparison.Ordinal)).Should().BeEmpty();
        api.Output.Should().NotContain(ApiProcess.AdminKey);
    }

    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("+1", "'+1")]
    [InlineData("-1.5", "'-1.5")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\r=x", "\"'\r=x\"")]
    [InlineData("=a,\"b\"", "\"'=a,\"\"b\"\"\"")]
    [InlineData("a=b", "a=b")]
    [InlineData("", "")]
    public void A_text_that_a_spreadsheet_would_run_gets_an_apostrophe(string text, string cell) =>
        Encoding.UTF8.GetString(Csv.Document(["n"], [[text]])).Should().Be($"n\r\n{cell}\r\n");

    [Theory]
    [InlineData("-1.5")]
    [InlineData("0.000000000001")]
    [InlineData("-0.5")]
    public void A_number_stays_a_number(string number) =>
        Encoding.UTF8.GetString(Csv.Document(["n"], [[CsvCell.Number(number)]])).Should().Be($"n\r\n{number}\r\n");

    [Fact]
    public async Task Names_that_are_formulas_are_harmless_in_every_table()
    {
        await _api.CreateAsync("/v1/sources", new { id = "formulas" });
        using var taken = await _api.PostAsync("/v1/events", Events.Native("=1+1", "formulas", account: "@sum", model: "+model"));
        taken.StatusCode.Should().Be(HttpStatusCode.Created, await taken.Content.ReadAsStringAsync());
        using var reversed = await _api.PostAsync("/v1/events/formulas/%3D1+1/reversal", "{}");
        reversed.StatusCode.Should().Be(HttpStatusCode.Created, await reversed.Content.ReadAsStringAsync());

        var entries = await CsvAsync("/v1/ledger/entries?source=formulas");
        var figures = await CsvAsync("/v1/gdp?by=model");

        entries.Should().Contain("'=1+1").And.Contain("'@sum").And.Contain("'+model").And.Contain(",-10,", "a reversal's quantity is a number");
        figures.Should().Contain("'+model");
        foreach (var line in (entries + figures).Split("\r\n"))
            line.Should().NotMatchRegex("(^|,)\"?[=+@]");
    }

    private async Task<string> CsvAsync(string path)
    {
        using var answer = await SendAsync(_api, HttpMethod.Get, path, ("Accept", "text/csv"));
        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/csv");
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<IEnumerable<string>> OriginsAllowedAsync(ApiProcess api, string origin)
    {
        using var answer = await SendAsync(api, HttpMethod.Options, "/v1/events", ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization"));
        return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? [.. allowed] : [];
    }

    private static async Task<bool> IsStrictAsync(ApiProcess api, string scheme)
    {
        using var answer = await SendAsync(api, HttpMethod.Get, "/health/live", ("Host", "api.example"), ("X-Forwarded-Proto", scheme));
        return answer.Headers.Contains("Strict-Transport-Security");
    }

    private static async Task<HttpStatusCode> FromAsync(ApiProcess api, string address)
    {
        using var nobody = api.ClientWith(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/gdp");
        request.Headers.Add("X-Forwarded-For", address);
        using var answer = await nobody.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(ApiProcess api, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await api.Client.SendAsync(request);
    }

    private static async Task SendBodyAsync(HttpClient client, string method, string path, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8, new System.Net.Http.Headers.MediaTypeHeaderValue(type)) };
        using var answer = await client.SendAsync(request);
        ((int)answer.StatusCode).Should().BeLessThan(500, $"{method} {path}");
    }
}
