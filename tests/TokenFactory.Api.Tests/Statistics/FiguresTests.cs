using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>A ledger of three months and four sectors, and what is published of it.</summary>
public sealed class LedgerFixture : IAsyncLifetime
{
    public ApiFixture Service { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Service.InitializeAsync();
        await Service.Api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        var random = new Random(7);
        string?[] sectors = ["household", "government", "enterprise", null];
        string?[] prices = ["2", "0.333333333333", "0", null, "17.25"];
        var events = Enumerable.Range(0, 3_000).Select(i => Events.Native(
            Events.Number(i), "gateway-1", new DateTimeOffset(2026, 6, 29, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(0, 90 * 1440)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            i % 3 == 0 ? "openai" : "moonshot", $"model-{random.Next(6)}", sectors[random.Next(4)], null, random.Next(100_000), random.Next(10_000), prices[random.Next(5)],
            random.Next(5) == 0 ? "batch" : "standard")).ToList();
        using var answer = await Service.Api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        for (var i = 0; i < 3_000; i += 500)
            (await Service.Api.PostAsync($"/v1/events/gateway-1/{i}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}

public sealed class FiguresTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    private readonly ApiProcess _api = fixture.Service.Api;
    private readonly TestDatabase _database = fixture.Service.Database;

    [Theory]
    [InlineData("hour", "date_trunc('hour', e.occurred_at, 'UTC')")]
    [InlineData("day", "date_trunc('day', e.occurred_at, 'UTC')")]
    [InlineData("week", "date_trunc('week', e.occurred_at, 'UTC')")]
    [InlineData("month", "date_trunc('month', e.occurred_at, 'UTC')")]
    [InlineData("quarter", "date_trunc('quarter', e.occurred_at, 'UTC')")]
    [InlineData("year", "date_trunc('year', e.occurred_at, 'UTC')")]
    public async Task Figures_equal_an_independent_query_over_the_ledger_entries(string frequency, string period)
    {
        var expected = new List<string>();
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"""
            select to_char({period} at time zone 'UTC', 'YYYY-MM-DD HH24'), e.sector, p.slug, i.token_class,
                   trim_scale(coalesce(sum(e.amount), 0))::text, sum(e.quantity)::text, coalesce(sum(e.quantity) filter (where e.amount is null), 0)::text,
                   coalesce(sum(e.quantity) filter (where e.unit_value = 0), 0)::text
            from ledger_entry e join items i on i.id = e.item_id join producers p on p.id = i.producer_id
            group by 1, 2, 3, 4 order by 1, 2, 3, 4
            """, connection);
        await using var row = await command.ExecuteReaderAsync();
        string[] sectors = ["unclassified", "household", "government", "enterprise"];
        while (await row.ReadAsync())
        {
            expected.Add(string.Join('|', row.GetString(0), sectors[row.GetInt16(1)], row.GetString(2), row.GetInt16(3) == 1 ? "input" : "output",
                row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7)));
        }

        var rows = (await _api.GetAsync($"/v1/gdp?frequency={frequency}&by=sector,producer,token_class")).GetProperty("rows").EnumerateArray()
            .Select(r => string.Join('|', r.GetProperty("start").GetDateTimeOffset().ToString("yyyy-MM-dd HH", CultureInfo.InvariantCulture),
                Text(r, "sector"), Text(r, "producer"), Text(r, "token_class"), Text(r, "gdp"), Text(r, "quantity"), Text(r, "unpriced_quantity"), Text(r, "free_quantity")));

        expected.Should().NotBeEmpty();
        rows.Should().Equal(expected);
    }

    [Fact]
    public async Task Every_grouping_sums_to_the_total()
    {
        string[] dimensions = ["sector", "producer", "model", "token_class", "service_tier"];
        var total = Sum(await _api.GetAsync("/v1/gdp"));
        for (var set = 1; set < 1 << dimensions.Length; set++)
        {
            var by = string.Join(',', dimensions.Where((_, i) => (set & (1 << i)) != 0));

            Sum(await _api.GetAsync($"/v1/gdp?frequency=week&by={by}")).Should().Be(total, by);
        }
    }

    [Fact]
    public async Task Filters_part_the_total()
    {
        var total = Sum(await _api.GetAsync("/v1/gdp?producer=moonshot&producer=openai"));
        var parts = 0m;
        foreach (var sector in new[] { "household", "government", "enterprise", "unclassified" })
            parts += Sum(await _api.GetAsync($"/v1/gdp?sector={sector}&producer=moonshot")) + Sum(await _api.GetAsync($"/v1/gdp?sector={sector}&producer=openai"));

        parts.Should().Be(total);
        Sum(await _api.GetAsync("/v1/gdp?producer=openai,moonshot&sector=household&sector=government,enterprise&sector=unclassified")).Should().Be(total);
        Sum(await _api.GetAsync("/v1/gdp?producer=moonshot_ai")).Should().Be(Sum(await _api.GetAsync("/v1/gdp?producer=moonshot")), "aliases are names too");
    }

    [Fact]
    public async Task A_window_is_half_open_and_parts_the_total()
    {
        var total = Sum(await _api.GetAsync("/v1/gdp"));
        var before = Sum(await _api.GetAsync("/v1/gdp?frequency=day&end=2026-08-01"));
        var after = Sum(await _api.GetAsync("/v1/gdp?frequency=hour&start=2026-08-01T00:00:00Z"));

        (before + after).Should().Be(total);
        var clipped = (await _api.GetAsync("/v1/gdp?frequency=month&start=2026-07-15&end=2026-07-20")).GetProperty("rows")[0];
        Text(clipped, "period").Should().Be("2026-07");
        Text(clipped, "start").Should().Be("2026-07-15T00:00:00Z");
        Text(clipped, "end").Should().Be("2026-07-20T00:00:00Z");
    }

    [Fact]
    public async Task Csv_has_the_same_columns_and_values_as_json()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/gdp?by=sector,model");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        using var answer = await _api.Client.SendAsync(request);
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var json = (await _api.GetAsync("/v1/gdp?by=sector,model")).GetProperty("rows").EnumerateArray().ToList();

        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/csv");
        lines[0].Split(',').Should().Equal(json[0].EnumerateObject().Select(p => p.Name));
        lines.Skip(1).Should().Equal(json.Select(r => string.Join(',', r.EnumerateObject().Select(p => p.Value.ValueKind == JsonValueKind.Null ? "" : p.Value.GetRawText().Trim('"')))));
    }

    [Fact]
    public async Task An_answer_has_a_tag_that_holds_until_an_event_falls_into_it()
    {
        const string query = "/v1/gdp?frequency=day&producer=anthropic";
        await _api.PostAsync("/v1/events", Events.Native("tag-1", producer: "anthropic", model: "tagged"));
        using var first = await _api.Client.GetAsync(query);
        using var known = new HttpRequestMessage(HttpMethod.Get, query);
        known.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var same = await _api.Client.SendAsync(known);

        await _api.PostAsync("/v1/events", Events.Native("tag-2", producer: "anthropic", model: "tagged"));
        using var asked = new HttpRequestMessage(HttpMethod.Get, query);
        asked.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var changed = await _api.Client.SendAsync(asked);

        same.StatusCode.Should().Be(HttpStatusCode.NotModified);
        changed.StatusCode.Should().Be(HttpStatusCode.OK);
        changed.Headers.ETag.Should().NotBe(first.Headers.ETag);
    }

    [Theory]
    [InlineData("/v1/gdp?frequency=fortnight", "?frequency")]
    [InlineData("/v1/gdp?by=sector,colour", "?by")]
    [InlineData("/v1/gdp?start=2026-13-01", "?start")]
    [InlineData("/v1/gdp?start=2026-02-01T00:00:00", "?start")]
    [InlineData("/v1/gdp?start=2026-02-01T12:00:00Z", "?start")]
    [InlineData("/v1/gdp?start=2026-02-01&end=2026-02-01", "?end")]
    [InlineData("/v1/gdp?start=2026-02-02&end=2026-02-01", "?end")]
    [InlineData("/v1/gdp?frequency=hour&start=2026-02-01T10:30:00Z", "?start")]
    [InlineData("/v1/gdp?frequency=hour&end=2026-02-01T10:00:00.5Z", "?end")]
    [InlineData("/v1/gdp?frequency=hour&end=2026-02-01T10:00:00%2B05:30", "?end")]
    [InlineData("/v1/gdp?start=0001-01-01T00:00:00%2B05:00", "?start")]
    [InlineData("/v1/gdp?end=9999-01-01", "?end")]
    [InlineData("/v1/gdp?frequency=day&frequency=hour", "?frequency")]
    [InlineData("/v1/gdp?format=csv&format=json", "?format")]
    [InlineData("/v1/gdp?model=kimi%00k2", "?model")]
    [InlineData("/v1/gdp?by=sector;drop table items", "?by")]
    [InlineData("/v1/gdp?sector=household' or true --", "?sector")]
    [InlineData("/v1/indices?reference=2026-13", "?reference")]
    [InlineData("/v1/gdp?sector=everybody", "?sector")]
    [InlineData("/v1/gdp?producer=nobody", "?producer")]
    [InlineData("/v1/gdp?prices=chained", "?prices")]
    [InlineData("/v1/gdp?as_of=today", "?as_of")]
    [InlineData("/v1/gdp?colour=red", "?colour")]
    [InlineData("/v1/indices?method=guess", "?method")]
    [InlineData("/v1/indices?reference=2026-W01&frequency=month", "?reference")]
    public async Task What_can_not_be_answered_is_refused_with_the_parameter(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync(query);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be(pointer);
    }

    [Theory]
    [InlineData("/v1/gdp?start=0001-01-01&end=9998-12-31")]
    [InlineData("/v1/gdp?frequency=hour&start=0001-01-01&end=9998-12-31")]
    [InlineData("/v1/gdp?frequency=hour&start=2026-06-01T05:00:00%2B05:00&end=9998-12-31T23:00:00Z")]
    [InlineData("/v1/gdp?as_of=9999-12-31")]
    [InlineData("/v1/gdp?as_of=2100-01-01")]
    [InlineData("/v1/gdp?sector=&producer=&model=&token_class=&service_tier=&start=&end=&by=&as_of=&format=")]
    [InlineData("/v1/gdp?by=sector&by=sector,sector,")]
    [InlineData("/v1/gdp?sector=household, government&sector=enterprise,,unclassified&sector=household")]
    public async Task Far_windows_dates_to_come_and_empty_parameters_leave_nothing_out(string query) =>
        Sum(await _api.GetAsync(query)).Should().Be(Sum(await _api.GetAsync("/v1/gdp")));

    [Theory]
    [InlineData("/v1/gdp?start=0001-01-01&end=0002-01-01")]
    [InlineData("/v1/gdp?start=9998-01-01")]
    [InlineData("/v1/gdp?as_of=0001-01-01")]
    [InlineData("/v1/gdp?model=nothing-of-this-name")]
    [InlineData("/v1/gdp?model=' or true --&model=%ED%A0%80")]
    [InlineData("/v1/indices?model=nothing-of-this-name")]
    public async Task Where_nothing_is_there_are_no_rows(string query) =>
        (await _api.GetAsync(query)).GetProperty("rows").GetArrayLength().Should().Be(0);

    [Fact]
    public async Task A_date_that_is_still_to_come_is_answered_with_what_is_known_now()
    {
        var now = await _api.GetAsync("/v1/gdp");
        var future = await _api.GetAsync("/v1/gdp?as_of=2999-12-31");

        future.GetProperty("as_of").GetString().Should().Be(now.GetProperty("as_of").GetString());
        future.GetProperty("rows").EnumerateArray().Select(r => Text(r, "status")).Should().Equal(now.GetProperty("rows").EnumerateArray().Select(r => Text(r, "status")));
    }

    [Fact]
    public async Task A_row_says_when_it_covers_a_part_of_its_period()
    {
        async Task<IEnumerable<bool>> PartialAsync(string query) =>
            (await _api.GetAsync(query)).GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("partial").GetBoolean());

        (await PartialAsync("/v1/gdp?frequency=month&start=2026-07-01&end=2026-09-01")).Should().Equal(false, false);
        (await PartialAsync("/v1/gdp?frequency=month&start=2026-07-02&end=2026-09-01")).Should().Equal(true, false);
        (await PartialAsync("/v1/indices?frequency=month&start=2026-07-01&end=2026-08-31")).Should().Equal(false, true);
        // 2026-07-01 is a Wednesday.
        (await PartialAsync("/v1/gdp?frequency=week&start=2026-07-01&end=2026-07-13")).Should().Equal(true, false);
        var years = (await _api.GetAsync("/v1/gdp?frequency=year&start=2026-01-01&end=2027-01-01")).GetProperty("rows");
        years[0].GetProperty("partial").GetBoolean().Should().Be(DateTimeOffset.Parse("2027-01-01Z", CultureInfo.InvariantCulture) > TimeProvider.System.GetUtcNow(), "a year that is not over is a part of one");
    }

