using Microsoft.Playwright;
using TokenFactory.Api.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>Language, colours and the key.</summary>
public sealed class SettingsTests(BrowserFixture browser) : PageTests(browser)
{
    [Fact]
    public async Task The_language_is_chosen_and_kept_and_the_address_goes_before()
    {
        var page = (await OpenAsync("/")).Page;
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");

        await page.Locator("#language").SelectOptionAsync("zh");

        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await Expect(page.Locator("#views a[data-view=movers]")).ToHaveTextAsync(Chinese);
        await Expect(page.Locator("[data-figure=nominal] h3")).ToHaveTextAsync(Chinese);
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await page.GotoAsync("/?lang=en");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(page.Locator("#views a[data-view=movers]")).Not.ToHaveTextAsync(Chinese);
    }

    [Fact]
    public async Task A_reader_of_Chinese_is_met_in_Chinese()
    {
        var page = (await OpenAsync("/", new() { Language = Look.Chinese })).Page;

        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await Expect(page.Locator("#language")).ToHaveValueAsync("zh");
    }

    [Fact]
    public async Task The_page_is_dark_where_the_device_is_and_where_it_is_chosen()
    {
        var device = (await OpenAsync("/", new() { IsDark = true })).Page;
        await Expect(device.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        (await LightnessAsync(device)).Should().BeLessThan(60);

        var page = (await OpenAsync("/?view=over-time")).Page;
        var panel = new Panel(page, "gdp");
        await panel.ReadyAsync();
        (await LightnessAsync(page)).Should().BeGreaterThan(200);
        var light = await InkAsync(panel);
        await page.Locator("#theme").SelectOptionAsync("dark");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        (await LightnessAsync(page)).Should().BeLessThan(60);
        await panel.ReadyAsync();
        (await InkAsync(panel)).Should().NotBe(light, "charts are drawn for the dark, too");
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.GotoAsync("/?theme=light");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
    }

    [Fact]
    public async Task A_key_stays_in_its_tab_and_is_forgotten()
    {
        var visit = await OpenAsync("/");
        var page = visit.Page;

        await page.Locator("#key-button").ClickAsync();
        await page.Locator("#key").FillAsync(ApiProcess.AdminKey);
        var asked = await page.RunAndWaitForRequestAsync(() => page.Locator("#key-save").ClickAsync(), r => r.Url.Contains("/v1/gdp", StringComparison.Ordinal));
        (await asked.AllHeadersAsync())["authorization"].Should().Be($"Bearer {ApiProcess.AdminKey}");
        (await page.EvaluateAsync<string>("() => JSON.stringify(localStorage)")).Should().NotContain(ApiProcess.AdminKey);

        await page.Locator("#key-button").ClickAsync();
        asked = await page.RunAndWaitForRequestAsync(() => page.Locator("#key-forget").ClickAsync(), r => r.Url.Contains("/v1/gdp", StringComparison.Ordinal));
        (await asked.AllHeadersAsync()).Should().NotContainKey("authorization");
        (await page.EvaluateAsync<string>("() => JSON.stringify(sessionStorage)")).Should().NotContain(ApiProcess.AdminKey);
    }

    private static System.Text.RegularExpressions.Regex Chinese => new("[\u4e00-\u9fff]");

    // Of the page's ground, 0 to 255.
    private static Task<double> LightnessAsync(IPage page) => page.EvaluateAsync<double>(
        """
        () => {
          const colours = [document.body, document.documentElement].map(each => getComputedStyle(each).backgroundColor);
          const [r, g, b, alpha = 1] = (colours.find(each => each !== 'rgba(0, 0, 0, 0)') ?? 'rgb(255, 255, 255)').match(/[\d.]+/g).map(Number);
          return (0.2126 * r) + (0.7152 * g) + (0.0722 * b);
        }
        """);

    private static Task<string> InkAsync(Panel panel) => panel.Root.EvaluateAsync<string>(
        "root => JSON.stringify(echarts.getInstanceByDom(root.querySelector('.canvas')).getOption().textStyle.color)");

    [Fact]
    public async Task The_chosen_zone_holds_in_every_other_view()
    {
        var visit = await OpenAsync("/");
        await Views.ReadyAsync(visit, "overview");

        await visit.Page.SelectOptionAsync("#zone", "Asia/Tokyo");
        await visit.Page.ClickAsync("#views a[data-view=over-time]");

        await new Panel(visit.Page, "gdp").ReadyAsync();
        new Uri(visit.Page.Url).Query.Should().Be("?view=over-time&zone=Asia%2FTokyo");
        (await visit.Page.InputValueAsync("#zone")).Should().Be("Asia/Tokyo");
    }
}
