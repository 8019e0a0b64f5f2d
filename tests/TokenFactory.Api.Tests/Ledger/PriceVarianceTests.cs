using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>What senders say that their events cost, against what the ledger says.</summary>
public sealed class PriceVarianceTests : IAsyncLifetime
{
    private const string May = "start=2026-05-01T00:00:00Z&end=2026-06-01T00:00:00Z";

    private TestDatabase _database = null!;
    private ApiProcess _api = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.Current.CreateDatabaseAsync();
        // One dollar is half a euro for the whole of May.
        await _database.ExecuteAsync(
            """
            with published as (
                insert into fx_publications (source, base, published_at, recorded_at)
                select 'test', 'USD', day, day from generate_series(timestamptz '2026-05-01 00:00Z', '2026-05-31 00:00Z', '1 day') day
                returning id)
            insert into fx_rates (publication_id, currency, rate) select id, 'EUR', 0.5 from published
            """);
        _api = await ApiProcess.StartAsync(_database.ConnectionString);
        await _api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await _api.CreateAsync("/v1/sources", new { id = "gateway-2" });
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Reported_costs_stand_beside_our_values_by_source_producer_model_and_currency()
    {
        await SendAsync(
            Event("a", "gateway-1", "groq", "m", 1_000_000, "2", "USD", "2.5", "USD"),              // more than our 2
            Event("b", "gateway-1", "groq", "m", 500_000, "3", "USD", "1.4", "USD"),                // less than our 1.5
            Event("c", "gateway-1", "groq", "m", 100, "3", "USD", null, null),                      // says nothing
            Event("d", "gateway-1", "groq", "m", 1_000_000, "2", "EUR", "1.9", "EUR"),              // both in euro
            Event("e", "gateway-1", "groq", "m", 1_000_000, "2", "EUR", "4.5", "USD"),              // 2 EUR = 4 USD
            Event("f", "gateway-1", "groq", "m", 1_000_000, "2", "USD", "9", "EUR"),                // nobody converts ours
            Event("g", "gateway-1", "groq", "m", 1_000_000, null, "USD", "0.3", "USD"),             // unpriced
            Event("h", "gateway-1", "groq", "m", 1_000_000, "2", "CHF", "0.4", "USD"),              // no exchange rate
            Event("i", "gateway-2", "mistral", "m", 0, null, "USD", "0.1", "USD"),                  // no tokens and no price
            Event("j", "gateway-2", "groq", "m", 1_000_000, "0", "USD", "0.000000000001", "USD"),   // free, they say not
            Event("k", "gateway-1", "groq", "m", 1_000_000, "2", "USD", "7", "USD", "2026-04-30T23:59:59.999999Z"),
            Event("l", "gateway-1", "groq", "m", 1_000_000, "2", "USD", "7", "USD", "2026-06-01T00:00:00Z"));

        // a, b and e: 2.5 + 1.4 + 4.5 of 2 + 1.5 + 4.
        RowsOf(await _api.GetAsync($"/v1/price-variance?{May}")).Should().Equal(
            "gateway-1|groq|m|EUR|2|1|1.9|2|-0.1|-0.05|9",
            "gateway-1|groq|m|USD|5|2|8.4|7.5|0.9|0.12|0.7",
            "gateway-2|groq|m|USD|1|0|0.000000000001|0|0.000000000001||0",
            "gateway-2|mistral|m|USD|1|1|0|0|0||0.1");
        RowsOf(await _api.GetAsync($"/v1/price-variance?{May}&source=gateway-2&producer=mistral&model=m")).Should().Equal("gateway-2|mistral|m|USD|1|1|0|0|0||0.1");
        (await _api.Client.GetStringAsync($"/v1/price-variance?{May}&source=gateway-2&format=csv")).Split("\r\n")[..2].Should().Equal(
            "source,producer,model,currency,events,not_comparable,reported,valued,difference,relative_difference,reported_not_comparable",
            "gateway-2,groq,m,USD,1,0,0.000000000001,0,0.000000000001,,0");
    }

    [Fact]
    public async Task A_part_without_a_value_makes_an_event_incomparable_unless_it_is_of_no_tokens()
    {
        // Output has a price, input has none: there are 10 tokens of it in one event and none in the other.
        await _api.CreateAsync("/v1/rate-cards", new { producer = "groq", model = "m", effective_from = "2026-05-01T00:00:00Z", unit_values = new { output = "2" } });
        await SendAsync(
            Event("part", "gateway-1", "groq", "m", 1_000_000, null, "USD", "5", "USD", input: 10),
            Event("whole", "gateway-1", "groq", "m", 1_000_000, null, "USD", "3", "USD", input: 0));

        RowsOf(await _api.GetAsync($"/v1/price-variance?{May}")).Should().Equal("gateway-1|groq|m|USD|2|1|3|2|1|0.5|5");
    }

