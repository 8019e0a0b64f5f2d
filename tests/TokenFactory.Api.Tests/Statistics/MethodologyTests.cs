using System.Net;
using System.Reflection;
using System.Text.Json;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>What the service says of its methods is all of them, and what it shows of them holds.</summary>
public sealed class MethodologyTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task Every_method_and_name_of_the_API_has_its_text()
    {
        var answer = await _api.GetAsync("/v1/methodology");

        Names(answer, "methods").Should().Equal([.. WireJson.NamesOf(typeof(BilateralFormula)), .. WireJson.NamesOf(typeof(MultilateralMethod))]);
        answer.GetProperty("methods").EnumerateArray().Should().OnlyContain(m => m.EnumerateObject().All(p => p.Value.GetString() != ""));
        Names(answer, "item_selections").Should().Equal(WireJson.NamesOf(typeof(ItemSelection)));
        Names(answer, "splices").Should().Equal(WireJson.NamesOf(typeof(Splice)));
        Names(answer, "transformations").Should().Equal(WireJson.NamesOf(typeof(Transformation)));
        var indices = (await _api.GetAsync("/openapi/v1.json")).GetProperty("paths").GetProperty("/v1/indices").GetProperty("get").GetProperty("parameters").EnumerateArray()
            .ToDictionary(p => p.GetProperty("name").GetString()!, p => p.GetProperty("schema"));
        Names(answer, "linkings").Should().Equal(indices["linking"].GetProperty("enum").EnumerateArray().Select(v => v.GetString()));
        Names(answer, "methods").Should().Equal(indices["method"].GetProperty("enum").EnumerateArray().Select(v => v.GetString()));
    }

    [Fact]
    public async Task Every_reason_of_the_arithmetic_is_explained()
    {
        var reasons = typeof(NullReasons).Assembly.GetExportedTypes().Where(t => t.Name.EndsWith("Reasons", StringComparison.Ordinal))
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral)).Select(f => (string)f.GetRawConstantValue()!).ToList();

        reasons.Should().HaveCountGreaterThan(15);
        Names(await _api.GetAsync("/v1/methodology"), "null_reasons").Should().Contain(reasons).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task The_headline_is_what_the_token_index_says_of_itself()
    {
        var rules = (await _api.GetAsync("/v1/methodology")).GetProperty("headline").EnumerateArray().ToList();

        rules.Should().HaveCount(6);
        foreach (var rule in rules)
        {
            var index = await _api.GetAsync($"/v1/token-index?frequency={rule.GetProperty("frequency").GetString()}");
            foreach (var name in (string[])["method", "linking", "items", "window", "splice"])
                index.GetProperty(name).ToString().Should().Be(rule.GetProperty(name).ToString(), $"{name} of {rule}");
        }
    }

    [Fact]
    public async Task The_published_cases_come_out_of_the_running_service()
    {
        var conformance = (await _api.GetAsync("/v1/methodology")).GetProperty("conformance");

        conformance.GetProperty("conformant").GetBoolean().Should().BeTrue(conformance.ToString());
        conformance.GetProperty("passed").GetInt32().Should().Be(conformance.GetProperty("series").GetInt32()).And.BeGreaterThan(50);
        var cases = conformance.GetProperty("cases").EnumerateArray().ToList();
        cases.Select(c => c.GetProperty("id").GetString()).Should().Contain("01").And.OnlyHaveUniqueItems();
        cases.Should().OnlyContain(c => c.GetProperty("passed").GetBoolean() && c.GetProperty("worst_in_tolerances").GetDouble() <= 1);
        cases.Sum(c => c.GetProperty("series").GetArrayLength()).Should().Be(conformance.GetProperty("series").GetInt32());
        var series = cases.SelectMany(c => c.GetProperty("series").EnumerateArray()).ToList();
        series.Select(s => $"{s.GetProperty("points")} {s.GetProperty("passed")}").Should().Equal(Conformance.Run().Select(r => $"{r.Points} {r.Passed}"));
        conformance.GetProperty("not_covered").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task It_is_public_and_has_a_tag_that_stays()
    {
        using var nobody = _api.ClientWith(null);
        using var first = await nobody.GetAsync("/v1/methodology");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/methodology");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await nobody.SendAsync(request);

        first.StatusCode.Should().Be(HttpStatusCode.OK);
        second.StatusCode.Should().Be(HttpStatusCode.NotModified);
        (await nobody.GetStringAsync("/v1/methodology?format=csv")).Split("\r\n")[0].Should().Be("name,title,kind,formula,source,null_when");
        (await nobody.GetAsync("/v1/methodology?format=xml")).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task It_says_what_is_configured()
    {
        await using var api = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new()
        {
            ["TokenFactory__Statistics__TimeZone"] = "Europe/Berlin",
            ["TokenFactory__Statistics__ProvisionalDays"] = "3",
            ["TokenFactory__Statistics__FinalDays"] = "33",
        });
        var answer = await api.GetAsync("/v1/methodology");

        answer.GetProperty("time_zone").GetString().Should().Be("Europe/Berlin");
        (answer.GetProperty("provisional_days").GetInt32(), answer.GetProperty("final_days").GetInt32()).Should().Be((3, 33));
        DateOnly.TryParseExact(answer.GetProperty("version").GetString(), "yyyy-MM-dd", out _).Should().BeTrue();
        answer.GetProperty("service_version").GetString().Should().MatchRegex(@"^\d+\.\d+\.\d+$");
    }

    private static IEnumerable<string?> Names(JsonElement answer, string list) => answer.GetProperty(list).EnumerateArray().Select(r => r.GetProperty("name").GetString());
}
