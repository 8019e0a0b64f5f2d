using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>From a figure down to the entries: every level sums to the figure of <c>GET /v1/gdp</c>, to the last digit.</summary>
public sealed class ExplainTests(ExplainLedger ledger) : IClassFixture<ExplainLedger>
{
    private static readonly string[] Sums = ["gdp", "quantity", "unpriced_quantity", "free_quantity"];
    private readonly ApiProcess _api = ledger.Api;

    public static TheoryData<string, string, string> Figures()
    {
        var data = new TheoryData<string, string, string>();
        string[] filters =
        [
            "", "&sector=household", "&sector=enterprise,unclassified&producer=moonshot", "&producer=openai", "&model=model-0&token_class=output",
            "&model=tiered", "&model=model-1&service_tier=batch,standard", "&time_zone=Asia/Shanghai", "&time_zone=America/New_York&sector=government",
            .. ExplainLedger.Vintages.Select(v => $"&as_of={v}"), "&as_of=2026-11-05&time_zone=Asia/Shanghai&producer=moonshot", "&as_of=2026-11-01", "&as_of=2999-01-01",
        ];
        foreach (var filter in filters)
        {
            foreach (var (frequency, period) in ((string, string)[])[("month", "2026-10"), ("month", "2026-11"), ("quarter", "2026-Q4"), ("week", "2026-W44"), ("day", "2026-10-31"), ("year", "2026")])
                data.Add(frequency, period, filter);
        }

        data.Add("hour", "2026-10-21T15:00:00Z", "");
        data.Add("hour", "2026-10-21T15:00:00+08:00", "&time_zone=Asia/Shanghai");
        data.Add("month", "2025-01", "");
        return data;
    }

    [Theory]
    [MemberData(nameof(Figures))]
    public async Task Every_level_sums_to_the_figure(string frequency, string period, string filter)
    {
        var row = (await _api.GetAsync($"/v1/gdp?frequency={frequency}{filter}")).GetProperty("rows").EnumerateArray()
            .Where(r => r.GetProperty("period").GetString() == period).ToList();
        var figure = Sums.Select(name => row.Count == 0 ? "0" : row.Single().GetProperty(name).GetString()!).ToList();
        var query = $"/v1/explain?period={Uri.EscapeDataString(period)}{filter}";

        foreach (var level in (string[])["items", "items&by=sector", "rates", "entries"])
        {
            var pages = await PagesAsync($"{query}&level={level}", limit: 1_000);

            var first = pages[0];
            SumsOf(first.GetProperty("published")).Should().Equal(figure, level);
            first.GetProperty("total").ToString().Should().Be(first.GetProperty("published").ToString(), level);
            var rows = pages.SelectMany(p => RowsOf(p, level)).ToList();
            SumsOf(rows, level).Should().Equal([.. figure.Select(Number)], level);
            rows.Sum(r => level == "entries" ? 1 : r.GetProperty("entries").GetInt64()).Should().Be(first.GetProperty("total").GetProperty("entries").GetInt64(), level);
            first.GetProperty("period").GetString().Should().Be(period);
            if (row.Count > 0)
                (first.GetProperty("partial").GetBoolean(), first.GetProperty("status").GetString()).Should().Be((row[0].GetProperty("partial").GetBoolean(), row[0].GetProperty("status").GetString()));
        }
    }

    [Theory]
    [InlineData("items", 1)]
    [InlineData("items&by=sector", 7)]
    [InlineData("rates", 1)]
    [InlineData("rates", 5)]
    [InlineData("entries", 400)]
    [InlineData("entries&sector=household", 7)]
    public async Task Pages_hold_every_row_once_and_say_what_they_sum_to(string level, int limit)
    {
        var query = $"/v1/explain?period=2026-10&as_of=2026-11-10&level={level}";
        var whole = (await PagesAsync(query, 10_000)).Single();
        var pages = await PagesAsync(query, limit);

        pages.Should().HaveCountGreaterThan(1);
        pages.SelectMany(p => RowsOf(p, level)).Select(r => r.ToString()).Should().Equal(RowsOf(whole, level).Select(r => r.ToString()));
        foreach (var page in pages)
        {
            SumsOf(page.GetProperty("page")).Select(Number).Should().Equal(SumsOf(RowsOf(page, level), level));
            page.GetProperty("published").ToString().Should().Be(whole.GetProperty("published").ToString());
        }

        pages.Skip(1).Select(p => p.GetProperty("total").ValueKind).Should().AllBeEquivalentTo(level.StartsWith("entries", StringComparison.Ordinal) ? JsonValueKind.Null : JsonValueKind.Object);
        pages.Sum(p => Number(p.GetProperty("page").GetProperty("gdp").GetString()!)).Should().Be(Number(whole.GetProperty("total").GetProperty("gdp").GetString()!));
    }

