using Microsoft.Playwright;
using TokenFactory.Api.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>Swagger UI as an operator uses it, under the policy that the service sends with it.</summary>
public sealed class SwaggerUiTests(BrowserFixture browser) : PageTests(browser)
{
    [Fact]
    public async Task Every_operation_of_the_document_is_listed()
    {
        var page = (await OpenAsync("/swagger/")).Page;
        var document = await AskAsync("/openapi/v1.json");
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name} {path.Name}")).ToList();

        await Expect(page.Locator(".opblock")).ToHaveCountAsync(operations.Count);

        var shown = await page.Locator(".opblock").EvaluateAllAsync<string[]>(
            "blocks => blocks.map(b => b.querySelector('.opblock-summary-method').textContent.toLowerCase() + ' ' + b.querySelector('.opblock-summary-path').dataset.path)");
        shown.Should().BeEquivalentTo(operations);
    }

    [Fact]
    public async Task Token_GDP_is_tried_out_without_a_key()
    {
        var visit = await OpenAsync("/swagger/");

        var answer = await TryAsync(visit.Page, "/v1/gdp");

        answer.Status.Should().Be(200);
        (await answer.TextAsync()).Should().Contain("\"rows\"");
        var shown = visit.Page.Locator(".live-responses-table .response");
        await Expect(shown.Locator(".response-col_status")).ToContainTextAsync("200");
        await Expect(shown).ToContainTextAsync("gdp");
    }

    [Fact]
    public async Task A_key_opens_what_needs_one()
    {
        var visit = await OpenAsync("/swagger/");
        visit.MayFail("/v1/api-keys", 401);
        var page = visit.Page;

        (await TryAsync(page, "/v1/api-keys")).Status.Should().Be(401);
        await page.Locator(".auth-wrapper > .authorize").ClickAsync();
        await page.Locator(".dialog-ux .auth-container input").First.FillAsync(ApiProcess.AdminKey);
        await page.Locator(".dialog-ux .auth-btn-wrapper .authorize").First.ClickAsync();
        await page.Locator(".dialog-ux .btn-done").First.ClickAsync();
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.Locator(".opblock.is-open .execute").ClickAsync(), r => r.Url.EndsWith("/v1/api-keys", StringComparison.Ordinal));

        answer.Status.Should().Be(200);
    }

    private static async Task<IResponse> TryAsync(IPage page, string path)
    {
        var operation = page.Locator(".opblock-get").Filter(new() { Has = page.Locator($".opblock-summary-path[data-path='{path}']") });
        await operation.Locator(".opblock-summary-control").ClickAsync();
        return await page.RunAndWaitForResponseAsync(
            () => operation.Locator(".execute").ClickAsync(), r => new Uri(r.Url).AbsolutePath == path);
    }
}
