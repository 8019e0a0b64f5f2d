using TokenFactory.Benchmarks.Load;
using TokenFactory.Benchmarks.Reporting;
using TokenFactory.Benchmarks.Yardsticks;

namespace TokenFactory.Benchmarks.Rows;

/// <summary>One event to a request over 256 connections, against pgbench writing the rows of one event in one transaction.</summary>
internal sealed class SinglesRow : IBenchRow
{
    private const double LeastRatio = 1.5;
    private const double MostMs = 50;
    private const int Seconds = 5;

    public string Name => "singles";

    public async Task RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var ledger = await bench.IngestAsync(cancellationToken);
        var text = bench.Text(IdKind.TimeOrdered);
        var pgbench = new PgbenchYardstick(bench.Server, ledger.Database, ledger.ConnectionString);
        // What one event alone looks like in the tables.
        var lastBatch = await ledger.LastBatchAsync(cancellationToken);
        new SingleLoad(ledger, text, 1).Send();
        var example = await ledger.LastBatchAsync(cancellationToken);
        if (example == lastBatch)
            throw new InvalidOperationException("The event is not there.");

        var (rates, limits, ratios) = (new List<double>(), new List<double>(), new List<double>());
        var (p50, p99, p999) = (new List<double>(), new List<double>(), new List<double>());
        var (cpu, cpuOfLimit) = (new List<CpuTimes>(), new List<CpuTimes>());
        for (var run = 0; run < bench.Options.Runs; run++)
        {
            await ledger.QuietAsync(cancellationToken);
            if (await pgbench.RunAsync(Seconds, example, cancellationToken) is { } limit)
            {
                limits.Add(limit.Rate);
                cpuOfLimit.Add(limit.Cpu.Per(limit.Transactions));
            }

            var load = new SingleLoad(ledger, text, (int)(bench.Options.Events / 4));
            await ledger.QuietAsync(cancellationToken);
            var before = ledger.CpuProfile();
            var (result, latencies) = load.Send();
            if (bench.Options.TellsProfile && run == bench.Options.Runs - 1)
                bench.Report.AddProfile(await ledger.ProfileSinceAsync(before, "single events", result.Events, cancellationToken));
            rates.Add(result.Rate);
            if (limits.Count > run)
                ratios.Add(rates[^1] / limits[^1]);
            p50.Add(Spread.Percentile(latencies, 0.5));
            p99.Add(Spread.Percentile(latencies, 0.99));
            p999.Add(Spread.Percentile(latencies, 0.999));
            cpu.Add(result.Cpu.Per(result.Events));
            Console.WriteLine(FormattableString.Invariant($"    run {run + 1}: {rates[^1]:N0} events/s, p99 {p99[^1]:0.0} ms; pgbench {limits.LastOrDefault():N0} transactions/s"));
        }

        var latency = $"p50 {Spread.Of(p50).Text("0.0")} ms, p99 {Spread.Of(p99).Text("0.0")} ms, p99.9 {Spread.Of(p999).Text("0.0")} ms";
        bench.Report.Add(new ResultRow(
            FormattableString.Invariant($"single events, {SingleLoad.Connections} connections"), $"{Spread.Of(rates).Text("N0")} events/s; {latency}",
            limits.Count == 0 ? PgbenchYardstick.Needed : $"pgbench, 64 clients: {Spread.Of(limits).Text("N0")} transactions/s",
            ratios.Count == 0 ? "-" : Spread.Of(ratios).Text("0.00"), FormattableString.Invariant($"at least {LeastRatio}; p99 under {MostMs} ms"),
            ratios.Count == 0 ? null : Spread.Of(ratios).Median >= LeastRatio && Spread.Of(p99).Median < MostMs));
        bench.Report.AddCpu("single events", cpu, cpuOfLimit);
    }
}
