using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>On a phone, on a desk and on a wall.</summary>
public sealed class LayoutTests(BrowserFixture browser) : PageTests(browser)
{
    [Theory]
    [MemberData(nameof(Views.All), MemberType = typeof(Views))]
    public async Task A_view_is_as_wide_as_the_screen(string view)
    {
        var visit = await OpenAsync(null, Look.Phone);
        foreach (var look in new[] { Look.Phone, Look.Wall })
        {
            await visit.Page.SetViewportSizeAsync(look.Width, look.Height);
            await visit.Page.GotoAsync(Views.AddressOf(view));
            await Views.ReadyAsync(visit, view);
            await Views.OpenTablesAsync(visit.Page);

            (await visit.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(look.Width, "the page does not scroll sideways");
            foreach (var id in Views.Panels[view])
            {
                var box = (await visit.Page.Locator($"#panel-{id} .canvas canvas").First.BoundingBoxAsync())!;
                box.X.Should().BeGreaterThanOrEqualTo(0);
                (box.X + box.Width).Should().BeLessThanOrEqualTo(look.Width);
                box.Width.Should().BeGreaterThan(look.Width * (look.Width > 1000 ? 0.25f : 0.75f), $"{id} has room");
            }
        }
    }

    [Fact]
    public async Task A_chart_takes_the_size_that_the_window_gets()
    {
        var visit = await OpenAsync("/?view=over-time");
        var panel = new Panel(visit.Page, "gdp");
        await panel.ReadyAsync();

        await visit.Page.SetViewportSizeAsync(Look.Phone.Width, Look.Phone.Height);

        await visit.Page.WaitForFunctionAsync($"() => document.querySelector('#panel-gdp canvas').getBoundingClientRect().right <= {Look.Phone.Width}");
    }

    [Fact]
    public async Task What_is_tapped_on_a_phone_is_large_enough()
    {
        var visit = await OpenAsync("/?view=over-time", Look.Phone);
        await Views.ReadyAsync(visit, "over-time");
        await Expect(visit.Page.Locator("#panel-gdp .legend button").First).ToBeVisibleAsync();

        // WCAG 2.2, 2.5.8: 24 CSS pixels. Links that stand as far apart may be less high.
        var small = await visit.Page.Locator("button:visible, select:visible, input:visible, #views a:visible").EvaluateAllAsync<string[]>(
            "all => all.filter(each => { const { width, height } = each.getBoundingClientRect(); return width < 24 || height < 24; }).map(each => each.outerHTML.slice(0, 100))");

        small.Should().BeEmpty();
    }
}
