using System.Globalization;
using System.Text.Json.Nodes;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class ConformanceTests
{
    // Multilateral methods, linked years, Denton and regressions are mapped beside their own code.
    private static readonly string[] OtherMethods = ["geks", "gk", "wtpd", "rolling"];
    private static readonly string[] OtherCases = ["15", "24", "25"];

    private static readonly IReadOnlyList<ConformanceResult> Results = Conformance.Run();

    public static TheoryData<string, string, string> Series()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var result in Results)
            data.Add(result.CaseId, result.Series, result.Source);
        return data;
    }

    [Theory]
    [MemberData(nameof(Series))]
    public void A_published_series_is_reproduced_within_its_tolerance(string caseId, string series, string source)
    {
        var result = Results.Single(r => r.CaseId == caseId && r.Series == series);

        result.Passed.Should().BeTrue($"case {caseId} ({result.Title}), {series}, of {source}, lies {result.LargestDeviation} off; it may {result.Tolerance}");
        result.LargestDeviation.Should().NotBeNull().And.BeInRange(0, result.Tolerance);
        result.Points.Should().BePositive();
    }

    [Fact]
    public void No_series_of_a_case_is_left_out() =>
        Conformance.Unhandled.Where(u => !OtherMethods.Contains(u.Method) && !OtherCases.Contains(u.CaseId)).Should().BeEmpty();

    [Fact]
    public void Every_shipped_case_is_read() => Conformance.Cases.Select(json => JsonNode.Parse(json)!["id"]!.GetValue<string>())
        .Should().Equal("01", "02", "03", "05", "07", "08", "09a", "12", "15", "16", "20", "21", "22", "23", "24", "25", "27");

    [Fact]
    public void All_of_a_case_counts_as_unhandled_when_its_methods_are_unknown()
    {
        var report = Check("22", node => node["expected"]![0]!["method"] = "astrology");

        report.Unhandled.Should().Equal(new UnhandledSeries("22", "astrology fisher price", "astrology"));
        report.Results.Should().ContainSingle().Which.Series.Should().Be("nominal");
    }

    [Theory]
    [InlineData("01", 0, "/values/4", 0.5557)]
    [InlineData("02", 0, "/values/2", 0.05792737)]
    [InlineData("02", 3, "/values/0", 0.0333052)]
    [InlineData("05", 0, "/values/11", 1.144732207)]
    [InlineData("12", 4, "/values/2", 330.4)]
    [InlineData("16", 0, "/values/1/2", 0.53761)]
    [InlineData("20", 0, "/values/0/contributions/b-1/in", 0.1762)]
    [InlineData("20", 0, "/values/1/self_consistent_price", 0.7185)]
    [InlineData("21", 7, "/values/0", 0.76)]
    [InlineData("22", 0, "/values/2", 0.8)]
    [InlineData("27", 0, "/values/0/value", "28.000001")]
    [InlineData("27", 0, "/values/1/price", "0")]
    public void A_figure_that_is_altered_is_found(string caseId, int series, string figure, object altered)
    {
        Check(caseId, _ => { }).Results.Should().OnlyContain(r => r.Passed);

        var report = Check(caseId, node => Set(node["expected"]![series]!, figure[1..], JsonValue.Create(altered)));

        report.Results.Where(r => !r.Passed).Should().ContainSingle();
    }

    [Fact]
    public void A_figure_that_is_missing_or_too_many_is_found()
    {
        Failed(Check("01", node => ((JsonArray)node["expected"]![13]!["values"]!).RemoveAt(4))).Should().Be("laspeyres chained price");
        Failed(Check("01", node => ((JsonArray)node["expected"]![13]!["values"]!).Add(1.3))).Should().Be("laspeyres chained price");
        Failed(Check("20", node => ((JsonObject)node["expected"]![0]!["values"]![0]!["contributions"]!).Remove("a-1/out"))).Should().Be("union_fisher_links");
    }

    [Fact]
    public void A_formula_that_has_a_value_is_not_undefined() =>
        Failed(Check("21", node => node["expected"]![4]!["values"]![0] = "fisher")).Should().Be("undefined");

    private static string Failed(ConformanceReport report)
    {
        var failed = report.Results.Single(r => !r.Passed);
        failed.LargestDeviation.Should().BeNull();
        return failed.Series;
    }

    private static ConformanceReport Check(string caseId, Action<JsonNode> alter)
    {
        var node = Conformance.Cases.Select(json => JsonNode.Parse(json)!).Single(n => n["id"]!.GetValue<string>() == caseId);
        alter(node);
        return Conformance.Check(node.ToJsonString());
    }

    // The names of items hold slashes: the longest name that fits is taken.
    private static void Set(JsonNode node, string path, JsonNode? value)
    {
        if (node is JsonArray list)
        {
            var slash = path.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
                list[int.Parse(path, CultureInfo.InvariantCulture)] = value;
            else
                Set(list[int.Parse(path[..slash], CultureInfo.InvariantCulture)]!, path[(slash + 1)..], value);
        }
        else if (node is JsonObject members)
        {
            var name = members.Select(m => m.Key).Where(k => path == k || path.StartsWith(k + "/", StringComparison.Ordinal)).MaxBy(k => k.Length)!;
            if (path == name)
                members[name] = value;
            else
                Set(members[name]!, path[(name.Length + 1)..], value);
        }
    }
}