    [Theory]
    [InlineData(null, "", "application/json")]
    [InlineData("*/*", "", "application/json")]
    [InlineData("text/html", "", "application/json")]
    [InlineData("text/csv", "", "text/csv")]
    [InlineData("TEXT/CSV; header=present", "", "text/csv")]
    [InlineData("text/csv, */*;q=0.1", "", "text/csv")]
    [InlineData("text/csv;q=0", "", "application/json")]
    [InlineData("application/json, text/csv;q=0.5", "", "application/json")]
    [InlineData("application/json;q=0.5, text/csv", "", "text/csv")]
    [InlineData("text/csv", "&format=json", "application/json")]
    [InlineData("application/json", "&format=csv", "text/csv")]
    public async Task The_form_of_an_answer_is_negotiated(string? accept, string further, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/gdp?frequency=year{further}");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await _api.Client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be(expected);
        answer.Headers.Vary.Should().Contain("Accept");
    }

    [Fact]
    public async Task A_tag_is_compared_weakly_and_belongs_to_one_form()
    {
        const string query = "/v1/gdp?frequency=year&end=2026-09-01&format=csv";
        using var first = await _api.Client.GetAsync(query);
        using var json = await _api.Client.GetAsync("/v1/gdp?frequency=year&end=2026-09-01");
        var tag = first.Headers.ETag!.ToString();

        async Task<HttpStatusCode> AskAsync(string known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, query);
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
            using var answer = await _api.Client.SendAsync(request);
            answer.Headers.ETag!.ToString().Should().Be(tag);
            return answer.StatusCode;
        }

