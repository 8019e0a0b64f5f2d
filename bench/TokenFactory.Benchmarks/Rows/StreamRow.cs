using TokenFactory.Benchmarks.Load;
using TokenFactory.Benchmarks.Reporting;

namespace TokenFactory.Benchmarks.Rows;

/// <summary>One NDJSON body of a million events, against as many in batches of 1,000 over four connections; and the memory that it takes.</summary>
internal sealed class StreamRow : IBenchRow
{
    private const double LeastRatio = 0.9;
    private const double MostMegabytes = 400;
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(200);

    public string Name => "stream";

    public async Task RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        // Of its own: it grows by millions of events, and its memory begins with it.
        var ledger = await bench.StartWarmAsync("bench_stream", cancellationToken);
        foreach (var ids in Enum.GetValues<IdKind>())
            await RunAsync(bench, ledger, bench.Text(ids), cancellationToken);
    }

    private static async Task RunAsync(Workbench bench, BenchLedger ledger, EventText text, CancellationToken cancellationToken)
    {
        var (rates, limits, ratios, peaks) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (cpu, samples) = (new List<CpuTimes>(), new List<double>());
        for (var run = 0; run < bench.Options.Runs; run++)
        {
            var batches = new BatchLoad(ledger, text, bench.Options.StreamEvents);
            await ledger.QuietAsync(cancellationToken);
            limits.Add(batches.Send().Rate);
            await ledger.QuietAsync(cancellationToken);
            var memory = new ResidentMemory(ledger.Service.ProcessId);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var sampling = SampleAsync(memory, samples, ended.Token);
            var result = await Task.Factory.StartNew(
                new StreamLoad(ledger, text, bench.Options.StreamEvents).Send, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await ended.CancelAsync();
            await sampling;
            rates.Add(result.Rate);
            ratios.Add(rates[^1] / limits[^1]);
            cpu.Add(result.Cpu.Per(result.Events));
            if (memory.PeakBytes is { } peak)
                peaks.Add(peak / 1e6);
            Console.WriteLine(FormattableString.Invariant($"    run {run + 1}: {rates[^1]:N0} events/s, batches {limits[^1]:N0}; resident at most {peaks.LastOrDefault():N0} MB"));
        }

        var told = peaks.Count == 0 ? "memory not measured"
            : FormattableString.Invariant($"resident at most {peaks.Max():N0} MB, median of {samples.Count} samples {Spread.Of(samples).Median:N0} MB");
        bench.Report.Add(new ResultRow(
            FormattableString.Invariant($"one NDJSON body of {bench.Options.StreamEvents:N0} events, {text}"), $"{Spread.Of(rates).Text("N0")} events/s; {told}",
            $"batches of 1,000: {Spread.Of(limits).Text("N0")} events/s", Spread.Of(ratios).Text("0.00"),
            FormattableString.Invariant($"same rate (at least {LeastRatio}); under {MostMegabytes} MB"),
            peaks.Count == 0 ? null : Spread.Of(ratios).Median >= LeastRatio && peaks.Max() < MostMegabytes));
        bench.Report.AddCpu($"one body, {text}", cpu, []);
    }

    private static async Task SampleAsync(ResidentMemory memory, List<double> samples, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (memory.Bytes is { } bytes)
                samples.Add(bytes / 1e6);
            await Task.Delay(SampleInterval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
