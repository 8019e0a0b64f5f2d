using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>The views of the dashboard and what each shows first.</summary>
internal static class Views
{
    /// <summary>By view, the panels that are filled without a key.</summary>
    public static readonly Dictionary<string, string[]> Panels = new()
    {
        ["overview"] = ["overview"],
        ["over-time"] = ["gdp"],
        ["token-index"] = ["index"],
        ["movers"] = ["movers"],
        ["structure"] = ["shares", "concentration", "learning"],
        ["revisions"] = ["revisions", "revision-percent"],
        ["live"] = ["live"],
    };

    public static TheoryData<string> All => [.. Panels.Keys];

    public static string AddressOf(string view) => view == "overview" ? "/" : $"/?view={view}";

    /// <summary>Waits until a view shows all.</summary>
    public static async Task ReadyAsync(Visit visit, string view)
    {
        await Expect(visit.Page.Locator("#main")).ToHaveAttributeAsync("data-view", view);
        foreach (var id in Panels[view])
            await new Panel(visit.Page, id).ReadyAsync();
        if (view == "overview")
            await Expect(visit.Page.Locator(".card:visible[data-state=loading]")).ToHaveCountAsync(0);
    }

    /// <summary>Opens the table of every chart.</summary>
    public static async Task OpenTablesAsync(IPage page)
    {
        var closed = page.Locator("[data-act=table][aria-expanded=false]");
        // One that is opened is none of them any more.
        for (var left = await closed.CountAsync(); left > 0; left--)
            await closed.First.ClickAsync();
    }
}
