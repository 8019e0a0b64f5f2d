using System.Net;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Hosting;

public sealed class RequestLogTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("%0A", "\\u000a")]
    [InlineData("%0D%0A", "\\u000d\\u000a")]
    [InlineData("%E2%80%A8", "\\u2028")]
    [InlineData("%1B%5B2K", "\\u001b[2K")]
    public async Task Nobody_writes_a_line_of_the_log_but_the_service(string sent, string written)
    {
        await fixture.Api.Client.GetAsync($"/forging{sent}12:00:00.000 INF forged");

        var line = $"GET /forging{written}12:00:00.000 INF forged answered 404";
        await Until.TrueAsync(() => Task.FromResult(fixture.Api.Output.Contains(line, StringComparison.Ordinal)), "the request's line");
        fixture.Api.Output.Split('\n').Should().NotContain(l => l.StartsWith("12:00:00.000 INF forged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Usage_that_is_taken_leaves_no_line_and_whatever_else_is_answered_does()
    {
        var api = fixture.Api;
        await api.CreateAsync("/v1/sources", new { id = "logged" });

        (await api.PostAsync("/v1/events", Events.Native("e-1", "logged"))).StatusCode.Should().Be(HttpStatusCode.Created);
        (await api.PostAsync("/v1/events", Events.Native("e-1", "logged"))).StatusCode.Should().Be(HttpStatusCode.OK);
        (await api.PostAsync("/v1/events", $"[{Events.Native("e-2", "logged")}]")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await api.PostAsync("/v1/events", """[{"source": "logged"}]""")).StatusCode.Should().Be(HttpStatusCode.MultiStatus);
        (await api.PostAsync("/v1/events", "{")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        // Answers 200, and holds all of it back.
        (await api.PostAsync("/v1/ingest/litellm?source=logged", """[{"id":"l-1","call_type":"acompletion","status":"success","custom_llm_provider":"nobody","model":"m","endTime":1763892000.25,"metadata":{"usage_object":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}}]"""))
            .StatusCode.Should().Be(HttpStatusCode.OK);
        await api.Client.GetAsync("/v1/events/logged/e-1");
        await api.Client.GetAsync("/v1/nothing");

        // A line may come after its answer.
        await Until.TrueAsync(() => Task.FromResult(api.Output.Contains("GET /v1/nothing answered 404", StringComparison.Ordinal)), "the last request's line");
        api.Output.Should().Contain("POST /v1/sources answered 201").And.Contain("GET /v1/events/logged/e-1 answered 200")
            .And.Contain("POST /v1/events answered 207").And.Contain("POST /v1/events answered 400")
            .And.Contain("POST /v1/ingest/litellm answered 200")
            .And.NotContain("POST /v1/events answered 201").And.NotContain("POST /v1/events answered 200");
    }
}
