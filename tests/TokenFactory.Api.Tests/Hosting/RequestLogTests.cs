using System.Net;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Hosting;

public sealed class RequestLogTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
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
