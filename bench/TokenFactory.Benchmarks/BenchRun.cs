using TokenFactory.Benchmarks.Reporting;
using TokenFactory.Benchmarks.Rows;

namespace TokenFactory.Benchmarks;

/// <summary>The rows one after the other, then the books of all that they recorded.</summary>
internal static class BenchRun
{
    private static readonly IBenchRow[] Rows = 
    [
        new BatchesRow(), new SinglesRow(), new ReplayRow(), new FoldingRow(), new StreamRow(), new GdpRow(), new IndicesRow(), new StartRow(),
    ];

    public static IReadOnlyList<string> RowNames { get; } = [.. Rows.Select(r => r.Name)];

    /// <returns>0; 1 when the books do not balance, or do not show what was sent. Goals that are missed are told, and are no failure.</returns>
    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        await using var server = await BenchServer.StartAsync(cancellationToken);
        var report = new Report(await Machine.DescribeAsync(server, options, cancellationToken));
        bool isRight;
        await using (var bench = new Workbench(server, options, report))
        {
            foreach (var row in Rows.Where(r => options.Only.Contains(r.Name)))
            {
                Console.WriteLine($"{row.Name} ...");
                await row.RunAsync(bench, cancellationToken);
            }

            isRight = await bench.CheckBooksAsync();
        }

        Console.WriteLine();
        Console.WriteLine(report);
        Console.WriteLine(report.Profile);
        if (options.WriteTo is { } file)
        {
            MarkedBlock.Write(file, "bench", report.ToString());
            if (report.Profile is { } profile)
                MarkedBlock.Write(file, "profile", profile);
        }

        return isRight ? 0 : 1;
    }
}
