namespace TokenFactory.Economics.Statistics;

/// <summary>Series of the bilateral formulas.</summary>
public static partial class Conformance
{
    private static IReadOnlyList<ConformanceFigure> BilateralSeries(ConformanceCase published, ConformanceSeries series)
    {
        var baskets = series.Text("subset") == "priced_in_both" ? PricedThroughout(published.Baskets)
            : series.Items is { } items ? published.BasketsOf(items)
            : published.Baskets;
        var method = MethodOf(published, series);
        // "pop" is period on period: a chain of the two periods alone.
        return series.With(series.Output == "pop"
            ? baskets.Select((basket, t) => t == 0 ? 1 : IndexSeries.Compile([baskets[t - 1], basket], 0, method)[1].Level / 100)
            : IndexSeries.Compile(baskets, 0, method).Select(p => p.Level / 100));
    }

    private static IndexMethod MethodOf(ConformanceCase published, ConformanceSeries series) => new()
    {
        Kind = series.IsQuantity ? IndexKind.Quantity : IndexKind.Price,
        Formula = FormulaOf(series.Index!),
        Linking = series.Output == "fixedbase" ? Linking.FixedBase : Linking.Chained,
        Items = published.HasCarriedPrices ? ItemSelection.Carried : ItemSelection.Matched,
        Sigma = 2,
    };

    // One figure for each formula: there must be none, and a reason for it.
    private static IReadOnlyList<ConformanceFigure> UndefinedFormulas(ConformanceCase published, ConformanceSeries series)
    {
        var pair = BilateralBasket.Of(published.Baskets[0], published.Baskets[1], ItemSelection.Matched);
        return [.. ConformanceSeries.Strings(series.Values).Select(name => Bilateral.Price(FormulaOf(name), pair)).Select(index =>
            new ConformanceFigure(null, index.NullReason == NullReasons.ZeroPrice ? index.Value : double.NaN))];
    }

    private static BilateralFormula FormulaOf(string name) => name switch
    {
        "geomLaspeyres" => BilateralFormula.GeometricLaspeyres,
        "geomPaasche" => BilateralFormula.GeometricPaasche,
        "ces" => BilateralFormula.LloydMoulton,
        "gk" => BilateralFormula.GearyKhamis,
        "drobish" => BilateralFormula.Drobisch,
        _ => Enum.Parse<BilateralFormula>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
    };

    private static List<Basket> PricedThroughout(IReadOnlyList<Basket> baskets)
    {
        var priced = baskets
            .Select(b => b.Items.Where(i => i.Value.Value > 0).Select(i => i.Key))
            .Aggregate(static (left, right) => left.Intersect(right))
            .ToHashSet();
        return [.. baskets.Select(b => new Basket(b.Items.Where(i => priced.Contains(i.Key))))];
    }
}
