namespace TokenFactory.Economics.Statistics;

/// <summary>Series of the multilateral methods: all periods in one window, or rolling windows that are spliced.</summary>
public static partial class Conformance
{
    private static IReadOnlyList<ConformanceFigure> MultilateralLevels(ConformanceCase published, ConformanceSeries series)
    {
        var baskets = published.HasCarriedPrices ? CarriedPrices.Fill(published.Baskets) : published.Baskets;
        int? window = series.Raw.TryGetProperty("window", out var periods) ? periods.GetInt32() : null;
        // One window for all periods is spliced to nothing.
        var splice = series.Text("splice") is { } name ? Enum.Parse<Splice>(name, ignoreCase: true) : Splice.Movement;
        return series.With(MultilateralSeries.Compile(baskets, 0, MultilateralMethodOf(series), window, splice).Select(p => p.Level / 100));
    }

    private static MultilateralMethod MultilateralMethodOf(ConformanceSeries series) => (series.Text("multilateral") ?? series.Method) switch
    {
        "gk" => MultilateralMethod.Gk,
        "wtpd" => MultilateralMethod.Wtpd,
        var geks => Enum.Parse<MultilateralMethod>(geks + series.Index, ignoreCase: true),
    };
}
