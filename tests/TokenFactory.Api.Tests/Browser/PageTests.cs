using System.Text.Json;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>Tests of pages in Chromium over the demonstration economy. A page that a test opened and that has a complaint at its end fails it.</summary>
[Collection(PagesOfOneBrowser.Name)]
[Trait("Category", "Browser")]
public abstract class PageTests(BrowserFixture browser) : IAsyncLifetime
{
    private readonly List<Visit> _visits = [];

    protected BrowserFixture Browser { get; } = browser;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var hasFailed = TestContext.Current.TestState?.Result == TestResult.Failed;
        foreach (var visit in _visits)
        {
            if (hasFailed)
                await visit.Page.ScreenshotAsync(new() { Path = PictureOf(visit), FullPage = true });
            await visit.EndAsync();
        }

        _visits.SelectMany(v => v.Complaints).Should().BeEmpty("a page works without errors, within its content policy, and with its own service alone");
    }

    protected async Task<Visit> OpenAsync(string? path, Look? look = null)
    {
        var visit = await Browser.OpenAsync(path, look ?? new Look());
        _visits.Add(visit);
        return visit;
    }

    /// <summary>Asks the API as the page does, without a key.</summary>
    protected async Task<JsonElement> AskAsync(string path)
    {
        using var client = Browser.Api.ClientWith(null);
        return JsonDocument.Parse(await client.GetStringAsync(path, TestContext.Current.CancellationToken)).RootElement;
    }

    // Of a page whose test failed, beside the test program.
    private string PictureOf(Visit visit) => Path.Combine(AppContext.BaseDirectory, "failed-pages",
        $"{GetType().Name}.{TestContext.Current.TestMethod?.MethodName}.{_visits.IndexOf(visit)}.png");
}
