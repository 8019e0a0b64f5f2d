namespace TokenFactory.Economics.Statistics;

/// <summary>Price and quantity of one period.</summary>
/// <param name="Price">Money per token, or a price index; null where there is none.</param>
/// <param name="Quantity">Tokens, or a quantity index; null where there is none.</param>
public readonly record struct DemandPoint(double? Price, double? Quantity);

/// <summary>A price elasticity of demand: by how many percent the quantity changes where the price changes by one.</summary>
public sealed record Elasticity
{
    /// <summary>The line behind it.</summary>
    public required LineFit Line { get; init; }

    /// <summary>Points (of a fit in levels) or pairs of neighbours (in differences) left out, because something is missing or not above zero.</summary>
    public required int LeftOut { get; init; }

    /// <summary>The elasticity: b. Below 0 where a fall in price goes with more demand; below -1 where it goes with more revenue.</summary>
    public Statistic Value => Line.Slope;

    /// <summary>Its standard error.</summary>
    public Statistic Error => Line.SlopeError;

    /// <summary>Its interval, at <see cref="LeastSquares.Confidence"/>.</summary>
    public Interval Interval => Line.SlopeInterval;

    /// <summary>R2 of the line, 0 to 1.</summary>
    public Statistic RSquared => Line.RSquared;
}

/// <summary>
/// How demand goes with price: ln q on ln p. It describes, it does not identify: supply moves prices too, and both may follow time. Levels that
/// follow time correlate by themselves, which differences avoid. The constant elasticity is that of any textbook of econometrics.
/// </summary>
public static class DemandResponse
{
    /// <summary>ln q = a + b ln p.</summary>
    /// <param name="points">In any order.</param>
    public static Elasticity InLevels(IReadOnlyList<DemandPoint> points)
    {
        var used = points.Where(HasLogarithms).ToList();
        return new Elasticity { LeftOut = points.Count - used.Count, Line = LeastSquares.Fit([.. used.Select(LogPrice)], [.. used.Select(LogQuantity)]) };
    }

    /// <summary>ln q_t - ln q_(t-1) = a + b (ln p_t - ln p_(t-1)); a is what demand grows by itself. A pair with a gap in it is left out.</summary>
    /// <param name="points">One per period, in order: a period without figures is a point of nulls.</param>
    public static Elasticity InDifferences(IReadOnlyList<DemandPoint> points)
    {
        var used = points.Zip(points.Skip(1)).Where(pair => HasLogarithms(pair.First) && HasLogarithms(pair.Second)).ToList();
        return new Elasticity
        {
            LeftOut = Math.Max(points.Count - 1, 0) - used.Count,
            Line = LeastSquares.Fit(
                [.. used.Select(pair => LogPrice(pair.Second) - LogPrice(pair.First))],
                [.. used.Select(pair => LogQuantity(pair.Second) - LogQuantity(pair.First))]),
        };
    }

    private static bool HasLogarithms(DemandPoint point) => Logarithm.Exists(point.Price) && Logarithm.Exists(point.Quantity);

    private static double LogPrice(DemandPoint point) => Math.Log(point.Price!.Value);

    private static double LogQuantity(DemandPoint point) => Math.Log(point.Quantity!.Value);
}
