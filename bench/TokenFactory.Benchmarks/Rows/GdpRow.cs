using TokenFactory.Benchmarks.Figures;
using TokenFactory.Benchmarks.Reporting;

namespace TokenFactory.Benchmarks.Rows;

/// <summary>Token GDP over two years and 2,000 items, against the same by SQL over the entries; and a long ledger against a short one.</summary>
internal sealed class GdpRow : IBenchRow
{
    private const double LeastRatio = 100;
    private const double MostMs = 25;
    private const double MostFullMs = 300;
    private const double MostGrowth = 1.2;

    public string Name => "gdp";

    public async Task RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var small = await bench.FiguresAsync(isLarge: false, cancellationToken);
        var large = await bench.FiguresAsync(isLarge: true, cancellationToken);
        var table = new MarkdownTable("`/v1/gdp`, ms: p50 / p99", "rows", "anew", "again", "304", "plain SQL", "ratio", FormattableString.Invariant($"anew at {small.Entries / 1e6:0.0} million"), "growth");
        var (ratios, p99, growth) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var query in (FigureQuery[])[.. FigureQuery.Small, FigureQuery.Full])
        {
            var plain = new List<double>();
            for (var run = 0; run < bench.Options.Runs; run++)
                plain.Add(await FigureTimes.CompareAsync(large, query, cancellationToken));
            await FigureTimes.CompareAsync(small, query, cancellationToken);
            // In turn, so that what else the machine does falls on both.
            var ofSmall = await FigureTimes.MeasureAsync(small, FigureTimes.PathOf(small, query));
            var ofLarge = await FigureTimes.MeasureAsync(large, FigureTimes.PathOf(large, query));
            var (sql, ratio) = (Spread.Of(plain).Median, Spread.Of(plain).Median / ofLarge.P50);
            growth.Add(ofLarge.P50 / ofSmall.P50);
            table.Add(query.What, FormattableString.Invariant($"{ofLarge.Rows:N0}"), FigureTimes.Text(ofLarge.Anew), FigureTimes.Text(ofLarge.Again), FigureTimes.Text(ofLarge.Unchanged),
                FormattableString.Invariant($"{sql:N0}"), FormattableString.Invariant($"{ratio:N0}"), FigureTimes.Text(ofSmall.Anew), FormattableString.Invariant($"{growth[^1]:0.00}"));
            Console.WriteLine(FormattableString.Invariant($"    {query.What}: {FigureTimes.Text(ofLarge.Anew)} ms anew, {FigureTimes.Text(ofLarge.Again)} again; plain SQL {sql:N0} ms; {growth[^1]:0.00} of the short ledger's"));
            if (query != FigureQuery.Full)
            {
                ratios.Add(ratio);
                p99.Add(ofLarge.P99);
                continue;
            }

            bench.Report.Add(new ResultRow($"`/v1/gdp` {query.What}, {ofLarge.Rows} rows, anew", $"p50 / p99 {FigureTimes.Text(ofLarge.Anew)} ms", FormattableString.Invariant($"plain SQL: {sql:N0} ms"),
                FormattableString.Invariant($"{ratio:N0}"), FormattableString.Invariant($"under {MostFullMs} ms"), ofLarge.P50 < MostFullMs));
        }

        bench.Report.Add(new ResultRow(FormattableString.Invariant($"`/v1/gdp`, up to 1,000 rows, anew, {large.Entries:N0} entries"), FormattableString.Invariant($"p99 at most {p99.Max():0.0} ms (of {p99.Count} queries)"), "plain SQL",
            Spread.Of(ratios).Text("N0"), FormattableString.Invariant($"at least {LeastRatio}; p99 under {MostMs} ms"), ratios.Min() >= LeastRatio && p99.Max() < MostMs));
        bench.Report.Add(new ResultRow("`/v1/gdp`, a longer ledger", FormattableString.Invariant($"{large.Entries:N0} entries"), FormattableString.Invariant($"{small.Entries:N0} entries"),
            Spread.Of(growth).Text("0.00"), FormattableString.Invariant($"at most {MostGrowth}"), growth.Max() <= MostGrowth));
        bench.Report.AddTable(table);
        bench.Report.Note($"Anew: before each of {FigureTimes.Requests} requests (fewer where they take longer than 30 s) an event is recorded that falls into the window. Again: the same request, nothing recorded between. 304: with the answer's ETag.");
    }
}
