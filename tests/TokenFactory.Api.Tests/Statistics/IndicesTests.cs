using System.Globalization;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Index numbers over HTTP against what is published of the values behind them.</summary>
public sealed class IndicesTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    private readonly ApiProcess _api = fixture.Service.Api;

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

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
