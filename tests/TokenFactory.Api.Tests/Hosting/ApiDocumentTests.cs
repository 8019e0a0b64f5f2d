using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Hosting;

/// <summary>The OpenAPI document: what clients are generated from and what operators read in Swagger UI.</summary>
public sealed partial class ApiDocumentTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task It_is_a_valid_document_of_OpenApi_3_1()
    {
        var json = await _api.Client.GetStringAsync("/openapi/v1.json");

        var (document, diagnostic) = OpenApiDocument.Parse(json, "json");

        diagnostic!.SpecificationVersion.Should().Be(OpenApiSpecVersion.OpenApi3_1);
        diagnostic.Errors.Should().BeEmpty();
        diagnostic.Warnings.Should().BeEmpty();
        document!.Paths.Should().NotBeEmpty();
    }

    [Fact]
    public void A_broken_document_would_be_noticed()
    {
        var (_, diagnostic) = OpenApiDocument.Parse("""{"openapi":"3.1.1","info":{"title":"x"},"paths":{"no-slash":{}}}""", "json");

        diagnostic!.Errors.Should().NotBeEmpty();
    }

    /// <summary>A change of the contract shows as a change of the outline. Reviewed and wanted: copy the file that the failure names.</summary>
    [Fact]
    public async Task It_is_the_contract_that_was_reviewed()
    {
        var outline = ApiOutline.Of(await _api.GetAsync("/openapi/v1.json"));
        var reviewed = Path.Combine(Repository.Root, "tests", "TokenFactory.Api.Tests", "Hosting", "api_outline.txt");
        var actual = Path.Combine(AppContext.BaseDirectory, "api_outline.txt");
        await File.WriteAllTextAsync(actual, outline);

        outline.Split('\n').Should().Equal((await File.ReadAllTextAsync(reviewed)).ReplaceLineEndings("\n").Split('\n'),
            $"the contract is the reviewed one; if the change is wanted: cp {actual} {reviewed}");
    }

    [Fact]
    public async Task Every_operation_and_parameter_says_what_it_is()
    {
        var document = await _api.GetAsync("/openapi/v1.json");
        var silent = new List<string>();
        foreach (var (name, operation) in Operations(document))
        {
            if (!operation.TryGetProperty("summary", out _))
                silent.Add(name);
            if (!operation.TryGetProperty("parameters", out var parameters))
                continue;
            silent.AddRange(parameters.EnumerateArray().Where(p => !p.TryGetProperty("description", out var text) || text.GetString() == "")
                .Select(p => $"{name} {p.GetProperty("name")}"));
        }

        silent.Should().BeEmpty();
        Operations(document).Select(o => o.Operation.GetProperty("operationId").GetString()).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Every_refusal_is_a_problem_document()
    {
        var document = await _api.GetAsync("/openapi/v1.json");

        foreach (var (name, operation) in Operations(document))
        {
            foreach (var answer in operation.GetProperty("responses").EnumerateObject().Where(a => a.Name[0] is '4' or '5'))
            {
                answer.Value.GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").GetProperty("$ref").GetString()
                    .Should().Be("#/components/schemas/ProblemDocument", $"{name} {answer.Name}");
            }
        }
    }

    [Fact]
    public async Task Every_answer_says_more_than_its_status_and_every_refusal_has_an_example_of_it()
    {
        foreach (var (name, operation) in Operations(await _api.GetAsync("/openapi/v1.json")))
        {
            foreach (var answer in operation.GetProperty("responses").EnumerateObject())
            {
                answer.Value.GetProperty("description").GetString().Should().Contain(" ", $"{name} {answer.Name}")
                    .And.NotBe(Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(int.Parse(answer.Name, System.Globalization.CultureInfo.InvariantCulture)), $"{name} {answer.Name}");
                if (answer.Name[0] is '4' or '5' && answer.Value.GetProperty("content").TryGetProperty("application/problem+json", out var problem) && name != "post /v1/events")
                    problem.GetProperty("example").GetProperty("status").GetInt32().Should().Be(int.Parse(answer.Name, System.Globalization.CultureInfo.InvariantCulture), $"{name} {answer.Name}");
            }
        }
    }

    [Fact]
    public async Task Its_members_are_snake_case()
    {
        var document = await _api.GetAsync("/openapi/v1.json");
        var members = document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(s => s.Value.TryGetProperty("properties", out _))
            .SelectMany(s => s.Value.GetProperty("properties").EnumerateObject().Select(p => p.Name)).ToList();

        members.Should().NotBeEmpty().And.OnlyContain(name => SnakeCase().IsMatch(name));
    }

    [Fact]
    public async Task The_examples_of_events_are_taken_as_they_stand()
    {
        foreach (var source in new[] { "gateway-1" })
            await _api.CreateAsync("/v1/sources", new { id = source });
        var content = (await _api.GetAsync("/openapi/v1.json")).GetProperty("paths").GetProperty("/v1/events").GetProperty("post").GetProperty("requestBody").GetProperty("content");
        var lines = content.GetProperty("application/x-ndjson").GetProperty("example").GetString()!;
        var examples = content.GetProperty("application/json").GetProperty("examples");

        (await _api.PostAsync("/v1/events", lines, Events.Lines)).StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        // The same events again.
        (await _api.PostAsync("/v1/events", examples.GetProperty("one").GetProperty("value").GetRawText())).StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        using var many = await _api.PostAsync("/v1/events", examples.GetProperty("many").GetProperty("value").GetRawText());
        JsonDocument.Parse(await many.Content.ReadAsStringAsync()).RootElement.GetProperty("duplicate").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task The_limits_of_events_are_stated_as_they_are_configured()
    {
        var post = (await _api.GetAsync("/openapi/v1.json")).GetProperty("paths").GetProperty("/v1/events").GetProperty("post");

        post.GetProperty("description").GetString().Should().ContainAll("67,108,864 bytes", "100,000 events", "262,144 bytes", "10,000 events", "256 characters", "300 seconds");
    }

    private static IEnumerable<(string Name, JsonElement Operation)> Operations(JsonElement document) => document.GetProperty("paths").EnumerateObject()
        .SelectMany(p => p.Value.EnumerateObject().Select(o => ($"{o.Name} {p.Name}", o.Value)));

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();
}
