using System.Globalization;
using System.Net;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Repricing;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>
/// Every operation that takes <c>as_of</c>, over a ledger that goes on with late events, reversals, corrections and a repricing: yesterday's figures
/// stay what they were, to the last digit.
/// </summary>
public sealed class VintageOfEveryFigureTests
{
    // What an operation needs besides, and questions of more than one kind; the others are asked as they are.
    private static readonly Dictionary<string, string[]> Queries = new(StringComparer.Ordinal)
    {
        ["/v1/gdp"] =
        [
            "frequency=day", "frequency=week&by=sector,producer", "concept=net&by=producer&frequency=day", "concept=net&by=sector&frequency=day",
            "prices=chained&frequency=day&by=sector", "units=pch&frequency=day", "time_zone=Europe/Berlin&frequency=day",
        ],
        ["/v1/indices"] = ["frequency=day", "frequency=day&by=sector&index=quantity", "frequency=day&method=geks_fisher&window=5", "frequency=day&method=wtpd&token_class=output"],
        ["/v1/token-index"] = ["frequency=day"],
        ["/v1/contributions"] = ["frequency=day&by=sector,model"],
        ["/v1/concentration"] = ["frequency=day&by=sector", "frequency=day&measure=tokens"],
        ["/v1/learning-curve"] = ["frequency=day&by=producer"],
        ["/v1/demand-response"] = ["frequency=day"],
        ["/v1/revisions"] = ["frequency=day"],
        ["/v1/margins"] = ["frequency=day&by=model"],
        ["/v1/explain"] = ["frequency=day&period=2026-11-11", "frequency=day&period=2026-11-11&level=rates", "frequency=day&period=2026-11-11&level=entries"],
        ["/v1/series/{key}"] = ["D.S1._T._T.TGO.V._Z.N"],
    };

    [Fact]
    public async Task As_of_yesterday_gives_yesterdays_figures_whatever_is_recorded_today()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            create table test_clock (at timestamptz not null);
            insert into test_clock values ('2026-11-20 09:00Z');
            grant select on test_clock to tokenfactory_service;
            create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select at from test_clock $$;
            """);
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await api.CreateAsync("/v1/accounts", new { id = "router", producer = "openrouter" });
        await api.SendAsync(EventsOf(first: 0, count: 400));
        var queries = await QueriesAsync(api);
        queries.Should().HaveCountGreaterThan(20);
        var yesterday = new Dictionary<string, string>();
        foreach (var query in queries)
            yesterday[query] = await RowsAsync(api, query, "2026-11-20");

        await database.ExecuteAsync("update test_clock set at = '2026-11-21 09:00Z'");
        await api.SendAsync(EventsOf(first: 400, count: 200));
        for (var i = 0; i < 60; i += 7)
            (await api.PostAsync($"/v1/events/gateway-1/{i}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
        await api.CardAsync("model-0", "2026-11-01T00:00:00Z", "3", "9");
        (await api.RepriceAsync(new { start = "2026-11-01T00:00:00Z", end = "2026-11-20T00:00:00Z", reason = "a price that was missing" }))
            .Counts().Changed.Should().BePositive();

        var moved = 0;
        foreach (var query in queries)
        {
            (await RowsAsync(api, query, "2026-11-20")).Should().Be(yesterday[query], query);
            moved += await RowsAsync(api, query, "2026-11-21") == yesterday[query] ? 0 : 1;
        }

        moved.Should().BeGreaterThan(queries.Count * 3 / 4, "today's figures are others");
    }

    private static async Task<List<string>> QueriesAsync(ApiProcess api)
    {
        var queries = new List<string>();
        foreach (var path in (await api.GetAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("get", out var operation) || !operation.TryGetProperty("parameters", out var parameters)
                || !parameters.EnumerateArray().Any(p => p.GetProperty("name").GetString() == "as_of"))
            {
                continue;
            }

            foreach (var query in Queries.GetValueOrDefault(path.Name, [""]))
            {
                queries.Add(path.Name.Contains('{', StringComparison.Ordinal)
                    ? $"{path.Name[..path.Name.IndexOf('{', StringComparison.Ordinal)]}{query}?"
                    : $"{path.Name}?{query}");
            }
        }

        return queries;
    }

    // What is published of the figures themselves: when the answer was made is another matter.
    private static async Task<string> RowsAsync(ApiProcess api, string query, string asOf)
    {
        var answer = await api.GetAsync($"{query}{(query.EndsWith('?') ? "" : "&")}as_of={asOf}");
        return string.Join('\n', answer.EnumerateObject().Where(m => m.Name is not ("complete_through" or "as_of")).Select(m => $"{m.Name}: {m.Value.GetRawText()}"));
    }

    private static IEnumerable<string> EventsOf(int first, int count)
    {
        string?[] sectors = ["household", "government", "enterprise", null];
        var random = new Random(first + 5);
        return Enumerable.Range(first, count).Select(i => Events.Native(
            Events.Number(i), occurredAt: new DateTimeOffset(2026, 11, 10, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(9 * 1440)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            producer: i % 3 == 0 ? "openai" : "moonshot", model: $"model-{random.Next(4)}", sector: sectors[random.Next(4)], account: i % 5 == 0 ? "router" : null,
            input: random.Next(100_000), output: random.Next(10_000), outputValue: random.Next(4) == 0 ? null : Events.Number(random.Next(1, 20))));
    }
}
