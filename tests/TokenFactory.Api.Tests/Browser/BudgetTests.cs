using System.Globalization;
using Microsoft.Playwright;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>What a first visit costs. Bytes and requests are held to; time, on a machine that does other things, is told and held to a wide limit.</summary>
public sealed class BudgetTests(BrowserFixture browser) : PageTests(browser)
{
    private const int MostBytes = 560_000;
    private const int MostBytesOfOwn = 70_000;
    private const int MostRequests = 24;
    private static readonly TimeSpan FirstFigureLimit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_first_visit_is_small_and_shows_a_figure_before_the_charts_are_there()
    {
        var visit = await OpenAsync(null);
        await visit.Page.GotoAsync("/", new() { WaitUntil = WaitUntilState.Commit });
        var firstFigureMs = await visit.Page.EvaluateAsync<double>(
            """
            () => new Promise(done => {
              const look = () => document.querySelector('.card[data-state=ready] .value[data-exact]') ? done(performance.now()) : requestAnimationFrame(look);
              look();
            })
            """);
        var untilFigure = visit.Requests.Count;
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Views.ReadyAsync(visit, "overview");

        var sizes = new Dictionary<string, int>();
        foreach (var request in visit.Requests)
        {
            var size = await request.SizesAsync();
            sizes[new Uri(request.Url).PathAndQuery] = size.ResponseBodySize + size.ResponseHeadersSize;
        }

        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"First figure after {firstFigureMs:0} ms and {untilFigure} requests; {sizes.Values.Sum()} bytes in {sizes.Count} requests:"));
        foreach (var (path, bytes) in sizes)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes,8} {path}"));
        untilFigure.Should().BeLessThanOrEqualTo(MostRequests);
        sizes.Values.Sum().Should().BeLessThanOrEqualTo(MostBytes);
        sizes.Where(s => !s.Key.StartsWith("/v1/", StringComparison.Ordinal) && !s.Key.StartsWith("/lib/", StringComparison.Ordinal)).Sum(s => s.Value)
            .Should().BeLessThanOrEqualTo(MostBytesOfOwn, "pages are sent compressed");
        TimeSpan.FromMilliseconds(firstFigureMs).Should().BeLessThan(FirstFigureLimit);
    }

    [Fact]
    public async Task A_second_visit_asks_again_but_is_sent_little()
    {
        var visit = await OpenAsync("/");
        await Views.ReadyAsync(visit, "overview");
        var first = visit.Requests.Count;

        await visit.Page.ReloadAsync();
        await Views.ReadyAsync(visit, "overview");

        var bytes = 0;
        foreach (var request in visit.Requests.Skip(first))
            bytes += (await request.SizesAsync()).ResponseBodySize;
        bytes.Should().BeLessThan(MostBytesOfOwn, "scripts and figures that have not changed are not sent again");
    }
}
