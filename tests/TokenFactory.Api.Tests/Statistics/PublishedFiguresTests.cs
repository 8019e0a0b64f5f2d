using System.Globalization;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Published worked examples, recorded as events and asked for over HTTP.</summary>
public sealed class PublishedFiguresTests(PublishedCaseLedger ledger) : IClassFixture<PublishedCaseLedger>
{
    private readonly ApiProcess _api = ledger.Service.Api;

    public static TheoryData<string, int, string> Series()
    {
        var data = new TheoryData<string, int, string>();
        foreach (var name in PublishedCaseLedger.Cases)
        {
            var expected = PublishedCaseLedger.Read(name).GetProperty("expected");
            for (var i = 0; i < expected.GetArrayLength(); i++)
            {
                if (QueryOf(expected[i]) is { } query)
                    data.Add(name, i, query);
            }
        }

        return data;
    }

    [Fact]
    public void The_series_cover_every_kind_of_method() => Series().Select(row => row.Data.Item3).Distinct().Should().HaveCountGreaterThan(12)
        .And.Contain(q => q.Contains("splice=movement")).And.Contain(q => q.Contains("splice=mean&")).And.Contain(q => q.Contains("splice=window"))
        .And.Contain(q => q.Contains("wtpd")).And.Contain(q => q.Contains("geks_walsh")).And.Contain(q => q.Contains("fixed_base"));

    [Theory]
    [MemberData(nameof(Series))]
    public async Task A_published_series_comes_out_of_recorded_events(string name, int series, string query)
    {
        var expected = PublishedCaseLedger.Read(name).GetProperty("expected")[series].GetProperty("values");

        var answer = await _api.GetAsync($"/v1/indices?frequency=month&producer={PublishedCaseLedger.ProducerOf(name)}&{query}");

        var rows = answer.GetProperty("rows").EnumerateArray().ToList();
        rows.Should().HaveCount(expected.GetArrayLength());
        for (var t = 0; t < rows.Count; t++)
        {
            rows[t].GetProperty("period").GetString().Should().Be(PublishedCaseLedger.Month(t));
            double.Parse(rows[t].GetProperty("index").GetString()!, CultureInfo.InvariantCulture)
                .Should().BeApproximately(100 * expected[t].GetDouble(), 6e-7, $"{name}: {query}, period {t + 1}");
        }
    }

    [Fact]
    public async Task Contributions_of_items_that_come_and_go_are_those_of_the_case_and_add_up_to_growth()
    {
        var links = PublishedCaseLedger.Read("20_token_entry_exit_additive_contributions").GetProperty("expected").EnumerateArray()
            .Single(e => e.GetProperty("method").GetString() == "union_fisher_links").GetProperty("values");

        var rows = (await _api.GetAsync("/v1/contributions?frequency=month&producer=case-20&by=model")).GetProperty("rows").EnumerateArray().ToList();

        rows.Where(r => Text(r, "period") == "2020-01").Should().HaveCount(3).And.OnlyContain(r => Text(r, "null_reason") == "no_earlier_period");
        for (var link = 0; link < 3; link++)
        {
            var ofPeriod = rows.Where(r => Text(r, "period") == PublishedCaseLedger.Month(link + 1)).ToList();
            foreach (var contribution in links[link].GetProperty("contributions").EnumerateObject())
            {
                Number(ofPeriod.Single(r => Text(r, "model") == contribution.Name), "contribution")
                    .Should().BeApproximately(100 * (decimal)contribution.Value.GetDouble(), 0.0000015m);
            }

            var growth = 100 * ((decimal)links[link].GetProperty("union_fisher_quantity").GetDouble() - 1);
            ofPeriod.Should().OnlyContain(r => Math.Abs(Number(r, "growth") - growth) < 0.000001m);
            ofPeriod.Sum(r => Number(r, "contribution")).Should().Be(Number(ofPeriod[0], "growth"), "they add up to the last published decimal");
        }

        var second = rows.Where(r => Text(r, "period") == "2020-03").ToDictionary(r => Text(r, "model")!);
        second["a-2/out"].GetProperty("new_items").GetInt32().Should().Be(1);
        second["a-1/out"].GetProperty("vanished_items").GetInt32().Should().Be(1);
    }