    [Fact]
    public async Task What_counts_is_the_value_in_force_and_a_reversed_event_has_none()
    {
        await SendAsync(
            Event("kept", "gateway-1", "groq", "m", 1_000_000, "2", "USD", "2", "USD"),
            Event("repriced", "gateway-1", "groq", "m", 1_000_000, "2", "USD", "3", "USD"),
            Event("valued", "gateway-1", "groq", "m", 1_000_000, null, "USD", "4", "USD"),
            Event("reversed", "gateway-1", "groq", "m", 1_000_000, "2", "USD", "50", "USD"),
            Event("reversed-unpriced", "gateway-1", "groq", "m", 1_000_000, null, "USD", "60", "USD"));
        RowsOf(await _api.GetAsync($"/v1/price-variance?{May}")).Should().Equal("gateway-1|groq|m|USD|5|2|55|6|49|8.166666666667|64");

        foreach (var id in new[] { "reversed", "reversed-unpriced" })
            (await _api.PostAsync($"/v1/events/gateway-1/{id}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
        RowsOf(await _api.GetAsync($"/v1/price-variance?{May}")).Should().Equal("gateway-1|groq|m|USD|3|1|5|4|1|0.25|4");

        // As a repricing records it: the entries before are taken back, and stand anew at another price. Twice for one of them.
        await RepriceAsync("repriced", 1, 9);
        await RepriceAsync("repriced", 2, 2.5m);
        await RepriceAsync("valued", 1, 4);
        RowsOf(await _api.GetAsync($"/v1/price-variance?{May}")).Should().Equal("gateway-1|groq|m|USD|3|0|9|8.5|0.5|0.058823529412|0");
    }

    [Theory]
    [InlineData("end=2026-06-01T00:00:00Z", "?start")]
    [InlineData("start=2026-06-01T00:00:00Z&end=", "?end")]
    [InlineData("start=2026-05-01&end=2026-06-01T00:00:00Z", "?start")]
    [InlineData("start=2026-05-01T00:00:00Z&end=2026-05-01T00:00:00Z", "?end")]
    [InlineData("start=2026-05-01T00:00:00Z&end=2026-08-01T00:00:00.000001Z", "?end")]
    [InlineData(May + "&source=nobody", "?source")]
    [InlineData(May + "&producer=no%00body", "?producer")]
    [InlineData(May + "&model=nothing", "?model")]
    [InlineData(May + "&format=ndjson", "?format")]
    [InlineData(May + "&by=model", "?by")]
    public async Task What_can_not_be_answered_is_refused_with_the_parameter(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync($"/v1/price-variance?{query}");

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateArray()
            .Select(e => e.GetProperty("pointer").GetString()).Should().Equal(pointer);
    }

    [Fact]
    public async Task A_window_may_have_92_days_and_a_key_is_needed()
    {
        const string query = "/v1/price-variance?start=2026-05-01T00:00:00Z&end=2026-08-01T00:00:00Z";
        (await _api.GetAsync(query)).GetProperty("rows").GetArrayLength().Should().Be(0);
        using var nobody = _api.ClientWith(null);

        (await nobody.GetAsync(query)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    private static string Event(
        string id, string source, string producer, string model, long output, string? value, string currency, string? reported, string? reportedCurrency,
        string at = "2026-05-15T10:00:00Z", long input = 0)
    {
        var sent = Events.Native(id, source, at, producer, model, input: input, output: output, outputValue: value).Replace("USD", currency, StringComparison.Ordinal);
        return reported is null ? sent : $"{sent[..^1]},\"reported_cost\":{JsonSerializer.Serialize(new { amount = reported, currency = reportedCurrency })}}}";
    }

    private async Task SendAsync(params string[] events)
    {
        using var answer = await _api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private Task RepriceAsync(string id, int number, decimal value)
    {
        var before = number == 1 ? id : $"~repricing/{id}/{number - 1:000000}";
        return _database.ExecuteAsync(FormattableString.Invariant(
            $"""
            with identity as (
                insert into event_identity (source_id, event_id, fingerprint, recorded_at, batch_id, first_entry_no, entry_count)
                select source_id, '~repricing/{id}/{number:000000}', fingerprint, ledger_clock(), nextval('ledger_batch_id'), 1, 2 * entry_count
                from event_identity where event_id = '{before}'
                returning *), in_force as (
                select e.* from ledger_entry e where e.event_id = '{before}' and e.reverses_entry_no is null)
            insert into ledger_entry (source_id, recorded_at, batch_id, entry_no, event_id, occurred_at, item_id, buyer_id, sector, quantity, basis, unit_value,
                                      currency, amount, reporting_amount, reverses_recorded_at, reverses_batch_id, reverses_entry_no)
            select e.source_id, n.recorded_at, n.batch_id, row_number() over (), n.event_id, e.occurred_at, e.item_id, e.buyer_id, e.sector, -e.quantity, e.basis, e.unit_value,
                   e.currency, -e.amount, -e.reporting_amount, e.recorded_at, e.batch_id, e.entry_no
            from in_force e, identity n
            union all
            select e.source_id, n.recorded_at, n.batch_id, 100 + row_number() over (), n.event_id, e.occurred_at, e.item_id, e.buyer_id, e.sector, e.quantity, 1, {value},
                   'USD', e.quantity * {value} / 1000000, e.quantity * {value} / 1000000, null, null, null
            from in_force e, identity n
            """));
    }

    private static List<string> RowsOf(JsonElement answer) => [.. answer.GetProperty("rows").EnumerateArray().Select(r => string.Join('|',
        Text(r, "source"), Text(r, "producer"), Text(r, "model"), Text(r, "currency"), r.GetProperty("events").GetInt64(), r.GetProperty("not_comparable").GetInt64(),
        Text(r, "reported"), Text(r, "valued"), Text(r, "difference"), Text(r, "relative_difference"), Text(r, "reported_not_comparable")))];

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
