using System.Globalization;
using System.Text.Json;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>Token GDP over time and the Token Index: whatever is chosen, chart, table and file show what the API answers.</summary>
public sealed class FigureTests(BrowserFixture browser) : PageTests(browser)
{
    [Theory]
    [InlineData("", "frequency=month", "sector", "gdp")]
    [InlineData("&by=producer&frequency=quarter", "frequency=quarter", "producer", "gdp")]
    [InlineData("&show=pch&by=producer", "frequency=month&units=pch", "producer", "value")]
    [InlineData("&show=pc1&prices=chained", "frequency=month&units=pc1&prices=chained", "sector", "value")]
    [InlineData("&scale=log&frequency=week&start=2026-01-01&end=2026-10-01", "frequency=week&start=2026-01-01&end=2026-10-01", "sector", "gdp")]
    public async Task Token_GDP_is_shown_as_it_is_asked_for(string address, string query, string dimension, string column)
    {
        var panel = new Panel((await OpenAsync($"/?view=over-time{address}")).Page, "gdp");
        await panel.ReadyAsync();
        var total = await AskAsync($"/v1/gdp?{query}");
        // Chained volumes of groups are in money of the total's reference.
        var reference = query.Contains("chained", StringComparison.Ordinal) ? $"&reference={total.Text("reference")}" : "";

        await ShowsAsync(panel, await AskAsync($"/v1/gdp?{query}{reference}&by={dimension}"), dimension, column, total, column,
            isTotalDrawn: column != "gdp" || address.Contains("log", StringComparison.Ordinal));

        (await panel.DrawingAsync()).IsLog.Should().Be(address.Contains("log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Controls_change_what_is_shown_as_the_address_does()
    {
        var visit = await OpenAsync("/?view=over-time");
        var panel = new Panel(visit.Page, "gdp");
        await panel.ReadyAsync();

        await panel.ChooseAsync("frequency", "quarter");
        await panel.ChooseAsync("prices", "chained");
        var total = await AskAsync("/v1/gdp?frequency=quarter&prices=chained");
        await ShowsAsync(panel, await AskAsync($"/v1/gdp?frequency=quarter&prices=chained&by=sector&reference={total.Text("reference")}"), "sector", "real", total, "real", isTotalDrawn: true);
        visit.Page.Url.Should().Contain("frequency=quarter").And.Contain("prices=chained");

        await panel.RedrawAsync(() => visit.Page.GoBackAsync());
        visit.Page.Url.Should().Contain("frequency=quarter").And.NotContain("prices");
        await ShowsAsync(panel, await AskAsync("/v1/gdp?frequency=quarter&by=sector"), "sector", "gdp", await AskAsync("/v1/gdp?frequency=quarter"), "gdp", isTotalDrawn: false);
    }

    [Theory]
    [InlineData("price")]
    [InlineData("quantity")]
    [InlineData("value")]
    public async Task The_headline_index_is_that_of_the_API(string measure)
    {
        var panel = new Panel((await OpenAsync($"/?view=token-index&measure={measure}")).Page, "index");
        await panel.ReadyAsync();

        var answer = await AskAsync("/v1/token-index?frequency=month");

        await ShowsAsync(panel, answer, "sector", measure, null, "", isTotalDrawn: true);
    }

    [Fact]
    public async Task Two_methods_stand_side_by_side_with_the_reference_that_is_chosen()
    {
        var visit = await OpenAsync("/?view=token-index&method=fisher");
        var panel = new Panel(visit.Page, "index");
        await panel.ReadyAsync();
        var reference = (await AskAsync("/v1/gdp?frequency=month")).Periods()[6];

        await panel.ChooseAsync("compare", "laspeyres");
        await panel.ChooseAsync("reference", reference);

        var table = await panel.CsvAsync();
        var periods = table.Column("period").ToList();
        foreach (var (method, suffix) in new[] { ("fisher", ""), ("laspeyres", "~2") })
        {
            var query = $"/v1/indices?index=price&frequency=month&method={method}&reference={reference}";
            table.Column($"total{suffix}").Should().Equal((await AskAsync(query)).Column(periods, "index"));
            var bySector = await AskAsync($"{query}&by=sector");
            foreach (var sector in bySector.Groups("sector"))
                table.Column(sector + suffix).Should().Equal(bySector.Column(periods, "index", "sector", sector), sector);
        }

        decimal.Parse(table.Column("total").ElementAt(periods.IndexOf(reference)), CultureInfo.InvariantCulture).Should().Be(100);
    }

    [Fact]
    public async Task Another_time_zone_is_asked_of_the_API_and_shown()
    {
        var visit = await OpenAsync("/?view=over-time");
        var panel = new Panel(visit.Page, "gdp");
        await panel.ReadyAsync();

        await panel.RedrawAsync(() => visit.Page.Locator("#zone").SelectOptionAsync("Pacific/Auckland"));

        visit.Page.Url.Should().Contain("zone=Pacific");
        await ShowsAsync(panel, await AskAsync("/v1/gdp?frequency=month&by=sector&time_zone=Pacific/Auckland"), "sector", "gdp",
            await AskAsync("/v1/gdp?frequency=month&time_zone=Pacific/Auckland"), "gdp", isTotalDrawn: false);
    }

    /// <summary>The file, the table and the chart are those of the answer: every group and the total, in every period, to the last digit.</summary>
    internal static async Task ShowsAsync(Panel panel, JsonElement answer, string dimension, string column, JsonElement? total, string totalColumn, bool isTotalDrawn)
    {
        var file = await panel.CsvAsync();
        var table = await panel.TableAsync();
        var chart = await panel.DrawingAsync();
        var periods = (total ?? answer).Periods();
        // A producer may be called total.
        var totalName = dimension == "sector" ? "total" : "~total";
        // Growth begins where there is something to compare with.
        if (totalColumn == "value")
            periods = [.. periods.SkipWhile(p => total!.Value.Column([p], totalColumn)[0].Length == 0)];

        periods.Should().HaveCountGreaterThan(2);
        file.Column("period").Should().Equal(periods);
        chart.Periods.Should().Equal(periods);
        var groups = answer.Groups(dimension);
        groups.Count.Should().BeInRange(2, 8, "more are drawn as one");
        foreach (var group in groups)
            file.Column(group).Should().Equal(answer.Column(periods, column, dimension, group), group);
        if (total is { } whole)
            file.Column(totalName).Select(Trimmed).Should().Equal(whole.Column(periods, totalColumn).Select(Trimmed), "the total is the query without the dimension");

        table.Rows.Select(r => string.Join(' ', r.Skip(1))).Should().Equal(file.Rows.Select(r => string.Join(' ', r.Skip(1))), "the table holds the exact texts");
        var drawn = file.Columns.Skip(1).Where(c => c is not ("status" or "partial") && (isTotalDrawn || c != totalName)).ToList();
        chart.Series.Select(s => s.Name).Should().Equal(table.Columns.Skip(1).Take(drawn.Count));
        foreach (var (series, name) in chart.Series.Zip(drawn))
            series.Data.Should().Equal(file.Column(name).Places().Select(v => chart.IsLog && v <= 0 ? null : v), name);
    }

    // 1.50 is 1.5.
    private static string Trimmed(string text) => text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
}