    [Theory]
    [InlineData("by=producer")]
    [InlineData("by=token_class")]
    [InlineData("by=sector")]
    [InlineData("by=sector,model,token_class&index=price")]
    [InlineData("index=price")]
    public async Task Contributions_add_up_to_the_same_growth_at_any_level(string query)
    {
        var rows = (await _api.GetAsync($"/v1/contributions?frequency=month&{query}")).GetProperty("rows").EnumerateArray().ToList();
        var index = query.Contains("price", StringComparison.Ordinal) ? "price" : "quantity";
        var chained = (await _api.GetAsync($"/v1/indices?frequency=month&index={index}")).GetProperty("rows").EnumerateArray()
            .ToDictionary(r => Text(r, "period")!, r => Number(r, "index"));

        foreach (var period in rows.Where(r => r.GetProperty("growth").ValueKind != JsonValueKind.Null).GroupBy(r => Text(r, "period")!))
        {
            period.Sum(r => Number(r, "contribution")).Should().Be(Number(period.First(), "growth"));
            var before = chained[Text(period.First(), "compared_with")!];
            Number(period.First(), "growth").Should().BeApproximately(100 * ((chained[period.Key] / before) - 1), 0.00001m);
        }
    }

    [Fact]
    public async Task The_headline_states_its_method_and_price_times_quantity_is_value_for_every_sector_and_the_total()
    {
        var months = await _api.GetAsync("/v1/token-index?frequency=month&producer=case-08");
        var quarters = await _api.GetAsync("/v1/token-index?frequency=quarter&producer=case-20");

        Text(months, "method").Should().Be("geks_fisher");
        months.GetProperty("window").GetInt32().Should().Be(13);
        Text(months, "splice").Should().Be("mean_pub");
        Text(quarters, "method").Should().Be("fisher");
        Text(quarters, "linking").Should().Be("chained");
        foreach (var answer in new[] { months, quarters })
        {
            var rows = answer.GetProperty("rows").EnumerateArray().ToList();
            rows.Select(r => Text(r, "sector")).Distinct().Should().Equal("enterprise", "total");
            rows.Should().OnlyContain(r => Math.Abs((Number(r, "price") * Number(r, "quantity") / 100) - Number(r, "value")) < 0.00001m);
            // One sector alone: it is the total.
            rows.GroupBy(r => Text(r, "period")).Should().OnlyContain(p => p.Select(r => Text(r, "price")).Distinct().Count() == 1);
        }

        // A window of 13 holds the case's 13 months: the published GEKS itself.
        var geks = PublishedCaseLedger.Read("23_chain_drift_sale").GetProperty("expected").EnumerateArray().Single(e => Text(e, "method") == "geks").GetProperty("values");
        var drift = (await _api.GetAsync("/v1/token-index?frequency=month&producer=case-23&sector=enterprise")).GetProperty("rows").EnumerateArray()
            .Where(r => Text(r, "sector") == "total").Select(r => Number(r, "price")).ToList();
        for (var t = 0; t < drift.Count; t++)
            drift[t].Should().BeApproximately(100 * (decimal)geks[t].GetDouble(), 0.000001m);
    }

    [Fact]
    public async Task The_average_price_is_told_beside_the_index_with_what_it_owes_to_the_mix()
    {
        var unitValues = PublishedCaseLedger.Read("20_token_entry_exit_additive_contributions").GetProperty("expected").EnumerateArray()
            .Single(e => Text(e, "method") == "unit_value_index").GetProperty("values");

        var rows = (await _api.GetAsync("/v1/indices?frequency=month&producer=case-20")).GetProperty("rows").EnumerateArray().ToList();

        for (var t = 0; t < rows.Count; t++)
        {
            Number(rows[t], "unit_value_index").Should().BeApproximately(100 * (decimal)(unitValues[t].GetDouble() / unitValues[0].GetDouble()), 0.000001m);
            Number(rows[t], "composition_effect").Should().BeApproximately(Number(rows[t], "unit_value_index") / Number(rows[t], "index"), 0.000001m);
        }
    }

