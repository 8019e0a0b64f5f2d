using System.Globalization;
using System.Net;
using System.Text.Json;
using CsCheck;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>
/// The property that everything else rests on: any set of events, split into any batches, in any order, with any repeats, sent to one or two
/// instances at once, gives the same figures to the last digit.
/// </summary>
public sealed class AnyOrderTests
{
    private static readonly string[] Sectors = ["household", "government", "enterprise", "unclassified"];
    private static readonly string[] Models = ["m-1", "m-2", "m-3"];
    private static readonly string[] Producers = ["moonshot", "openai"];
    private static readonly string[] Queries =
    [
        "/v1/gdp?frequency=day", "/v1/gdp?frequency=hour&by=sector", "/v1/gdp?frequency=month&by=producer,model", "/v1/gdp?frequency=week&by=token_class",
        "/v1/gdp?frequency=year&by=sector,producer,model,token_class,service_tier", "/v1/indices?frequency=day", "/v1/indices?frequency=day&by=sector&index=quantity&method=laspeyres&linking=fixed_base",
    ];

    private static readonly Gen<string[]> EventSet = Gen.Select(
            Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[0, 71], Gen.Long[0, 1_000_000_000], Gen.Long[0, 1_000_000], Gen.Int[0, 40_000])
        .Select((sector, model, producer, hour, input, output, price) => (sector, model, producer, hour, input, output, price))
        .Array[5, 60]
        .Select(events => events.Select((e, i) => Events.Native(
            string.Create(CultureInfo.InvariantCulture, $"e-{i}"), i % 3 == 0 ? "gateway-2" : "gateway-1",
            new DateTimeOffset(2026, 9, 29, 0, 30, 0, TimeSpan.Zero).AddHours(e.hour).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            Producers[e.producer], Models[e.model], e.sector == 3 ? null : Sectors[e.sector], null, e.input, e.output,
            // Some are unpriced, some are free, some have twelve decimals.
            e.price < 2_000 ? null : e.price < 4_000 ? "0" : ((decimal)e.price / 7_919m).ToString("0.############", CultureInfo.InvariantCulture))).ToArray());

    [Fact]
    public async Task Any_split_order_and_repeats_over_two_instances_give_the_same_figures()
    {
        await EventSet.SampleAsync(async events =>
        {
            var plainly = await FiguresAsync(1, async apis => await SendAsync(apis[0], events));
            var wildly = await FiguresAsync(2, apis => SendWildlyAsync(apis, events));

            wildly.Should().Equal(plainly);
        }, iter: 4, threads: 1);
    }

    // In random pieces, shuffled, each event up to three times, over both instances at once.
    private static async Task SendWildlyAsync(ApiProcess[] apis, string[] events)
    {
        var random = new Random(events.Length);
        var repeated = events.SelectMany(e => Enumerable.Repeat(e, random.Next(1, 4))).ToArray();
        random.Shuffle(repeated);
        var pieces = new List<string[]>();
        for (var at = 0; at < repeated.Length;)
        {
            var length = random.Next(1, 12);
            pieces.Add(repeated[at..Math.Min(repeated.Length, at + length)]);
            at += length;
        }

        await Parallel.ForEachAsync(pieces.Select((piece, i) => (piece, i)), new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (p, _) => await SendAsync(apis[p.i % apis.Length], p.piece));
    }

    private static async Task SendAsync(ApiProcess api, string[] events)
    {
        // One event, an array, lines: by turns.
        var (body, type) = (events.Length % 3) switch
        {
            0 => (Events.Join(events), Events.Lines),
            _ when events.Length == 1 => (events[0], "application/json"),
            _ => ($"[{string.Join(',', events)}]", "application/json"),
        };
        using var answer = await api.PostAsync("/v1/events", body, type);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
            Assert.Fail($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}\n{api.Output}");
    }

    private static async Task<List<string>> FiguresAsync(int instances, Func<ApiProcess[], Task> send)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        var apis = await Task.WhenAll(Enumerable.Range(0, instances).Select(_ => ApiProcess.StartAsync(database.ConnectionString)));
        try
        {
            await apis[0].CreateAsync("/v1/sources", new { id = "gateway-1" });
            await apis[0].CreateAsync("/v1/sources", new { id = "gateway-2" });
            foreach (var api in apis)
                await api.WaitUntilAsync("/v1/sources/gateway-2", TimeSpan.FromSeconds(10));
            // The other instances learn of a new source by a notification; an event that came before it would be refused.
            foreach (var api in apis)
                await WaitForSourceAsync(api);
            await send(apis);
            var figures = new List<string>();
            foreach (var query in Queries)
            {
                var answer = await apis[^1].GetAsync(query);
                figures.Add(answer.GetProperty("rows").ToString());
                SumsToTotal(await apis[0].GetAsync("/v1/gdp?frequency=year"), query.Contains("gdp", StringComparison.Ordinal) ? answer : default);
            }

            var books = await apis[0].GetAsync("/v1/reconciliation?full=true");
            books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
            return figures;
        }
        finally
        {
            foreach (var api in apis)
                await api.DisposeAsync();
        }
    }

    private static async Task WaitForSourceAsync(ApiProcess api)
    {
        for (var tries = 0; tries < 1_000; tries++)
        {
            using var answer = await api.PostAsync("/v1/events?atomic=true", "[]");
            var probe = await api.PostAsync("/v1/events", """{"source":"gateway-2"}""");
            if (!(await probe.Content.ReadAsStringAsync()).Contains("unknown_source", StringComparison.Ordinal))
                return;
        }
    }

    private static void SumsToTotal(JsonElement total, JsonElement grouped)
    {
        if (grouped.ValueKind == JsonValueKind.Undefined)
            return;
        foreach (var measure in new[] { "gdp", "quantity", "unpriced_quantity", "free_quantity" })
            Sum(grouped, measure).Should().Be(Sum(total, measure), measure);
    }

    private static decimal Sum(JsonElement figure, string measure) =>
        figure.GetProperty("rows").EnumerateArray().Sum(r => decimal.Parse(r.GetProperty(measure).GetString()!, CultureInfo.InvariantCulture));
}
