using TokenFactory.Benchmarks.Load;
using TokenFactory.Benchmarks.Reporting;

namespace TokenFactory.Benchmarks.Rows;

/// <summary>The same bodies once more: every event is known, and told so.</summary>
internal sealed class ReplayRow : IBenchRow
{
    private const double LeastRatio = 1;

    public string Name => "replay";

    public async Task RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var ledger = await bench.IngestAsync(cancellationToken);
        foreach (var ids in Enum.GetValues<IdKind>())
        {
            var text = bench.Text(ids);
            var (rates, firsts, ratios, cpu) = (new List<double>(), new List<double>(), new List<double>(), new List<CpuTimes>());
            for (var run = 0; run < bench.Options.Runs; run++)
            {
                var load = new BatchLoad(ledger, text, bench.Options.Events);
                await ledger.QuietAsync(cancellationToken);
                var first = load.Send();
                await ledger.QuietAsync(cancellationToken);
                var again = load.Send();
                if (again.Accepted > 0)
                    throw new InvalidOperationException($"{again.Accepted} events were recorded twice.");
                firsts.Add(first.Rate);
                rates.Add(again.Rate);
                ratios.Add(again.Rate / first.Rate);
                cpu.Add(again.Cpu.Per(again.Events));
            }

            var ratio = Spread.Of(ratios);
            bench.Report.Add(new ResultRow($"replay of recorded bodies, {text}", $"{Spread.Of(rates).Text("N0")} events/s", $"the first recording: {Spread.Of(firsts).Text("N0")} events/s",
                ratio.Text("0.00"), "at least as fast", ratio.Median >= LeastRatio));
            bench.Report.AddCpu($"replay, {text}", cpu, []);
        }
    }
}
