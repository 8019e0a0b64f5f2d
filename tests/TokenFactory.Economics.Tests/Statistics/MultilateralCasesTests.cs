using System.Text.Json;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>The multilateral series of the published cases, each within the tolerance that it is published with.</summary>
public sealed class MultilateralCasesTests
{
    private static readonly string[] Methods = ["geks", "gk", "wtpd", "rolling"];

    public static TheoryData<string, int> Series()
    {
        var data = new TheoryData<string, int>();
        foreach (var published in PublishedCase.All)
        {
            for (var i = 0; i < published.Expected.Length; i++)
            {
                if (Methods.Contains(published.Expected[i].Method))
                    data.Add(published.Id, i);
            }
        }

        return data;
    }

    [Fact]
    public void Every_multilateral_series_of_the_cases_is_found() =>
        Series().Select(row => row.Data.Item1).GroupBy(id => id).Select(g => $"{g.Key}: {g.Count()}")
            .Should().Equal("01: 1", "05: 3", "07: 6", "08: 2", "09a: 5", "20: 3", "23: 1");

    [Theory]
    [MemberData(nameof(Series))]
    public void A_published_multilateral_series_is_reproduced_within_its_tolerance(string caseId, int series)
    {
        var published = PublishedCase.All.Single(c => c.Id == caseId);
        var expected = published.Expected[series];
        int? window = expected.Raw.TryGetProperty("window", out var periods) ? periods.GetInt32() : null;
        var splice = expected.Raw.TryGetProperty("splice", out var name) ? Enum.Parse<Splice>(name.GetString()!, ignoreCase: true) : Splice.Movement;

        var actual = MultilateralSeries.Compile(WithCarried(published), 0, MethodOf(expected), window, splice);

        for (var t = 0; t < expected.Values.Length; t++)
        {
            expected.ShouldMatch(
                actual[t].Level / 100, expected.Values[t], $"case {published.Id} ({published.Title}), {expected.Method} {expected.Index}, period {published.Periods[t]}");
        }

        actual.Should().HaveCount(expected.Values.Length);
    }

    private static MultilateralMethod MethodOf(PublishedSeries expected) => expected.Method switch
    {
        "gk" => MultilateralMethod.Gk,
        "wtpd" => MultilateralMethod.Wtpd,
        _ => Enum.Parse<MultilateralMethod>($"Geks{expected.Index}", ignoreCase: true),
    };

    // In the cases a quantity of 0 with a price is a price carried forward.
    private static Basket[] WithCarried(PublishedCase published)
    {
        var path = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Statistics", "Cases"), $"{published.Id}_*.json").Single();
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var prices = document.RootElement.GetProperty("prices").EnumerateObject().Select(p => p.Value).ToList();
        var quantities = document.RootElement.GetProperty("quantities").EnumerateObject().Select(q => q.Value).ToList();
        return [.. published.Baskets.Select((basket, t) => basket.WithCarried(
            from item in Enumerable.Range(0, prices.Count)
            where quantities[item][t].ValueKind == JsonValueKind.Number && quantities[item][t].GetDouble() == 0
            select KeyValuePair.Create(item, prices[item][t].GetDouble())))];
    }
}