    [Fact]
    public async Task Growth_of_an_index_is_that_of_its_published_levels()
    {
        var rows = (await _api.GetAsync("/v1/indices?frequency=month&producer=case-20&units=pch")).GetProperty("rows").EnumerateArray().ToList();

        rows[0].GetProperty("value").ValueKind.Should().Be(JsonValueKind.Null);
        Text(rows[0], "null_reason").Should().Be("no_earlier_period");
        for (var t = 1; t < rows.Count; t++)
            Number(rows[t], "value").Should().BeApproximately(100 * ((Number(rows[t], "index") / Number(rows[t - 1], "index")) - 1), 0.000005m);
        var table = await _api.Client.GetStringAsync("/v1/indices?frequency=month&producer=case-20&units=pch&format=csv");
        table.Split("\r\n")[0].Should().Be("period,start,end,index,value,matched_share,new_items,vanished_items,carried_items,compared_with,break,free_share,unpriced_share,unit_value_index,composition_effect,null_reason,partial,status");
        (await _api.GetAsync("/v1/indices?frequency=month&producer=case-20")).GetProperty("rows")[0].TryGetProperty("value", out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("method=geks_fisher&items=matched", "?items")]
    [InlineData("method=geks_fisher&linking=chained", "?linking")]
    [InlineData("window=13", "?window")]
    [InlineData("method=gk&splice=mean", "?splice")]
    [InlineData("method=gk&window=1", "?window")]
    [InlineData("method=gk&window=1.5", "?window")]
    [InlineData("method=fisher&weights=2020-01", "?weights")]
    [InlineData("method=lowe&weights=2020-W01", "?weights")]
    [InlineData("sigma=2", "?sigma")]
    [InlineData("method=lloyd_moulton&sigma=-1", "?sigma")]
    [InlineData("method=fisher&linking=annual_overlap", "?method")]
    [InlineData("linking=one_quarter_overlap", "?linking")]
    [InlineData("linking=annual_overlap&index=value", "?index")]
    public async Task What_does_not_go_together_is_refused(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync($"/v1/indices?frequency=month&{query}");
        var errors = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateArray();

        errors.Select(e => Text(e, "pointer")).Should().Contain(pointer);
    }

    [Fact]
    public async Task Every_method_answers_with_a_level_or_a_reason_in_each_row()
    {
        var methods = (await _api.GetAsync("/openapi/v1.json")).GetProperty("paths").GetProperty("/v1/indices").GetProperty("get").GetProperty("parameters")
            .EnumerateArray().Single(p => Text(p, "name") == "method").GetProperty("schema").GetProperty("enum").EnumerateArray().Select(e => e.GetString()!).ToList();
        methods.Should().HaveCountGreaterThan(30);
        foreach (var method in methods)
        foreach (var index in new[] { "price", "quantity", "value" })
        {
            foreach (var row in (await _api.GetAsync($"/v1/indices?frequency=quarter&by=producer&method={method}&index={index}")).GetProperty("rows").EnumerateArray())
                (row.GetProperty("index").ValueKind == JsonValueKind.Null).Should().Be(row.GetProperty("null_reason").ValueKind != JsonValueKind.Null, $"{method} {index}");
        }
    }

    [Fact]
    public async Task Overlap_linking_rebases_to_its_reference_and_multiplies_to_the_value()
    {
        async Task<List<decimal>> LevelsAsync(string query) => [.. (await _api.GetAsync($"/v1/indices?frequency=month&producer=case-07&{query}"))
            .GetProperty("rows").EnumerateArray().Select(r => Number(r, "index"))];

        var (volume, price, value) = (await LevelsAsync("linking=annual_overlap&index=quantity"), await LevelsAsync("linking=annual_overlap"), await LevelsAsync("index=value"));

        volume[0].Should().Be(100);
        volume.Zip(price, (q, p) => q * p / 100).Zip(value).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 0.00001m);
        // Within the first year volumes are at that year's average prices: prices rise steadily, so the first month's average price lies below.
        var quantities = PublishedCaseLedger.Read("07_geks_13x5_balanced").GetProperty("quantities");
        var prices = PublishedCaseLedger.Read("07_geks_13x5_balanced").GetProperty("prices");
        double VolumeAt(int t) => quantities.EnumerateObject().Sum(item =>
        {
            var year = Enumerable.Range(0, 12).ToList();
            var average = year.Sum(m => prices.GetProperty(item.Name)[m].GetDouble() * item.Value[m].GetDouble()) / year.Sum(m => item.Value[m].GetDouble());
            return average * item.Value[t].GetDouble();
        });
        for (var t = 0; t < 12; t++)
            ((double)volume[t]).Should().BeApproximately(100 * VolumeAt(t) / VolumeAt(0), 1e-6);
    }

    private static string? QueryOf(JsonElement expected)
    {
        var index = expected.TryGetProperty("index", out var named) ? named.GetString() : null;
        return Text(expected, "method") switch
        {
            "geks" => $"method=geks_{index}",
            "wtpd" => "method=wtpd",
            "rolling" => $"method=geks_{index}&window={expected.GetProperty("window").GetInt32()}&splice={Text(expected, "splice")}&",
            "bilateral" when Text(expected, "output") == "chained" => $"method={index}&linking=chained&items=matched&index={Text(expected, "type")}",
            "bilateral" when Text(expected, "output") == "fixedbase" => $"method={index}&linking=fixed_base&items=matched&index={Text(expected, "type")}",
            _ => null,
        };
    }

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    private static decimal Number(JsonElement row, string name) => decimal.Parse(Text(row, name)!, CultureInfo.InvariantCulture);
}
