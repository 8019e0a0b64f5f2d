using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>No instant has two prices.</summary>
public sealed class RateCardTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    // Days of January, against a card of the 10th to the 20th, and one from the 10th on.
    [Theory]
    [InlineData(1, 5, true, true)] // before
    [InlineData(1, 10, true, true)] // meets
    [InlineData(1, 15, false, false)] // overlaps
    [InlineData(1, 20, false, false)] // ends with
    [InlineData(1, 25, false, false)] // holds it
    [InlineData(1, 0, true, true)] // open, ends where it begins
    [InlineData(10, 15, false, false)] // begins with
    [InlineData(10, 20, false, false)] // is it
    [InlineData(10, 25, false, false)] // is begun by it
    [InlineData(10, 0, false, false)]
    [InlineData(12, 15, false, true)] // inside; an open one ends there
    [InlineData(15, 20, false, true)]
    [InlineData(15, 25, false, true)]
    [InlineData(15, 0, false, true)]
    [InlineData(20, 25, true, true)] // is met
    [InlineData(20, 0, true, true)]
    [InlineData(25, 28, true, true)] // after
    public async Task A_card_fits_where_it_leaves_every_instant_one_price(int from, int to, bool fitsClosed, bool fitsOpen)
    {
        foreach (var (end, fits) in new[] { (20, fitsClosed), (0, fitsOpen) })
        {
            var model = $"fits-{from}-{to}-{end}";
            await _api.CreateAsync("/v1/rate-cards", Card(model, 10, end));

            using var answer = await _api.Client.PostAsJsonAsync("/v1/rate-cards", Card(model, from, to));

            answer.StatusCode.Should().Be(fits ? HttpStatusCode.Created : HttpStatusCode.Conflict, $"{from} to {to} beside 10 to {end}");
            if (!fits)
                (await answer.Content.ReadAsStringAsync()).Should().Contain("\"overlap\"").And.Contain("2026-01-10T00:00:00Z");
        }
    }

    [Fact]
    public async Task A_card_ends_where_it_is_told_but_not_behind_the_next_ones_beginning()
    {
        var first = (await _api.CreateAsync("/v1/rate-cards", Card("closed", 10, 0))).GetProperty("id").GetInt64();
        await _api.CreateAsync("/v1/rate-cards", Card("closed", 20, 0));

        (await CloseAsync(first, 10)).Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        var (status, text) = await CloseAsync(first, 21);
        status.Should().Be(HttpStatusCode.Conflict);
        text.Should().Contain("\"overlap\"").And.Contain("from 2026-01-20T00:00:00Z on");
        (await CloseAsync(first, 15)).Status.Should().Be(HttpStatusCode.OK);
        (await _api.GetAsync($"/v1/rate-cards/{first}")).GetProperty("effective_to").GetString().Should().Be("2026-01-15T00:00:00Z");
    }

    [Fact]
    public async Task What_was_known_of_a_cards_end_stays_on_record()
    {
        var id = (await _api.CreateAsync("/v1/rate-cards", Card("known", 10, 0))).GetProperty("id").GetInt64();
        var before = DateTimeOffset.Parse((await _api.GetAsync($"/v1/rate-cards/{id}")).GetProperty("recorded_at").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        (await CloseAsync(id, 15)).Status.Should().Be(HttpStatusCode.OK);
        (await CloseAsync(id, 18)).Status.Should().Be(HttpStatusCode.OK);

        var then = await _api.GetAsync($"/v1/rate-cards?producer=groq&model=known&known_at={Uri.EscapeDataString(before.ToString("O"))}");
        then.GetProperty("items")[0].GetProperty("effective_to").ValueKind.Should().Be(JsonValueKind.Null);
        (await _api.GetAsync("/v1/rate-cards?producer=groq&model=known")).GetProperty("items")[0].GetProperty("effective_to").GetString().Should().Be("2026-01-18T00:00:00Z");
        (await _api.GetAsync($"/v1/rate-cards?producer=groq&model=known&known_at={Uri.EscapeDataString(before.AddSeconds(-1).ToString("O"))}"))
            .GetProperty("items").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_change_needs_the_state_that_it_is_made_to()
    {
        var id = (await _api.CreateAsync("/v1/rate-cards", Card("tagged", 10, 0))).GetProperty("id").GetInt64();
        var tag = await TagAsync(id);

        (await CloseAsync(id, 15, null)).Status.Should().Be(HttpStatusCode.PreconditionRequired);
        (await CloseAsync(id, 15, "\"0-0-0\"")).Status.Should().Be(HttpStatusCode.PreconditionFailed);
        (await CloseAsync(id, 15, tag)).Status.Should().Be(HttpStatusCode.OK);
        (await CloseAsync(id, 16, tag)).Status.Should().Be(HttpStatusCode.PreconditionFailed, "it has changed since");
        var tagOfNow = await TagAsync(id);
        await _api.CreateAsync("/v1/rate-cards", Card("tagged", 20, 0));
        (await CloseAsync(id, 16, tagOfNow)).Status.Should().Be(HttpStatusCode.PreconditionFailed, "another card follows it now");
    }

    [Fact]
    public async Task A_wrong_card_is_replaced_and_never_held()
    {
        var wrong = (await _api.CreateAsync("/v1/rate-cards", Card("wrong", 10, 0))).GetProperty("id").GetInt64();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/rate-cards")
        {
            Content = JsonContent.Create(new { producer = "groq", model = "wrong", effective_from = Day(10), unit_values = new { output = "2" }, replaces = wrong }),
        };
        request.Headers.TryAddWithoutValidation("If-Match", await TagAsync(wrong));
        using var answer = await _api.Client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        (await _api.GetAsync($"/v1/rate-cards/{wrong}")).TryGetProperty("withdrawn_at", out _).Should().BeTrue();
        await _api.CreateAsync("/v1/sources", new { id = "replaced" });
        using var priced = await _api.PostAsync("/v1/events", Events.Native("e", "replaced", producer: "groq", model: "wrong", outputValue: null));
        JsonDocument.Parse(await priced.Content.ReadAsStringAsync()).RootElement.GetProperty("entries")[1].GetProperty("unit_value").GetString().Should().Be("2");
        (await CloseAsync(wrong, 15, "*")).Text.Should().Contain("\"withdrawn\"", "what never held can't be ended");
    }

    [Fact]
    public async Task A_card_replaces_only_one_of_its_own_model_tier_and_scope()
    {
        var other = (await _api.CreateAsync("/v1/rate-cards", Card("other", 10, 0))).GetProperty("id").GetInt64();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/rate-cards")
        {
            Content = JsonContent.Create(new { producer = "groq", model = "another", effective_from = Day(10), unit_values = new { output = "2" }, replaces = other }),
        };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var answer = await _api.Client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("\"another_scope\"");
        (await _api.GetAsync($"/v1/rate-cards/{other}")).TryGetProperty("withdrawn_at", out _).Should().BeFalse("nothing of it was done");
        (await _api.GetAsync("/v1/rate-cards?producer=groq&model=another")).GetProperty("items").GetArrayLength().Should().Be(0);
    }

    [Theory]
    [InlineData("XYZ", "/currency")]
    [InlineData("usd", "/currency")]
    [InlineData("DEM", null)]
    public async Task A_currency_is_one_that_there_is(string currency, string? refusedAt)
    {
        using var answer = await _api.Client.PostAsJsonAsync("/v1/rate-cards",
            new { producer = "groq", model = $"in-{currency}", currency, effective_from = Day(10), unit_values = new { output = "2" } });

        if (refusedAt is null)
            answer.StatusCode.Should().Be(HttpStatusCode.Created);
        else
            (await answer.Content.ReadAsStringAsync()).Should().Contain(refusedAt);
    }

    [Fact]
    public async Task Free_is_a_price_and_the_edges_of_time_and_money_are_kept_as_they_are()
    {
        foreach (var (model, from, value, kept) in new[]
        {
            ("edge-free", "0001-01-01T00:00:00Z", "0.000", "0"), ("edge-least", "1900-01-01T00:00:00.0000019Z", "0.000000000001", "0.000000000001"),
            ("edge-most", "9999-12-31T23:59:59.999999Z", "1000000.000", "1000000"), ("edge-long", "2026-01-01T00:00Z", "0999999.9999999999990000000000000000", "999999.999999999999"),
        })
        {
            var id = (await _api.CreateAsync("/v1/rate-cards", new { producer = "groq", model, effective_from = from, unit_values = new { output = value } })).GetProperty("id");
            var card = await _api.GetAsync($"/v1/rate-cards/{id}");
            card.GetProperty("rates")[0].GetProperty("unit_value").GetString().Should().Be(kept);
            card.GetProperty("effective_from").GetString().Should().StartWith(from[..16]);
        }

        await _api.CreateAsync("/v1/sources", new { id = "edges" });
        using var answer = await _api.PostAsync("/v1/events", Events.Native("e", "edges", producer: "groq", model: "edge-free", outputValue: null));
        var output = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("entries")[1];
        output.GetProperty("amount").GetString().Should().Be("0");
    }

    private static object Card(string model, int from, int to) =>
        new { producer = "groq", model, effective_from = Day(from), effective_to = to == 0 ? null : Day(to), unit_values = new { output = "1" } };

    private static string Day(int day) => $"2026-01-{day:00}T00:00:00Z";

    private async Task<(HttpStatusCode Status, string Text)> CloseAsync(long id, int day) => await CloseAsync(id, day, await TagAsync(id));

    private async Task<(HttpStatusCode Status, string Text)> CloseAsync(long id, int day, string? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/v1/rate-cards/{id}") { Content = JsonContent.Create(new { effective_to = Day(day) }) };
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        using var answer = await _api.Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> TagAsync(long id)
    {
        using var answer = await _api.Client.GetAsync($"/v1/rate-cards/{id}");
        return answer.Headers.ETag!.ToString();
    }
}
