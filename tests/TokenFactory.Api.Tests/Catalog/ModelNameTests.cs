using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>A name stands for one model, whoever asks: an event, a rate card, an operator.</summary>
public sealed class ModelNameTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("own", "own-*", "own")]
    [InlineData("byalias", "byalias-old", "byalias-old")]
    [InlineData("bypattern", "bypattern-*", "bypattern-2026-01-01")]
    public async Task A_rate_card_prices_the_model_that_events_of_the_name_go_to(string model, string alias, string carded)
    {
        await SourceAsync($"cards-{model}");
        await _api.CreateAsync("/v1/models", new { producer = "groq", model, aliases = new[] { alias } });

        var card = await _api.CreateAsync("/v1/rate-cards", Card("groq", carded));
        using var answer = await _api.PostAsync("/v1/events", Events.Native("e", $"cards-{model}", producer: "groq", model: carded, outputValue: null));

        card.GetProperty("model").GetString().Should().Be(model);
        var receipt = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        receipt.GetProperty("model").GetString().Should().Be(model);
        receipt.GetProperty("entries")[1].GetProperty("rate_id").GetInt64().Should().Be(card.GetProperty("rates")[0].GetProperty("id").GetInt64());
    }

    [Fact]
    public async Task A_name_that_is_taken_by_another_model_is_refused_wherever_it_would_hide_or_be_hidden()
    {
        await _api.CreateAsync("/v1/models", new { producer = "ibm", model = "first", aliases = new[] { "one" } });
        var second = (await _api.CreateAsync("/v1/models", new { producer = "ibm", model = "second", aliases = new[] { "second" } })).GetProperty("id").GetInt32();
        await _api.CreateAsync("/v1/models", new { producer = "cohere", model = "one" });

        (await PostAsync("/v1/models", new { producer = "ibm", model = "one" })).Should().Be(HttpStatusCode.Conflict, "it is an alias");
        (await PostAsync("/v1/models", new { producer = "ibm", model = "third", aliases = new[] { "first" } })).Should().Be(HttpStatusCode.Conflict, "it is a model");
        (await PostAsync("/v1/models", new { producer = "ibm", model = "third", aliases = new[] { "one" } })).Should().Be(HttpStatusCode.Conflict, "it is another's alias");
        (await PatchAsync($"/v1/models/{second}", new { aliases = new[] { "first" } })).Should().Be(HttpStatusCode.Conflict);
        (await PatchAsync($"/v1/models/{second}", new { aliases = new[] { "one" } })).Should().Be(HttpStatusCode.Conflict);
        (await PatchAsync($"/v1/models/{second}", new { aliases = new[] { "second", "two" } })).Should().Be(HttpStatusCode.OK);
        (await _api.GetAsync($"/v1/models/{second}")).GetProperty("aliases").EnumerateArray().Select(a => a.GetString()).Should().Equal("two");
    }

    [Fact]
    public async Task Producers_are_found_by_every_name_in_the_catalog_as_in_events()
    {
        var model = await _api.CreateAsync("/v1/models", new { producer = "Moonshot_AI", model = "named" });
        var card = await _api.CreateAsync("/v1/rate-cards", Card("KIMI", "named"));
        var account = await _api.CreateAsync("/v1/accounts", new { id = "named", producer = "moonshotai" });

        model.GetProperty("producer").GetString().Should().Be("moonshot");
        card.GetProperty("producer").GetString().Should().Be("moonshot");
        account.GetProperty("producer").GetString().Should().Be("moonshot");
        (await _api.GetAsync("/v1/models?producer=moonshot_ai&model=named")).GetProperty("items").GetArrayLength().Should().Be(1);
        (await _api.GetAsync("/v1/rate-cards?producer=kimi&model=named")).GetProperty("items").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task An_alias_is_one_whatever_the_case_of_its_letters_in_any_script()
    {
        await SourceAsync("scripts");
        // The Kelvin sign is a K of its own; its lower case is k.
        await _api.CreateAsync("/v1/producers", new { id = "scripts", name = "x", kind = "both", aliases = new[] { "ÜBER-\u212AI", "Scripts" } });

        foreach (var name in new[] { "über-ki", "Über-KI", "ÜBER-\u212AI", "SCRIPTS" })
        {
            using var answer = await _api.PostAsync("/v1/events", Events.Native(name, "scripts", producer: name));
            answer.StatusCode.Should().Be(HttpStatusCode.Created, name);
        }

        (await _api.GetAsync("/v1/producers/scripts")).GetProperty("aliases").EnumerateArray().Select(a => a.GetString()).Should().Equal("über-ki");
    }

    [Fact]
    public async Task Unknown_producers_are_registered_where_that_is_configured_and_the_name_can_be_an_id()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        var settings = new Dictionary<string, string> { ["TokenFactory__RegisterUnknownProducers"] = "true" };
        await using var one = await ApiProcess.StartAsync(database.ConnectionString, settings);
        await using var other = await ApiProcess.StartAsync(database.ConnectionString, settings);
        await one.CreateAsync("/v1/sources", new { id = "sight" });
        await other.WaitUntilAsync("/v1/sources/sight", TimeSpan.FromSeconds(30));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            one.PostAsync("/v1/events", Events.Native($"e{i}", "sight", producer: i % 2 == 0 ? "New.Factory" : "new.factory", model: $"m{i % 3}"))));
        using var odd = await one.PostAsync("/v1/events", Events.Native("odd", "sight", producer: "no id/of ours"));

        answers.Should().OnlyContain(a => a.StatusCode == HttpStatusCode.Created);
        odd.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await odd.Content.ReadAsStringAsync()).Should().Contain("unknown_producer");
        (await database.ScalarAsync<long>("select count(*) from producers where slug = 'new.factory' or slug like 'no id%'")).Should().Be(1);
        (await database.ScalarAsync<long>("select count(*) from models m join producers p on p.id = m.producer_id where p.slug = 'new.factory'")).Should().Be(3);
        (await database.ScalarAsync<long>("select count(*) from ledger_entry where item_id = 0")).Should().Be(0);
        (await one.Client.DeleteAsync("/v1/producers/new.factory")).StatusCode.Should().Be(HttpStatusCode.Conflict);
    }

    private static object Card(string producer, string model) =>
        new { producer, model, effective_from = "2026-01-01T00:00:00Z", unit_values = new { output = "3" } };

    private Task<JsonElement> SourceAsync(string id) => _api.CreateAsync("/v1/sources", new { id });

    private async Task<HttpStatusCode> PostAsync(string path, object body) => (await _api.Client.PostAsJsonAsync(path, body)).StatusCode;

    private async Task<HttpStatusCode> PatchAsync(string path, object body) => (await _api.Client.PatchAsJsonAsync(path, body)).StatusCode;
}
