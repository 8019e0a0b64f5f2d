using System.Globalization;
using System.Text.Json.Nodes;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class ConformanceTests
{
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
    public void No_series_of_a_case_is_left_out()
    {
        Conformance.Unhandled.Should().BeEmpty();
        Results.Should().HaveCount(Conformance.Cases.Sum(json => JsonNode.Parse(json)!["expected"]!.AsArray().Count));
    }

    [Fact]
    public void Every_shipped_case_is_run() => Results.Select(r => r.CaseId).Distinct()
        .Should().Equal("01", "02", "03", "05", "07", "08", "09a", "12", "15", "16", "20", "21", "22", "23", "24", "25", "27");

    [Fact]
    public void A_series_is_named_once_in_its_case() => Results.Select(r => (r.CaseId, r.Series)).Should().OnlyHaveUniqueItems();

    [Theory]
    [InlineData("01", "fisher fixedbase price", "half a unit of decimal 4")]
    [InlineData("07", "rolling geks fisher, window 11, splice movement", "1e-12 of each figure")]
    [InlineData("15", "chain_links quarterly_links", "0.035 in the unit of the figures")]
    [InlineData("27", "item_periods", "exact")]
    public void A_tolerance_is_told_in_words(string caseId, string series, string tolerance) =>
        Results.Single(r => r.CaseId == caseId && r.Series == series).ToleranceText.Should().Be(tolerance);

    [Fact]
    public void All_of_a_case_counts_as_unhandled_when_its_methods_are_unknown()
    {
        var report = Check("22", node => node["expected"]![0]!["method"] = "astrology");

        report.Unhandled.Should().Equal(new UnhandledSeries("22", "astrology fisher price", "astrology"));
        report.Results.Should().ContainSingle().Which.Series.Should().Be("nominal");
    }

    [Theory]
    // Of a number of decimals, by about one unit of the last.
    [InlineData("01", 0, "/values/4", 0.5557)]
    [InlineData("02", 0, "/values/2", 0.05792737)]
    [InlineData("02", 3, "/values/0", 0.0333052)]
    [InlineData("12", 4, "/values/2", 330.4)]
    // Of an absolute tolerance.
    [InlineData("15", 0, "/values/11", 104.05)]
    [InlineData("15", 1, "/values/1", 101.82)]
    [InlineData("15", 2, "/values/4", 101.22)]
    // Of a relative one.
    [InlineData("05", 0, "/values/11", 1.144732207)]
    [InlineData("05", 2, "/values/3", 1.21307302)]
    [InlineData("05", 3, "/values/3", 1.16065330)]
    [InlineData("07", 3, "/values/12", 1.72120296)]
    [InlineData("07", 4, "/values/12", 1.5)]
    [InlineData("08", 1, "/values/12", 1.5682596)]
    [InlineData("16", 0, "/values/1/2", 0.53761)]
    [InlineData("20", 0, "/values/0/contributions/b-1/in", 0.1762)]
    [InlineData("20", 0, "/values/1/self_consistent_price", 0.7185)]
    [InlineData("21", 7, "/values/0", 0.76)]
    [InlineData("22", 0, "/values/2", 0.8)]
    [InlineData("24", 0, "/values/2/0", 137.08661689204968)]
    [InlineData("24", 1, "/values/2/0", 136.1903610515782)]
    [InlineData("24", 2, "/values/2", 149.2925)]
    [InlineData("25", 0, "/values/learning_rate", 0.2000001)]
    [InlineData("25", 1, "/values/se_b", 0.0087)]
    // To the last digit.
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
