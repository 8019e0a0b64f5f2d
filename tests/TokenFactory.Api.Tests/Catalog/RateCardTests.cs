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
    public async Task A_card_is_closed_once_and_not_behind_the_next_ones_beginning()
    {
        var first = (await _api.CreateAsync("/v1/rate-cards", Card("closed", 10, 0))).GetProperty("id").GetInt64();
        await _api.CreateAsync("/v1/rate-cards", Card("closed", 20, 0));

        (await CloseAsync(first, 10)).Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        var (status, text) = await CloseAsync(first, 21);
        status.Should().Be(HttpStatusCode.Conflict);
        text.Should().Contain("\"overlap\"").And.Contain("from 2026-01-20T00:00:00Z on");
        (await CloseAsync(first, 15)).Status.Should().Be(HttpStatusCode.OK);
        (await CloseAsync(first, 16)).Text.Should().Contain("closed_already");
        (await _api.GetAsync($"/v1/rate-cards/{first}")).GetProperty("effective_to").GetString().Should().Be("2026-01-15T00:00:00Z");
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

    private async Task<(HttpStatusCode Status, string Text)> CloseAsync(long id, int day)
    {
        using var answer = await _api.Client.PatchAsJsonAsync($"/v1/rate-cards/{id}", new { effective_to = Day(day) });
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
