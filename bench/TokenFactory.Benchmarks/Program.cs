using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using TokenFactory.Api.Database.PrivateServer;
using TokenFactory.Benchmarks;

// dotnet run -c Release --project bench/TokenFactory.Benchmarks -- [--events N | --figures | --fuzz N [--seed S] [--from I]]
// Everything runs on this machine: a private PostgreSQL server in a temporary folder, the service as its own process, the sender here. Rates are
// only worth something beside each other, so each is told as a ratio to what the same server does without the service, in the same run.
if (args is ["--fuzz", ..])
    return await FuzzCommand.RunAsync(args);
var at = Array.IndexOf(args, "--events");
var figuresOnly = args is ["--figures"];
if (!figuresOnly && args.Length > 0 && (args.Length != 2 || at != 0 || !int.TryParse(args[1], CultureInfo.InvariantCulture, out var given) || given < 10_000))
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project bench/TokenFactory.Benchmarks -- [--events N | --figures | --fuzz N [--seed S] [--from I]]   (N events: 10,000 or more; default 200,000)");
    return 2;
}

var events = args.Length < 2 ? 200_000 : int.Parse(args[1], CultureInfo.InvariantCulture) / 8_000 * 8_000;
const int sources = 4;
const int connections = 64;
var folder = Path.Combine(Path.GetTempPath(), $"token-factory-bench-{Environment.ProcessId}");
int result;
await using (var server = await PrivatePostgres.StartAsync(
    new PrivateServerOptions { DataFolder = folder }, NullLogger.Instance, TimeProvider.System, CancellationToken.None))
{
    Console.WriteLine($"PostgreSQL {server.MajorVersion}, {Environment.ProcessorCount} processors");
    await FigureTimes.TellAsync(server.ConnectionString);
    result = figuresOnly ? 0 : await TellIngestAsync(server.ConnectionString);
}

Directory.Delete(folder, recursive: true);
return result;

async Task<int> TellIngestAsync(string connectionString)
{
    Console.WriteLine($"{events:N0} events in batches, {events / 8:N0} one by one");
    var limit = new PostgresLimit(connectionString);
    await using var service = await ServiceUnderLoad.StartAsync(connectionString);
    for (var i = 0; i < sources; i++)
        await service.CreateAsync("/v1/sources", new { id = $"bench-{i}" });
    var load = new Load(service);
    await load.PostBatchesAsync("warm", 16_000, 1_000, sources);
    await load.PostSinglesAsync("warm-single", 2_000, connections, sources);

    Tell("PostgreSQL alone: COPY, rows/s", await limit.CopyAsync(events, sources), out var copy);
    Tell("batches of 1,000, events/s", await load.PostBatchesAsync("batch", events, 1_000, sources), out var batches);
    TellRatio("  to COPY of as many rows (an event here is 3 entries)", batches / copy);
    Tell($"PostgreSQL alone: single-row commits/s, {connections} connections", await limit.CommitAsync(events / 8, connections), out var commits);
    var (singles, latencies) = await load.PostSinglesAsync("single", events / 8, connections, sources);
    Tell($"one event per request, {connections} connections, events/s", singles, out _);
    TellRatio("  to single-row commits", singles / commits);
    TellLatency("  latency", latencies);
    foreach (var query in (string[])["/v1/gdp?frequency=month", "/v1/gdp?frequency=day&by=sector", "/v1/gdp?frequency=hour&by=sector,producer,token_class",
        "/v1/indices?frequency=day&by=sector", "/v1/reconciliation"])
        TellLatency($"GET {query}", await load.QueryAsync(query, 50));

    var books = await service.GetAsync("/v1/reconciliation?full=true");
    var balanced = books.GetProperty("balanced").GetBoolean();
    Console.WriteLine($"{books.GetProperty("accepted").GetInt64():N0} events accepted; the books {(balanced ? "balance" : "DO NOT BALANCE")}");
    if (!balanced)
        return 1;
    return 0;
}

static void Tell(string what, double rate, out double kept)
{
    kept = rate;
    Console.WriteLine($"{what,-70}{rate,14:N0}");
}

static void TellRatio(string what, double ratio) => Console.WriteLine($"{what,-70}{ratio,14:0.00}");

static void TellLatency(string what, List<double> ms) =>
    Console.WriteLine($"{what,-70}{$"p50 {ms[ms.Count / 2]:0.0} ms, p99 {ms[(int)(ms.Count * 0.99)]:0.0} ms",30}");
