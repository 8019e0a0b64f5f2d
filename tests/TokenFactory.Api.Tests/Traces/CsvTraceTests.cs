using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Traces;

/// <summary>
/// The Azure LLM inference traces of <see cref="TraceTests"/>, posted as the files that they are published as: no line of them is touched. That their
/// times are UTC and their rows are requests of these two models are assumptions of this test.
/// </summary>
[Trait("Category", "Traces")]
public sealed class CsvTraceTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data", "traces"));

    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task Every_token_of_the_published_files_is_in_the_figures_and_posting_them_twice_changes_nothing()
    {
        Assert.SkipUnless(Directory.Exists(Folder), $"The published traces are not there: {Folder} is missing.");
        await _api.CreateAsync("/v1/sources", new { id = "azure" });

        foreach (var outcome in new[] { "accepted", "duplicate" })
        {
            (await PostAsync("conv")).GetProperty(outcome).GetInt32().Should().Be(19_366);
            (await PostAsync("code")).GetProperty(outcome).GetInt32().Should().Be(8_819);
        }

        var tokens = (await _api.GetAsync("/v1/gdp?frequency=year&by=model,token_class")).GetProperty("rows").EnumerateArray().ToDictionary(
            r => $"{r.GetProperty("model")} {r.GetProperty("token_class")}", r => long.Parse(r.GetProperty("quantity").GetString()!, CultureInfo.InvariantCulture));
        tokens.Should().Equal(new Dictionary<string, long>
        {
            ["azure-code input"] = 18_059_974, ["azure-code output"] = 245_896, ["azure-conv input"] = 22_361_870, ["azure-conv output"] = 4_088_665,
        });
        (await _api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    private async Task<JsonElement> PostAsync(string trace)
    {
        await using var file = File.OpenRead(Path.Combine(Folder, $"AzureLLMInferenceTrace_{trace}.csv"));
        using var content = new StreamContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var answer = await _api.Client.PostAsync(
            $"/v1/ingest/csv?source=azure&id_prefix={trace}-&time_zone=UTC&column=occurred_at:TIMESTAMP&column=input:ContextTokens&column=output:GeneratedTokens"
            + $"&value=producer:azure&value=model:azure-{trace}", content);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text[..Math.Min(500, text.Length)]);
        return JsonDocument.Parse(text).RootElement;
    }
}
