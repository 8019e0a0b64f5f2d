using TokenFactory.Benchmarks.Figures;
using TokenFactory.Benchmarks.Reporting;

namespace TokenFactory.Benchmarks.Rows;

/// <summary>Index numbers over two years and 2,000 items with churn: by a service that has just started, after a new event, and asked again.</summary>
internal sealed class IndicesRow : IBenchRow
{
    // The goals in milliseconds: anew, and of a service that has just started.
    private static readonly (string What, string Parameters, double? AnewMs, double? ColdMs)[] Queries =
    [
        ("chained Fisher by sector, monthly", "frequency=month&method=fisher&linking=chained&by=sector", 100, null),
        ("GEKS-Tornqvist, rolling 13, monthly", "frequency=month&method=geks_tornqvist&window=13&splice=mean_pub", null, 500),
        ("GEKS-Tornqvist, rolling 13, weekly", "frequency=week&method=geks_tornqvist&window=13&splice=mean_pub", null, null),
    ];

    public string Name => "indices";

    public async Task RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var figures = await bench.FiguresAsync(isLarge: true, cancellationToken);
        foreach (var (what, parameters, anewGoal, coldGoal) in Queries)
        {
            var path = $"/v1/indices?{parameters}&{figures.Window}";
            var cold = new List<double>();
            for (var run = 0; run < bench.Options.Runs; run++)
            {
                // Nothing is in its memory; its connections are open and it has answered something else.
                await figures.Ledger.RestartAsync(cancellationToken);
                await FigureTimes.AskAsync(figures.Ledger.Service.Client, "/v1/gdp?frequency=year", null);
                cold.Add((await FigureTimes.AskAsync(figures.Ledger.Service.Client, path, null)).Ms);
            }

            var times = await FigureTimes.MeasureAsync(figures, path);
            bench.Report.Add(new ResultRow($"`/v1/indices` {what}",
                $"after a restart {Spread.Of(cold).Text("N0")} ms; p50 / p99: anew {FigureTimes.Text(times.Anew)} ms; again {FigureTimes.Text(times.Again)} ms; 304 in {FigureTimes.Text(times.Unchanged)} ms", "-", "-",
                anewGoal is { } anewMs ? FormattableString.Invariant($"anew under {anewMs} ms") : coldGoal is { } coldMs ? FormattableString.Invariant($"after a restart under {coldMs} ms") : "as near as it gets",
                anewGoal is { } a ? times.P50 < a : coldGoal is { } c ? Spread.Of(cold).Median < c : null));
        }
    }
}
