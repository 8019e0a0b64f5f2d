using System.Globalization;
using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>From the growth of an index down to the items of its two periods.</summary>
public sealed class ExplainGrowthTests(ExplainLedger ledger) : IClassFixture<ExplainLedger>
{
    private readonly ApiProcess _api = ledger.Api;

    [Theory]
    [InlineData("month", "2026-11", "")]
    [InlineData("week", "2026-W44", "")]
    [InlineData("day", "2026-10-31", "")]
    [InlineData("day", "2026-10-02", "&producer=moonshot")]
    [InlineData("week", "2026-W43", "&sector=household,enterprise&token_class=output")]
    [InlineData("month", "2026-11", "&time_zone=Asia/Shanghai")]
    [InlineData("week", "2026-W44", "&as_of=2026-11-05")]
    [InlineData("week", "2026-W43", "&model=model-0")]
    public async Task Contributions_by_item_add_up_to_the_published_growth(string frequency, string period, string filter)
    {
        foreach (var (figure, index) in ((string, string)[])[("price_index", "price"), ("quantity_index", "quantity")])
        {
            var answer = await _api.GetAsync($"/v1/explain?figure={figure}&period={period}{filter}&limit=10000");
            var growth = answer.GetProperty("growth");
            var rows = answer.GetProperty("contributions").EnumerateArray().ToList();
            var published = (await _api.GetAsync($"/v1/contributions?index={index}&frequency={frequency}{filter}")).GetProperty("rows").EnumerateArray()
                .Where(r => Text(r, "period") == period).ToList();

            rows.Select(r => $"{NameOf(r)} {Text(r, "contribution")}").Should().BeEquivalentTo(published.Select(r => $"{NameOf(r)} {Text(r, "contribution")}"));
            (Text(growth, "growth"), Text(growth, "compared_with"), Text(growth, "matched_share"), Text(growth, "null_reason"))
                .Should().Be((Text(published[0], "growth"), Text(published[0], "compared_with"), Text(published[0], "matched_share"), Text(published[0], "null_reason")));
            growth.GetProperty("new_items").GetInt32().Should().Be(published.Sum(r => r.GetProperty("new_items").GetInt32()));
            growth.GetProperty("vanished_items").GetInt32().Should().Be(published.Sum(r => r.GetProperty("vanished_items").GetInt32()));
            rows.Sum(r => Number(r, "contribution")).Should().Be(Number(growth, "growth"));
            Text(growth, "page_contribution").Should().Be(Text(growth, "growth"));
            rows.Select(r => Math.Abs(Number(r, "contribution")!.Value)).Should().BeInDescendingOrder();

            var levels = (await _api.GetAsync($"/v1/indices?index={index}&frequency={frequency}{filter}")).GetProperty("rows").EnumerateArray().ToDictionary(r => Text(r, "period")!);
            var ratio = Number(levels[period], "index")!.Value / Number(levels[Text(growth, "compared_with")!], "index")!.Value;
        }
    }

