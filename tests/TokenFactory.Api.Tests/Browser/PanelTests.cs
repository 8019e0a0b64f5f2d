using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>What every chart can do: hide series, zoom, be saved, be linked to, and say which calls it is made of.</summary>
public sealed partial class PanelTests(BrowserFixture browser) : PageTests(browser)
{
    private const string View = "/?view=over-time";

    [Fact]
    public async Task A_series_is_hidden_and_the_address_keeps_it()
    {
        var (page, panel) = await OpenPanelAsync(View);

        await panel.RedrawAsync(() => panel.Legend("household").ClickAsync());

        await Expect(panel.Legend("household")).ToHaveAttributeAsync("aria-pressed", "false");
        page.Url.Should().Contain("hide=household");
        var hidden = await panel.DrawingAsync();
        hidden.Selected.Values.Count(isShown => !isShown).Should().Be(1);
        await page.ReloadAsync();
        await panel.ReadyAsync();
        (await panel.DrawingAsync()).Should().BeEquivalentTo(hidden);
        await panel.RedrawAsync(() => panel.Legend("household").ClickAsync());
        page.Url.Should().NotContain("hide");
        (await panel.DrawingAsync()).Selected.Values.Should().NotContain(false);
    }

    [Fact]
    public async Task Periods_are_chosen_to_zoom_and_the_address_keeps_them()
    {
        var (page, panel) = await OpenPanelAsync(View);
        var periods = (await panel.DrawingAsync()).Periods;

        await panel.ChooseAsync("from", periods[4]);
        await panel.ChooseAsync("to", periods[10]);

        (await panel.DrawingAsync()).Zoom.Should().Equal(4, 10);
        page.Url.Should().Contain($"from={periods[4]}").And.Contain($"to={periods[10]}");
        await page.ReloadAsync();
        await panel.ReadyAsync();
        (await panel.DrawingAsync()).Zoom.Should().Equal(4, 10);
        await panel.RedrawAsync(() => panel.Tool("unzoom").ClickAsync());
        (await panel.DrawingAsync()).Zoom.Should().Equal(0, periods.Length - 1);
    }

    [Fact]
    public async Task The_slider_under_the_chart_zooms_too()
    {
        var (page, panel) = await OpenPanelAsync(View);
        var canvas = panel.Root.Locator(".canvas");
        await canvas.ScrollIntoViewIfNeededAsync();
        var box = (await canvas.BoundingBoxAsync())!;
        // The left handle is where the chart would let something be dragged sideways; the slider is 22 high and 6 above the bottom.
        var handle = await canvas.EvaluateAsync<float[]>(
            """
            canvas => {
              const { handler } = echarts.getInstanceByDom(canvas).getZr();
              const height = canvas.clientHeight - 17;
              const places = [...Array(Math.floor(canvas.clientWidth / 2)).keys()].filter(x => handler.findHover(x, height).target?.cursor === 'ew-resize');
              return places.length ? [places[Math.floor(places.length / 2)], height] : [];
            }
            """);

        handle.Should().HaveCount(2, "there is a slider");
        await page.Mouse.MoveAsync(box.X + handle[0], box.Y + handle[1]);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + handle[1], new() { Steps = 8 });
        await page.Mouse.UpAsync();

        await Expect(page).ToHaveURLAsync(new Regex("from=20[0-9]{2}-[0-9]{2}"));
        (await panel.DrawingAsync()).Zoom![0].Should().BePositive();
        await Expect(panel.Field("from")).Not.ToHaveValueAsync("");
    }

    [Fact]
    public async Task A_chart_is_saved_as_a_picture()
    {
        var (_, panel) = await OpenPanelAsync(View);

        var picture = await File.ReadAllBytesAsync(await (await panel.SaveAsync("png")).PathAsync(), TestContext.Current.CancellationToken);

        // The signature and the header of PNG: width and height are the first two numbers of the latter.
        picture.Should().StartWith([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)).Should().BeGreaterThan(1000);
        BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(20)).Should().BeGreaterThan(500);
        picture.Length.Should().BeGreaterThan(10_000, "it is not empty");
    }

    [Fact]
    public async Task The_link_opens_the_same_view()
    {
        var (page, panel) = await OpenPanelAsync($"{View}&by=producer&show=pch&frequency=quarter&hide=demo-evergreen");

        await panel.Tool("link").ClickAsync();
        await Expect(page.Locator("#told")).Not.ToBeEmptyAsync();
        var link = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");

        link.Should().Be(page.Url);
        var (_, other) = await OpenPanelAsync(new Uri(link).PathAndQuery);
        (await other.DrawingAsync()).Should().BeEquivalentTo(await panel.DrawingAsync());
    }

    [Theory]
    [InlineData("/?view=over-time", "gdp")]
    [InlineData("/?view=token-index&method=fisher", "index")]
    [InlineData("/?view=movers", "movers")]
    [InlineData("/?view=revisions", "revisions")]
    public async Task The_calls_that_it_tells_are_those_that_it_made_and_anybody_can_make_them(string address, string id)
    {
        var visit = await OpenAsync(address);
        var panel = new Panel(visit.Page, id);
        await panel.ReadyAsync();

        await panel.Tool("call").ClickAsync();
        await Expect(visit.Page.Locator("#call-dialog")).ToBeVisibleAsync();
        var told = await visit.Page.Locator("#call-dialog code").AllTextContentsAsync();

        told.Should().NotBeEmpty();
        foreach (var call in told)
        {
            call.Should().StartWith("GET /v1/");
            visit.Calls.Should().Contain(call[4..]);
            (await AskAsync(call[4..])).GetProperty("rows").GetArrayLength().Should().BePositive();
        }

        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(visit.Page.Locator("#call-dialog")).ToBeHiddenAsync();
        await Expect(panel.Tool("call")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task What_the_API_refuses_is_told_in_its_words_and_put_right()
    {
        var visit = await OpenAsync(null);
        visit.MayFail("/v1/gdp", 422);
        await visit.Page.GotoAsync($"{View}&frequency=fortnight");
        var panel = new Panel(visit.Page, "gdp");

        await Expect(panel.Root).ToHaveAttributeAsync("data-state", "error");
        await Expect(panel.Root.Locator(".message .said").First).ToContainTextAsync("frequency");
        await panel.Field("frequency").SelectOptionAsync("month");

        await panel.ReadyAsync();
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_asked_again()
    {
        var visit = await OpenAsync(null);
        visit.MayFail("/v1/gdp", 0);
        await visit.Page.RouteAsync(ApiOfGdp(), route => route.AbortAsync("connectionrefused"));
        await visit.Page.GotoAsync(View);
        var panel = new Panel(visit.Page, "gdp");
        await Expect(panel.Root).ToHaveAttributeAsync("data-state", "error");

        await visit.Page.UnrouteAsync(ApiOfGdp());
        await panel.Root.Locator(".message button").ClickAsync();

        await panel.ReadyAsync();
    }

    private async Task<(IPage Page, Panel Panel)> OpenPanelAsync(string path)
    {
        var page = (await OpenAsync(path)).Page;
        var panel = new Panel(page, "gdp");
        await panel.ReadyAsync();
        return (page, panel);
    }

    [GeneratedRegex("/v1/gdp")]
    private static partial Regex ApiOfGdp();
}
