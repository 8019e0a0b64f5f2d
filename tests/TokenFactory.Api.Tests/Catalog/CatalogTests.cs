using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog;

public sealed class CatalogTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task The_built_in_producers_are_known_by_every_name()
    {
        string[] expected =
        [
            "openai", "anthropic", "google", "moonshot", "alibaba", "deepseek", "siliconflow", "lepton", "anyscale", "mistral", "xai", "meta", "groq",
            "together", "azure", "aws", "zhipu", "baidu", "bytedance", "tencent", "minimax",
        ];
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _api.GetAsync($"/v1/producers?limit=7&cursor={cursor}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(p => p.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        ids.Should().Contain(expected).And.OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal);
        await SourceAsync("names");
        foreach (var alias in new[] { "aws.bedrock", "azure.ai.openai", "gcp.vertex_ai", "mistral_ai", "x_ai", "Moonshot_AI", "dashscope" })
            (await _api.PostAsync("/v1/events", Events.Native(alias, "names", producer: alias))).StatusCode.Should().Be(HttpStatusCode.Created, alias);
        (await _api.PostAsync("/v1/events", Events.Native("x", "names", producer: "nobody-knows"))).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Ids_and_aliases_of_producers_share_one_namespace()
    {
        (await PostAsync("/v1/producers", new { id = "dashscope", name = "x", kind = "both" })).Should().Be(HttpStatusCode.Conflict);
        (await PostAsync("/v1/producers", new { id = "fresh-one", name = "x", kind = "both", aliases = new[] { "OpenAI" } })).Should().Be(HttpStatusCode.Conflict);
        (await PostAsync("/v1/producers", new { id = "fresh-one", name = "x", kind = "both", aliases = new[] { "Fresh" } })).Should().Be(HttpStatusCode.Created);
        (await PostAsync("/v1/producers", new { id = "fresh", name = "x", kind = "both" })).Should().Be(HttpStatusCode.Conflict);
        (await _api.Client.DeleteAsync("/v1/producers/fresh-one")).StatusCode.Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_price_holds_from_its_first_instant_to_the_next_ones()
    {
        await SourceAsync("prices");
        foreach (var (from, value) in new[] { ("2026-01-01T00:00:00Z", "1"), ("2026-06-01T00:00:00Z", "2"), ("2026-09-01T00:00:00Z", "3") })
        {
            await _api.CreateAsync("/v1/rate-cards", new
            {
                producer = "groq",
                model = "priced",
                effective_from = from,
                effective_to = value == "3" ? "2026-10-01T00:00:00Z" : null,
                unit_values = new { output = value },
            });
        }

        foreach (var (at, expected) in new[]
        {
            ("2025-12-31T23:59:59.999999Z", null), ("2026-01-01T00:00:00Z", "1"), ("2026-05-31T23:59:59.999999Z", "1"), ("2026-06-01T00:00:00Z", "2"),
            ("2026-08-31T23:59:59.999999Z", "2"), ("2026-09-01T00:00:00Z", "3"), ("2026-09-30T23:59:59.999999Z", "3"), ("2026-10-01T00:00:00Z", null),
        })
        {
            using var answer = await _api.PostAsync("/v1/events", Events.Native(at, "prices", at, "groq", "priced", outputValue: null));
            var output = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("entries")[1];
            output.GetProperty("unit_value").GetString().Should().Be(expected, at);
        }
    }

    [Theory]
    [InlineData("2026-03-01T00:00:00Z", null, true)] // ends where the card of June begins
    [InlineData("2026-06-01T00:00:00Z", null, false)] // begins with another
    [InlineData("2026-07-01T00:00:00Z", null, false)] // inside the closed one
    [InlineData("2026-05-01T00:00:00Z", "2026-06-01T00:00:00.000001Z", false)] // reaches into it
    [InlineData("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z", true)] // ends where it begins
    [InlineData("2026-08-01T00:00:00Z", null, true)] // begins where it ends
    public async Task Overlapping_cards_are_refused_with_the_one_in_the_way(string from, string? to, bool fits)
    {
        var model = $"overlap-{from}-{to}";
        await _api.CreateAsync("/v1/rate-cards", new { producer = "groq", model, effective_from = "2026-06-01T00:00:00Z", effective_to = "2026-08-01T00:00:00Z", unit_values = new { output = "1" } });

        using var answer = await _api.Client.PostAsJsonAsync("/v1/rate-cards", new { producer = "groq", model, effective_from = from, effective_to = to, unit_values = new { output = "2" } });

        answer.StatusCode.Should().Be(fits ? HttpStatusCode.Created : HttpStatusCode.Conflict);
        if (!fits)
            (await answer.Content.ReadAsStringAsync()).Should().Contain("2026-06-01T00:00:00Z to 2026-08-01T00:00:00Z");
    }

    [Fact]
    public async Task The_sector_is_the_events_then_the_accounts_at_that_time_then_unclassified()
    {
        await SourceAsync("sectors");
        await _api.CreateAsync("/v1/accounts", new
        {
            id = "moves",
            sectors = new object[] { new { sector = "household" }, new { effective_from = "2026-07-01T00:00:00Z", sector = "government" } },
        });

        (await SectorAsync("a", "2026-06-30T23:59:59Z", "moves", null)).Should().Be("household");
        (await SectorAsync("b", "2026-07-01T00:00:00Z", "moves", null)).Should().Be("government");
        (await SectorAsync("c", "2026-07-01T00:00:00Z", "moves", "enterprise")).Should().Be("enterprise");
        (await SectorAsync("d", "2026-07-01T00:00:00Z", "new-on-sight", null)).Should().Be("unclassified");
        (await SectorAsync("e", "2026-07-01T00:00:00Z", null, null)).Should().Be("unclassified");
        (await _api.GetAsync("/v1/accounts/new-on-sight")).GetProperty("registered_on_sight").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task A_source_can_be_removed_until_it_has_sent_an_event()
    {
        await SourceAsync("unused");
        await SourceAsync("used");
        (await _api.PostAsync("/v1/events", Events.Native("first", "used"))).StatusCode.Should().Be(HttpStatusCode.Created);

        (await _api.Client.DeleteAsync("/v1/sources/unused")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        using var refused = await _api.Client.DeleteAsync("/v1/sources/used");

        refused.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync()).Should().Contain("\"in_use\"").And.Contain("recorded events");
        (await _api.PostAsync("/v1/events", Events.Native("second", "unused"))).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Models_are_found_by_name_then_alias_then_the_longest_pattern()
    {
        await SourceAsync("models");
        await _api.CreateAsync("/v1/models", new { producer = "cohere", model = "cmd", aliases = new[] { "cmd-*" } });
        await _api.CreateAsync("/v1/models", new { producer = "cohere", model = "cmd-r", aliases = new[] { "cmd-r-*", "cmd-old" } });

        (await ModelAsync("cmd")).Should().Be("cmd");
        (await ModelAsync("cmd-r")).Should().Be("cmd-r");
        (await ModelAsync("cmd-old")).Should().Be("cmd-r");
        (await ModelAsync("cmd-r-2026-01-01")).Should().Be("cmd-r");
        (await ModelAsync("cmd-x")).Should().Be("cmd");
        (await ModelAsync("other/with:slash")).Should().Be("other/with:slash");
    }

    [Fact]
    public async Task Another_instance_knows_of_a_change_at_once()
    {
        await using var other = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        await SourceAsync("told");
        await _api.CreateAsync("/v1/rate-cards", new { producer = "groq", model = "told", effective_from = "2026-01-01T00:00:00Z", unit_values = new { output = "7" } });

        // The notification is on its way: within the time of a few requests, not of the five seconds between looks.
        HttpResponseMessage answer;
        var tries = 0;
        do
        {
            answer = await other.PostAsync("/v1/events", Events.Native($"t-{tries}", "told", "2026-02-01T00:00:00Z", "groq", "told", outputValue: null));
        }
        while (answer.StatusCode != HttpStatusCode.Created && ++tries < 200);

        (await answer.Content.ReadAsStringAsync()).Should().Contain("\"unit_value\":\"7\"");
    }

    [Fact]
    public async Task What_the_ledger_knows_is_not_removed()
    {
        await SourceAsync("kept");
        await _api.PostAsync("/v1/events", Events.Native("a", "kept", producer: "baidu", model: "kept"));

        (await _api.Client.DeleteAsync("/v1/sources/kept")).StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await _api.Client.DeleteAsync("/v1/producers/baidu")).StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await _api.Client.DeleteAsync("/v1/producers/none")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/v1/producers", """{"id":"UPPER","name":"","kind":"both","aliases":["\u0001"]}""", "/id,/name,/aliases/0")]
    [InlineData("/v1/producers", """{"id":"x","name":"x","kind":"neither"}""", "/kind")]
    [InlineData("/v1/producers", """{"id":"x","name":"x","kind":"both","color":"red"}""", "/color")]
    [InlineData("/v1/rate-cards", """{"producer":"nobody","model":"m","currency":"usd","effective_from":"2026-01-01T00:00:00Z","effective_to":"2025-01-01T00:00:00Z","unit_values":{"output":"-1","smell":"1"}}""",
        "/currency,/effective_to,/unit_values/output,/unit_values/smell,/producer")]
    [InlineData("/v1/rate-cards", """{"producer":"openai","model":"m","effective_from":"2026-01-01T00:00:00","unit_values":{"output":"1"}}""", "/effective_from")]
    [InlineData("/v1/rate-cards", """{"producer":"openai","model":"m","effective_from":"2026-01-01T00:00:00Z","unit_values":{"output":"0.0000000000001"}}""", "/unit_values/output")]
    public async Task Every_violation_is_told_with_its_place(string path, string body, string pointers)
    {
        using var answer = await _api.PostAsync(path, body);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString()).Should().BeEquivalentTo(pointers.Split(','));
    }

    [Theory]
    [InlineData("gpt-4o-*", "gpt-4o-2024-08-06", true)]
    [InlineData("gpt-4o-*", "gpt-4o", false)]
    [InlineData("*/gpt-4o", "openai/gpt-4o", true)]
    [InlineData("a*b*c", "a--b--c", true)]
    [InlineData("a*b*c", "a--c--b", false)]
    [InlineData("*", "", true)]
    [InlineData("a*", "A", false)]
    public void A_pattern_fits_the_whole_name(string pattern, string name, bool fits) => ModelPattern.Matches(pattern, name).Should().Be(fits);

    private Task<JsonElement> SourceAsync(string id) => _api.CreateAsync("/v1/sources", new { id });

    private async Task<HttpStatusCode> PostAsync(string path, object body) => (await _api.Client.PostAsJsonAsync(path, body)).StatusCode;

    private async Task<string?> SectorAsync(string id, string at, string? account, string? sector)
    {
        using var answer = await _api.PostAsync("/v1/events", Events.Native(id, "sectors", at, account: account, sector: sector));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("sector").GetString();
    }

    private async Task<string?> ModelAsync(string name)
    {
        using var answer = await _api.PostAsync("/v1/events", Events.Native(name, "models", producer: "cohere", model: name));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("model").GetString();
    }
}
