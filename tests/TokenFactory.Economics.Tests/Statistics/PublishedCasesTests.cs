using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class PublishedCasesTests
{
    public static TheoryData<string, int> BilateralSeries()
    {
        var data = new TheoryData<string, int>();
        foreach (var published in PublishedCase.All)
        {
            for (var i = 0; i < published.Expected.Length; i++)
            {
                if (published.Expected[i].Method is "bilateral" or "chained_with_gaps"
                    && Enum.TryParse<BilateralFormula>(published.Expected[i].Index, ignoreCase: true, out _))
                    data.Add(published.Id, i);
            }
        }

        return data;
    }

    [Fact]
    public void All_the_cases_of_this_project_are_found() =>
        PublishedCase.All.Select(c => c.Id).Should().Equal("01", "02", "03", "05", "07", "08", "09a", "12", "15", "16", "20", "21", "22", "23", "24", "25", "27");

    [Theory]
    [MemberData(nameof(BilateralSeries))]
    public void A_published_series_is_reproduced_within_its_tolerance(string caseId, int series)
    {
        var published = PublishedCase.All.Single(c => c.Id == caseId);
        var expected = published.Expected[series];
        var baskets = expected.Subset ?? published.Baskets;
        var method = new IndexMethod
        {
            Kind = expected.Type == "quantity" ? IndexKind.Quantity : IndexKind.Price,
            Formula = expected.Formula,
            Linking = expected.Output == "fixedbase" ? Linking.FixedBase : Linking.Chained,
            // The panel of case 05 had its missing prices carried forward.
            Items = published.Id == "05" ? ItemSelection.Carried : ItemSelection.Matched,
        };

        for (var t = 0; t < expected.Values.Length; t++)
        {
            // "pop" is period on period: a chain of the two periods alone.
            var level = expected.Output == "pop"
                ? t == 0 ? 100 : IndexSeries.Compile(baskets[(t - 1)..(t + 1)], 0, method)[1].Level
                : IndexSeries.Compile(baskets, 0, method)[t].Level;

            expected.ShouldMatch(level / 100, expected.Values[t], $"case {published.Id} ({published.Title}), {expected.Index} {expected.Output}, period {published.Periods[t]}");
        }
    }

    [Fact]
    public void Entry_and_exit_follow_the_union_rule_with_overall_mean_imputation()
    {
        var published = PublishedCase.All.Single(c => c.Id == "20");
        var links = published.Expected.Single(e => e.Method == "union_fisher_links").Raw.GetProperty("values").EnumerateArray().ToList();

        for (var t = 1; t <= links.Count; t++)
        {
            var matched = BilateralBasket.Of(published.Baskets[t - 1], published.Baskets[t], ItemSelection.Matched);
            var union = BilateralBasket.Of(published.Baskets[t - 1], published.Baskets[t], ItemSelection.Union);
            var link = links[t - 1];

            Bilateral.Fisher(matched).Value.Should().BeApproximately(link.GetProperty("matched_fisher").GetDouble(), 1e-12);
            Bilateral.Fisher(union).Value.Should().BeApproximately(link.GetProperty("union_fisher_price").GetDouble(), 1e-12);
            Bilateral.FisherQuantity(union).Value.Should().BeApproximately(link.GetProperty("union_fisher_quantity").GetDouble(), 1e-12);
            Bilateral.ValueRatio(published.Baskets[t - 1], published.Baskets[t]).Value
                .Should().BeApproximately(link.GetProperty("value_ratio").GetDouble(), 1e-12);
        }
    }
}