        json.Headers.ETag!.ToString().Should().NotBe(tag);
        foreach (var known in new[] { tag, $"W/{tag}", "*", $"\"other\", {tag}" })
            (await AskAsync(known)).Should().Be(HttpStatusCode.NotModified, known);
        foreach (var known in new[] { "\"other\"", json.Headers.ETag.ToString(), "not a tag" })
            (await AskAsync(known)).Should().Be(HttpStatusCode.OK, known);
    }

    [Fact]
    public async Task A_model_is_found_by_its_alias_too()
    {
        await _api.CreateAsync("/v1/models", new { producer = "mistral", model = "large", aliases = new[] { "mistral/large" } });
        await _api.PostAsync("/v1/events", Events.Native("aliased", producer: "mistral", model: "mistral/large", occurredAt: "2026-07-07T07:00:00Z"));

        Sum(await _api.GetAsync("/v1/gdp?model=large")).Should().Be(0.00003m);
        Sum(await _api.GetAsync("/v1/gdp?model=mistral/large")).Should().Be(0.00003m);
        Sum(await _api.GetAsync("/v1/gdp?model=mistral/large&model=large&producer=mistral&by=model")).Should().Be(0.00003m);
    }

    [Fact]
    public async Task An_index_names_its_reference_period_and_orders_groups_as_gdp_does()
    {
        var indices = await _api.GetAsync("/v1/indices?frequency=month&by=sector,token_class&start=2026-07-01&end=2026-09-01");
        var gdp = await _api.GetAsync("/v1/gdp?frequency=month&by=sector,token_class&start=2026-07-01&end=2026-09-01");
        var named = await _api.GetAsync("/v1/indices?frequency=month&reference=2026-08");

        static IEnumerable<string> Groups(JsonElement answer) =>
            answer.GetProperty("rows").EnumerateArray().Select(r => $"{Text(r, "period")} {Text(r, "sector")} {Text(r, "token_class")}");
        indices.GetProperty("reference").GetString().Should().Be("2026-07", "every group has data then");
        Groups(indices).Should().Equal(Groups(gdp));
        named.GetProperty("reference").GetString().Should().Be("2026-08");
        named.GetProperty("rows").EnumerateArray().Single(r => Text(r, "period") == "2026-08").GetProperty("index").GetString().Should().Be("100.000000");
    }

    [Fact]
    public async Task Index_numbers_over_the_wire_are_the_formulas_over_the_published_figures()
    {
        // The union by hand, from what /v1/gdp publishes of each item; two items of one producer, one new, one gone.
        foreach (var (id, model, month, quantity, value) in new[]
        {
            ("x1", "stays", "07", 3_000_000L, "4"), ("x2", "goes", "07", 1_000_000L, "10"),
            ("x3", "stays", "08", 5_000_000L, "3"), ("x4", "comes", "08", 2_000_000L, "8"),
        })
        {
            (await _api.PostAsync("/v1/events", Events.Native(
                id, producer: "xai", model: model, occurredAt: $"2026-{month}-07T07:00:00Z", input: quantity, output: 0, outputValue: value))).EnsureSuccessStatusCode();
        }

        async Task<string?> IndexAsync(string query) =>
            (await _api.GetAsync($"/v1/indices?frequency=month&producer=xai&token_class=input&{query}")).GetProperty("rows")[1].GetProperty("index").GetString();

        // Matched: P = 3/4. Imputed: goes 10 -> 7.5, comes 8 / 0.75 -> 8.
        const double comes = 8 / 0.75;
        var laspeyres = ((3 * 3) + (7.5 * 1)) / ((4 * 3) + (10 * 1));
        var paasche = ((3 * 5) + (8 * 2)) / ((4 * 5) + (comes * 2));
        (await IndexAsync("method=laspeyres")).Should().Be((100 * laspeyres).ToString("F6", CultureInfo.InvariantCulture));
        (await IndexAsync("method=paasche")).Should().Be((100 * paasche).ToString("F6", CultureInfo.InvariantCulture));
        (await IndexAsync("method=fisher")).Should().Be((100 * Math.Sqrt(laspeyres * paasche)).ToString("F6", CultureInfo.InvariantCulture));
        (await IndexAsync("index=quantity&method=laspeyres")).Should().Be((100 * ((4 * 5) + (comes * 2)) / 22).ToString("F6", CultureInfo.InvariantCulture));
        (await IndexAsync("index=value")).Should().Be((100 * 31.0 / 22).ToString("F6", CultureInfo.InvariantCulture));
        (await IndexAsync("items=matched")).Should().Be("75.000000");
        (await IndexAsync("items=matched&index=quantity&linking=fixed_base")).Should().Be((100 * 5.0 / 3).ToString("F6", CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task The_value_index_is_the_ratio_of_the_published_values_and_price_times_quantity()
    {
        async Task<List<decimal>> IndexAsync(string kind) => (await _api.GetAsync($"/v1/indices?frequency=month&index={kind}&start=2026-07-01&end=2026-09-01")).GetProperty("rows")
            .EnumerateArray().Select(r => decimal.Parse(Text(r, "index"), CultureInfo.InvariantCulture)).ToList();

        var gdp = (await _api.GetAsync("/v1/gdp?frequency=month&start=2026-07-01&end=2026-09-01")).GetProperty("rows").EnumerateArray()
            .Select(r => decimal.Parse(Text(r, "gdp"), CultureInfo.InvariantCulture)).ToList();
        var (value, price, quantity) = (await IndexAsync("value"), await IndexAsync("price"), await IndexAsync("quantity"));

        value[1].Should().BeApproximately(100 * gdp[1] / gdp[0], 0.000001m);
        (price[1] * quantity[1] / 100).Should().BeApproximately(value[1], 0.0001m);
    }

    private static decimal Sum(JsonElement figure) =>
        figure.GetProperty("rows").EnumerateArray().Sum(r => decimal.Parse(Text(r, "gdp"), CultureInfo.InvariantCulture));

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