    // The Fisher from nothing but the rows.
    [Fact]
    public async Task Prices_and_quantities_of_the_rows_make_the_index()
    {
        var price = await _api.GetAsync("/v1/explain?figure=price_index&period=2026-W44&limit=10000");
        var rows = price.GetProperty("contributions").EnumerateArray().ToList();
        double Sum(string p, string q) => rows.Sum(r => (double)(Number(r, p)!.Value * Number(r, q)!.Value));

        var fisher = Math.Sqrt(Sum("price", "base_quantity") / Sum("base_price", "base_quantity") * Sum("price", "quantity") / Sum("base_price", "quantity"));

        (100 * (fisher - 1)).Should().BeApproximately((double)Number(price.GetProperty("growth"), "growth")!.Value, 1e-5);
        rows.Should().Contain(r => r.GetProperty("base_price_imputed").GetBoolean() || r.GetProperty("price_imputed").GetBoolean());
        foreach (var row in rows)
        {
            if (row.GetProperty("base_price_imputed").GetBoolean())
                Text(row, "base_quantity").Should().Be("0");
            if (row.GetProperty("price_imputed").GetBoolean())
                Text(row, "quantity").Should().Be("0");
        }

        Math.Abs(rows.Sum(r => Number(r, "share")!.Value) - 1).Should().BeLessThan(0.0001m);
        Math.Abs(rows.Sum(r => Number(r, "base_share")!.Value) - 1).Should().BeLessThan(0.0001m);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Pages_hold_every_item_once_and_add_up(int limit)
    {
        const string query = "/v1/explain?figure=quantity_index&period=2026-11&as_of=2026-11-10";
        var whole = await _api.GetAsync($"{query}&limit=10000");
        var (rows, sum, cursor) = (new List<string>(), 0m, (string?)null);
        do
        {
            var page = await _api.GetAsync($"{query}&limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}");
            rows.AddRange(page.GetProperty("contributions").EnumerateArray().Select(r => r.ToString()));
            sum += Number(page.GetProperty("growth"), "page_contribution")!.Value;
            cursor = Text(page, "next_cursor");
        }
        while (cursor is not null);

        rows.Should().Equal(whole.GetProperty("contributions").EnumerateArray().Select(r => r.ToString()));
        sum.Should().Be(Number(whole.GetProperty("growth"), "growth"));
    }

    [Fact]
    public async Task Any_earlier_period_can_be_compared_with()
    {
        var answer = await _api.GetAsync("/v1/explain?figure=price_index&period=2026-W44&compared_with=2026-W41");

        Text(answer.GetProperty("growth"), "compared_with").Should().Be("2026-W41");
        answer.GetProperty("contributions").EnumerateArray().Sum(r => Number(r, "contribution")).Should().Be(Number(answer.GetProperty("growth"), "growth"));
        var same = await _api.GetAsync("/v1/indices?frequency=week&linking=fixed_base&reference=2026-W41");
        var level = same.GetProperty("rows").EnumerateArray().Single(r => Text(r, "period") == "2026-W44");
        Math.Abs(Number(level, "index")!.Value - 100 - Number(answer.GetProperty("growth"), "growth")!.Value).Should().BeLessThan(0.000002m);
    }

    [Fact]
    public async Task The_items_of_an_empty_period_are_those_that_it_has_lost()
    {
        const string filter = "&model=model-0&sector=government";
        var answer = await _api.GetAsync($"/v1/explain?figure=quantity_index&period=2026-10-20{filter}");
        var published = (await _api.GetAsync($"/v1/contributions?frequency=day{filter}")).GetProperty("rows").EnumerateArray().Where(r => Text(r, "period") == "2026-10-20").ToList();

        published.Should().NotBeEmpty().And.OnlyContain(r => Text(r, "null_reason") == "empty_period");
        answer.GetProperty("contributions").EnumerateArray().Select(NameOf).Should().BeEquivalentTo(published.Select(NameOf));
        answer.GetProperty("contributions").EnumerateArray().Should().OnlyContain(r => Text(r, "quantity") == "0" && Text(r, "price") == null);
    }

    [Theory]
    [InlineData("period=2026-10", "no_earlier_period")]
    [InlineData("period=2026-W52", "empty_period")]
    [InlineData("period=2026-10&compared_with=2026-03", "empty_period")]
    public async Task Where_there_is_no_growth_it_says_why(string query, string reason)
    {
        var answer = await _api.GetAsync($"/v1/explain?figure=quantity_index&{query}");

        Text(answer.GetProperty("growth"), "growth").Should().BeNull();
        Text(answer.GetProperty("growth"), "page_contribution").Should().BeNull();
        Text(answer.GetProperty("growth"), "null_reason").Should().Be(reason);
        answer.GetProperty("contributions").EnumerateArray().Should().OnlyContain(r => Text(r, "contribution") == null);
    }

    [Theory]
    [InlineData("figure=guess&period=2026-10", "?figure")]
    [InlineData("figure=price_index&period=2026-10&level=rates", "?level")]
    [InlineData("figure=price_index&period=2026-10&by=sector", "?by")]
    [InlineData("figure=price_index&period=2026-10&concept=gross", "?concept")]
    [InlineData("figure=price_index&period=2026-10&basis=declared", "?basis")]
    [InlineData("figure=price_index&period=2026-10&compared_with=2026-10", "?compared_with")]
    [InlineData("figure=price_index&period=2026-10&compared_with=2026-W40", "?compared_with")]
    [InlineData("period=2026-10&compared_with=2026-09", "?compared_with")]
    public async Task What_does_not_go_together_is_refused_with_the_parameter(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync($"/v1/explain?{query}");

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateArray()
            .Select(e => e.GetProperty("pointer").GetString()).Should().Equal(pointer);
    }

    [Fact]
    public async Task It_comes_as_a_table_too()
    {
        var lines = (await _api.Client.GetStringAsync("/v1/explain?figure=price_index&period=2026-11&format=csv&limit=3")).TrimEnd().Split("\r\n");

        lines[0].Should().Be("producer,model,token_class,service_tier,contribution,base_price,base_price_imputed,base_quantity,price,price_imputed,quantity,price_relative,base_share,share");
        lines.Should().HaveCount(4);
    }

    private static string NameOf(JsonElement row) => string.Join('|', ((string[])["producer", "model", "token_class", "service_tier"]).Select(n => Text(row, n)));

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    private static decimal? Number(JsonElement row, string name) => Text(row, name) is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;
}
