using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using TokenFactory.Api.Tests.Hosting;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Statistics;

namespace TokenFactory.Api.Tests.Docs;

/// <summary>The Grafana dashboard asks for what there is: operations, parameters and columns, with every value of its variables.</summary>
public sealed partial class GrafanaTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private const string Plugin = "yesoreyeram-infinity-datasource";
    private readonly ApiProcess _api = ledger.Service.Api;

    [Fact]
    public async Task Every_panel_finds_the_columns_that_it_names()
    {
        var dashboard = Read();
        var operations = new ApiOperations(await _api.GetAsync("/openapi/v1.json"));

        var faults = new List<string>();
        foreach (var (panel, target) in Targets(dashboard))
            faults.AddRange((await FaultsAsync(target, Frequencies(dashboard), operations)).Select(f => $"{panel}: {f}"));

        faults.Should().BeEmpty();
        Targets(dashboard).Should().HaveCountGreaterThan(6);
    }

    // A test that finds nothing wrong must be able to.
    [Theory]
    [InlineData("/v1/gdp?", "/v1/gpd?", "no operation")]
    [InlineData("by=sector", "group=sector", "no parameter group")]
    [InlineData("by=sector", "by=planet", "answered 422")]
    [InlineData("start=${__from:date:YYYY-MM}-01", "start=${from}", "variable")]
    [InlineData("\"selector\":\"gdp\"", "\"selector\":\"gpd\"", "no column gpd")]
    [InlineData("\"selector\":\"sector\",\"text\":\"sector\",\"type\":\"string\"", "\"selector\":\"sector\",\"text\":\"sector\",\"type\":\"number\"", "is no number")]
    [InlineData("\"type\":\"csv\"", "\"type\":\"json\"", "is no JSON")]
    public async Task A_panel_that_would_stay_empty_is_noticed(string text, string other, string told)
    {
        var dashboard = Read();
        var target = Targets(dashboard).Single(t => t.Panel == "Token GDP by sector").Target.ToJsonString().Replace("\\u0026", "&", StringComparison.Ordinal);
        target.Should().Contain(text);

        var faults = await FaultsAsync(JsonNode.Parse(target.Replace(text, other, StringComparison.Ordinal))!, ["month"], new(await _api.GetAsync("/openapi/v1.json")));

        faults.Should().Contain(f => f.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public void It_can_be_imported_and_its_panels_lie_side_by_side()
    {
        var dashboard = Read();
        var input = dashboard["__inputs"]!.AsArray().Single()!;
        input["pluginId"]!.GetValue<string>().Should().Be(Plugin);
        var source = $"${{{input["name"]}}}";
        var panels = dashboard["panels"]!.AsArray().Select(p => p!).ToList();
        panels.Select(p => p["id"]!.GetValue<int>()).Should().OnlyHaveUniqueItems();
        panels.Select(p => p["title"]!.GetValue<string>()).Should().OnlyHaveUniqueItems();
        dashboard["__requires"]!.AsArray().Select(r => r!["id"]!.GetValue<string>()).Should().Contain([Plugin, .. panels.Select(p => p["type"]!.GetValue<string>())]);
        foreach (var holder in panels.Concat(Targets(dashboard).Select(t => t.Target)))
        {
            holder["datasource"]!["type"]!.GetValue<string>().Should().Be(Plugin);
            holder["datasource"]!["uid"]!.GetValue<string>().Should().Be(source);
        }

        var places = panels.SelectMany(p => Places(p["gridPos"]!)).ToList();
        places.Should().OnlyHaveUniqueItems().And.OnlyContain(place => place.X < 24);
    }

    private async Task<List<string>> FaultsAsync(JsonNode target, IReadOnlyList<string> frequencies, ApiOperations operations)
    {
        var faults = new List<string>();
        var written = target["url"]!.GetValue<string>();
        if (!written.StartsWith("${url}/", StringComparison.Ordinal))
            return [$"{written} does not begin with the variable url"];
        foreach (var frequency in written.Contains("${frequency}", StringComparison.Ordinal) ? frequencies : frequencies.Take(1))
        {
            var address = written["${url}".Length..].Replace("${frequency}", frequency, StringComparison.Ordinal).Replace("${__from:date:YYYY-MM}", "2026-06", StringComparison.Ordinal);
            if (address.Contains('$', StringComparison.Ordinal))
                return [$"{written} has a variable that nobody sets"];
            var parts = address.Split('?', 2);
            if (operations.All.SingleOrDefault(o => o.Method == "GET" && o.Path == parts[0]) is not { } operation)
                return [$"there is no operation GET {parts[0]}"];
            faults.AddRange(QueryHelpers.ParseQuery(parts.ElementAtOrDefault(1)).Keys.Where(name => !operation.Parameters.Any(p => p.Name == name)).Select(name => $"{operation.Name} has no parameter {name}"));
            // As Grafana asks: without a key.
            using var nobody = _api.ClientWith(null);
            using var answer = await nobody.GetAsync(address);
            var text = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode)
                faults.Add($"{address} answered {(int)answer.StatusCode}: {text}");
            else
                faults.AddRange(FaultsOf(target, text).Select(f => $"{address}: {f}"));
        }

        return faults;
    }

    private static IEnumerable<string> FaultsOf(JsonNode target, string text) =>
        target["type"]!.GetValue<string>() == "csv" ? FaultsOfTable(target, text) : FaultsOfObject(target, text);

    // No name of the fixture holds a comma or a quote.
    private static IEnumerable<string> FaultsOfTable(JsonNode target, string text)
    {
        string[][] lines = [.. text.TrimEnd().ReplaceLineEndings("\n").Split('\n').Select(line => line.Split(','))];
        if (lines.Length < 2)
            yield return "there is no row";
        foreach (var (name, type) in Columns(target))
        {
            var at = Array.IndexOf(lines[0], name);
            if (at < 0)
                yield return $"there is no column {name}";
            else if (lines.Skip(1).All(line => line[at].Length == 0))
                yield return $"the column {name} is empty";
            else if (lines.Skip(1).Select(line => line[at]).FirstOrDefault(cell => cell.Length > 0 && !Is(type, cell)) is { } cell)
                yield return $"{cell} in {name} is no {type}";
        }
    }

    private static IEnumerable<string> FaultsOfObject(JsonNode target, string text)
    {
        if (!text.StartsWith('{'))
        {
            yield return "the answer is no JSON";
            yield break;
        }

        using var answer = JsonDocument.Parse(text);
        foreach (var (name, type) in Columns(target))
        {
            if (!answer.RootElement.TryGetProperty(name, out var value))
                yield return $"there is no column {name}";
            else if (value.ValueKind != JsonValueKind.Null && !Is(type, value.ToString()))
                yield return $"{value} in {name} is no {type}";
        }
    }

    private static bool Is(string type, string cell) => type switch
    {
        "number" => decimal.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        "timestamp" => Instant().IsMatch(cell),
        "string" => true,
        _ => false,
    };

    private static IEnumerable<(string Name, string Type)> Columns(JsonNode target) =>
        target["columns"]!.AsArray().Select(c => (c!["selector"]!.GetValue<string>(), c["type"]!.GetValue<string>()));

    private static JsonNode Read() => JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "grafana", "token-factory.json")))!;

    private static List<(string Panel, JsonNode Target)> Targets(JsonNode dashboard) =>
        [.. dashboard["panels"]!.AsArray().SelectMany(p => p!["targets"]!.AsArray().Select(t => (p["title"]!.GetValue<string>(), t!)))];

    private static string[] Frequencies(JsonNode dashboard) =>
        dashboard["templating"]!["list"]!.AsArray().Single(v => v!["name"]!.GetValue<string>() == "frequency")!["query"]!.GetValue<string>().Split(',');

    private static IEnumerable<(int X, int Y)> Places(JsonNode grid) =>
        from x in Enumerable.Range(grid["x"]!.GetValue<int>(), grid["w"]!.GetValue<int>())
        from y in Enumerable.Range(grid["y"]!.GetValue<int>(), grid["h"]!.GetValue<int>())
        select (x, y);

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    private static partial Regex Instant();
}
