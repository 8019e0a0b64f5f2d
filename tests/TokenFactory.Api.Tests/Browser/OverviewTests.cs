using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>The first page: the latest whole period in figures.</summary>
public sealed class OverviewTests(BrowserFixture browser) : PageTests(browser)
{
    [Theory]
    [InlineData("month")]
    [InlineData("quarter")]
    [InlineData("year")]
    public async Task The_cards_show_the_latest_whole_period_of_the_API_and_its_growth(string frequency)
    {
        var page = (await OpenAsync("/")).Page;
        if (frequency != "month")
            await page.Locator("#overview-controls [name=frequency]").SelectOptionAsync(frequency);
        var nominal = await AskAsync($"/v1/gdp?frequency={frequency}");
        var real = await AskAsync($"/v1/gdp?frequency={frequency}&prices=chained");
        var indices = await AskAsync($"/v1/token-index?frequency={frequency}");
        var last = nominal.Whole()[^1];

        await Expect(Value(page, "nominal")).ToHaveAttributeAsync("data-exact", last.Text("gdp"));
        await Expect(Value(page, "unit-value")).ToHaveAttributeAsync("data-exact", last.Text("unit_value"));
        await Expect(Value(page, "tokens")).ToHaveAttributeAsync("data-exact", last.Text("quantity"));
        await Expect(Value(page, "real")).ToHaveAttributeAsync("data-exact", real.Whole()[^1].Text("real"));
        foreach (var (figure, sector) in new[] { ("price", "total"), ("index-household", "household"), ("index-government", "government"), ("index-enterprise", "enterprise") })
            await Expect(Value(page, figure)).ToHaveAttributeAsync("data-exact", indices.Whole().Last(r => r.Text("sector") == sector).Text("price"));
        foreach (var (figure, prices) in new[] { ("nominal", "current"), ("real", "chained") })
        {
            var growth = (await AskAsync($"/v1/gdp?frequency={frequency}&units=pch&prices={prices}")).Whole()[^1].Text("value");
            var shown = await page.Locator($"[data-figure={figure}] .growth").GetAttributeAsync("data-exact");
            decimal.Parse(shown!, CultureInfo.InvariantCulture).Should().BeApproximately(decimal.Parse(growth, CultureInfo.InvariantCulture), 0.000_002m, figure);
        }

        await Expect(page.Locator(".card:visible .vintage").First).ToContainTextAsync(nominal.Text("as_of")[..4]);
    }

    [Fact]
    public async Task The_chart_below_shows_each_sector_and_their_total()
    {
        var panel = new Panel((await OpenAsync("/")).Page, "overview");
        await panel.ReadyAsync();

        await FigureTests.ShowsAsync(panel, await AskAsync("/v1/gdp?frequency=month&by=sector"), "sector", "gdp", await AskAsync("/v1/gdp?frequency=month"), "gdp", isTotalDrawn: false);
    }

    private static ILocator Value(IPage page, string figure) => page.Locator($"[data-figure={figure}][data-state=ready] .value");
}
