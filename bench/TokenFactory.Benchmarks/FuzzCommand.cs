using System.Diagnostics;
using System.Globalization;
using Npgsql;
using TokenFactory.Fuzz;

namespace TokenFactory.Benchmarks;

/// <summary>Sends spoilt bodies to a service of its own, and tells what broke a promise.</summary>
internal static class FuzzCommand
{
    /// <returns>0 when every promise held, 1 when one broke, 2 for arguments that can't be understood.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (!TryRead(args, "--fuzz", 1_000_000, out var count) || !TryRead(args, "--seed", Random.Shared.Next(), out var seed) || !TryRead(args, "--from", 0, out var from)
            || args.Length % 2 != 0)
        {
            await Console.Error.WriteLineAsync("Usage: dotnet run -c Release --project bench/TokenFactory.Benchmarks -- --fuzz N [--seed S] [--from I]");
            return 2;
        }

        await using var server = await BenchServer.StartAsync(CancellationToken.None);
        return await RunAsync(server.ConnectionString, seed, from, count);
    }

    private static async Task<int> RunAsync(string connectionString, long seed, long from, long count)
    {
        await using var service = await ServiceUnderLoad.StartAsync(null, connectionString, CancellationToken.None);
        foreach (var source in (string[])[FuzzRun.Source, FuzzRun.SpanSource])
            await service.CreateAsync("/v1/sources", new { id = source });
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {count:N0} bodies from number {from}"));
        var run = new FuzzRun(service.Client, seed, source => AcceptedAsync(dataSource, source));
        var started = Stopwatch.GetTimestamp();
        var faults = await run.SendAsync(from, count, CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var (status, answers) in run.Statuses.OrderBy(s => s.Key))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {status}: {answers,12:N0}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:N0} s, {count / seconds:N0} bodies/s; the service's memory at its peak: {service.PeakMemoryBytes >> 20:N0} MB"));
        foreach (var fault in faults)
            Console.WriteLine(fault);
        var books = await service.GetAsync("/v1/reconciliation?full=true");
        var isBalanced = books.GetProperty("balanced").GetBoolean();
        Console.WriteLine($"{books.GetProperty("received").GetInt64():N0} events received, {books.GetProperty("accepted").GetInt64():N0} accepted, "
            + $"{books.GetProperty("quarantined").GetInt64():N0} held back; the books {(isBalanced ? "balance" : "DO NOT BALANCE")}");
        return faults.Count == 0 && isBalanced ? 0 : 1;
    }

    private static async Task<long> AcceptedAsync(NpgsqlDataSource dataSource, string source)
    {
        await using var command = dataSource.CreateCommand(FuzzRun.AcceptedSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }

    private static bool TryRead(string[] args, string name, long otherwise, out long value)
    {
        value = otherwise;
        var at = Array.IndexOf(args, name);
        return at < 0 || (at % 2 == 0 && at + 1 < args.Length && long.TryParse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out value));
    }
}
