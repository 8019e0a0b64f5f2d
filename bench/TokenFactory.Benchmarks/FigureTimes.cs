using System.Diagnostics;
using System.Net;
using Npgsql;

namespace TokenFactory.Benchmarks;

/// <summary>How long figures over two years and 2,000 items take, and that their cost follows the cells that they read.</summary>
internal static class FigureTimes
{
    private const string TwoYears = "start=2024-01-01&end=2026-01-01";

    // What a service without any answer of it in memory takes: each is asked once, in a process of its own.
    private static readonly string[] Cold =
    [
        $"/v1/indices?frequency=week&method=geks_tornqvist&{TwoYears}",
        $"/v1/indices?frequency=week&method=geks_fisher&window=53&splice=mean_pub&{TwoYears}",
        $"/v1/indices?frequency=month&method=geks_tornqvist&window=13&splice=mean&{TwoYears}",
        $"/v1/indices?frequency=month&by=sector&{TwoYears}",
        $"/v1/gdp?frequency=day&by=sector&{TwoYears}",
    ];

    public static async Task TellAsync(string connectionString)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString) { Database = "bench_figures" }.ConnectionString;
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            await connection.OpenAsync();
            await using var create = new NpgsqlCommand("create database bench_figures", connection);
            await create.ExecuteNonQueryAsync();
        }

        // The first start makes the tables.
        await (await ServiceUnderLoad.StartAsync(database)).DisposeAsync();
        var cells = new CellLoad(database);
        Console.WriteLine($"{await cells.WriteAsync(items: 2_000, days: 731, daysBefore: 0):N0} day cells of two years and 2,000 items");
        foreach (var query in Cold)
            Tell($"cold: GET {query}", await AskAsync(database, query));
        const string quarter = "/v1/indices?frequency=week&by=sector&start=2025-10-01&end=2026-01-01";
        var before = await AskAsync(database, quarter);
        Console.WriteLine($"{await cells.WriteAsync(items: 2_000, days: 0, daysBefore: 1_461):N0} day cells of six years");
        var after = await AskAsync(database, quarter);
        Tell($"cold: GET {quarter}, two years of cells", before);
        Tell("  six years of cells", after);
        Console.WriteLine($"{"  ratio: the cost follows the cells that are read",-110}{after / before,10:0.00}");
        await using var service = await ServiceUnderLoad.StartAsync(database);
        using var tooMany = await service.Client.GetAsync("/v1/indices?frequency=day");
        Console.WriteLine($"{"beyond the cap of periods x items (six years by day):",-110}{(int)tooMany.StatusCode,10}");
        if (tooMany.StatusCode != HttpStatusCode.UnprocessableEntity)
            throw new InvalidOperationException("It should be refused with 422.");
    }

    private static async Task<double> AskAsync(string database, string query)
    {
        var times = new List<double>();
        for (var run = 0; run < 3; run++)
        {
            await using var service = await ServiceUnderLoad.StartAsync(database);
            // Connections and code are warm; the answer is not.
            (await service.Client.GetAsync("/v1/indices?frequency=month&start=2024-01-01&end=2024-02-01")).Dispose();
            var started = Stopwatch.GetTimestamp();
            using var answer = await service.Client.GetAsync(query);
            var body = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException($"{query}: {body}");
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private static void Tell(string what, double ms) => Console.WriteLine($"{what,-110}{ms,10:N0} ms");
}
