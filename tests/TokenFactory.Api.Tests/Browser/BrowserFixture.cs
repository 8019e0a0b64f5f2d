using Microsoft.Playwright;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>One service with the demonstration economy and one browser, for all tests of pages.</summary>
[CollectionDefinition(Name)]
public sealed class PagesOfOneBrowser : ICollectionFixture<BrowserFixture>
{
    public const string Name = "Pages";
}

/// <summary>
/// The service as <c>--demo</c> starts it, and Chromium. Where there is none the run fails on CI; elsewhere the tests are skipped and say which command
/// enables them.
/// </summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private const float ActionLimitMs = 30_000;
    private static readonly TimeSpan LoadLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(100);

    private TestDatabase? _database;
    private ApiProcess? _api;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string _missing = "";

    public ApiProcess Api => _api ?? throw new InvalidOperationException("The service is started with the browser alone.");

    public async ValueTask InitializeAsync()
    {
        var search = ChromiumSearch.OfThisMachine();
        (var chromium, _missing) = await Chromium.FindAsync(search);
        if (chromium is null && search.IsCi)
            throw new InvalidOperationException(_missing);
        if (chromium is null)
        {
            // The reason of a skipped test is in its result alone; this is on the screen.
            TestContext.Current.SendDiagnosticMessage(_missing);
            return;
        }

        var service = StartServiceAsync();
        var browser = StartBrowserAsync(chromium);
        await Task.WhenAll(service, browser);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_api is not null)
            await _api.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    /// <summary>A watched page of the service; skips the test where there is no browser.</summary>
    /// <param name="path">Where it begins; null: nowhere yet.</param>
    /// <param name="look">Who looks at it.</param>
    public async Task<Visit> OpenAsync(string? path, Look look)
    {
        Assert.SkipWhen(_browser is null, _missing);
        var context = await _browser.NewContextAsync(look.ContextOptions(Api.Address));
        context.SetDefaultTimeout(ActionLimitMs);
        var visit = await Visit.BeginAsync(context, Api.Address);
        if (path is not null)
            await visit.Page.GotoAsync(path);
        return visit;
    }

    private async Task StartServiceAsync()
    {
        _database = await PostgresServer.Current.CreateDatabaseAsync();
        _api = await ApiProcess.StartAsync(_database.ConnectionString, null, "--demo");
        using var limit = new CancellationTokenSource(LoadLimit);
        // Asking without a pause would take the load's own processor from it.
        while (!_api.Output.Contains("The demonstration economy is loaded", StringComparison.Ordinal))
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"The demonstration was not loaded in {LoadLimit.TotalMinutes} minutes.\n{_api.Output}");
            await Task.Delay(AskInterval, CancellationToken.None);
        }
    }

    private async Task StartBrowserAsync(Chromium chromium)
    {
        Assertions.SetDefaultExpectTimeout(ActionLimitMs);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium.Program,
            Headless = true,
            Env = chromium.Environment,
            // It shows this service's own pages, in places (containers, root) where its sandbox can't start; it is to ask nobody else for anything.
            ChromiumSandbox = false,
            Args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }
}
