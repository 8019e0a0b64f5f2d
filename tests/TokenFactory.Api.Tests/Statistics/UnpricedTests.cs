using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>What has no value is listed, by item and reason, until it has one.</summary>
public sealed class UnpricedTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task What_has_no_price_is_listed_by_item_with_its_days_and_the_share_of_the_whole()
    {
        await SourceAsync("listed");
        await SendAsync(
            Event("a", "listed", "groq", "one", "2026-05-02T23:59:59Z", 100, 7),
            Event("b", "listed", "groq", "one", "2026-05-04T00:00:00Z", 20, 0),
            Event("c", "listed", "groq", "two", "2026-05-09T12:00:00Z", 500, 3, tier: "batch"),
            Event("d", "listed", "groq", "one", "2026-05-20T12:00:00Z", 1000, 1000, value: "2"),
            Event("e", "listed", "groq", "one", "2026-05-21T12:00:00Z", 1, 1, value: "0"));

        var answer = await _api.GetAsync("/v1/unpriced?producer=groq");

        RowsOf(answer).Should().Equal(
            "groq|two|input|batch||no_price|500|2026-05-09|2026-05-09|1",
            "groq|one|input|standard||no_price|120|2026-05-02|2026-05-04|2",
            "groq|one|output|standard||no_price|7|2026-05-02|2026-05-02|1",
            "groq|two|output|batch||no_price|3|2026-05-09|2026-05-09|1");
        Text(answer, "unpriced_quantity").Should().Be("630");
        Text(answer, "quantity").Should().Be("2632");
        Text(answer, "unpriced_share").Should().Be("0.239361702128"); // 630 / 2632 = 0.23936170212765957...
        RowsOf(await _api.GetAsync("/v1/unpriced?producer=groq&start=2026-05-03&end=2026-05-09")).Should().Equal(
            "groq|one|input|standard||no_price|20|2026-05-04|2026-05-04|1");
        RowsOf(await _api.GetAsync("/v1/unpriced?producer=groq&token_class=output&service_tier=batch")).Should().Equal(
            "groq|two|output|batch||no_price|3|2026-05-09|2026-05-09|1");
    }

    [Fact]
    public async Task A_price_in_a_currency_that_no_exchange_rate_leads_from_says_so()
    {
        await SourceAsync("foreign");
        await SendAsync(
            Event("a", "foreign", "mistral", "m", "2026-05-02T10:00:00Z", 40, 2, value: "3", currency: "EUR"),
            Event("b", "foreign", "mistral", "m", "2026-05-03T10:00:00Z", 1, 0),
            Event("c", "foreign", "mistral", "m", "2026-05-03T10:00:00Z", 5, 0, value: "3"));

        var answer = await _api.GetAsync("/v1/unpriced?producer=mistral");

        RowsOf(answer).Should().Equal(
            "mistral|m|input|standard|EUR|no_exchange_rate|40|2026-05-02|2026-05-02|1",
            "mistral|m|output|standard|EUR|no_exchange_rate|2|2026-05-02|2026-05-02|1",
            "mistral|m|input|standard||no_price|1|2026-05-03|2026-05-03|1");
        Text(answer, "quantity").Should().Be("48");
        var csv = await _api.Client.GetStringAsync("/v1/unpriced?producer=mistral&format=csv");
        csv.Split("\r\n")[..2].Should().Equal(
            "producer,model,token_class,service_tier,currency,reason,quantity,first_day,last_day,entries",
            "mistral,m,input,standard,EUR,no_exchange_rate,40,2026-05-02,2026-05-02,1");
    }

    [Fact]
    public async Task What_is_taken_back_and_recorded_with_a_price_is_gone_and_its_days_with_it()
    {
        await SourceAsync("valued");
        await SendAsync(
            Event("a", "valued", "cohere", "m", "2026-05-02T10:00:00Z", 40, 0),
            Event("b", "valued", "cohere", "m", "2026-05-05T10:00:00Z", 60, 0),
            Event("c", "valued", "cohere", "m", "2026-05-08T10:00:00Z", 90, 0));
        await _api.CreateAsync("/v1/rate-cards", new { producer = "cohere", model = "m", effective_from = "2026-05-01T00:00:00Z", unit_values = new { input = "1.5" } });
        RowsOf(await _api.GetAsync("/v1/unpriced?producer=cohere")).Should().Equal(
            ["cohere|m|input|standard||no_price|190|2026-05-02|2026-05-08|3"], "a price that arrives values nothing by itself");

        await ReverseAsync("valued", "a");
        await SendAsync(Event("a2", "valued", "cohere", "m", "2026-05-02T10:00:00Z", 40, 0));
        RowsOf(await _api.GetAsync("/v1/unpriced?producer=cohere")).Should().Equal("cohere|m|input|standard||no_price|150|2026-05-05|2026-05-08|2");

        await ReverseAsync("valued", "b");
        await ReverseAsync("valued", "c");
        var answer = await _api.GetAsync("/v1/unpriced?producer=cohere");
        RowsOf(answer).Should().BeEmpty();
        (Text(answer, "unpriced_quantity"), Text(answer, "quantity"), Text(answer, "unpriced_share")).Should().Be(("0", "40", "0"));
    }

    [Fact]
    public async Task Where_nothing_was_recorded_there_is_no_share()
    {
        var answer = await _api.GetAsync("/v1/unpriced?start=2001-01-01&end=2001-02-01");

        answer.GetProperty("rows").GetArrayLength().Should().Be(0);
        Text(answer, "quantity").Should().Be("0");
        answer.GetProperty("unpriced_share").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task The_list_equals_an_independent_query_over_the_ledger_entries()
    {
        await SourceAsync("many");
        var random = new Random(31);
        string?[] values = [null, "2.5", "0"];
        await SendAsync([.. Enumerable.Range(0, 400).Select(i => Event(
            Events.Number(i), "many", "deepseek", $"m-{random.Next(4)}", $"2026-05-{random.Next(1, 29):00}T{random.Next(24):00}:00:00Z", random.Next(1_000), random.Next(3),
            values[random.Next(3)], random.Next(2) == 0 ? "USD" : "CNY", random.Next(4) == 0 ? "flex" : "standard"))]);
        for (var i = 0; i < 400; i += 9)
            await ReverseAsync("many", Events.Number(i));

        var expected = new List<string>();
        await using var connection = new NpgsqlConnection(fixture.Database.ConnectionString);
        await connection.OpenAsync();
        // Of events that stand: entry by entry, without any of the roll-up's sums.
        await using var command = new NpgsqlCommand(
            """
            select concat_ws('|', 'deepseek', m.slug, case i.token_class when 1 then 'input' else 'output' end, case i.service_tier when 1 then 'standard' else 'flex' end,
                   coalesce(e.currency, ''), case when e.currency is null then 'no_price' else 'no_exchange_rate' end, sum(e.quantity),
                   min((e.occurred_at at time zone 'UTC')::date), max((e.occurred_at at time zone 'UTC')::date))
            from ledger_entry e join items i on i.id = e.item_id join models m on m.id = i.model_id join sources s on s.id = e.source_id
            where s.slug = 'many' and e.reporting_amount is null and e.quantity > 0 and not starts_with(e.event_id, '~')
              and not exists (select from event_identity r where r.source_id = e.source_id and r.event_id = '~reversal/' || e.event_id)
            group by m.slug, i.token_class, i.service_tier, e.currency
            """, connection);
        await using (var row = await command.ExecuteReaderAsync())
        {
            while (await row.ReadAsync())
                expected.Add(row.GetString(0));
        }

        expected.Should().HaveCountGreaterThan(20);
        RowsOf(await _api.GetAsync("/v1/unpriced?producer=deepseek")).Select(r => r[..r.LastIndexOf('|')]).Should().BeEquivalentTo(expected);
    }

    [Fact]
    public async Task As_of_an_earlier_day_is_listed_what_was_open_then()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            create table test_clock (at timestamptz not null);
            insert into test_clock values ('2026-05-10 09:00Z');
            grant select on test_clock to tokenfactory_service;
            create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select at from test_clock $$;
            """);
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "s" });
        (await api.PostAsync("/v1/events", Event("a", "s", "groq", "m", "2026-05-02T10:00:00Z", 40, 0))).StatusCode.Should().Be(HttpStatusCode.Created);
        await database.ExecuteAsync("update test_clock set at = '2026-05-12 09:00Z'");
        (await api.PostAsync("/v1/events/s/a/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);

        (await api.GetAsync("/v1/unpriced?as_of=2026-05-09")).GetProperty("rows").GetArrayLength().Should().Be(0);
        RowsOf(await api.GetAsync("/v1/unpriced?as_of=2026-05-11")).Should().Equal("groq|m|input|standard||no_price|40|2026-05-02|2026-05-02|1");
        (await api.GetAsync("/v1/unpriced")).GetProperty("rows").GetArrayLength().Should().Be(0);
    }

    [Theory]
    [InlineData("/v1/unpriced?frequency=day", "?frequency")]
    [InlineData("/v1/unpriced?by=model", "?by")]
    [InlineData("/v1/unpriced?start=2026-05-01T10:00:00Z", "?start")]
    [InlineData("/v1/unpriced?model=nothing-of-this-name", "?model")]
    [InlineData("/v1/unpriced?format=xml", "?format")]
    public async Task What_can_not_be_answered_is_refused_with_the_parameter(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync(query);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be(pointer);
    }

    [Fact]
    public async Task It_is_as_public_as_the_figures_are_and_has_a_tag()
    {
        using var nobody = _api.ClientWith(null);
        using var answer = await nobody.GetAsync("/v1/unpriced?end=2001-01-01");
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/v1/unpriced?end=2001-01-01&as_of=2001-01-01");
        using var first = await nobody.GetAsync(again.RequestUri);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        (await nobody.SendAsync(again)).StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    private static string Event(
        string id, string source, string producer, string model, string at, long input, long output, string? value = null, string currency = "USD", string tier = "standard") =>
        Events.Native(id, source, at, producer, model, input: input, output: output, outputValue: value, tier: tier).Replace("USD", currency, StringComparison.Ordinal);

    private async Task SourceAsync(string name) => await _api.CreateAsync("/v1/sources", new { id = name });

    private async Task SendAsync(params string[] events)
    {
        using var answer = await _api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private async Task ReverseAsync(string source, string id) =>
        (await _api.PostAsync($"/v1/events/{source}/{id}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);

    private static List<string> RowsOf(JsonElement answer) => [.. answer.GetProperty("rows").EnumerateArray().Select(r => string.Join('|',
        Text(r, "producer"), Text(r, "model"), Text(r, "token_class"), Text(r, "service_tier"), Text(r, "currency"), Text(r, "reason"), Text(r, "quantity"),
        Text(r, "first_day"), Text(r, "last_day"), r.GetProperty("entries").GetInt64().ToString(CultureInfo.InvariantCulture)))];

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
