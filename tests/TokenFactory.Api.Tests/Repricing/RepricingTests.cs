using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>Which price an event gets, and which events get one. Each test has a source and a model of its own.</summary>
public sealed class RepricingTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;
    private readonly TestDatabase _database = fixture.Database;

    [Fact]
    public async Task One_call_values_what_is_unpriced_and_leaves_what_has_a_price()
    {
        await SourceAsync("unpriced");
        await _api.CardAsync("unpriced-1", "2026-10-10T00:00:00Z", "1", "1");
        await _api.SendAsync(Event("early", "unpriced", "2026-10-05T10:00:00Z", "unpriced-1"), Event("late", "unpriced", "2026-10-15T10:00:00Z", "unpriced-1"),
            Event("declared", "unpriced", "2026-10-05T10:00:00Z", "unpriced-1", "7"), Event("other", "unpriced", "2026-10-05T10:00:00Z", "unpriced-2"));
        (await _api.AmountAsync("unpriced", "early")).Should().BeNull("unknown is never zero");
        await _api.CardAsync("unpriced-1", "2026-10-01T00:00:00Z", "2", "2");
        await _api.CardAsync("unpriced-1", "2026-10-12T00:00:00Z", "3", "3");

        var repricing = await _api.RepriceAsync(Window("unpriced", new { only = "unpriced", reason = "a price arrived" }));

        repricing.Counts().Should().Be((4, 1, 0));
        (await _api.AmountAsync("unpriced", "early")).Should().Be("0.00003");
        (await _api.AmountAsync("unpriced", "late")).Should().Be("0.000015", "it has a price, though another holds by now");
        (await _api.AmountAsync("unpriced", "declared")).Should().Be("0.000105");
        (await _api.AmountAsync("unpriced", "other")).Should().BeNull();
        var total = repricing.GetProperty("difference").GetProperty("total");
        total.GetProperty("unpriced_before").GetString().Should().Be("30");
        total.GetProperty("unpriced_after").GetString().Should().Be("15");
        total.GetProperty("difference").GetString().Should().Be("0.00003");
        (await _api.FiguresAsync("", "&model=unpriced-1"))[""].Should().Be(0.00015m);
        (await _api.GetAsync("/v1/gdp?frequency=year&model=unpriced-1")).GetProperty("rows")[0].GetProperty("unpriced_quantity").GetString().Should().Be("0");
        (await _api.RepriceAsync(Window("unpriced", new { only = "unpriced", reason = "again" }))).Counts().Should().Be((4, 0, 0));
    }

    [Fact]
    public async Task An_event_that_comes_after_the_dry_run_is_not_touched_by_its_commit()
    {
        await SourceAsync("late");
        await _api.CardAsync("late-1", "2026-10-01T00:00:00Z", "1", "1");
        await _api.SendAsync(Event("a", "late", model: "late-1"), Event("b", "late", model: "late-1"));
        await _api.CardAsync("late-1", "2026-10-02T00:00:00Z", "2", "2");
        var dryRun = await _api.RepriceAsync(Window("late", new { dry_run = true }));
        await _api.CardAsync("late-1", "2026-10-03T00:00:00Z", "5", "5");
        await _api.SendAsync(Event("c", "late", model: "late-1"), Event("d", "late", model: "late-1"));

        var committed = await _api.RepriceAsync(new { confirms = dryRun.Id(), reason = "as shown" });

        committed.GetProperty("difference").ToString().Should().Be(dryRun.GetProperty("difference").ToString());
        committed.GetProperty("known_at").GetString().Should().Be(dryRun.GetProperty("known_at").GetString());
        (await _api.AmountAsync("late", "a")).Should().Be("0.00003", "that is the price that the dry run knew");
        (await _api.GetAsync("/v1/events/late/c")).TryGetProperty("repricings", out _).Should().BeFalse();
        var (status, text) = await _api.RefusedAsync(new { confirms = dryRun.Id(), reason = "again" });
        status.Should().Be(HttpStatusCode.Conflict);
        text.Should().Contain("already_confirmed").And.Contain($"{committed.Id()}");
        (await _api.GetAsync($"/v1/repricings/{dryRun.Id()}")).GetProperty("confirmed_by").GetInt64().Should().Be(committed.Id());
    }

    [Fact]
    public async Task As_of_takes_what_was_known_then_event_time_what_is_known_now_and_current_what_holds_now()
    {
        await SourceAsync("basis");
        await _api.CardAsync("basis-1", "2026-10-01T00:00:00Z", "1", "1");
        await _api.SendAsync(Event("a", "basis", model: "basis-1"), Event("b", "basis", model: "basis-1"));
        var second = await _api.CardAsync("basis-1", "2026-10-02T00:00:00Z", "2", "2");
        var then = second.GetProperty("recorded_at").GetString();
        await _api.CardAsync("basis-1", "2026-10-03T00:00:00Z", "3", "3");
        await _api.CardAsync("basis-1", "2026-10-20T00:00:00Z", "4", "4");

        foreach (var (basis, amount) in new[] { ("as_of", "0.00003"), ("event_time", "0.000045"), ("current", "0.00006"), ("as_of", "0.00003") })
        {
            var request = basis == "as_of"
                ? Window("basis", new { price_basis = basis, as_of = then, reason = basis })
                : Window("basis", new { price_basis = basis, reason = basis });
            (await _api.RepriceAsync(request)).Counts().Should().Be((2, 2, 0));
            (await _api.AmountAsync("basis", "a")).Should().Be(amount, basis);
        }

        var receipt = await _api.GetAsync("/v1/events/basis/a");
        receipt.GetProperty("repricings").EnumerateArray().Select(r => r.GetProperty("reason").GetString()).Should().Equal("as_of", "event_time", "current", "as_of");
        receipt.GetProperty("amount").GetString().Should().Be("0.000015", "what was recorded is the same for ever");
    }

    [Fact]
    public async Task Current_prices_apply_at_the_hour_of_the_event()
    {
        await SourceAsync("hours");
        await _api.SendAsync(Event("night", "hours", "2026-10-05T01:30:00Z", "hours-1"), Event("day", "hours", "2026-10-05T12:30:00Z", "hours-1"));
        await _api.CreateAsync("/v1/rate-cards", new
        {
            producer = "moonshot", model = "hours-1", effective_from = "2026-11-01T00:00:00Z",
            rates = new[] { "input", "output" }.Select(c => new
            {
                token_class = c, unit_value = "2", windows = new[] { new { from = "00:00", to = "06:00", time_zone = "UTC", unit_value = "1" } },
            }),
        });

        (await _api.RepriceAsync(Window("hours", new { price_basis = "event_time", dry_run = true }))).Counts().Should().Be((2, 0, 0), "no card held then");
        (await _api.RepriceAsync(Window("hours", new { price_basis = "current", reason = "a contract" }))).Counts().Should().Be((2, 2, 0));

        (await _api.AmountAsync("hours", "night")).Should().Be("0.000015");
        (await _api.AmountAsync("hours", "day")).Should().Be("0.00003");
    }

    [Fact]
    public async Task Context_tiers_packages_and_minimum_charges_are_made_anew()
    {
        await SourceAsync("terms");
        await _api.CreateAsync("/v1/rate-cards", new
        {
            producer = "moonshot", model = "terms-1", effective_from = "2026-10-01T00:00:00Z", minimum_charge = "5", unit_values = new { input = "1", output = "1" },
        });
        await _api.SendAsync(Event("small", "terms", model: "terms-1", input: 1_000, output: 0), Event("large", "terms", model: "terms-1", input: 3_000_000, output: 1_500));
        (await _api.AmountAsync("terms", "small")).Should().Be("5");
        await _api.CreateAsync("/v1/rate-cards", new
        {
            producer = "moonshot", model = "terms-1", effective_from = "2026-10-02T00:00:00Z", minimum_charge = "0.5",
            rates = new object[]
            {
                new { token_class = "input", unit_value = "1", context_tiers = new[] { new { above = 1_000_000, unit_value = "2" } } },
                new { token_class = "output", unit_value = "10", package_tokens = 1_000 },
            },
        });

        var repricing = await _api.RepriceAsync(Window("terms", new { reason = "conditions" }));

        repricing.Counts().Should().Be((2, 2, 0));
        (await _api.AmountAsync("terms", "small")).Should().Be("0.5");
        (await _api.AmountAsync("terms", "large")).Should().Be("6.02", "3 million at 2, and two packages of a thousand at 10");
        await _api.RepriceAsync(new { reverts = repricing.Id(), reason = "a mistake" });
        (await _api.AmountAsync("terms", "small")).Should().Be("5");
        (await _api.AmountAsync("terms", "large")).Should().Be("5");
        await _api.ShouldBeBalancedAsync();
    }

    [Fact]
    public async Task An_exchange_rate_that_arrives_later_values_what_is_declared_in_another_currency()
    {
        await SourceAsync("foreign");
        await _api.SendAsync(Event("a", "foreign", model: "foreign-1", declared: "2").Replace("USD", "JPY", StringComparison.Ordinal),
            Event("b", "foreign", model: "foreign-1", declared: "2").Replace("USD", "CHF", StringComparison.Ordinal));
        await _database.ExecuteAsync(
            """
            with p as (insert into fx_publications (source, base, published_at, recorded_at) values ('ECB', 'EUR', '2026-10-05 09:00Z', clock_timestamp()) returning id)
            insert into fx_rates (publication_id, currency, rate) select id, c, r from p, (values ('USD', 1.2), ('JPY', 160)) as v (c, r)
            """);

        var repricing = await _api.RepriceAsync(Window("foreign", new { only = "unpriced", reason = "exchange rates" }));

        repricing.Counts().Should().Be((2, 1, 0));
        (await _api.AmountAsync("foreign", "a")).Should().Be("0.000000225");
        (await _api.AmountAsync("foreign", "b")).Should().BeNull();
        await _api.RepriceAsync(new { reverts = repricing.Id(), reason = "a mistake" });
        (await _api.AmountAsync("foreign", "a")).Should().BeNull();
    }

    [Fact]
    public async Task A_revert_leaves_what_another_repricing_has_changed_since_and_can_be_reverted_itself()
    {
        await SourceAsync("revert");
        await _api.CardAsync("revert-1", "2026-10-01T00:00:00Z", "1", "1");
        await _api.SendAsync(Event("a", "revert", model: "revert-1", sector: "household"), Event("b", "revert", model: "revert-1", sector: "government"));
        await _api.CardAsync("revert-1", "2026-10-02T00:00:00Z", "2", "2");
        var first = await _api.RepriceAsync(Window("revert", new { reason = "first" }));
        await _api.CardAsync("revert-1", "2026-10-03T00:00:00Z", "3", "3");
        var second = await _api.RepriceAsync(Window("revert", new { filter = new { source = new[] { "revert" }, sector = new[] { "household" } }, reason = "second" }));
        second.Counts().Should().Be((1, 1, 0));

        var back = await _api.RepriceAsync(new { reverts = first.Id(), reason = "first was wrong" });
        back.Counts().Should().Be((2, 1, 1));
        (await AmountsAsync("revert")).Should().Be(("0.000045", "0.000015"));
        var forth = await _api.RepriceAsync(new { reverts = back.Id(), reason = "it was right" });
        forth.Counts().Should().Be((1, 1, 0));
        (await AmountsAsync("revert")).Should().Be(("0.000045", "0.00003"));
        await _api.RepriceAsync(new { reverts = second.Id(), reason = "second was wrong" });
        (await AmountsAsync("revert")).Should().Be(("0.00003", "0.00003"));

        // What the second had changed has the first one's price again: what was skipped can be taken back now.
        var rest = await _api.RepriceAsync(new { reverts = first.Id(), reason = "the rest of it" });
        rest.Counts().Should().Be((2, 2, 0));
        (await AmountsAsync("revert")).Should().Be(("0.000015", "0.000015"));
        (await _api.RefusedAsync(new { reverts = first.Id(), reason = "again" })).Text.Should().Contain("already_reverted");
        (await _api.GetAsync($"/v1/repricings/{first.Id()}")).GetProperty("reverted_by").GetInt64().Should().Be(rest.Id());
        await _api.ShouldBeBalancedAsync();
    }

    [Fact]
    public async Task A_dry_run_that_another_repricing_has_overtaken_is_not_confirmed()
    {
        await SourceAsync("overtaken");
        await _api.CardAsync("overtaken-1", "2026-10-01T00:00:00Z", "1", "1");
        await _api.CardAsync("overtaken-2", "2026-10-01T00:00:00Z", "1", "1");
        await _api.SendAsync(Event("a", "overtaken", model: "overtaken-1"), Event("b", "overtaken", model: "overtaken-2"));
        await _api.CardAsync("overtaken-1", "2026-10-02T00:00:00Z", "2", "2");
        await _api.CardAsync("overtaken-2", "2026-10-02T00:00:00Z", "2", "2");
        var all = await _api.RepriceAsync(Window("overtaken", new { dry_run = true }));
        var other = await _api.RepriceAsync(Window("overtaken", new { dry_run = true, filter = new { model = new[] { "overtaken-2" } } }));

        var overtaking = await _api.RepriceAsync(Window("overtaken", new { reason = "first", filter = new { model = new[] { "overtaken-1" } } }));

        var (status, text) = await _api.RefusedAsync(new { confirms = all.Id(), reason = "as shown" });
        status.Should().Be(HttpStatusCode.Conflict);
        text.Should().Contain("superseded").And.Contain($"{overtaking.Id()}");
        (await _api.GetAsync($"/v1/repricings/{all.Id()}")).GetProperty("superseded_by").GetInt64().Should().Be(overtaking.Id());
        (await _api.RepriceAsync(new { confirms = other.Id(), reason = "as shown" })).Counts().Should().Be((1, 1, 0), "it is about another model");
    }

    [Fact]
    public async Task What_a_later_repricing_has_given_back_can_be_reverted()
    {
        await SourceAsync("chain");
        await _api.CardAsync("chain-1", "2026-10-01T00:00:00Z", "1", "1");
        await _api.SendAsync(Event("a", "chain", model: "chain-1"), Event("b", "chain", model: "chain-1"));
        await _api.CardAsync("chain-1", "2026-10-02T00:00:00Z", "2", "2");
        var first = await _api.RepriceAsync(Window("chain", new { reason = "first" }));
        await _api.CardAsync("chain-1", "2026-10-03T00:00:00Z", "3", "3");
        var second = await _api.RepriceAsync(Window("chain", new { reason = "second" }));
        await _api.RepriceAsync(new { reverts = second.Id(), reason = "second was wrong" });

        (await _api.RepriceAsync(new { reverts = first.Id(), reason = "first was wrong too" })).Counts().Should().Be((2, 2, 0));

        (await AmountsAsync("chain")).Should().Be(("0.000015", "0.000015"));
    }

    [Fact]
    public async Task A_reversed_event_is_left_and_a_repriced_one_can_be_reversed()
    {
        await SourceAsync("reversed");
        await _api.CardAsync("reversed-1", "2026-10-01T00:00:00Z", "1", "1");
        await _api.SendAsync(Event("a", "reversed", model: "reversed-1"), Event("b", "reversed", model: "reversed-1"));
        await _api.CreateAsync("/v1/events/reversed/a/reversal", new { });
        await _api.CardAsync("reversed-1", "2026-10-02T00:00:00Z", "2", "2");

        var repricing = await _api.RepriceAsync(Window("reversed", new { reason = "a price arrived" }));
        repricing.Counts().Should().Be((2, 1, 0));
        (await _api.FiguresAsync("", "&model=reversed-1"))[""].Should().Be(0.00003m);
        await _api.CreateAsync("/v1/events/reversed/b/reversal", new { });
        (await _api.FiguresAsync("", "&model=reversed-1"))[""].Should().Be(0);
        (await _api.RepriceAsync(new { reverts = repricing.Id(), reason = "a mistake" })).Counts().Should().Be((1, 0, 0));
        (await _api.FiguresAsync("", "&model=reversed-1"))[""].Should().Be(0);
        await _api.ShouldBeBalancedAsync();
    }

    [Theory]
    [InlineData("source", "filtered", 6)]
    [InlineData("producer", "Moonshot_AI", 3)]
    [InlineData("model", "filtered-1", 4)]
    [InlineData("model", "filtered-alias", 2)]
    [InlineData("model", "filtered-2-2026", 2)]
    [InlineData("service_tier", "batch", 2)]
    [InlineData("account", "filtered-account", 1)]
    [InlineData("sector", "government", 2)]
    public async Task A_filter_selects_by_the_names_of_events(string member, string name, int selected)
    {
        if (await _database.ScalarAsync<long>("select count(*) from sources where slug = 'filtered'") == 0)
        {
            await SourceAsync("filtered");
            await _api.CreateAsync("/v1/models", new { producer = "moonshot", model = "filtered-2", aliases = new[] { "filtered-alias", "filtered-2-*" } });
            string[] models = ["filtered-1", "filtered-2"];
            await _api.SendAsync(Enumerable.Range(0, 6).Select(i => Events.Native($"{i}", "filtered", "2026-10-05T10:00:00Z", i is 3 or 4 or 5 ? "groq" : "moonshot",
                i is 1 or 2 ? "filtered-2" : "filtered-1", i is 2 or 5 ? "government" : null, i == 3 ? "filtered-account" : null, 10, 5, null, i is 1 or 4 ? "batch" : "standard")));
        }

        var filter = new Dictionary<string, string[]> { ["source"] = ["filtered"] };
        filter[member] = [name];
        var repricing = await _api.RepriceAsync(new { start = RepricingSteps.Start, end = RepricingSteps.End, filter, dry_run = true });

        repricing.Counts().Examined.Should().Be(selected);
        filter[member] = ["nobody"];
        var (status, text) = await _api.RefusedAsync(new { start = RepricingSteps.Start, end = RepricingSteps.End, filter, dry_run = true });
        status.Should().Be(HttpStatusCode.UnprocessableEntity);
        text.Should().Contain($"/filter/{member}/0");
    }

    [Fact]
    public async Task The_window_is_half_open()
    {
        await SourceAsync("window");
        await _api.SendAsync(Event("before", "window", "2026-09-30T23:59:59.999999Z", "window-1"), Event("first", "window", "2026-10-01T00:00:00Z", "window-1"),
            Event("last", "window", "2026-10-31T23:59:59.999999Z", "window-1"), Event("after", "window", "2026-11-01T00:00:00Z", "window-1"));

        (await _api.RepriceAsync(Window("window", new { dry_run = true }))).Counts().Examined.Should().Be(2);
    }

    [Theory]
    [InlineData("""{"end":"2026-11-01T00:00:00Z","dry_run":true}""", "/start")]
    [InlineData("""{"start":"2026-11-01T00:00:00Z","end":"2026-11-01T00:00:00Z","dry_run":true}""", "/end")]
    [InlineData("""{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z"}""", "/reason")]
    [InlineData("""{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","reason":" "}""", "/reason")]
    [InlineData("""{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","dry_run":true,"price_basis":"as_of"}""", "/as_of")]
    [InlineData("""{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","dry_run":true,"as_of":"2026-10-01T00:00:00Z"}""", "/as_of")]
    [InlineData("""{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","dry_run":true,"price_basis":"as_of","as_of":"2126-10-01T00:00:00Z"}""", "/as_of")]
    [InlineData("""{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","dry_run":true,"price_basis":"today"}""", "/price_basis")]
    [InlineData("""{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","dry_run":true,"filter":{"source":[]}}""", "/filter/source")]
    [InlineData("""{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","dry_run":true,"filter":{"source":["~settlement"]}}""", "/filter/source/0")]
    [InlineData("""{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","dry_run":true,"filter":{"model":[null]}}""", "/filter/model/0")]
    [InlineData("""{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","dry_run":true,"filter":{"colour":["red"]}}""", "/filter/colour")]
    [InlineData("""{"confirms":1}""", "/reason")]
    [InlineData("""{"confirms":1,"reason":"x","dry_run":true}""", "/dry_run")]
    [InlineData("""{"confirms":1,"reverts":1,"reason":"x"}""", "/reverts")]
    [InlineData("""{"reverts":999999,"reason":"x"}""", "/reverts")]
    public async Task A_request_that_leaves_a_doubt_is_refused(string request, string pointer)
    {
        using var answer = await _api.PostAsync("/v1/repricings", request);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateArray()
            .Select(e => e.GetProperty("pointer").GetString()).Should().Contain(pointer);
    }

    [Fact]
    public async Task Repricings_are_listed_newest_first_page_by_page_and_made_by_administrators()
    {
        await SourceAsync("listed");
        var made = new List<long>();
        for (var i = 0; i < 3; i++)
            made.Add((await _api.RepriceAsync(Window("listed", new { dry_run = true }))).Id());

        var page = await _api.GetAsync("/v1/repricings?limit=2");
        var next = await _api.GetAsync($"/v1/repricings?limit=1&cursor={page.GetProperty("next_cursor").GetString()}");
        var listed = page.GetProperty("items").EnumerateArray().Concat(next.GetProperty("items").EnumerateArray()).Select(r => r.Id()).ToList();

        listed.Should().BeInDescendingOrder().And.HaveCount(3);
        listed.Should().StartWith(made[2]);
        (await _api.Client.GetAsync("/v1/repricings/999999")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        var key = (await _api.CreateAsync("/v1/api-keys", new { name = "reader", scopes = new[] { "read" } })).GetProperty("key").GetString();
        using var reader = _api.ClientWith(key);
        (await reader.GetAsync($"/v1/repricings/{made[0]}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await reader.PostAsync("/v1/repricings", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"))).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    private Task<JsonElement> SourceAsync(string name) => _api.CreateAsync("/v1/sources", new { id = name });

    private async Task<(string? A, string? B)> AmountsAsync(string source) => (await _api.AmountAsync(source, "a"), await _api.AmountAsync(source, "b"));

    private static string Event(
        string id, string source, string occurredAt = "2026-10-05T10:00:00Z", string model = "model", string? declared = null, string? sector = null, long input = 10, long output = 5) =>
        Events.Native(id, source, occurredAt, "moonshot", model, sector, null, input, output, declared);

    // The month, of one source; members of the request go before.
    private static Dictionary<string, object?> Window(string source, object request)
    {
        var members = new Dictionary<string, object?> { ["start"] = RepricingSteps.Start, ["end"] = RepricingSteps.End, ["filter"] = new { source = new[] { source } } };
        foreach (var property in request.GetType().GetProperties())
            members[property.Name] = property.GetValue(request);
        return members;
    }
}