    [Fact]
    public async Task An_item_leads_to_its_rates_and_a_rate_to_its_entries()
    {
        foreach (var item in RowsOf(await _api.GetAsync("/v1/explain?period=2026-10"), "items"))
        {
            var filter = string.Concat(((string[])["producer", "model", "token_class", "service_tier"]).Select(name => $"&{name}={item.GetProperty(name).GetString()}"));
            var rates = RowsOf(await _api.GetAsync($"/v1/explain?period=2026-10&level=rates{filter}"), "rates");
            SumsOf(rates, "rates").Should().Equal(SumsOf([item], "items"), filter);
        }

        var all = RowsOf(await _api.GetAsync("/v1/explain?period=2026-10&level=rates"), "rates");
        all.Select(r => r.GetProperty("basis").GetString()).Distinct().Should().BeEquivalentTo("none", "declared", "rate_card", "package", "minimum_charge", "month_tiers");
        foreach (var rate in all.GroupBy(r => string.Concat(((string[])["basis", "rate_id", "unit_value", "currency"])
            .Where(name => r.GetProperty(name).ValueKind != JsonValueKind.Null).Select(name => $"&{name}={r.GetProperty(name)}"))))
        {
            var entries = RowsOf(await _api.GetAsync($"/v1/explain?period=2026-10&level=entries&limit=10000{rate.Key}"), "entries");
            SumsOf(entries, "entries").Should().Equal(SumsOf([.. rate], "rates"), rate.Key);
            (await _api.GetAsync($"/v1/explain?period=2026-10&level=entries{rate.Key}")).GetProperty("total").GetProperty("entries").GetInt64().Should().Be(entries.Count);
        }
    }

    [Fact]
    public async Task A_rate_says_what_the_ledger_and_the_catalog_say_of_it()
    {
        var rates = RowsOf(await _api.GetAsync("/v1/explain?period=2026-10&level=rates"), "rates");
        var cards = (await _api.GetAsync("/v1/rate-cards?limit=1000")).GetProperty("items").EnumerateArray().ToDictionary(c => c.GetProperty("id").GetInt64());
        var exchange = (await _api.GetAsync("/v1/fx-rates")).GetProperty("items").EnumerateArray().ToDictionary(f => f.GetProperty("id").GetInt64());

        rates.Should().Contain(r => r.GetProperty("fx_rate_id").ValueKind == JsonValueKind.Number).And.Contain(r => r.GetProperty("rate_card_id").ValueKind == JsonValueKind.Number);
        foreach (var rate in rates)
        {
            if (rate.GetProperty("rate_card_id").ValueKind == JsonValueKind.Number)
                cards[rate.GetProperty("rate_card_id").GetInt64()].GetProperty("currency").GetString().Should().Be(rate.GetProperty("currency").GetString());
            rate.GetProperty("rate_card_id").ValueKind.Should().Be(rate.GetProperty("rate_id").ValueKind);
            if (rate.GetProperty("fx_rate_id").ValueKind != JsonValueKind.Number)
            {
                rate.GetProperty("exchange_rate").ValueKind.Should().Be(JsonValueKind.Null);
                continue;
            }

            var published = exchange[rate.GetProperty("fx_rate_id").GetInt64()];
            var dollars = Number(published.GetProperty("rates").GetProperty("USD").GetString()!);
            var currency = rate.GetProperty("currency").GetString();
            var expected = currency == "EUR" ? dollars : decimal.Round(dollars / 7.7m, 12, MidpointRounding.AwayFromZero);
            Number(rate.GetProperty("exchange_rate").GetString()!).Should().Be(expected);
            rate.GetProperty("fx_published_at").GetString().Should().Be(published.GetProperty("published_at").GetString());
            var converted = Number(rate.GetProperty("amount").GetString()!) * dollars / (currency == "EUR" ? 1 : 7.7m);
            // Each entry was rounded by itself.
            Math.Abs(converted - Number(rate.GetProperty("gdp").GetString()!)).Should().BeLessThan(0.000000001m);
        }
    }

    [Fact]
    public async Task Items_are_the_rows_of_the_figure_by_item_with_their_shares()
    {
        var items = RowsOf(await _api.GetAsync("/v1/explain?period=2026-10&by=sector"), "items");
        var rows = (await _api.GetAsync("/v1/gdp?by=producer,model,token_class,service_tier,sector&start=2026-10-01&end=2026-11-01")).GetProperty("rows").EnumerateArray();
        string[] columns = ["producer", "model", "token_class", "service_tier", "sector", .. Sums, "unit_value"];

        items.Select(i => string.Join('|', columns.Select(c => i.GetProperty(c).GetString())))
            .Should().BeEquivalentTo(rows.Select(r => string.Join('|', columns.Select(c => r.GetProperty(c).GetString()))));
        items.Select(i => Number(i.GetProperty("gdp").GetString()!)).Should().BeInDescendingOrder();
        var total = items.Sum(i => Number(i.GetProperty("gdp").GetString()!));
        items.Should().AllSatisfy(i => Number(i.GetProperty("share").GetString()!)
            .Should().Be(decimal.Round(Number(i.GetProperty("gdp").GetString()!) / total, 6, MidpointRounding.AwayFromZero)));
    }

