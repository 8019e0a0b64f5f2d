using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>What happens now.</summary>
public sealed class LiveTests(BrowserFixture browser) : PageTests(browser)
{
    [Fact]
    public async Task An_event_that_is_posted_is_in_the_figures_of_the_day_without_asking_again()
    {
        var page = (await OpenAsync("/?view=live")).Page;
        await Expect(page.Locator("#live-state")).ToHaveAttributeAsync("data-state", "open");
        await new Panel(page, "live").ReadyAsync();
        var before = await AskAsync("/v1/status");
        await Expect(page.Locator("[data-figure=gdp_today] .value")).ToHaveAttributeAsync("data-exact", before.Text("gdp_today"));

        await Browser.Api.CreateAsync("/v1/sources", new { id = "live-page" });
        await Browser.Api.CreateAsync("/v1/events", new
        {
            source = "live-page",
            id = "now-1",
            occurred_at = TimeProvider.System.GetUtcNow(),
            producer = "demo-evergreen",
            model = "live-1",
            sector = "enterprise",
            usage = new { output = 1_000_000 },
            unit_values = new { output = "2.50" },
            currency = "USD",
        });

        var expected = (decimal.Parse(before.Text("gdp_today"), System.Globalization.CultureInfo.InvariantCulture) + 2.5m).ToString("0.############", System.Globalization.CultureInfo.InvariantCulture);
        await Expect(page.Locator("[data-figure=gdp_today] .value")).ToHaveAttributeAsync("data-exact", expected);
        (await AskAsync("/v1/status")).Text("gdp_today").Should().Be(expected);
        foreach (var figure in new[] { "events_per_second", "tokens_per_second", "lag_seconds", "quarantined", "unpriced_share_today" })
            await Expect(page.Locator($"[data-figure={figure}] .value")).Not.ToHaveAttributeAsync("data-exact", "");
    }
}
