using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Numerics;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>What is priced in another currency is worth what the rates of its time say, or nothing is known of its worth; never one to one.</summary>
public sealed class FxRatesTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    // Each test has a month of its own: rates hold for whatever occurs in it.
    [Fact]
    public async Task An_event_in_another_currency_is_worth_the_cross_rate_to_the_last_digit()
    {
        var id = await PublishAsync("2025-01-10T15:00:00Z", "EUR", ("USD", "1.0473"), ("JPY", "162.37"));

        // 17,817 x 433.7 / 10^6 yen, then x 1.0473 / 162.37.
        var entry = await EntryAsync("cross", "2025-01-10T15:00:00Z", "JPY", 17_817, "433.7");

        entry.GetProperty("currency").GetString().Should().Be("JPY");
        entry.GetProperty("amount").GetString().Should().Be("7.7272329");
        entry.GetProperty("reporting_amount").GetString().Should().Be(Quotient(77_272_329 * new BigInteger(10_473), new BigInteger(16_237) * 10_000_000 * 100));
        entry.GetProperty("fx_rate_id").GetInt64().Should().Be(id);
        var row = (await _api.GetAsync("/v1/ledger/entries?event_id=cross")).GetProperty("items")[0];
        foreach (var name in new[] { "currency", "amount", "reporting_amount", "fx_rate_id" })
            row.GetProperty(name).ToString().Should().Be(entry.GetProperty(name).ToString());
        (await FigureAsync("cross", "gdp")).Should().Be(entry.GetProperty("reporting_amount").GetString());
        (await FigureAsync("cross", "unpriced_quantity")).Should().Be("0");
    }

    [Theory]
    [InlineData("2025-02-10T14:59:59.999999Z", false)] // a microsecond before its publication
    [InlineData("2025-02-10T15:00:00Z", true)]
    [InlineData("2025-02-17T15:00:00Z", true)] // seven days
    [InlineData("2025-02-17T15:00:00.000001Z", false)]
    public async Task Rates_are_used_from_their_publication_until_they_are_seven_days_old(string occurredAt, bool used)
    {
        var id = await PublishAsync("2025-02-10T15:00:00Z", "EUR", ("USD", "1.05"), ("JPY", "162.3"));
        var name = $"age-{occurredAt}";

        var receipt = await RecordAsync(name, occurredAt, "JPY", 1_000_000, "162.3");

        var entry = receipt.GetProperty("entries")[0];
        entry.GetProperty("amount").GetString().Should().Be("162.3", "in its own currency it is priced in any case");
        entry.TryGetProperty("fx_rate_id", out var fx).Should().Be(used);
        entry.TryGetProperty("reporting_amount", out _).Should().Be(used);
        receipt.GetProperty("unpriced_quantity").GetString().Should().Be(used ? "0" : "1000000");
        receipt.GetProperty("amount").GetString().Should().Be(used ? "1.05" : null);
        (await FigureAsync(name, "unpriced_quantity")).Should().Be(used ? "0" : "1000000");
        (await FigureAsync(name, "gdp")).Should().Be(used ? "1.05" : "0");
        if (used)
            fx.GetInt64().Should().Be(id);
    }

    [Fact]
    public async Task A_correction_is_used_for_what_is_recorded_afterwards()
    {
        var first = await PublishAsync("2025-03-10T15:00:00Z", "EUR", ("USD", "1.05"), ("JPY", "162.3"));
        var before = await EntryAsync("before", "2025-03-11T00:00:00Z", "EUR", 1_000_000, "10");

        var correction = await PublishAsync("2025-03-10T15:00:00Z", "EUR", ("USD", "1.06"));
        var after = await EntryAsync("after", "2025-03-11T00:00:00Z", "EUR", 1_000_000, "10");
        var yen = await EntryAsync("yen", "2025-03-11T00:00:00Z", "JPY", 1_000_000, "162.3");

        correction.Should().BeGreaterThan(first);
        (before.GetProperty("reporting_amount").GetString(), before.GetProperty("fx_rate_id").GetInt64()).Should().Be(("10.5", first));
        (after.GetProperty("reporting_amount").GetString(), after.GetProperty("fx_rate_id").GetInt64()).Should().Be(("10.6", correction));
        (yen.GetProperty("reporting_amount").GetString(), yen.GetProperty("fx_rate_id").GetInt64()).Should().Be(("1.06", correction), "a pair is never half corrected");
        (await _api.GetAsync($"/v1/fx-rates/{correction}")).GetProperty("rates").GetRawText().Should().Be("""{"JPY":"162.3","USD":"1.06"}""");
        var recorded = (await _api.GetAsync("/v1/events/fx/before")).GetProperty("entries")[0];
        recorded.GetProperty("reporting_amount").GetString().Should().Be("10.5");
        recorded.GetProperty("fx_rate_id").GetInt64().Should().Be(first);
        (await _api.GetAsync($"/v1/fx-rates/{first}")).GetProperty("corrected_by").GetInt64().Should().Be(correction);
        (await _api.GetAsync($"/v1/fx-rates/{correction}")).TryGetProperty("corrected_by", out _).Should().BeFalse();
    }

    [Fact]
    public async Task Of_sources_with_different_bases_the_latest_that_has_both_currencies_is_used()
    {
        var euro = await PublishAsync("2025-04-10T15:00:00Z", "EUR", ("USD", "1.05"), ("CNY", "7.6"), ("JPY", "162.3"));
        var dollar = await PublishAsync("2025-04-10T16:00:00Z", "USD", ("CNY", "7.25"), ("EUR", "0.95"));

        var yuan = await EntryAsync("yuan", "2025-04-11T00:00:00Z", "CNY", 1_000_000, "29");
        var early = await EntryAsync("early", "2025-04-10T15:30:00Z", "CNY", 1_000_000, "7.6");
        var yen = await EntryAsync("yen-of-two", "2025-04-11T00:00:00Z", "JPY", 1_000_000, "162.3");
        var won = await RecordAsync("won", "2025-04-11T00:00:00Z", "KRW", 1_000_000, "1400");

        (yuan.GetProperty("reporting_amount").GetString(), yuan.GetProperty("fx_rate_id").GetInt64()).Should().Be(("4", dollar));
        (early.GetProperty("reporting_amount").GetString(), early.GetProperty("fx_rate_id").GetInt64()).Should().Be(("1.05", euro));
        (yen.GetProperty("reporting_amount").GetString(), yen.GetProperty("fx_rate_id").GetInt64()).Should().Be(("1.05", euro));
        won.GetProperty("unpriced_quantity").GetString().Should().Be("1000000");
    }

    [Fact]
    public async Task A_ledger_in_the_base_currency_is_converted_to_directly()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__ReportingCurrency"] = "EUR" });
        await api.CreateAsync("/v1/sources", new { id = "fx" });
        await api.CreateAsync("/v1/fx-rates", Publication("ECB", "2026-11-02T15:00:00Z", "EUR", ("USD", "1.05")));

        var dollars = await api.CreateAsync("/v1/events", Event("usd", "2026-11-03T00:00:00Z", "USD", 1_000_000, "2"));
        var euros = await api.CreateAsync("/v1/events", Event("eur", "2026-11-03T00:00:00Z", "EUR", 1_000_000, "2"));

        dollars.GetProperty("currency").GetString().Should().Be("EUR");
        dollars.GetProperty("amount").GetString().Should().Be(Quotient(200, 105));
        euros.GetProperty("amount").GetString().Should().Be("2");
        euros.GetProperty("entries")[0].TryGetProperty("fx_rate_id", out _).Should().BeFalse();
        (await api.GetAsync("/v1/gdp?frequency=year")).GetProperty("rows")[0].GetProperty("gdp").GetString()
            .Should().Be((2 + decimal.Parse(Quotient(200, 105), CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task The_same_rates_are_recorded_once()
    {
        var first = await PostAsync(Publication("ECB", "2025-05-10T15:00:00Z", "EUR", ("USD", "1.05"), ("JPY", "162.3")));

        var same = await PostAsync(Publication("ECB", "2025-05-10T17:00:00.0000009+02:00", "EUR", ("JPY", "162.300"), ("USD", "01.05")));
        var fewer = await PostAsync(Publication("ECB", "2025-05-10T15:00:00Z", "EUR", ("USD", "1.05")));
        var otherSource = await PostAsync(Publication("Bundesbank", "2025-05-10T15:00:00Z", "EUR", ("USD", "1.05"), ("JPY", "162.3")));
        var otherRates = await PostAsync(Publication("ECB", "2025-05-10T15:00:00Z", "EUR", ("USD", "1.05"), ("JPY", "162.31")));
        var backAgain = await PostAsync(Publication("ECB", "2025-05-10T15:00:00Z", "EUR", ("USD", "1.05"), ("JPY", "162.3")));

        first.Status.Should().Be(HttpStatusCode.Created);
        first.Location.Should().Be($"/v1/fx-rates/{first.Id}");
        same.Should().Be((HttpStatusCode.OK, null, first.Id));
        fewer.Should().Be((HttpStatusCode.OK, null, first.Id), "they are among the first ones");
        otherSource.Status.Should().Be(HttpStatusCode.Created);
        otherRates.Status.Should().Be(HttpStatusCode.Created);
        backAgain.Status.Should().Be(HttpStatusCode.Created, "what was corrected can be corrected back");
        new[] { first.Id, otherSource.Id, otherRates.Id, backAgain.Id }.Should().OnlyHaveUniqueItems();
        (await fixture.Database.ScalarAsync<long>("select count(*) from fx_publications where published_at = '2025-05-10 15:00Z'")).Should().Be(4);
    }

    [Fact]
    public async Task Sent_at_once_from_many_sides_they_are_recorded_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PostAsync(Publication("ECB", "2025-06-10T15:00:00Z", "EUR", ("USD", "1.05")))));

        answers.Count(a => a.Status == HttpStatusCode.Created).Should().Be(1);
        answers.Select(a => a.Id).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task They_are_found_by_source_base_currency_and_time_page_by_page()
    {
        foreach (var (source, day, currency, rate) in new[] { ("A", 1, "EUR", "USD"), ("A", 2, "EUR", "JPY"), ("B", 3, "EUR", "USD"), ("A", 4, "USD", "JPY") })
            await _api.CreateAsync("/v1/fx-rates", Publication($"found-{source}", $"2025-07-0{day}T00:00:00Z", currency, (rate, "2")));

        (await DaysAsync("source=found-A")).Should().Equal(1, 2, 4);
        (await DaysAsync("source=found-A&base=EUR")).Should().Equal(1, 2);
        (await DaysAsync("source=found-A&currency=JPY")).Should().Equal(2, 4);
        (await DaysAsync("from=2025-07-02T00:00:00Z&to=2025-07-04T00:00:00Z")).Should().Equal(2, 3);
        (await DaysAsync("from=2025-07-01T02:00:00%2B02:00&to=2025-07-31T00:00:00Z&limit=1")).Should().Equal(1, 2, 3, 4);
        (await DaysAsync("source=nobody")).Should().BeEmpty();
        var one = (await _api.GetAsync("/v1/fx-rates?source=found-B")).GetProperty("items")[0];
        one.GetProperty("rates").GetProperty("USD").GetString().Should().Be("2");
        (await _api.Client.GetStringAsync($"/v1/fx-rates/{one.GetProperty("id")}")).Should().Be(one.GetRawText());
        (await _api.Client.GetAsync("/v1/fx-rates/999999999")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("\"base\":\"eur\"", "/base")]
    [InlineData("\"base\":\"XXX\"", "/base")]
    [InlineData("\"source\":\"\"", "/source")]
    [InlineData("\"source\":\"a\\u0000\"", "/source")]
    [InlineData("\"published_at\":\"2026-11-24\"", "/published_at")]
    [InlineData("\"published_at\":\"2026-11-24T15:00:00\"", "/published_at")]
    [InlineData("\"rates\":{}", "/rates")]
    [InlineData("\"rates\":null", "/rates")]
    [InlineData("\"rates\":{\"usd\":\"1\"}", "/rates/usd")]
    [InlineData("\"rates\":{\"EUR\":\"1\"}", "/rates/EUR")]
    [InlineData("\"rates\":{\"USD\":\"0\"}", "/rates/USD")]
    [InlineData("\"rates\":{\"USD\":\"-1\",\"A/B\":\"1\"}", "/rates/USD,/rates/A~1B")]
    [InlineData("\"rates\":{\"USD\":\"0.0000000000001\"}", "/rates/USD")]
    [InlineData("\"rates\":{\"USD\":\"1000000000000.000000000001\"}", "/rates/USD")]
    [InlineData("\"rates\":{\"USD\":1e3}", "/rates/USD")]
    [InlineData("\"rates\":{\"USD\":null}", "/rates/USD")]
    [InlineData("\"rates\":{\"USD\":\"1\",\"USD\":\"2\"}", "/rates/USD")]
    [InlineData("\"corrects\":1", "/corrects")]
    public async Task What_is_no_rate_is_told_where(string member, string pointers)
    {
        var members = new[] { "\"source\":\"ECB\"", "\"base\":\"EUR\"", "\"published_at\":\"2024-01-01T15:00:00Z\"", "\"rates\":{\"USD\":\"1\"}" };

        using var answer = await _api.PostAsync("/v1/fx-rates",
            $"{{{string.Join(',', members.Where(m => m.Split(':')[0] != member.Split(':')[0]).Append(member))}}}");

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString()).Should().BeEquivalentTo(pointers.Split(','));
    }

    [Theory]
    [InlineData("base=eur", "?base")]
    [InlineData("currency=XXX", "?currency")]
    [InlineData("from=2026-11-24", "?from")]
    [InlineData("to=yesterday", "?to")]
    [InlineData("source=%00", "?source")]
    [InlineData("start=2026-11-24T00:00:00Z", "?start")]
    [InlineData("cursor=OTk", "?cursor")]
    public async Task A_filter_that_means_nothing_is_told(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync($"/v1/fx-rates?{query}");

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).Should().Contain($"\"pointer\":\"{pointer}\"");
    }

    [Fact]
    public async Task The_edges_of_rates_are_kept_as_they_are_and_nobody_changes_them()
    {
        var id = await PublishAsync("2024-02-01T00:00:00Z", "EUR", ("USD", "0.000000000001"), ("JPY", "1000000000000"), ("CNY", "999999999999.999999999999"));

        var rates = (await _api.GetAsync($"/v1/fx-rates/{id}")).GetProperty("rates");
        rates.EnumerateObject().Select(r => $"{r.Name} {r.Value}").Should().Equal("CNY 999999999999.999999999999", "JPY 1000000000000", "USD 0.000000000001");
        (await _api.Client.DeleteAsync($"/v1/fx-rates/{id}")).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        (await _api.Client.PatchAsJsonAsync($"/v1/fx-rates/{id}", new { })).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        using var reader = _api.ClientWith((await _api.CreateAsync("/v1/api-keys", new { name = "reader", scopes = new[] { "read" } })).GetProperty("key").GetString());
        (await reader.GetAsync($"/v1/fx-rates/{id}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await reader.PostAsJsonAsync("/v1/fx-rates", Publication("ECB", "2024-02-01T00:00:00Z", "EUR", ("USD", "1")))).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await reader.PostAsync("/v1/fx-rates/import", new StringContent("Date,USD", null, "text/csv"))).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Another_instance_knows_of_rates_at_once()
    {
        await using var other = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        await SourceAsync();
        await PublishAsync("2025-08-10T15:00:00Z", "EUR", ("USD", "1.05"));

        // The notification is on its way: within the time of a few requests.
        var tries = 0;
        JsonElement receipt;
        do
        {
            receipt = await other.CreateAsync("/v1/events", Event($"told-{tries}", "2025-08-11T00:00:00Z", "EUR", 1_000_000, "2"));
        }
        while (receipt.GetProperty("amount").ValueKind == JsonValueKind.Null && ++tries < 200);

        receipt.GetProperty("amount").GetString().Should().Be("2.1");
    }

    // Rounded half away from zero to 12 decimals, by whole numbers alone.
    private static string Quotient(BigInteger dividend, BigInteger divisor)
    {
        var trillionths = ((2 * dividend * 1_000_000_000_000) + divisor) / (2 * divisor);
        var text = trillionths.ToString(CultureInfo.InvariantCulture).PadLeft(13, '0');
        return $"{text[..^12]}.{text[^12..]}".TrimEnd('0').TrimEnd('.');
    }

    private static object Publication(string source, string at, string currency, params (string Currency, string Rate)[] rates) =>
        new { source, @base = currency, published_at = at, rates = rates.ToDictionary(r => r.Currency, r => r.Rate) };

    private static object Event(string id, string occurredAt, string currency, long output, string unitValue) => new
    {
        source = "fx", id, occurred_at = occurredAt, producer = "moonshot", model = $"model-{id}", usage = new { output }, unit_values = new { output = unitValue }, currency,
    };

    private async Task<long> PublishAsync(string at, string currency, params (string Currency, string Rate)[] rates) =>
        (await _api.CreateAsync("/v1/fx-rates", Publication("ECB", at, currency, rates))).GetProperty("id").GetInt64();

    private async Task<(HttpStatusCode Status, string? Location, long Id)> PostAsync(object publication)
    {
        using var answer = await _api.Client.PostAsJsonAsync("/v1/fx-rates", publication);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return (answer.StatusCode, answer.Headers.Location?.ToString(), body.GetProperty("id").GetInt64());
    }

    private async Task SourceAsync() => (await _api.Client.PostAsJsonAsync("/v1/sources", new { id = "fx" })).Dispose();

    private async Task<JsonElement> RecordAsync(string id, string occurredAt, string currency, long output, string unitValue)
    {
        await SourceAsync();
        return await _api.CreateAsync("/v1/events", Event(id, occurredAt, currency, output, unitValue));
    }

    private async Task<JsonElement> EntryAsync(string id, string occurredAt, string currency, long output, string unitValue) =>
        (await RecordAsync(id, occurredAt, currency, output, unitValue)).GetProperty("entries")[0];

    private async Task<string?> FigureAsync(string id, string figure) =>
        (await _api.GetAsync($"/v1/gdp?frequency=year&start=2025-01-01&end=2026-01-01&producer=moonshot&model=model-{Uri.EscapeDataString(id)}")).GetProperty("rows")[0].GetProperty(figure).GetString();

    private async Task<List<int>> DaysAsync(string query)
    {
        var days = new List<int>();
        var cursor = "";
        do
        {
            var page = await _api.GetAsync($"/v1/fx-rates?{query}&cursor={cursor}");
            days.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("published_at").GetDateTimeOffset().Day));
            cursor = page.GetProperty("next_cursor").GetString() ?? "";
        }
        while (cursor.Length > 0);

        return days;
    }
}
