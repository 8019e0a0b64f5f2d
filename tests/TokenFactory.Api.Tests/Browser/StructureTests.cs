using System.Globalization;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>Who makes the tokens, how concentrated that is, how prices fall; and what was said first.</summary>
public sealed class StructureTests(BrowserFixture browser) : PageTests(browser)
{
    [Theory]
    [InlineData("value", "gdp")]
    [InlineData("tokens", "quantity")]
    public async Task Shares_of_producers_are_of_the_figures_of_the_API(string measure, string column)
    {
        var panel = new Panel((await OpenAsync($"/?view=structure&measure={measure}&frequency=quarter")).Page, "shares");
        await panel.ReadyAsync();
        var answer = await AskAsync("/v1/gdp?frequency=quarter&by=producer");
        var file = await panel.CsvAsync();

        foreach (var (period, at) in answer.Periods().Select((p, i) => (p, i)))
        {
            var values = answer.Groups("producer").ToDictionary(p => p, p => answer.Column([period], column, "producer", p)[0]);
            var total = values.Values.Where(v => v.Length > 0).Sum(v => decimal.Parse(v, CultureInfo.InvariantCulture));
            foreach (var (producer, value) in values.Where(v => v.Value.Length > 0))
            {
                decimal.Parse(file.Column(producer).ElementAt(at), CultureInfo.InvariantCulture)
                    .Should().BeApproximately(decimal.Parse(value, CultureInfo.InvariantCulture) / total, 0.000_001m, $"{producer} in {period}");
            }
        }

        foreach (var series in (await panel.DrawingAsync()).Series)
            series.Data.Should().Equal(file.Column(series.Name).Places(), series.Name);
    }

    [Fact]
    public async Task Concentration_is_that_of_the_API()
    {
        var panel = new Panel((await OpenAsync("/?view=structure")).Page, "concentration");
        await panel.ReadyAsync();
        var answer = await AskAsync("/v1/concentration?frequency=month");
        var file = await panel.CsvAsync();
        var drawing = await panel.DrawingAsync();

        foreach (var (name, at) in new[] { ("hhi", 0), ("cr4", 1) })
        {
            file.Column(name).Should().Equal(answer.Column(answer.Periods(), name));
            drawing.Series[at].Data.Should().Equal(file.Column(name).Places());
        }

        file.Column("active").Should().Equal(answer.Column(answer.Periods(), "active"));
    }

    [Fact]
    public async Task The_learning_curve_goes_through_the_points_of_the_API()
    {
        var panel = new Panel((await OpenAsync("/?view=structure")).Page, "learning");
        await panel.ReadyAsync();
        var row = (await AskAsync("/v1/learning-curve?points=true&frequency=month")).GetProperty("rows").EnumerateArray().First(r => r.Text("kind") == "price_learning");
        var points = row.GetProperty("points").EnumerateArray()
            .Where(p => p.Text("price_index").Length > 0 && decimal.Parse(p.Text("cumulative_volume"), CultureInfo.InvariantCulture) > 0).ToList();

        var file = await panel.CsvAsync();

        points.Should().HaveCountGreaterThan(10);
        foreach (var name in new[] { "period", "cumulative_volume", "price_index", "fitted", "lower", "upper" })
            file.Column(name).Should().Equal(points.Select(p => p.Text(name)), name);
        (await panel.DrawingAsync()).Series[2].Data.Should().Equal(file.Column("price_index").Places());
        var rate = decimal.Parse(row.Text("learning_rate"), CultureInfo.InvariantCulture);
        (await panel.Root.Locator(".notes").TextContentAsync()).Should().Contain(rate.ToString("P1", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gdp")]
    [InlineData("price_index")]
    public async Task Revisions_show_the_first_and_the_latest_estimate_of_the_API(string measure)
    {
        var page = (await OpenAsync($"/?view=revisions&measure={measure}")).Page;
        var (estimates, percents) = (new Panel(page, "revisions"), new Panel(page, "revision-percent"));
        await estimates.ReadyAsync();
        await percents.ReadyAsync();
        var latest = (await AskAsync($"/v1/revisions?measure={measure}&frequency=month&vintages=month")).GetProperty("rows").EnumerateArray()
            .GroupBy(r => r.Text("period")).Select(g => g.MaxBy(r => r.Text("vintage"), StringComparer.Ordinal))
            .Where(r => r.Text("first").Length > 0 && !r.GetProperty("partial").GetBoolean()).OrderBy(r => r.Text("start"), StringComparer.Ordinal).ToList();

        var (file, percentFile) = (await estimates.CsvAsync(), await percents.CsvAsync());

        file.Column("period").Should().Equal(latest.Select(r => r.Text("period")));
        file.Column("first").Should().Equal(latest.Select(r => r.Text("first")));
        file.Column("latest").Should().Equal(latest.Select(r => r.Text("value")));
        percentFile.Column("revision_percent").Should().Equal(latest.Select(r => r.Text("cumulative_revision_percent")));
        (await estimates.DrawingAsync()).Series.Select(s => s.Data.AsEnumerable()).Should().BeEquivalentTo([file.Column("first").Places(), file.Column("latest").Places()]);
        (await percents.DrawingAsync()).Series.Single().Data.Should().Equal(percentFile.Column("revision_percent").Places());
    }
}
