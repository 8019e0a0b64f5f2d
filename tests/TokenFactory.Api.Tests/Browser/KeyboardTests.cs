using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>Without a mouse.</summary>
public sealed class KeyboardTests(BrowserFixture browser) : PageTests(browser)
{
    private const int MostStops = 80;

    [Fact]
    public async Task All_is_done_by_keyboard_alone()
    {
        var page = (await OpenAsync("/")).Page;
        var panel = new Panel(page, "gdp");
        await Expect(page.Locator("#views a").First).ToBeVisibleAsync();

        // The first stop passes over what stands on every page.
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("a.skip")).ToBeFocusedAsync();
        await TabToAsync(page, "#views a[data-view='over-time']");
        await page.Keyboard.PressAsync("Enter");
        await panel.ReadyAsync();
        await Expect(page.Locator("main")).ToBeFocusedAsync();

        await TabToAsync(page, "#panel-gdp .legend button[data-series=household]");
        await panel.RedrawAsync(() => page.Keyboard.PressAsync("Space"));
        await Expect(panel.Legend("household")).ToHaveAttributeAsync("aria-pressed", "false");
        await Expect(panel.Legend("household")).ToBeFocusedAsync();

        await TabToAsync(page, "#panel-gdp .chart");
        await page.Keyboard.PressAsync("ArrowLeft");
        var last = await panel.Root.Locator(".readout").TextContentAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(panel.Root.Locator(".readout")).Not.ToHaveTextAsync(last!);
        last.Should().NotContain("Household").And.Contain("Enterprise", "what is hidden is not read out");

        await TabToAsync(page, "#panel-gdp [data-act=table]");
        await page.Keyboard.PressAsync("Enter");
        await Expect(panel.Root.Locator(".table-wrap table")).ToBeVisibleAsync();
        await TabToAsync(page, "#panel-gdp [data-act=call]");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#call-dialog")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(panel.Tool("call")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_the_focus_is_it_is_seen(bool isDark)
    {
        var page = (await OpenAsync("/?view=token-index", new() { IsDark = isDark })).Page;
        await new Panel(page, "index").ReadyAsync();
        var unseen = new List<string>();
        var stops = 0;

        for (; stops < MostStops; stops++)
        {
            await page.Keyboard.PressAsync("Tab");
            var told = await page.EvaluateAsync<string?>(
                """
                () => {
                  const focused = document.activeElement;
                  if (!focused || focused === document.body) return null;
                  const style = getComputedStyle(focused);
                  const isMarked = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
                  const { width, height } = focused.getBoundingClientRect();
                  // Of the parts of a date the browser itself marks the one that has the focus.
                  return (isMarked || focused.type === 'date') && width > 0 && height > 0 ? '' : focused.outerHTML.slice(0, 120);
                }
                """);
            if (told is null)
                break;
            if (told.Length > 0)
                unseen.Add(told);
        }

        stops.Should().BeInRange(20, MostStops - 1, "the focus walks through the page and leaves it");
        unseen.Should().BeEmpty();
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var stop = 0; stop < MostStops; stop++)
        {
            if (await page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) ?? false", selector))
                return;
            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{selector} is not reached by the tab key.");
    }
}
