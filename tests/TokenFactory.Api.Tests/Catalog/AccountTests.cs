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

    [Fact]
    public async Task What_an_event_may_name_the_catalog_can_hold()
    {
        var (onSight, registered) = (new string('s', 256), new string('r', 256));
        await _api.CreateAsync("/v1/sources", new { id = "long" });
        using var seen = await _api.PostAsync("/v1/events", Events.Native("a", "long", account: onSight, model: new string('m', 256)));

        seen.StatusCode.Should().Be(HttpStatusCode.Created);
        var account = await _api.GetAsync($"/v1/accounts/{onSight}");
        (await _api.Client.PatchAsJsonAsync($"/v1/accounts/{onSight}", new { name = account.GetProperty("name").GetString() })).StatusCode.Should().Be(HttpStatusCode.OK);
        await _api.CreateAsync("/v1/accounts", new { id = registered });
        await _api.CreateAsync("/v1/models", new { producer = "groq", model = registered, aliases = new[] { onSight } });
        (await _api.PostAsync("/v1/accounts", JsonSerializer.Serialize(new { id = registered + "r" }))).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_change_keeps_what_it_leaves_out()
    {
        await _api.CreateAsync("/v1/accounts", new
        {
            id = "patched",
            name = "Patched",
            producer = "groq",
            // In any order; they are told in that of time.
            sectors = new object[] { new { effective_from = "2026-07-01T02:00:00+02:00", sector = "government" }, new { sector = "household" } },
        });

        foreach (var (patch, name, producer, sectors) in new[]
        {
            ("{}", "Patched", "groq", "household,2026-07-01T00:00:00Z government"),
            ("""{"name":null,"producer":null,"sectors":null}""", "Patched", "groq", "household,2026-07-01T00:00:00Z government"),
            ("""{"name":"New"}""", "New", "groq", "household,2026-07-01T00:00:00Z government"),
            ("""{"producer":""}""", "New", null, "household,2026-07-01T00:00:00Z government"),
            ("""{"sectors":[{"effective_from":"2026-01-01T00:00:00.1234567Z","sector":"enterprise"}]}""", "New", null, "2026-01-01T00:00:00.123456Z enterprise"),
            ("""{"sectors":[]}""", "New", null, ""),
        })
        {
            using var answer = await _api.Client.PatchAsync("/v1/accounts/patched", new StringContent(patch, System.Text.Encoding.UTF8, "application/json"));
            var account = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            account.GetProperty("name").GetString().Should().Be(name, patch);
            account.GetProperty("producer").GetString().Should().Be(producer, patch);
            string.Join(',', account.GetProperty("sectors").EnumerateArray()
                .Select(s => $"{s.GetProperty("effective_from").GetString()} {s.GetProperty("sector").GetString()}".Trim())).Should().Be(sectors, patch);
        }
    }
}
