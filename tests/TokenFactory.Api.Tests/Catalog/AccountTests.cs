using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>Accounts: names of any shape, sectors over time.</summary>
public sealed class AccountTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("a%252Fb")]
    [InlineData("100%")]
    [InlineData("Köln + Söhne?x=1#y")]
    [InlineData("%FF")]
    [InlineData("日本 𝔘")]
    public async Task An_account_is_found_under_exactly_its_name(string id)
    {
        await _api.CreateAsync("/v1/accounts", new { id });
        var path = $"/v1/accounts/{Uri.EscapeDataString(id)}";

        (await _api.GetAsync(path)).GetProperty("id").GetString().Should().Be(id);
        using var changed = await _api.Client.PatchAsJsonAsync(path, new { name = "renamed" });

        changed.StatusCode.Should().Be(HttpStatusCode.OK);
        var account = JsonDocument.Parse(await changed.Content.ReadAsStringAsync()).RootElement;
        account.GetProperty("id").GetString().Should().Be(id);
        account.GetProperty("name").GetString().Should().Be("renamed");
    }
}
