using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Senders;

/// <summary>CloudEvents of the JavaScript SDK.</summary>
public sealed class JavaScriptCloudEventsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task Events_of_the_JavaScript_SDK_are_recorded_in_every_mode()
    {
        await _api.CreateAsync("/v1/sources", new { id = "javascript" });

        var told = await JavaScriptSenders.RunAsync("cloudevents.mjs", new()
        {
            ["TOKENFACTORY_URL"] = _api.Address.ToString().TrimEnd('/'),
            ["TOKENFACTORY_KEY"] = ApiProcess.AdminKey,
            ["TOKENFACTORY_SOURCE"] = "javascript",
        });
        var answers = JsonDocument.Parse(told).RootElement;

        foreach (var (answer, id) in answers.EnumerateArray().Zip(["js-1", "js-2"]))
        {
            answer.TryGetProperty("entries", out var entries).Should().BeTrue(told);
            answer.GetProperty("id").GetString().Should().Be(id);
            answer.GetProperty("occurred_at").GetString().Should().Be("2026-10-05T10:00:00.25Z");
            entries.EnumerateArray().Select(e => (e.GetProperty("token_class").GetString(), e.GetProperty("quantity").GetString())).Should().Equal(("input", "86"), ("output", "40"));
        }

        answers[2].TryGetProperty("accepted", out var accepted).Should().BeTrue(told);
        accepted.GetInt32().Should().Be(1);
        answers[2].GetProperty("duplicate").GetInt32().Should().Be(2);
    }
}
