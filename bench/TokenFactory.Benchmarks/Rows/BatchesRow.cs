using TokenFactory.Benchmarks.Load;
using TokenFactory.Benchmarks.Reporting;
using TokenFactory.Benchmarks.Yardsticks;

namespace TokenFactory.Benchmarks.Rows;

/// <summary>Bodies of 1,000 events, against COPY of the very same rows into identical tables.</summary>
internal sealed class BatchesRow : IBenchRow
{
    private const double LeastRatio = 0.5;

    public string Name => "batches";

    public async Task RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        foreach (var (ids, goal) in ((IdKind, double)[])[(IdKind.TimeOrdered, 80_000), (IdKind.Random, 60_000)])
            await RunAsync(bench, bench.Text(ids), goal, cancellationToken);
    }

    private static async Task RunAsync(Workbench bench, EventText text, double goal, CancellationToken cancellationToken)
    {
        var ledger = await bench.IngestAsync(cancellationToken);
        var yardstick = new CopyYardstick(ledger.Database, bench.Server.ProcessId);
        var (rates, limits, ratios) = (new List<double>(), new List<double>(), new List<double>());
        var (cpu, cpuOfLimit) = (new List<CpuTimes>(), new List<CpuTimes>());
        for (var run = 0; run < bench.Options.Runs; run++)
        {
            var load = new BatchLoad(ledger, text, bench.Options.Events);
            var lastBatch = await ledger.LastBatchAsync(cancellationToken);
            await ledger.QuietAsync(cancellationToken);
            var before = ledger.CpuProfile();
            var result = load.Send();
            if (bench.Options.TellsProfile && run == bench.Options.Runs - 1)
                bench.Report.AddProfile(await ledger.ProfileSinceAsync(before, $"batches, {text}", result.Events, cancellationToken));
            var folded = await ledger.QuietAsync(cancellationToken);
            var rows = await RecordedRows.ReadAsync(ledger.Database, lastBatch, cancellationToken);
            await ledger.QuietAsync(cancellationToken);
            var (elapsed, limitCpu) = yardstick.Run(rows);
            rates.Add(result.Rate);
            limits.Add(result.Events / elapsed.TotalSeconds);
            ratios.Add(rates[^1] / limits[^1]);
            cpu.Add(result.Cpu.Per(result.Events));
            cpuOfLimit.Add(limitCpu.Per(result.Events));
            Console.WriteLine(FormattableString.Invariant($"    run {run + 1}: {rates[^1]:N0} of {limits[^1]:N0} events/s in {rows.Count} transactions; folded {folded.TotalSeconds:0.00} s after the last answer"));
        }

        var (rate, ratio) = (Spread.Of(rates), Spread.Of(ratios));
        bench.Report.Add(new ResultRow(
            $"batches of 1,000 events, {text}", $"{rate.Text("N0")} events/s", $"two COPYs of the same rows: {Spread.Of(limits).Text("N0")} events/s", ratio.Text("0.00"),
            FormattableString.Invariant($"at least {LeastRatio}; above {goal:N0} events/s on a quiet machine"), ratio.Median >= LeastRatio && rate.Median > goal));
        bench.Report.AddCpu($"batches, {text}", cpu, cpuOfLimit);
    }
}
