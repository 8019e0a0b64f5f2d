using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog.Import;

/// <summary>Price lists over HTTP: what becomes of the cards that are there.</summary>
public sealed class RateCardImportTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task Tomorrows_list_makes_versions_and_ends_todays()
    {
        var today = await ImportAsync("groq,versioned,input,USD,3", "source=list&observed_at=2026-10-01T00:00:00Z");
        var tomorrow = await ImportAsync("groq,versioned,input,USD,2", "source=list&observed_at=2026-10-02T00:00:00Z");

        Counts(today).Should().Be("1 added, 0 superseded, 0 unchanged, 0 refused");
        Counts(tomorrow).Should().Be("1 added, 1 superseded, 0 unchanged, 0 refused");
        var cards = (await _api.GetAsync("/v1/rate-cards?producer=groq&model=versioned")).GetProperty("items");
        cards[0].GetProperty("effective_to").GetString().Should().Be("2026-10-02T00:00:00Z");
        cards[1].GetProperty("provenance").GetProperty("source").GetString().Should().Be("list#line 2");
        cards[1].GetProperty("provenance").GetProperty("observed_at").GetString().Should().Be("2026-10-02T00:00:00Z");
    }

    [Fact]
    public async Task A_card_of_somebody_else_is_superseded_only_when_that_is_asked_for_and_what_is_lost_is_told()
    {
        var own = await _api.CreateAsync("/v1/rate-cards", new
        {
            producer = "groq", model = "approved", effective_from = "2026-09-01T00:00:00Z", minimum_charge = "1", unit_values = new { output = "9" },
            rates = new[] { new { token_class = "input", unit_value = "3", context_tiers = new[] { new { above = 200000, unit_value = "6" } } } },
        });

        var refused = await ImportAsync("groq,approved,input,USD,3", "source=list&observed_at=2026-10-01T00:00:00Z");
        var forced = await ImportAsync("groq,approved,input,USD,3", "source=list&observed_at=2026-10-01T00:00:00Z&supersede=all");

        Counts(refused).Should().Be("0 added, 0 superseded, 0 unchanged, 1 refused");
        refused.GetProperty("refused")[0].GetProperty("code").GetString().Should().Be("another_source");
        refused.GetProperty("refused")[0].GetProperty("detail").GetString().Should().Contain($"The rate card {own.GetProperty("id")}");
        Counts(forced).Should().Be("1 added, 1 superseded, 0 unchanged, 0 refused");
        forced.GetProperty("changes")[0].GetProperty("lost").EnumerateArray().Select(l => l.GetString()).Should().Equal("output", "context_tiers", "minimum_charge");
    }

    [Fact]
    public async Task A_name_that_is_an_alias_of_a_model_with_prices_of_its_own_is_listed()
    {
        await _api.CreateAsync("/v1/models", new { producer = "groq", model = "named", aliases = new[] { "named-*" } });

        var report = await ImportAsync("groq,named-2026,input,USD,3\ngroq,named,input,USD,4", "source=list");

        Counts(report).Should().Be("1 added, 0 superseded, 0 unchanged, 1 refused");
        report.GetProperty("changes")[0].GetProperty("unit_values").GetProperty("input").GetString().Should().Be("4");
        report.GetProperty("refused")[0].GetProperty("code").GetString().Should().Be("another_model");
    }

    [Fact]
    public async Task Every_card_of_an_import_is_recorded_at_one_instant()
    {
        await ImportAsync(string.Join('\n', Enumerable.Range(0, 50).Select(i => $"groq,instant-{i},input,USD,{i}")), "source=list");

        (await fixture.Database.ScalarAsync<long>(
            "select count(distinct c.recorded_at) from rate_cards c join models m on m.id = c.model_id where m.slug like 'instant-%'")).Should().Be(1);
    }

    [Theory]
    [InlineData("", HttpStatusCode.UnprocessableEntity, "?format")]
    [InlineData("format=csv&observed_at=2999-01-01T00:00:00Z", HttpStatusCode.UnprocessableEntity, "?observed_at")]
    [InlineData("format=csv&assume_start=2025-01-01", HttpStatusCode.UnprocessableEntity, "?assume_start")]
    [InlineData("format=csv&supersede=some", HttpStatusCode.UnprocessableEntity, "?supersede")]
    [InlineData("format=csv&source=a%23b", HttpStatusCode.UnprocessableEntity, "?source")]
    [InlineData("format=genai-prices", HttpStatusCode.UnprocessableEntity, "malformed_json")]
    public async Task A_request_that_leaves_a_doubt_is_refused(string query, HttpStatusCode status, string told)
    {
        using var answer = await PostAsync("groq,doubt,input,USD,3", query);

        answer.StatusCode.Should().Be(status);
        (await answer.Content.ReadAsStringAsync()).Should().Contain(told);
        (await fixture.Database.ScalarAsync<long>("select count(*) from models where slug = 'doubt'")).Should().Be(0);
    }

    [Fact]
    public async Task A_form_is_no_price_list()
    {
        using var form = new FormUrlEncodedContent([new("a", "b")]);
        using var answer = await _api.Client.PostAsync("/v1/rate-cards/import?format=csv", form);

        answer.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
    }

    private async Task<HttpResponseMessage> PostAsync(string rows, string query)
    {
        using var body = new StringContent($"producer,model,token_class,currency,unit_value\n{rows}\n", Encoding.UTF8, "text/csv");
        return await _api.Client.PostAsync($"/v1/rate-cards/import?{query}", body);
    }

    private async Task<JsonElement> ImportAsync(string rows, string query)
    {
        using var answer = await PostAsync(rows, "format=csv&" + query);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string Counts(JsonElement report) =>
        $"{report.GetProperty("cards_added")} added, {report.GetProperty("cards_superseded")} superseded, {report.GetProperty("cards_unchanged")} unchanged, "
        + $"{report.GetProperty("refused").GetArrayLength()} refused";
}
