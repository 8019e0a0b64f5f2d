using System.Text.Json;

namespace TokenFactory.Economics.Statistics;

/// <summary>Series of links and linked years, of benchmarking, and of the fitted line.</summary>
public static partial class Conformance
{
    private const int QuartersPerYear = 4;

    private static IReadOnlyList<ConformanceFigure> Chain(ConformanceCase published, ConformanceSeries series)
    {
        Statistic[] links = [.. published.Numbers(series.Text("input")!).Select(Statistic.Of)];
        return series.With(ChainLinks.Multiply(links, series.Raw.GetProperty("base").GetDouble()).Select(level => level.Value));
    }

    private static IReadOnlyList<ConformanceFigure> Benchmarked(ConformanceCase published, ConformanceSeries series)
    {
        var (indicator, benchmarks) = (published.Numbers("quarterly_chain"), published.Numbers("annual_chain"));
        return series.With(DentonProportional.Benchmark(indicator, benchmarks, QuartersPerYear, BenchmarkKind.Average).Select(quarter => quarter.Value));
    }

    private static IReadOnlyList<ConformanceFigure> LinkedYears(ConformanceCase published, ConformanceSeries series)
    {
        static double[][] Years(JsonElement item) => [.. item.EnumerateArray().Select(year => year.EnumerateArray().Select(q => q.GetDouble()).ToArray())];
        var quantities = published.Raw.GetProperty("quarterly_quantity");
        OverlapItem[] items = [.. published.Raw.GetProperty("quarterly_price").EnumerateObject().Select(prices => new OverlapItem(
            [.. Years(prices.Value).Select(year => Array.ConvertAll(year, price => (double?)price))], Years(quantities.GetProperty(prices.Name))))];
        var volume = series.Method == "one_quarter_overlap" ? Overlap.OneQuarter(items) : Overlap.Annual(items);
        return series.With((series.Method == "annual_chain" ? volume.AnnualChain : volume.Values.SelectMany(year => year)).Select(value => value.Value));
    }

    private static IReadOnlyList<ConformanceFigure> Learning(ConformanceCase published, ConformanceSeries series)
    {
        var (experience, costs) = (published.Numbers("cumulative"), published.Numbers(series.Text("input")!));
        var curve = LearningCurve.Fit([.. experience.Zip(costs, (volume, cost) => new LearningPoint(0, cost, volume))]);
        return [.. series.Values.EnumerateObject().Select(figure => new ConformanceFigure(figure.Value.GetDouble(), figure.Name switch
        {
            "b" => curve.Exponent.Value,
            "learning_rate" => curve.LearningRate.Value,
            "r2" => curve.Wright.RSquared.Value,
            "se_b" => curve.Wright.SlopeError.Value,
            _ => null,
        }))];
    }
}
