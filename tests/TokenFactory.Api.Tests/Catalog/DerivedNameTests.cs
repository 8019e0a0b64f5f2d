using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Ingestion.Quarantine;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>Names with something around them go to the model that they stand for: in events, quotes and repricings alike.</summary>
public sealed class DerivedNameTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task An_event_of_a_dated_name_is_priced_as_the_model_and_keeps_the_name_as_sent()
    {
        await PricedAsync("dated", "groq", "kimi-dated");

        var receipt = await SendAsync("dated", "groq", "moonshotai/kimi-dated-2026-09-05");
        var quote = await QuoteAsync("dated", "groq", "moonshotai/kimi-dated-2026-09-05");
        using var again = await _api.PostAsync("/v1/events", Event("dated", "groq", "moonshotai/kimi-dated-2026-09-05"));

        receipt.GetProperty("model").GetString().Should().Be("kimi-dated");
        receipt.GetProperty("sent_model").GetString().Should().Be("moonshotai/kimi-dated-2026-09-05");
        receipt.GetProperty("entries")[1].GetProperty("unit_value").GetString().Should().Be("3");
        quote.GetProperty("model").GetString().Should().Be("kimi-dated");
        quote.GetProperty("amount").GetString().Should().Be(receipt.GetProperty("amount").GetString());
        again.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_sold_free_is_the_model_at_a_price_of_zero()
    {
        await PricedAsync("free", "openrouter", "moonshotai/kimi-free");

        var receipt = await SendAsync("free", "openrouter", "moonshotai/kimi-free:free");
        var quote = await QuoteAsync("free", "openrouter", "moonshotai/kimi-free:free");
        await _api.CreateAsync("/v1/models", new { producer = "openrouter", model = "moonshotai/kimi-free:free" });
        var ofItsOwn = await SendAsync("free", "openrouter", "moonshotai/kimi-free:free", id: "own");

        receipt.GetProperty("model").GetString().Should().Be("moonshotai/kimi-free");
        receipt.GetProperty("entries").EnumerateArray().Should().OnlyContain(e =>
            e.GetProperty("basis").GetString() == "declared" && e.GetProperty("unit_value").GetString() == "0" && e.GetProperty("currency").GetString() == "USD");
        receipt.GetProperty("amount").GetString().Should().Be("0");
        receipt.GetProperty("unpriced_quantity").GetString().Should().Be("0");
        quote.GetProperty("amount").GetString().Should().Be("0");
        ofItsOwn.GetProperty("model").GetString().Should().Be("moonshotai/kimi-free:free");
        ofItsOwn.GetProperty("unpriced_quantity").GetString().Should().Be("15");
    }

    [Theory]
    [InlineData("standard", "batch")]
    [InlineData("priority", "priority")]
    public async Task A_tier_in_the_name_is_the_events_where_it_names_none(string sent, string recorded)
    {
        var source = $"tier-{sent}";
        await PricedAsync(source, "groq", $"kimi-{sent}");

        var receipt = await SendAsync(source, "groq", $"kimi-{sent}:batch", tier: sent);
        var quote = await QuoteAsync(source, "groq", $"kimi-{sent}:batch", tier: sent);

        receipt.GetProperty("model").GetString().Should().Be($"kimi-{sent}");
        receipt.GetProperty("service_tier").GetString().Should().Be(recorded);
        quote.GetProperty("service_tier").GetString().Should().Be(recorded);
        (await _api.GetAsync($"/v1/events/{source}/e")).GetProperty("service_tier").GetString().Should().Be(recorded);
    }

    [Theory]
    [InlineData("sight-a", "kimi-a:free", "kimi-a")]
    [InlineData("sight-b", "kimi-b", "kimi-b:free")]
    public async Task A_model_on_sight_is_the_same_whichever_of_its_names_comes_first(string source, string first, string second)
    {
        await _api.CreateAsync("/v1/sources", new { id = source });

        var one = await SendAsync(source, "groq", first, id: "1");
        var other = await SendAsync(source, "groq", second, id: "2");

        one.GetProperty("model").GetString().Should().Be(other.GetProperty("model").GetString()).And.NotContain(":");
    }

    [Fact]
    public async Task A_price_of_a_dated_name_is_the_dated_models_own()
    {
        await PricedAsync("own", "groq", "kimi-own");

        var card = await _api.CreateAsync("/v1/rate-cards", Card("groq", "kimi-own-2026-09-05", "7"));
        var receipt = await SendAsync("own", "groq", "kimi-own-2026-09-05");
        using var import = await _api.PostAsync("/v1/rate-cards/import?format=csv&source=test",
            "producer,model,token_class,currency,unit_value,effective_from\ngroq,kimi-own-2026-10-05,output,USD,9,2026-01-01T00:00:00Z\n", "text/csv");

        card.GetProperty("model").GetString().Should().Be("kimi-own-2026-09-05");
        receipt.GetProperty("model").GetString().Should().Be("kimi-own-2026-09-05");
        receipt.GetProperty("entries")[1].GetProperty("unit_value").GetString().Should().Be("7");
        (await import.Content.ReadAsStringAsync()).Should().Contain("\"models_added\":1");
    }

    [Theory]
    [InlineData("groq/kimi-priced-2026-09-05", HttpStatusCode.Accepted)]
    [InlineData("kimi-priced:free", HttpStatusCode.UnprocessableEntity)]
    public async Task A_repricing_finds_the_model_as_events_do(string name, HttpStatusCode status)
    {
        if ((await _api.GetAsync("/v1/models?producer=groq&model=kimi-priced")).GetProperty("items").GetArrayLength() == 0)
            await _api.CreateAsync("/v1/models", new { producer = "groq", model = "kimi-priced" });

        using var answer = await _api.Client.PostAsJsonAsync("/v1/repricings", new
        {
            start = "2026-10-01T00:00:00Z",
            end = "2026-11-01T00:00:00Z",
            dry_run = true,
            filter = new { producer = new[] { "groq" }, model = new[] { name } },
        });

        var told = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode / 100).Should().Be((int)status / 100, told);
        told.Should().Contain(status == HttpStatusCode.Accepted ? "\"model\":[\"kimi-priced\"]" : "unknown_model");
    }

    [Fact]
    public async Task Names_that_nobody_has_confirmed_are_listed_with_what_was_recorded_and_a_suggestion()
    {
        await _api.CreateAsync("/v1/sources", new { id = "unmatched" });
        await _api.CreateAsync("/v1/producers", new { id = "unmatched-factory", name = "x", kind = "both" });
        foreach (var (model, i) in new[] { "m-2026-01-01", "other", "priced", "confirmed", "m-2026-01-01" }.Select((m, i) => (m, i)))
            await SendAsync("unmatched", "unmatched-factory", model, id: $"u-{i}");
        (await UnmatchedAsync()).Select(m => m.GetProperty("suggestion").GetString()).Should().OnlyContain(s => s == null);
        await _api.CreateAsync("/v1/models", new { producer = "unmatched-factory", model = "m" });
        await _api.CreateAsync("/v1/rate-cards", Card("unmatched-factory", "priced", "1"));
        var confirmed = (await UnmatchedAsync()).Single(m => m.GetProperty("model").GetString() == "confirmed").GetProperty("id").GetInt32();
        (await _api.Client.PatchAsJsonAsync($"/v1/models/{confirmed}", new { })).StatusCode.Should().Be(HttpStatusCode.OK);

        var rows = await UnmatchedAsync();
        var page = await _api.GetAsync("/v1/models/unmatched?producer=Unmatched-Factory&limit=1");
        var next = await _api.GetAsync($"/v1/models/unmatched?producer=unmatched-factory&limit=1&cursor={page.GetProperty("next_cursor").GetString()}");

        rows.Select(m => (m.GetProperty("model").GetString(), m.GetProperty("entries").GetInt64(), m.GetProperty("quantity").GetString(), m.GetProperty("suggestion").GetString()))
            .Should().Equal(("m-2026-01-01", 4, "30", "m"), ("other", 2, "15", null));
        page.GetProperty("items")[0].GetProperty("model").GetString().Should().Be("m-2026-01-01");
        next.GetProperty("items")[0].GetProperty("model").GetString().Should().Be("other");
        next.GetProperty("next_cursor").GetString().Should().BeNull();
        (await _api.Client.GetAsync("/v1/models/unmatched?producer=nobody")).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData(":batch:flex")]
    [InlineData(":priority:priority")]
    [InlineData(":free:free:free:free:free:free:free")]
    public async Task A_name_too_odd_to_be_read_is_a_model_as_it_was_sent(string behind)
    {
        var source = $"odd-{behind.Length}";
        await PricedAsync(source, "groq", source);

        var receipt = await SendAsync(source, "groq", source + behind);
        var quote = await QuoteAsync(source, "groq", source + behind);

        receipt.GetProperty("model").GetString().Should().Be(source + behind);
        receipt.GetProperty("service_tier").GetString().Should().Be("standard");
        quote.GetProperty("model").GetString().Should().Be(source + behind);
    }

    [Fact]
    public async Task A_name_that_can_not_be_registered_takes_nothing_from_the_events_beside_it()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "cursed" });
        await database.ExecuteAsync(
            """
            create function refuse_cursed() returns trigger language plpgsql as $$ begin return null; end $$;
            create trigger refuse_cursed before insert on models for each row when (new.slug = 'cursed') execute function refuse_cursed();
            """);
        await api.HoldAsync(HeldUsage.Chat("cursed", "later", "to-be-known"));
        await api.CreateAsync("/v1/producers", new { id = "to-be-known", name = "x", kind = "both" });

        using var batch = await api.PostAsync("/v1/events", $"[{Event("cursed", "groq", "cursed", id: "a")},{Event("cursed", "groq", "well", id: "b")}]");
        await api.HoldAsync(HeldUsage.Chat("cursed", "c", "groq", model: "cursed"));
        var (_, released) = await HeldUsage.AskAsync(api.Client, "/v1/quarantine/release", new { source = "cursed" });
        await database.ExecuteAsync("drop trigger refuse_cursed on models");
        using var again = await api.PostAsync("/v1/events", Event("cursed", "groq", "cursed", id: "a"));

        (await batch.Content.ReadAsStringAsync()).Should().Contain("unregistered_name").And.Contain("\"accepted\":1");
        (released.GetProperty("released").GetInt32(), released.GetProperty("still_held").GetInt32()).Should().Be((1, 1));
        again.StatusCode.Should().Be(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_suggestion_is_followed_by_an_alias_that_goes_before_the_name_registered_on_sight()
    {
        await using var other = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        await _api.CreateAsync("/v1/sources", new { id = "followed" });
        await _api.CreateAsync("/v1/producers", new { id = "unmatched-followed", name = "x", kind = "both" });
        await other.WaitUntilAsync("/v1/sources/followed", TimeSpan.FromSeconds(30));
        await SendAsync("followed", "unmatched-followed", "zed-2026-01-01", id: "before");
        await _api.CreateAsync("/v1/rate-cards", Card("unmatched-followed", "zed", "3"));
        var found = (await _api.GetAsync("/v1/models/unmatched?producer=unmatched-followed")).GetProperty("items")[0];
        var zed = (await _api.GetAsync("/v1/models?producer=unmatched-followed&model=zed")).GetProperty("items")[0].GetProperty("id").GetInt32();

        var followed = await _api.Client.PatchAsJsonAsync($"/v1/models/{zed}", new { aliases = new[] { "zed-2026-01-01" } });
        var after = await SendAsync("followed", "unmatched-followed", "zed-2026-01-01", id: "after");
        var free = await SendAsync("followed", "unmatched-followed", "zed-2026-01-01:free", id: "free");
        using var elsewhere = await other.PostAsync("/v1/events", Event("followed", "unmatched-followed", "zed-2026-01-01", id: "elsewhere"));
        var card = await _api.CreateAsync("/v1/rate-cards", new
        {
            producer = "unmatched-followed", model = "zed-2026-01-01", effective_from = "2026-06-01T00:00:00Z", unit_values = new { input = "4", output = "4" },
        });
        var repricing = await _api.CreateAsync("/v1/repricings", new
        {
            start = "2026-01-01T00:00:00Z", end = "2027-01-01T00:00:00Z", dry_run = true,
            filter = new { producer = new[] { "unmatched-followed" }, model = new[] { "zed-2026-01-01" } },
        });

        found.GetProperty("suggestion").GetString().Should().Be("zed");
        followed.StatusCode.Should().Be(HttpStatusCode.OK, await followed.Content.ReadAsStringAsync());
        (after.GetProperty("model").GetString(), after.GetProperty("sent_model").GetString()).Should().Be(("zed", "zed-2026-01-01"));
        free.GetProperty("model").GetString().Should().Be("zed");
        (await ReadAsync(elsewhere)).GetProperty("model").GetString().Should().Be("zed");
        card.GetProperty("model").GetString().Should().Be("zed");
        repricing.ToString().Should().Contain("\"zed\"").And.Contain("\"zed-2026-01-01\"");
        (await _api.GetAsync("/v1/models/unmatched?producer=unmatched-followed")).GetProperty("items").GetArrayLength().Should().Be(0);
        (await _api.GetAsync("/v1/events/followed/before")).GetProperty("model").GetString().Should().Be("zed-2026-01-01");
        (await _api.Client.PatchAsJsonAsync($"/v1/models/{found.GetProperty("id").GetInt32()}", new { })).StatusCode.Should().Be(HttpStatusCode.Conflict, "it is an alias");
    }

    [Fact]
    public async Task An_alias_never_goes_before_a_model_that_is_confirmed_or_priced()
    {
        await _api.CreateAsync("/v1/sources", new { id = "kept" });
        await SendAsync("kept", "groq", "kept-priced", id: "a");
        await SendAsync("kept", "groq", "kept-confirmed", id: "b");
        await _api.CreateAsync("/v1/rate-cards", Card("groq", "kept-priced", "1"));
        var confirmed = (await _api.GetAsync("/v1/models?producer=groq&model=kept-confirmed")).GetProperty("items")[0].GetProperty("id").GetInt32();
        (await _api.Client.PatchAsJsonAsync($"/v1/models/{confirmed}", new { })).StatusCode.Should().Be(HttpStatusCode.OK);

        foreach (var alias in new[] { "kept-priced", "kept-confirmed" })
        {
            using var answer = await _api.Client.PostAsJsonAsync("/v1/models", new { producer = "groq", model = "kept", aliases = new[] { alias } });
            answer.StatusCode.Should().Be(HttpStatusCode.Conflict, alias);
        }
    }

    [Theory]
    [InlineData("us.anthropic.kimi-region", null, "us", "5")]
    [InlineData("eu.anthropic.kimi-region", null, "eu", "3")]
    [InlineData("us.anthropic.kimi-region", "eu", "eu", "3")]
    [InlineData("kimi-region", null, null, "3")]
    [InlineData("us.x-patterned.kimi-region", null, "us", "5")]
    public async Task A_region_in_the_name_is_the_events_where_it_names_none(string name, string? sent, string? region, string value)
    {
        var source = $"region-{name.Length}-{name[0]}-{sent}";
        await _api.CreateAsync("/v1/sources", new { id = source });
        if ((await _api.GetAsync("/v1/models?producer=groq&model=kimi-region")).GetProperty("items").GetArrayLength() == 0)
        {
            await _api.CreateAsync("/v1/models", new { producer = "groq", model = "kimi-region", aliases = new[] { "*patterned.kimi-region" } });
            await _api.CreateAsync("/v1/rate-cards", Card("groq", "kimi-region", "3"));
            await _api.CreateAsync("/v1/rate-cards", new
            {
                producer = "groq", model = "kimi-region", region = "us", effective_from = "2026-01-01T00:00:00Z", unit_values = new { input = "5", output = "5" },
            });
        }

        var body = Event(source, "groq", name);
        if (sent is not null)
            body = body.Replace("\"producer\"", $"\"region\":\"{sent}\",\"producer\"", StringComparison.Ordinal);
        using var answer = await _api.PostAsync("/v1/events", body);
        using var again = await _api.PostAsync("/v1/events", body);
        var (told, recorded) = (await ReadAsync(answer), await _api.GetAsync($"/v1/events/{source}/e"));
        var quote = sent is null ? await QuoteAsync(source, "groq", name) : told;

        foreach (var receipt in new[] { told, recorded })
        {
            receipt.GetProperty("model").GetString().Should().Be("kimi-region");
            (receipt.TryGetProperty("region", out var shown) ? shown.GetString() : null).Should().Be(region);
            receipt.GetProperty("entries")[0].GetProperty("unit_value").GetString().Should().Be(value);
        }

        (quote.TryGetProperty("region", out var quoted) ? quoted.GetString() : null).Should().Be(region);
        quote.GetProperty("amount").GetString().Should().Be(told.GetProperty("amount").GetString());
        again.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Two_instances_take_a_name_on_sight_for_the_same_model()
    {
        await using var other = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        await _api.CreateAsync("/v1/sources", new { id = "instances" });
        await other.WaitUntilAsync("/v1/sources/instances", TimeSpan.FromSeconds(30));

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            using var first = await _api.PostAsync("/v1/events", Event("instances", "groq", $"both-{i}", id: $"a-{i}"));
            using var second = await other.PostAsync("/v1/events", Event("instances", "groq", $"both-{i}-2026-01-01", id: $"b-{i}"));
            using var third = await _api.PostAsync("/v1/events", Event("instances", "groq", $"both-{i}-2026-01-01", id: $"c-{i}"));
            return (await ReadAsync(second), await ReadAsync(third));
        }));

        answers.Should().OnlyContain(a => a.Item1.GetProperty("model").GetString() == a.Item2.GetProperty("model").GetString());
        (await fixture.Database.ScalarAsync<long>("select count(*) from models where slug like 'both-%'")).Should().Be(30);
    }

    private static object Card(string producer, string model, string value) =>
        new { producer, model, effective_from = "2026-01-01T00:00:00Z", unit_values = new { input = value, output = value } };

    private async Task PricedAsync(string source, string producer, string model)
    {
        await _api.CreateAsync("/v1/sources", new { id = source });
        await _api.CreateAsync("/v1/rate-cards", Card(producer, model, "3"));
    }

    private async Task<List<JsonElement>> UnmatchedAsync() =>
        [.. (await _api.GetAsync("/v1/models/unmatched?producer=unmatched-factory")).GetProperty("items").EnumerateArray()];

    private static string Event(string source, string producer, string model, string id = "e", string tier = "standard") =>
        Events.Native(id, source, producer: producer, model: model, outputValue: null, tier: tier);

    private async Task<JsonElement> SendAsync(string source, string producer, string model, string id = "e", string tier = "standard")
    {
        using var answer = await _api.PostAsync("/v1/events", Event(source, producer, model, id, tier));
        answer.StatusCode.Should().Be(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await ReadAsync(answer);
    }

    private async Task<JsonElement> QuoteAsync(string source, string producer, string model, string tier = "standard")
    {
        var usage = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Event(source, producer, model, tier: tier))!;
        usage.Remove("source");
        usage.Remove("id");
        return await _api.CreateAsync("/v1/quotes", usage);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();
}
