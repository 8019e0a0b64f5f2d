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
            var (cold, anew, again, unchanged) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
            for (var run = 0; run < bench.Options.Runs; run++)
            {
                // Nothing is in its memory; its connections are open and it has answered something else.
                await figures.Ledger.RestartAsync(cancellationToken);
                await FigureTimes.AskAsync(figures.Ledger.Service.Client, "/v1/gdp?frequency=year", null);
                cold.Add((await FigureTimes.AskAsync(figures.Ledger.Service.Client, path, null)).Ms);
                await FigureTimes.WarmUpAsync(figures, path);
                await figures.MoveAsync();
                var answer = await FigureTimes.AskAsync(figures.Ledger.Service.Client, path, null);
                anew.Add(answer.Ms);
                again.Add((await FigureTimes.AskAsync(figures.Ledger.Service.Client, path, null)).Ms);
                unchanged.Add((await FigureTimes.AskAsync(figures.Ledger.Service.Client, path, answer.Tag)).Ms);
            }

            bench.Report.Add(new ResultRow($"`/v1/indices` {what}",
                $"after a restart {Spread.Of(cold).Text("N0")} ms; after a new event {Spread.Of(anew).Text("N0")} ms; again {Spread.Of(again).Text("0.0")} ms; 304 in {Spread.Of(unchanged).Text("0.0")} ms", "-", "-",
                anewGoal is { } anewMs ? FormattableString.Invariant($"after a new event under {anewMs} ms") : coldGoal is { } coldMs ? FormattableString.Invariant($"after a restart under {coldMs} ms") : "as near as it gets",
                anewGoal is { } a ? Spread.Of(anew).Median < a : coldGoal is { } c ? Spread.Of(cold).Median < c : null));
        }
    }
}
