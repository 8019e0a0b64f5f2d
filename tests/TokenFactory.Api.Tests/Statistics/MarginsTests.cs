using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Output beside what it cost, with every number worked out from the events that the test has sent.</summary>
public sealed class MarginsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_days_tokens_cost_what_held_on_that_day_and_the_margin_is_that_of_the_priced_ones()
    {
        await SourceAsync("days");
        await CostAsync("groq", "m", "2026-05-03", null, output: "3");
        await CostAsync("groq", "m", "2026-05-10", "2026-05-20", output: "4");
        await SendAsync(
            Event("before", "days", "groq", "m", "2026-05-02T23:59:59.999999Z", 0, 1_000_000, "10"),
            Event("first", "days", "groq", "m", "2026-05-03T00:00:00Z", 0, 2_000_000, "10"),
            Event("last", "days", "groq", "m", "2026-05-09T23:59:59Z", 0, 1_000_000, "10"),
            Event("next", "days", "groq", "m", "2026-05-10T00:00:00Z", 0, 1_500_000, "10"),
            Event("unpriced", "days", "groq", "m", "2026-05-12T10:00:00Z", 0, 500_000, null),
            Event("after", "days", "groq", "m", "2026-05-20T00:00:00Z", 0, 7, "10"),
            Event("class", "days", "groq", "m", "2026-05-12T10:00:00Z", 11, 0, "1"),
            Event("tier", "days", "groq", "m", "2026-05-12T10:00:00Z", 0, 13, "1", "batch"));

        // gdp: (2 + 1 + 1.5) x 10; cost: (2 + 1) x 3 + (1.5 + 0.5) x 4; of the unpriced: 0.5 x 4.
        var month = (await _api.GetAsync("/v1/margins?producer=groq")).GetProperty("rows");
        month.GetArrayLength().Should().Be(1);
        Row(month[0]).Should().Be("2026-05: gdp 45 + 10.000094 cost 17 of it unpriced 2 margin 30 share 0.666666666667 costed 5000000 not 1000031 at 3.4");
        var days = (await _api.GetAsync("/v1/margins?producer=groq&frequency=day&start=2026-05-09&end=2026-05-13&token_class=output&service_tier=standard")).GetProperty("rows");
        days.EnumerateArray().Select(Row).Should().Equal(
            "2026-05-09: gdp 10 + 0 cost 3 of it unpriced 0 margin 7 share 0.7 costed 1000000 not 0 at 3",
            "2026-05-10: gdp 15 + 0 cost 6 of it unpriced 0 margin 9 share 0.6 costed 1500000 not 0 at 4",
            "2026-05-11: gdp 0 + 0 cost 0 of it unpriced 0 margin 0 share - costed 0 not 0 at -",
            "2026-05-12: gdp 0 + 0 cost 2 of it unpriced 2 margin 0 share - costed 500000 not 0 at 4");
    }

    [Fact]
    public async Task The_last_word_on_a_costs_end_counts_and_what_was_withdrawn_never_held()
    {
        await SourceAsync("words");
        var first = await CostAsync("mistral", "m", "2026-05-01", null, output: "3");
        var wrong = await CostAsync("mistral", "m", "2026-05-05", null, output: "99");
        await ChangeAsync(HttpMethod.Delete, wrong, null);
        await SendAsync(Event("a", "words", "mistral", "m", "2026-05-07T10:00:00Z", 0, 1_000_000, "10"));
        (await CostOfAsync("mistral")).Should().Be("3", "the open card does not end where one begins that never held");

        await ChangeAsync(HttpMethod.Patch, first, new { effective_to = "2026-05-07T00:00:00Z" });
        (await CostOfAsync("mistral")).Should().Be("0");
        await ChangeAsync(HttpMethod.Patch, first, new { effective_to = "2026-05-08T00:00:00Z" });
        (await CostOfAsync("mistral")).Should().Be("3");
        using var answer = await _api.Client.PostAsJsonAsync("/v1/rate-cards", Cost("mistral", "other-currency", "2026-05-01", null, "3", "EUR"));
        (await answer.Content.ReadAsStringAsync()).Should().Contain("not_reporting_currency");
    }

    [Fact]
    public async Task Every_grouping_sums_to_the_total_and_the_total_to_the_events()
    {
        await SourceAsync("sums");
        var random = new Random(12);
        (int From, int To, decimal Cost)[] costs = [(1, 9, 0.333333333333m), (9, 17, 1.000000000001m), (17, 25, 12.345678901234m)];
        foreach (var model in new[] { "m-0", "m-1" })
        foreach (var (from, to, cost) in costs)
            await CostAsync("cohere", model, $"2026-05-{from:00}", $"2026-05-{to:00}", output: cost.ToString(CultureInfo.InvariantCulture));
        string?[] values = ["2", "0.777777777777", "0", null];
        string?[] sectors = ["household", "government", "enterprise", null];
        var sent = Enumerable.Range(0, 500).Select(i => (Id: i, Day: random.Next(1, 29), Model: random.Next(3), Quantity: random.Next(1_000_000), Value: values[random.Next(4)], Sector: sectors[random.Next(4)])).ToList();
        await SendAsync([.. sent.Select(e => Events.Native(Events.Number(e.Id), "sums", $"2026-05-{e.Day:00}T{e.Id % 24:00}:30:00Z", "cohere", $"m-{e.Model}", e.Sector, input: 0, output: e.Quantity, outputValue: e.Value))]);
        for (var i = 0; i < 500; i += 11)
            (await _api.PostAsync($"/v1/events/sums/{i}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);

        var standing = sent.Where(e => e.Id % 11 != 0).Select(e => (e.Quantity,
            Amount: e.Value is { } v ? decimal.Parse(v, CultureInfo.InvariantCulture) * e.Quantity / 1_000_000m : (decimal?)null,
            Cost: e.Model == 2 ? null : costs.Where(c => c.From <= e.Day && e.Day < c.To).Select(c => (decimal?)c.Cost).SingleOrDefault())).ToList();
        // Entries are rounded when they are written, half away from zero to 12 decimals.
        decimal GdpOf(bool costed) => standing.Where(e => e.Cost is not null == costed).Sum(e => decimal.Round(e.Amount ?? 0, 12, MidpointRounding.AwayFromZero));
        decimal CostOf(bool any) => standing.Where(e => any || e.Amount is null).Sum(e => e.Quantity * (e.Cost ?? 0) / 1_000_000m);
        var expected = (GdpOf(true), GdpOf(false), CostOf(true), CostOf(false), GdpOf(true) - CostOf(true) + CostOf(false),
            standing.Where(e => e.Cost is not null).Sum(e => (decimal)e.Quantity), standing.Where(e => e.Cost is null).Sum(e => (decimal)e.Quantity));

        expected.Should().NotBe(default);
        string[] dimensions = ["sector", "producer", "model", "token_class", "service_tier"];
        for (var set = 0; set < 1 << dimensions.Length; set++)
        {
            var by = string.Join(',', dimensions.Where((_, i) => (set & (1 << i)) != 0));
            var rows = (await _api.GetAsync($"/v1/margins?producer=cohere&frequency={(set % 2 == 0 ? "week" : "month")}&by={by}")).GetProperty("rows").EnumerateArray().ToList();

            decimal Sum(string measure) => rows.Sum(r => Number(r, measure));
            (Sum("gdp"), Sum("uncosted_gdp"), Sum("cost"), Sum("unpriced_cost"), Sum("margin"), Sum("costed_quantity"), Sum("uncosted_quantity")).Should().Be(expected, by);
            rows.Should().OnlyContain(r => Number(r, "margin") == Number(r, "gdp") - Number(r, "cost") + Number(r, "unpriced_cost"));
        }

        var gdp = (await _api.GetAsync("/v1/gdp?producer=cohere")).GetProperty("rows")[0];
        Number(gdp, "gdp").Should().Be(expected.Item1 + expected.Item2);
        Number(gdp, "quantity").Should().Be(expected.Item6 + expected.Item7);
    }

    [Fact]
    public async Task As_of_an_earlier_day_those_costs_count_that_were_recorded_then()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync("create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select timestamptz '2026-05-10 09:00Z' $$;");
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "s" });
        var open = (await api.CreateAsync("/v1/rate-cards", Cost("groq", "m", "2026-05-01", null, "3", "USD"))).GetProperty("id").GetInt64();
        var late = (await api.CreateAsync("/v1/rate-cards", Cost("groq", "m", "2026-05-02", null, "5", "USD"))).GetProperty("id").GetInt64();
        await database.ExecuteAsync($"update rate_cards set recorded_at = case id when {open} then timestamptz '2026-05-06 23:59:59Z' else '2026-05-08 00:00Z' end");
        await database.ExecuteAsync("create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select timestamptz '2026-05-05 09:00Z' $$;");
        (await api.PostAsync("/v1/events", Event("a", "s", "groq", "m", "2026-05-04T10:00:00Z", 0, 1_000_000, "10"))).StatusCode.Should().Be(HttpStatusCode.Created);
        await database.ExecuteAsync("create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select timestamptz '2026-05-10 09:00Z' $$;");

        (await CostAsOfAsync("2026-05-05")).Should().Be("0");
        (await CostAsOfAsync("2026-05-06")).Should().Be("3");
        (await CostAsOfAsync("2026-05-07")).Should().Be("3");
        (await CostAsOfAsync("2026-05-08")).Should().Be("5");
        (await CostAsOfAsync("")).Should().Be("5");
        await database.ExecuteAsync($"insert into rate_card_ends (rate_card_id, effective_to, recorded_at) values ({late}, '2026-05-02', '2026-05-09 12:00Z')");
        (await CostAsOfAsync("2026-05-08")).Should().Be("5");
        (await CostAsOfAsync("2026-05-09")).Should().Be("3", "it is known then never to have held");

        async Task<string> CostAsOfAsync(string asOf) => (await api.GetAsync($"/v1/margins?as_of={asOf}")).GetProperty("rows")[0].GetProperty("cost").GetString()!;
    }

    [Fact]
    public async Task Margins_are_private_and_come_as_csv_too()
    {
        using var nobody = _api.ClientWith(null);
        (await nobody.GetAsync("/v1/gdp?end=2001-01-01")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await nobody.GetAsync("/v1/margins?end=2001-01-01")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);

        (await _api.Client.GetStringAsync("/v1/margins?end=2001-01-01&by=model,sector&format=csv")).Should().Be(
            "period,start,end,sector,model,gdp,uncosted_gdp,cost,unpriced_cost,margin,margin_share,costed_quantity,uncosted_quantity,unit_cost,partial,status\r\n");
    }

    [Theory]
    [InlineData("/v1/margins?frequency=hour", "?frequency")]
    [InlineData("/v1/margins?frequency=decade", "?frequency")]
    [InlineData("/v1/margins?prices=current", "?prices")]
    [InlineData("/v1/margins?start=2026-05-01T10:00:00Z", "?start")]
    public async Task What_can_not_be_answered_is_refused_with_the_parameter(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync(query);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateArray()
            .Select(e => e.GetProperty("pointer").GetString()).Should().Equal(pointer);
    }

    private static string Event(string id, string source, string producer, string model, string at, long input, long output, string? value, string tier = "standard") =>
        Events.Native(id, source, at, producer, model, input: input, output: output, outputValue: value, tier: tier);

    private static object Cost(string producer, string model, string from, string? to, string output, string currency) => new
    {
        kind = "cost",
        producer,
        model,
        currency,
        effective_from = $"{from}T00:00:00Z",
        effective_to = to is null ? null : $"{to}T00:00:00Z",
        unit_values = new { output },
    };

    private async Task SourceAsync(string name) => await _api.CreateAsync("/v1/sources", new { id = name });

    private async Task<long> CostAsync(string producer, string model, string from, string? to, string output, string currency = "USD") =>
        (await _api.CreateAsync("/v1/rate-cards", Cost(producer, model, from, to, output, currency))).GetProperty("id").GetInt64();

    private async Task ChangeAsync(HttpMethod method, long card, object? body)
    {
        using var request = new HttpRequestMessage(method, $"/v1/rate-cards/{card}") { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var answer = await _api.Client.SendAsync(request);
        answer.IsSuccessStatusCode.Should().BeTrue(await answer.Content.ReadAsStringAsync());
    }

    private async Task<string?> CostOfAsync(string producer) =>
        (await _api.GetAsync($"/v1/margins?producer={producer}&model=m")).GetProperty("rows")[0].GetProperty("cost").GetString();

    private async Task SendAsync(params string[] events)
    {
        using var answer = await _api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private static string Row(JsonElement r) =>
        $"{Text(r, "period")}: gdp {Text(r, "gdp")} + {Text(r, "uncosted_gdp")} cost {Text(r, "cost")} of it unpriced {Text(r, "unpriced_cost")} "
        + $"margin {Text(r, "margin")} share {Text(r, "margin_share")} costed {Text(r, "costed_quantity")} not {Text(r, "uncosted_quantity")} at {Text(r, "unit_cost")}";

    private static decimal Number(JsonElement row, string name) => decimal.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString() ?? "-";
}
