using System.Globalization;
using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Repricing;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>The revision triangle over HTTP, on ledgers whose clock is set: late events, reversals, a repricing.</summary>
public sealed class RevisionsTests
{
    private static readonly string[] Measures = ["gdp", "quantity", "unit_value", "price_index", "quantity_index"];

    [Fact]
    public async Task Each_vintage_is_what_the_figures_said_as_of_then_to_the_last_digit()
    {
        await using var database = await DatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await RecordAsync(api, database);

        string[] queries =
        [
            "frequency=month", "frequency=week", "frequency=day&start=2026-01-05&end=2026-02-10", "frequency=quarter", "frequency=month&sector=household,enterprise&token_class=output",
            "frequency=month&producer=moonshot&vintages=week", "frequency=week&vintages=month&time_zone=America/New_York", "frequency=month&as_of=2026-02-20",
            "frequency=week&vintage=2026-01-01&vintage=2026-02-01,2026-02-08&vintage=2027-01-01",
        ];
        var seen = 0;
        foreach (var query in queries)
        {
            foreach (var measure in Measures)
            {
                var answer = await api.GetAsync($"/v1/revisions?measure={measure}{(query.Contains("vintage", StringComparison.Ordinal) ? "" : "&vintages=day")}&{query}");
                var window = string.Join('&', query.Split('&').Where(p => !p.StartsWith("vintage", StringComparison.Ordinal) && !p.StartsWith("as_of", StringComparison.Ordinal)));
                var byVintage = answer.GetProperty("rows").EnumerateArray().GroupBy(r => Text(r, "vintage")).ToDictionary(g => g.Key, g => g.ToList());
                foreach (var vintage in answer.GetProperty("vintages").EnumerateArray().Select(v => v.GetString()!))
                {
                    var isIndex = measure.EndsWith("_index", StringComparison.Ordinal);
                    var published = await api.GetAsync(isIndex
                        ? $"/v1/indices?{window}&as_of={vintage}&index={measure.Split('_')[0]}&reference={Text(answer, "reference")}"
                        : $"/v1/gdp?{window}&as_of={vintage}");
                    var expected = published.GetProperty("rows").EnumerateArray().Select(r => Row(r, isIndex ? "index" : measure, isIndex)).ToList();
                    var rows = byVintage.GetValueOrDefault(vintage) ?? [];
                    rows.Select(r => Row(r, "value", isIndex)).Should().Equal(expected, $"{measure} {query} of {vintage}");
                    seen += rows.Count;
                }

                CheckDifferences(answer);
            }
        }

        seen.Should().BeGreaterThan(1_000);
        (await api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task First_estimates_and_what_became_of_them_are_those_of_the_events()
    {
        await using var database = await DatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await api.GetAsync("/v1/revisions?vintages=day");
        foreach (var (clock, id, day, millions) in new[]
        {
            // January: 10 while it lasts, 12 when it is over, then 15 and 18. February: 20 when it is over, then 18. March: 30 and no more. April goes on.
            ("2026-01-10", "a", "2026-01-09", 10), ("2026-01-31", "b", "2026-01-30", 2), ("2026-02-05", "c", "2026-01-31", 3), ("2026-02-20", "d", "2026-02-19", 20),
            ("2026-03-03", "e", "2026-01-02", 3), ("2026-03-20", "f", "2026-03-20", 30), ("2026-04-10", "g", "2026-04-09", 40), ("2026-04-12", "h", "2026-04-11", 5),
        })
        {
            await SetClockAsync(database, $"{clock} 12:00Z");
            await api.SendAsync(Events.Native(id, occurredAt: $"{day}T10:00:00Z", input: millions * 1_000_000L, output: 0, outputValue: "1"));
            if (id == "f")
            {
                await api.SendAsync(Events.Native("wrong", occurredAt: "2026-02-20T10:00:00Z", input: 2_000_000, output: 0, outputValue: "1"));
                (await api.PostAsync("/v1/events/gateway-1/wrong/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
                (await api.PostAsync("/v1/events/gateway-1/d/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
                await api.SendAsync(Events.Native("d2", occurredAt: "2026-02-19T10:00:00Z", input: 18_000_000, output: 0, outputValue: "1"));
            }
        }

        var answer = await api.GetAsync("/v1/revisions?vintages=day");
        var rows = answer.GetProperty("rows").EnumerateArray().Select(r => $"{Text(r, "period")} at {Text(r, "vintage")}: {Text(r, "value")} after {Text(r, "previous_value")}: "
            + $"{Text(r, "revision")} {Text(r, "revision_percent")}%, first {Text(r, "first")} of {Text(r, "first_vintage")}: {Text(r, "cumulative_revision")} {Text(r, "cumulative_revision_percent")}% {Text(r, "status")}").ToList();
        rows.Where(r => r.StartsWith("2026-01", StringComparison.Ordinal)).Should().Equal(
            "2026-01 at 2026-01-10: 10 after -: - -%, first - of -: - -% provisional",
            "2026-01 at 2026-01-31: 12 after 10: 2 20.000000%, first 12 of 2026-01-31: 0 0.000000% provisional",
            "2026-01 at 2026-02-05: 15 after 12: 3 25.000000%, first 12 of 2026-01-31: 3 25.000000% provisional",
            "2026-01 at 2026-02-20: 15 after 15: 0 0.000000%, first 12 of 2026-01-31: 3 25.000000% estimated",
            "2026-01 at 2026-02-28: 15 after 15: 0 0.000000%, first 12 of 2026-01-31: 3 25.000000% estimated",
            "2026-01 at 2026-03-03: 18 after 15: 3 20.000000%, first 12 of 2026-01-31: 6 50.000000% estimated",
            "2026-01 at 2026-03-20: 18 after 18: 0 0.000000%, first 12 of 2026-01-31: 6 50.000000% estimated",
            "2026-01 at 2026-03-31: 18 after 18: 0 0.000000%, first 12 of 2026-01-31: 6 50.000000% estimated",
            "2026-01 at 2026-04-10: 18 after 18: 0 0.000000%, first 12 of 2026-01-31: 6 50.000000% estimated",
            "2026-01 at 2026-04-12: 18 after 18: 0 0.000000%, first 12 of 2026-01-31: 6 50.000000% estimated");
        rows.Should().Contain("2026-02 at 2026-03-20: 18 after 20: -2 -10.000000%, first 20 of 2026-02-28: -2 -10.000000% estimated")
            .And.Contain("2026-03 at 2026-03-31: 30 after 30: 0 0.000000%, first 30 of 2026-03-31: 0 0.000000% provisional")
            .And.Contain("2026-04 at 2026-04-12: 45 after 40: 5 12.500000%, first - of -: - -% provisional");
        // 6, -2 and 0; 50, -10 and 0 percent.
        var summary = answer.GetProperty("summary");
        $"{Text(summary, "n")}: {Text(summary, "mean_revision")} {Text(summary, "mean_absolute_revision")} {Text(summary, "standard_deviation")}, {Text(summary, "mean_revision_percent")} {Text(summary, "mean_absolute_revision_percent")} {Text(summary, "standard_deviation_percent")}, {Text(summary, "largest_revision")} {Text(summary, "largest_revision_percent")} {Text(summary, "largest_period")}"
            .Should().Be("3: 1.333333333333 2.666666666667 4.163332, 13.333333 20.000000 32.145503, 6 50.000000 2026-01");

        (await VintagesAsync("vintages=month")).Should().Equal("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-12");
        (await VintagesAsync("vintages=week&end=2026-02-01&as_of=2026-02-03")).Should().Equal("2026-01-11", "2026-01-18", "2026-01-25", "2026-02-01", "2026-02-03");
        (await VintagesAsync("vintage=2026-02-15,2026-02-05&vintage=2026-02-05")).Should().Equal("2026-02-05", "2026-02-15");
        var csv = await api.Client.GetStringAsync("/v1/revisions?format=csv&measure=price_index&vintages=month&start=2026-03-01&end=2026-04-01");
        csv.Split("\r\n")[..3].Should().Equal(
            "period,start,end,vintage,value,previous_value,revision,revision_percent,first,first_vintage,cumulative_revision,cumulative_revision_percent,matched_share,free_share,unpriced_share,null_reason,partial,status",
            "2026-03,2026-03-01T00:00:00Z,2026-04-01T00:00:00Z,2026-03-31,100.000000,,,,100.000000,2026-03-31,0.000000,0.000000,,0.000000,0.000000,,false,provisional",
            "2026-03,2026-03-01T00:00:00Z,2026-04-01T00:00:00Z,2026-04-12,100.000000,100.000000,0.000000,0.000000,100.000000,2026-03-31,0.000000,0.000000,,0.000000,0.000000,,false,estimated");

        async Task<List<string?>> VintagesAsync(string query) =>
            [.. (await api.GetAsync($"/v1/revisions?{query}")).GetProperty("vintages").EnumerateArray().Select(v => v.GetString())];
    }

    [Fact]
    public async Task A_triangle_has_bounds_and_an_empty_ledger_an_empty_one()
    {
        await using var database = await DatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new()
        {
            ["TokenFactory__Statistics__MaxVintages"] = "5", ["TokenFactory__Statistics__MaxRows"] = "12", ["TokenFactory__Statistics__MaxItemPeriods"] = "11",
        });
        foreach (var measure in Measures)
        {
            var empty = await api.GetAsync($"/v1/revisions?measure={measure}");
            empty.GetProperty("rows").GetArrayLength().Should().Be(0);
            (Text(empty.GetProperty("summary"), "n"), Text(empty.GetProperty("summary"), "mean_revision"), Text(empty, "reference")).Should().Be(("0", "-", "-"));
        }

        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        foreach (var month in new[] { 1, 2, 3 })
        {
            await SetClockAsync(database, $"2026-0{month}-15 12:00Z");
            await api.SendAsync(Events.Native($"{month}", occurredAt: $"2026-0{month}-14T10:00:00Z"));
        }

        // Two months' ends, three days of recording: five vintages, of 1, 1, 2, 2 and 3 months.
        (await api.GetAsync("/v1/revisions?vintages=day")).GetProperty("rows").GetArrayLength().Should().Be(9);
        (await RefusedAsync("vintages=week")).Should().Contain("too_many_vintages").And.Contain("more than 5 vintages").And.Contain("vintages=month");
        (await RefusedAsync("vintage=2026-01-01,2026-01-02,2026-01-03,2026-01-04,2026-01-05,2026-01-06")).Should().Contain("too_many_vintages");
        (await RefusedAsync("frequency=week")).Should().Contain("too_many_rows");
        // Two items: 2 + 4 + 6, those of vintages that changed nothing not counted again.
        (await RefusedAsync("measure=price_index")).Should().Contain("too_many_vintages").And.Contain("more than 11 items times periods times vintages");
        (await api.GetAsync("/v1/revisions?vintages=day&measure=price_index&token_class=input")).GetProperty("rows").GetArrayLength().Should().Be(9);
        (await RefusedAsync("vintages=month&vintage=2026-01-01")).Should().Contain("not_together");
        (await RefusedAsync("reference=2026-01")).Should().Contain("not_together");
        (await RefusedAsync("vintage=yesterday&measure=x&by=sector")).Should().Contain("?vintage").And.Contain("?measure").And.Contain("?by");

        async Task<string> RefusedAsync(string query)
        {
            using var answer = await api.Client.GetAsync($"/v1/revisions?{query}");
            answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity, query);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    private static async Task<TestDatabase> DatabaseAsync()
    {
        var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            create table test_clock (at timestamptz not null);
            insert into test_clock values ('2026-01-05 09:00Z');
            grant select on test_clock to tokenfactory_service;
            create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select at from test_clock $$;
            """);
        return database;
    }

    private static Task SetClockAsync(TestDatabase database, string at) => database.ExecuteAsync($"update test_clock set at = '{at}'");

    // Events of up to three weeks before each of a dozen vintages; some of each reversed later, and what had no price valued in the end.
    private static async Task RecordAsync(ApiProcess api, TestDatabase database)
    {
        var random = new Random(20260215);
        string?[] sectors = ["household", "government", "enterprise", null];
        string?[] values = ["2", "0.333333333333", "0", null, "17.25", "999999.999999999999"];
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        var number = 0;
        for (var at = new DateTimeOffset(2026, 1, 3, 9, 0, 0, TimeSpan.Zero); at < new DateTimeOffset(2026, 3, 10, 0, 0, 0, TimeSpan.Zero); at = at.AddDays(1 + random.Next(11)))
        {
            await SetClockAsync(database, at.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture));
            await api.SendAsync(Enumerable.Range(0, 40).Select(_ => Events.Native(
                Events.Number(number++), "gateway-1", at.AddMinutes(-random.Next(21 * 1440)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                random.Next(3) == 0 ? "openai" : "moonshot", $"model-{random.Next(3)}", sectors[random.Next(4)], null, random.NextInt64(1_000_000_000_000_000), random.Next(10_000),
                values[random.Next(values.Length)])));
            for (var i = 0; i < 4; i++)
                await api.PostAsync($"/v1/events/gateway-1/{random.Next(number)}/reversal", "{}");
        }

        await SetClockAsync(database, "2026-03-12 09:00Z");
        for (var model = 0; model < 3; model++)
            await api.CardAsync($"model-{model}", "2025-12-01T00:00:00Z", "3.5", "0.123456789012");
        var repricing = await api.RepriceAsync(new { filter = new { source = new[] { "gateway-1" } }, start = "2025-12-01T00:00:00Z", end = "2026-03-11T00:00:00Z", only = "unpriced", reason = "a price arrived" });
        repricing.Counts().Changed.Should().BePositive();
        await SetClockAsync(database, "2026-03-15 09:00Z");
        await api.SendAsync(Events.Native("last", occurredAt: "2026-03-14T10:00:00Z"));
    }

    // Each row against the one before it of its period.
    private static void CheckDifferences(JsonElement answer)
    {
        foreach (var period in answer.GetProperty("rows").EnumerateArray().GroupBy(r => Text(r, "period")))
        {
            foreach (var (before, row) in period.Zip(period.Skip(1)))
            {
                Text(row, "previous_value").Should().Be(Text(before, "value"));
                if (Text(row, "revision") != "-")
                    Number(row, "revision").Should().Be(Number(row, "value") - Number(before, "value"));
                if (Text(before, "first") != "-")
                    (Text(row, "first"), Text(row, "first_vintage")).Should().Be((Text(before, "first"), Text(before, "first_vintage")));
                if (Text(row, "cumulative_revision") != "-")
                    Number(row, "cumulative_revision").Should().Be(Number(row, "value") - Number(row, "first"));
            }
        }
    }

    private static string Row(JsonElement row, string value, bool isIndex) => string.Join('|', Text(row, "period"), Text(row, "start"), Text(row, "end"), Text(row, value),
        row.GetProperty("partial").GetBoolean(), Text(row, "status"), isIndex ? $"{Text(row, "matched_share")} {Text(row, "free_share")} {Text(row, "unpriced_share")} {Text(row, "null_reason")}" : "");

    private static decimal Number(JsonElement row, string name) => decimal.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static string Text(JsonElement row, string name) => row.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : "-";
}
