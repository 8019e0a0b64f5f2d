using System.Text.RegularExpressions;
using TokenFactory.Api.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>From the growth of a period down to the entries of the ledger.</summary>
public sealed class MoversTests(BrowserFixture browser) : PageTests(browser)
{
    [Theory]
    [InlineData("quantity", "sector")]
    [InlineData("price", "token_class")]
    public async Task Contributions_to_the_growth_of_the_latest_whole_period_are_those_of_the_API(string index, string dimension)
    {
        var panel = new Panel((await OpenAsync($"/?view=movers&index={index}&by={dimension}")).Page, "movers");
        await panel.ReadyAsync();
        var period = (await AskAsync("/v1/gdp?frequency=month")).Whole()[^1].Text("period");
        var rows = (await AskAsync($"/v1/contributions?index={index}&by={dimension}&frequency=month")).Whole().Where(r => r.Text("period") == period).ToList();

        var file = await panel.CsvAsync();

        file.Rows.SkipLast(1).Select(r => (Group: r[0], Contribution: r[1])).Should().BeEquivalentTo(rows.Select(r => (Group: r.Text(dimension), Contribution: r.Text("contribution"))));
        file.Rows[^1].Take(2).Should().Equal("~growth", rows[0].Text("growth"));
        (await panel.TableAsync()).Rows.Select(r => r[1]).Should().Equal(file.Column("contribution"));
        // A waterfall ends where growth is: its last bar reaches from nothing to it.
        var drawn = (await panel.DrawingAsync()).Series.Single().Data;
        drawn[^1].Should().Be(new[] { rows[0].Text("growth") }.Places()[0]);
        drawn[^2].Should().BeApproximately(drawn[^1]!.Value, 0.001, "contributions add up to it");
    }

    [Fact]
    public async Task One_goes_down_from_a_sector_to_entries_with_a_key_and_back()
    {
        var visit = await OpenAsync("/?view=movers");
        var page = visit.Page;
        var panel = new Panel(page, "movers");
        await panel.ReadyAsync();

        await panel.RedrawAsync(() => panel.Root.Locator("button[data-drill=enterprise]").ClickAsync());
        page.Url.Should().Contain("sector=enterprise").And.Contain("by=producer");
        await Expect(page.Locator("#trail")).ToContainTextAsync("Enterprise");
        visit.Calls.Should().Contain(c => c.StartsWith("/v1/contributions", StringComparison.Ordinal) && c.Contains("sector=enterprise", StringComparison.Ordinal));

        var items = page.Locator("#panel-items");
        await Expect(items).ToHaveAttributeAsync("data-state", "error");
        visit.Calls.Should().NotContain(c => c.StartsWith("/v1/explain", StringComparison.Ordinal), "without a key there is nothing to ask");
        await items.Locator(".message button.primary").ClickAsync();
        await page.Locator("#key").FillAsync(ApiProcess.AdminKey);
        await page.Locator("#key-save").ClickAsync();
        await Expect(items).ToHaveAttributeAsync("data-state", "ready");
        page.Url.Should().NotContain(ApiProcess.AdminKey);

        await Expect(items.Locator("tbody tr").First).ToBeVisibleAsync();
        var shownItems = await new Panel(page, "items").TableAsync();
        shownItems.Column("Contribution").Should().Equal(
            (await ExplainedAsync(visit, "quantity_index")).GetProperty("contributions").EnumerateArray().Select(r => r.Text("contribution")));
        await items.Locator("button[data-entries]").First.ClickAsync();
        await Expect(page.Locator("#panel-entries")).ToHaveAttributeAsync("data-state", "ready");
        var entries = await new Panel(page, "entries").CsvAsync();
        var explained = (await ExplainedAsync(visit, "level=entries")).GetProperty("entries").EnumerateArray().ToList();
        entries.Column("event_id").Should().NotBeEmpty().And.Equal(explained.Select(r => r.Text("event_id")));
        entries.Column("quantity").Should().Equal(explained.Select(r => r.Text("quantity")));

        await page.Locator("#trail a").First.ClickAsync();
        await Expect(page).Not.ToHaveURLAsync(new Regex("sector="));
        await Expect(page.Locator("#trail")).ToBeHiddenAsync();
        await panel.ReadyAsync();
    }

    // What the page asked, asked again with the key.
    private async Task<System.Text.Json.JsonElement> ExplainedAsync(Visit visit, string part) =>
        await Browser.Api.GetAsync(visit.Calls.Last(c => c.StartsWith("/v1/explain", StringComparison.Ordinal) && c.Contains(part, StringComparison.Ordinal)));

    [Fact]
    public async Task A_day_of_long_ago_is_the_day_that_is_shown()
    {
        var day = (await AskAsync("/v1/gdp?frequency=day")).Whole()[3].Text("period");
        var panel = new Panel((await OpenAsync($"/?view=movers&frequency=day&period={day}")).Page, "movers");
        await panel.ReadyAsync();
        var growth = (await AskAsync("/v1/contributions?by=sector&frequency=day")).Whole().First(r => r.Text("period") == day).Text("growth");

        (await panel.CsvAsync()).Rows[^1][1].Should().Be(growth);
    }

    [Fact]
    public async Task Pressing_twice_looks_inside_once()
    {
        var visit = await OpenAsync("/?view=movers");
        var panel = new Panel(visit.Page, "movers");
        await panel.ReadyAsync();

        await visit.Page.Locator("#panel-movers button[data-drill=household]").DblClickAsync();

        await panel.ReadyAsync();
        new Uri(visit.Page.Url).Query.Should().Be("?view=movers&sector=household&by=producer");
    }
}
