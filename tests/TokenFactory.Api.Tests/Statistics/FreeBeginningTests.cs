using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>A market that begins with a free trial, and one with a month of nothing in between.</summary>
public sealed class FreeBeginningTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_free_first_period_is_no_reference_and_takes_nothing_from_those_after_it()
    {
        await SendAsync("trial", ("2026-01", "0", 1), ("2026-02", "2", 1), ("2026-03", "3", 2));

        var headline = await RowsAsync("/v1/token-index?frequency=month&model=trial");
        var real = await RowsAsync("/v1/gdp?frequency=month&prices=chained&model=trial");
        var chained = await _api.GetAsync("/v1/indices?frequency=month&model=trial");

        headline.Where(r => Text(r, "sector") == "total").Select(r => Text(r, "price")).Should().Equal(null, "100.000000", "150.000000");
        Text(chained, "reference").Should().Be("2026-02");
        chained.GetProperty("rows").EnumerateArray().Select(r => Text(r, "index")).Should().Equal(null, "100.000000", "150.000000");
        real.Select(r => Text(r, "real")).Skip(1).Should().Equal("2.000000", "4.000000");
    }

    [Fact]
    public async Task Growth_is_taken_neither_into_an_empty_period_nor_across_it_however_it_is_asked_for()
    {
        await SendAsync("gap", ("2026-01", "2", 1), ("2026-03", "6", 1));

        foreach (var query in new[] { "", "&by=model", "&start=2026-03-01" })
        foreach (var units in new[] { "chg", "pch" })
        {
            var march = (await RowsAsync($"/v1/gdp?frequency=month&units={units}&model=gap{query}")).Single(r => Text(r, "period") == "2026-03");

            Text(march, "value").Should().BeNull($"{units}{query}");
            Text(march, "null_reason").Should().BeOneOf("earlier_value_missing", "no_earlier_period");
        }

        var february = (await RowsAsync("/v1/gdp?frequency=month&units=pch&model=gap")).Single(r => Text(r, "period") == "2026-02");
        (Text(february, "gdp"), Text(february, "value"), Text(february, "null_reason")).Should().Be(("0", null, "empty_period"));
    }

    private async Task SendAsync(string model, params (string Month, string UnitValue, int Millions)[] months)
    {
        using var source = await _api.PostAsync("/v1/sources", """{"id":"gateway-1"}""");
        foreach (var (month, unitValue, millions) in months)
        {
            using var answer = await _api.PostAsync("/v1/events", Events.Native(
                $"{model}-{month}", occurredAt: $"{month}-10T00:00:00Z", model: model, input: millions * 1_000_000L, output: 0, outputValue: unitValue, sector: "household"));
            answer.EnsureSuccessStatusCode();
        }
    }

    private async Task<List<JsonElement>> RowsAsync(string query) => [.. (await _api.GetAsync(query)).GetProperty("rows").EnumerateArray()];

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
