using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>What axe-core finds, by WCAG 2.2 AA and its own good practice: nothing serious or critical.</summary>
public sealed class AccessibilityTests(BrowserFixture browser) : PageTests(browser)
{
    [Theory]
    [MemberData(nameof(Views.All), MemberType = typeof(Views))]
    public async Task A_view_has_no_serious_violation_in_either_theme_and_language(string view)
    {
        foreach (var (lang, theme) in new[] { ("en", "light"), ("zh", "dark") })
        {
            var visit = await OpenAsync($"/?view={view}&lang={lang}&theme={theme}");
            await Views.ReadyAsync(visit, view);
            await Views.OpenTablesAsync(visit.Page);

            (await ViolationsAsync(visit.Page)).Should().BeEmpty($"{view} in {lang}, {theme}");
        }
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Dialogs_have_none_either(string theme)
    {
        var visit = await OpenAsync($"/?view=over-time&theme={theme}");
        await Views.ReadyAsync(visit, "over-time");

        await visit.Page.Locator("#key-button").ClickAsync();
        await Expect(visit.Page.Locator("#key-dialog")).ToBeVisibleAsync();
        (await ViolationsAsync(visit.Page)).Should().BeEmpty("the key's dialog");
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.Locator("#panel-gdp [data-act=call]").ClickAsync();
        await Expect(visit.Page.Locator("#call-dialog")).ToBeVisibleAsync();
        (await ViolationsAsync(visit.Page)).Should().BeEmpty("the calls' dialog");
    }

    [Fact]
    public async Task What_is_wrong_would_be_found()
    {
        var visit = await OpenAsync("/");
        await Views.ReadyAsync(visit, "overview");
        await visit.Page.EvaluateAsync("() => { const image = document.createElement('img'); image.src = 'icon.svg'; document.getElementById('main').append(image); }");

        (await ViolationsAsync(visit.Page)).Should().ContainSingle(v => v.StartsWith("image-alt", StringComparison.Ordinal));
    }

    private static async Task<List<string>> ViolationsAsync(IPage page) =>
        [.. (await page.RunAxe()).Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help} {string.Join(" | ", v.Nodes.Take(3).Select(Describe))}")];

    private static string Describe(AxeResultNode node) => $"{node.Html} {string.Join(' ', node.Any.Select(c => c.Message))}";
}
