using BenchmarkDotNet.Attributes;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Benchmarks.Micro;

/// <summary>Index arithmetic over 2,000 items that come and go, 24 months.</summary>
public class IndexBenchmarks
{
    private const int Items = 2_000;
    private const int Months = 24;

    private Basket[] _baskets = [];

    [GlobalSetup]
    public void MakeBaskets()
    {
        var random = new Random(20_240_101);
        _baskets = [.. Enumerable.Range(0, Months).Select(month => new Basket(Enumerable.Range(1, Items).Where(item => item % 4 == 0 || (month + item) % 10 < 7)
            .Select(item => KeyValuePair.Create(item, new ItemValue(random.Next(1, 1_000_000) / 100m, random.Next(1_000_000, 10_000_000))))))];
    }

    /// <summary>Two months side by side, and their Fisher index.</summary>
    [Benchmark]
    public IndexValue Fisher() => Bilateral.Fisher(BilateralBasket.Of(_baskets[0], _baskets[1], ItemSelection.Union));

    [Benchmark]
    public IndexValue Tornqvist() => Bilateral.Tornqvist(BilateralBasket.Of(_baskets[0], _baskets[1], ItemSelection.Union));

    /// <summary>24 months in rolling windows of 13.</summary>
    [Benchmark]
    public object GeksTornqvist() => MultilateralSeries.Compile(_baskets, 0, MultilateralMethod.GeksTornqvist, window: 13, Splice.Mean);
}
