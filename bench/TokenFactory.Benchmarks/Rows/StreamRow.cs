using TokenFactory.Benchmarks.Load;
using TokenFactory.Benchmarks.Reporting;

namespace TokenFactory.Benchmarks.Rows;

/// <summary>One NDJSON body of a million events, against batches of 1,000 over four connections; and the memory that it takes.</summary>
internal sealed class StreamRow : IBenchRow
{
    private const double LeastRatio = 0.9;
    private const double MostMegabytes = 400;
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(200);

    public string Name => "stream";

    public async Task RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var ledger = await bench.IngestAsync(cancellationToken);
        foreach (var ids in Enum.GetValues<IdKind>())
        {
            var text = bench.Text(ids);
            await ledger.QuietAsync(cancellationToken);
            var batches = new BatchLoad(ledger, text, bench.Options.Events);
            await ledger.QuietAsync(cancellationToken);
            var limit = batches.Send();
            await ledger.QuietAsync(cancellationToken);
            var memory = new ResidentMemory(ledger.Service.ProcessId);
            var load = new StreamLoad(ledger, text, bench.Options.StreamEvents);
            List<double> samples;
            LoadResult result;
            using (var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                var sampling = SampleAsync(memory, ended.Token);
                result = await Task.Factory.StartNew(load.Send, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                await ended.CancelAsync();
                samples = await sampling;
            }

            var peak = memory.PeakBytes / 1e6;
            var told = peak is null ? "memory not measured" : FormattableString.Invariant($"resident at most {peak:N0} MB")
                + (samples.Count > 0 ? FormattableString.Invariant($", median of {samples.Count} samples {Spread.Of(samples).Median:N0} MB") : "");
            var ratio = result.Rate / limit.Rate;
            bench.Report.Add(new ResultRow(
                FormattableString.Invariant($"one NDJSON body of {bench.Options.StreamEvents:N0} events, {text}"), FormattableString.Invariant($"{result.Rate:N0} events/s; {told}"),
                FormattableString.Invariant($"batches of 1,000: {limit.Rate:N0} events/s"), FormattableString.Invariant($"{ratio:0.00}"),
                FormattableString.Invariant($"same rate (at least {LeastRatio}); under {MostMegabytes} MB"), peak is null ? null : ratio >= LeastRatio && peak < MostMegabytes));
            bench.Report.AddCpu($"one body, {text}", [result.Cpu.Per(result.Events)], []);
        }
    }

    private static async Task<List<double>> SampleAsync(ResidentMemory memory, CancellationToken cancellationToken)
    {
        var samples = new List<double>();
        while (!cancellationToken.IsCancellationRequested)
        {
            if (memory.Bytes is { } bytes)
                samples.Add(bytes / 1e6);
            await Task.Delay(SampleInterval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return samples;
    }
}
