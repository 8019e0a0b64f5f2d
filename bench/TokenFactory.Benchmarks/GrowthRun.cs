using System.Globalization;
using TokenFactory.Benchmarks.Figures;
using TokenFactory.Benchmarks.Load;
using TokenFactory.Benchmarks.Reporting;
using TokenFactory.Benchmarks.Rows;

namespace TokenFactory.Benchmarks;

/// <summary>
/// Lets one ledger grow through the service itself, half of it with time-ordered ids and half with random ones, and measures at each mark: what
/// growth costs is above all the index of identities, into which random ids fall everywhere.
/// </summary>
internal static class GrowthRun
{
    private const int EntriesPerEvent = 3;
    private const int FillEvents = 400_000;
    private const int Asked = 50;

    private const string Sizes =
        """
        select pg_size_pretty(pg_relation_size('event_identity')), pg_size_pretty(pg_indexes_size('event_identity')),
               pg_size_pretty((select sum(pg_table_size(relid)) from pg_partition_tree('ledger_entry') where isleaf)),
               pg_size_pretty((select sum(pg_indexes_size(relid)) from pg_partition_tree('ledger_entry') where isleaf)),
               pg_size_pretty(pg_database_size(current_database()))
        """;

    /// <returns>0; 1 when the books do not balance, or do not show what was sent.</returns>
    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        await using var server = await BenchServer.StartAsync(cancellationToken);
        var report = new Report(await Machine.DescribeAsync(server, options, cancellationToken));
        var table = new MarkdownTable("entries", "batches, time-ordered ids", "batches, random ids", "single events", "p99", "`/v1/gdp` monthly by sector: p50 / p99",
            "identities: table", "index", "entries: table", "indexes", "database");
        bool isRight;
        await using (var bench = new Workbench(server, options, report))
        {
            var ledger = await bench.StartLedgerAsync("bench_growth", cancellationToken);
            await ledger.RegisterAsync();
            foreach (var mark in options.Growth)
            {
                await FillAsync(bench, ledger, (long)(mark * 1_000_000), cancellationToken);
                await MeasureAsync(bench, ledger, table, cancellationToken);
            }

            isRight = await bench.CheckBooksAsync();
        }

        report.AddTable(table);
        Console.WriteLine();
        Console.WriteLine(report);
        if (options.WriteTo is { } file)
            MarkedBlock.Write(file, "growth", report.ToString());
        return isRight ? 0 : 1;
    }

    private static async Task FillAsync(Workbench bench, BenchLedger ledger, long entries, CancellationToken cancellationToken)
    {
        while (await EntriesAsync(ledger, cancellationToken) is var held && held < entries)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {held:N0} entries of {entries:N0}"));
            var events = Math.Min(FillEvents, (entries - held) / EntriesPerEvent / 2);
            foreach (var ids in Enum.GetValues<IdKind>())
                new BatchLoad(ledger, bench.Text(ids), events).Send();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static async Task MeasureAsync(Workbench bench, BenchLedger ledger, MarkdownTable table, CancellationToken cancellationToken)
    {
        var held = await EntriesAsync(ledger, cancellationToken);
        var rates = new List<string>();
        foreach (var ids in Enum.GetValues<IdKind>())
        {
            var runs = new List<double>();
            for (var run = 0; run < bench.Options.Runs; run++)
            {
                var load = new BatchLoad(ledger, bench.Text(ids), bench.Options.Events);
                await ledger.QuietAsync(cancellationToken);
                runs.Add(load.Send().Rate);
            }

            rates.Add(Spread.Of(runs).Text("N0"));
        }

        var single = new SingleLoad(ledger, bench.Text(IdKind.TimeOrdered), (int)(bench.Options.Events / 4));
        await ledger.QuietAsync(cancellationToken);
        var (result, latencies) = single.Send();
        await ledger.QuietAsync(cancellationToken);
        var gdp = new List<double>();
        for (var i = 0; i < Asked; i++)
        {
            // Nothing of before holds after a new event: each answer is made anew.
            new SingleLoad(ledger, bench.Text(IdKind.TimeOrdered), 1).Send();
            gdp.Add((await FigureTimes.AskAsync(ledger.Service.Client, "/v1/gdp?frequency=month&by=sector", null)).Ms);
        }

        await using var sizes = ledger.Database.CreateCommand(Sizes);
        await using var row = await sizes.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        table.Add(held.ToString("N0", CultureInfo.InvariantCulture), $"{rates[0]} /s", $"{rates[1]} /s", result.Rate.ToString("N0", CultureInfo.InvariantCulture) + " /s",
            FormattableString.Invariant($"{Spread.Percentile(latencies, 0.99):0.0} ms"), $"{FigureTimes.Text([.. gdp.Order()])} ms",
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4));
        Console.WriteLine(table);
    }

    private static Task<long> EntriesAsync(BenchLedger ledger, CancellationToken cancellationToken) =>
        ledger.CountAsync("select coalesce(sum(entry_count), 0)::bigint from ledger_batch", cancellationToken);
}