    [Theory]
    [InlineData("items", "producer,model,token_class,service_tier,gdp,")]
    [InlineData("items&by=sector", "producer,model,token_class,service_tier,sector,gdp,")]
    [InlineData("rates", "basis,rate_id,rate_card_id,unit_value,currency,fx_rate_id,exchange_rate,")]
    [InlineData("entries", "recorded_at,source,batch_id,entry_no,event_id,")]
    public async Task A_page_comes_as_a_table_too_and_the_header_names_the_next(string level, string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/explain?period=2026-10&level={level}&limit=3");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        using var answer = await _api.Client.SendAsync(request);
        var lines = (await answer.Content.ReadAsStringAsync()).TrimEnd().Split("\r\n");

        lines.Should().HaveCount(4);
        lines[0].Should().StartWith(header);
        lines.Should().OnlyContain(l => l.Split(',', StringSplitOptions.None).Length == lines[0].Split(',', StringSplitOptions.None).Length);
        answer.Headers.GetValues("Link").Single().Should().Contain("cursor=").And.Contain("rel=\"next\"");
        answer.Headers.ETag.Should().NotBeNull();
    }

    [Theory]
    [InlineData("level=items", "?period")]
    [InlineData("period=2026-13", "?period")]
    [InlineData("period=2026-10&frequency=week", "?frequency")]
    [InlineData("period=2026-10&start=2026-10-01", "?start")]
    [InlineData("period=2026-10&level=atoms", "?level")]
    [InlineData("period=2026-10&by=producer", "?by")]
    [InlineData("period=2026-10&level=rates&by=sector", "?by")]
    [InlineData("period=2026-10&basis=declared", "?basis")]
    [InlineData("period=2026-10&level=rates&basis=guess", "?basis")]
    [InlineData("period=2026-10&level=rates&rate_id=x", "?rate_id")]
    [InlineData("period=2026-10&level=rates&unit_value=1e3", "?unit_value")]
    [InlineData("period=2026-10&level=rates&currency=usd", "?currency")]
    [InlineData("period=2026-10&limit=0", "?limit")]
    [InlineData("period=2026-10&limit=10001", "?limit")]
    [InlineData("period=2026-10&cursor=x", "?cursor")]
    [InlineData("period=2026-10&level=entries&cursor=SXRlbXN-MX4xfjA", "?cursor")]
    [InlineData("period=2026-10&level=rates&cursor=SXRlbXN-MX4xfjA", "?cursor")]
    [InlineData("period=2026-10&concept=fine", "?concept")]
    [InlineData("period=2026-10&model=nothing-of-this-name", "?model")]
    [InlineData("period=2026-10&time_zone=Asia/Kolkata", "?time_zone")]
    public async Task What_can_not_be_explained_is_refused_with_the_parameter(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync($"/v1/explain?{query}");
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString()).Should().Equal(pointer);
    }

    [Fact]
    public async Task It_needs_a_key_although_figures_are_public()
    {
        using var nobody = _api.ClientWith(null);

        (await nobody.GetAsync("/v1/gdp")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await nobody.GetAsync("/v1/explain?period=2026-10")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    private async Task<List<JsonElement>> PagesAsync(string query, int limit)
    {
        var pages = new List<JsonElement>();
        string? cursor = null;
        do
        {
            pages.Add(await _api.GetAsync($"{query}&limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}"));
            cursor = pages[^1].GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        return pages;
    }

    private static List<JsonElement> RowsOf(JsonElement page, string level) => [.. page.GetProperty(level.Split('&')[0]).EnumerateArray()];

    private static List<string> SumsOf(JsonElement sums) => [.. Sums.Select(name => sums.GetProperty(name).GetString()!)];

    private static List<decimal> SumsOf(List<JsonElement> rows, string level) => level.StartsWith("entries", StringComparison.Ordinal)
        ?
        [
            rows.Sum(r => Optional(r, "reporting_amount") ?? 0),
            rows.Sum(r => Optional(r, "quantity")!.Value),
            rows.Where(r => Optional(r, "reporting_amount") is null).Sum(r => Optional(r, "quantity")!.Value),
            rows.Where(r => Optional(r, "reporting_amount") is not null && Optional(r, "unit_value") == 0).Sum(r => Optional(r, "quantity")!.Value),
        ]
        : [.. Sums.Select(name => rows.Sum(r => Number(r.GetProperty(name).GetString()!)))];

    private static decimal? Optional(JsonElement row, string name) => row.GetProperty(name).GetString() is { } text ? Number(text) : null;

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
