using System.Globalization;
using System.Net;
using System.Text.Json;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Net output explained: as final use, or as what producers made less what they bought.</summary>
public sealed class ExplainNetTests(AccountsLedger ledger) : IClassFixture<AccountsLedger>
{
    private static readonly string[] Sums = ["gdp", "quantity", "unpriced_quantity", "free_quantity"];

    [Theory]
    [InlineData("2025-07", "")]
    [InlineData("2025-07", "&sector=household")]
    [InlineData("2025-Q3", "&model=model-1&token_class=output")]
    [InlineData("2025", "&as_of=2026-01-05")]
    [InlineData("2025-10", "&time_zone=Europe/Berlin")]
    public async Task Final_use_is_the_sum_of_what_no_producer_bought(string period, string filter)
    {
        var figure = await FigureAsync(period, filter);

        foreach (var level in (string[])["items", "items&by=sector", "rates", "entries"])
        {
            var pages = await PagesAsync($"/v1/explain?concept=net&period={period}{filter}&level={level}");
            SumsOf(pages[0].GetProperty("published")).Should().Equal(figure, level);
            pages[0].GetProperty("total").ToString().Should().Be(pages[0].GetProperty("published").ToString(), level);
            Add(pages).Should().Equal(figure, level);
        }
    }

    [Theory]
    [InlineData("2025-07", "openai")]
    [InlineData("2025-Q3", "siliconflow")]
    [InlineData("2025", "mistral")]
    [InlineData("2025", "openai&producer=openrouter")]
    [InlineData("2025-10", "moonshot&time_zone=Europe/Berlin")]
    [InlineData("2025-W30", "openai&as_of=2026-02-10")]
    public async Task Value_added_is_what_was_made_less_what_was_bought(string period, string producer)
    {
        var filter = $"&producer={producer}";
        var figure = await FigureAsync(period, filter);
        var account = await FigureAsync(period, filter, "gross_output", "intermediate_consumption");

        var pages = await PagesAsync($"/v1/explain?concept=net&period={period}{filter}");
        SumsOf(pages[0].GetProperty("published")).Should().Equal(figure);
        Add(pages).Should().Equal(figure);
        var rows = pages.SelectMany(p => p.GetProperty("items").EnumerateArray()).ToList();
        rows.Where(r => Text(r, "flow") == "output").Sum(r => Number(Text(r, "gdp"))).Should().Be(Number(account[0]));
        rows.Where(r => Text(r, "flow") == "intermediate_consumption").Sum(r => Number(Text(r, "gdp"))).Should().Be(-Number(account[1]));

        foreach (var (flow, amount) in ((string, string)[])[("output", account[0]), ("intermediate_consumption", account[1])])
        {
            foreach (var level in (string[])["rates", "entries"])
            {
                var ofFlow = await PagesAsync($"/v1/explain?concept=net&period={period}{filter}&level={level}&flow={flow}");
                SumsOf(ofFlow[0].GetProperty("published")).Should().Equal(figure, level);
                Text(ofFlow[0].GetProperty("total"), "gdp").Should().Be(amount, $"{level} {flow}");
                Number(Add(ofFlow)[0]).Should().Be(Number(amount), $"{level} {flow}");
                ofFlow[0].GetProperty("total").GetProperty("entries").GetInt64()
                    .Should().Be(rows.Where(r => Text(r, "flow") == flow).Sum(r => r.GetProperty("entries").GetInt64()));
            }
        }
    }

    [Fact]
    public async Task Pages_of_two_accounts_hold_every_row_once()
    {
        const string query = "/v1/explain?concept=net&period=2025&producer=openai&producer=openrouter&as_of=2026-04-15";
        var whole = (await PagesAsync(query)).Single().GetProperty("items").EnumerateArray().Select(r => r.ToString()).ToList();

        (await PagesAsync(query, limit: 3)).SelectMany(p => p.GetProperty("items").EnumerateArray()).Select(r => r.ToString()).Should().Equal(whole);
        whole.Should().OnlyHaveUniqueItems();
        (await ledger.Api.Client.GetStringAsync($"{query}&format=csv")).Should().StartWith("producer,model,token_class,service_tier,flow,gdp,");
    }

    [Theory]
    [InlineData("producer=openai&sector=household", "?concept")]
    [InlineData("producer=openai&by=sector", "?concept")]
    [InlineData("producer=openai&level=rates", "?flow")]
    [InlineData("producer=openai&flow=output", "?flow")]
    [InlineData("flow=output&level=rates", "?flow")]
    [InlineData("producer=openai&level=rates&flow=guess", "?flow")]
    public async Task What_has_no_meaning_is_refused_with_the_parameter(string query, string pointer)
    {
        using var answer = await ledger.Api.Client.GetAsync($"/v1/explain?concept=net&period=2025-07&{query}");

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateArray()
            .Select(e => e.GetProperty("pointer").GetString()).Should().Equal(pointer);
    }

    private Task<List<string>> FigureAsync(string period, string filter) => FigureAsync(period, filter, Sums);

    private async Task<List<string>> FigureAsync(string period, string filter, params string[] columns)
    {
        var frequency = period.Length == 4 ? "year" : period.Contains('Q', StringComparison.Ordinal) ? "quarter" : period.Contains('W', StringComparison.Ordinal) ? "week" : "month";
        var row = (await ledger.Api.GetAsync($"/v1/gdp?concept=net&frequency={frequency}{filter}")).GetProperty("rows").EnumerateArray().Single(r => Text(r, "period") == period);
        return [.. columns.Select(c => Text(row, c))];
    }

    private async Task<List<JsonElement>> PagesAsync(string query, int limit = 10_000)
    {
        var pages = new List<JsonElement>();
        string? cursor = null;
        do
        {
            pages.Add(await ledger.Api.GetAsync($"{query}&limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}"));
            cursor = pages[^1].GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        return pages;
    }

    private static List<string> SumsOf(JsonElement sums) => [.. Sums.Select(name => Text(sums, name))];

    private static List<string> Add(List<JsonElement> pages) =>
        [.. Sums.Select(name => pages.Sum(p => Number(Text(p.GetProperty("page"), name))).ToString(CultureInfo.InvariantCulture))];

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
