namespace TokenFactory.Economics.Statistics;

/// <summary>
/// Intersection-GEKS: a chain from period to period whose link is P(t-1, t) = geometric mean over the usable k of the window of P(t-1, k) P(k, t),
/// each over the items that t-1, t and k all have. So new and vanished items don't enter a movement by the back door. With k = t-1 and k = t
/// both factors together are the matched index of the two. It equals GEKS on a balanced panel. A link without a usable k parts the
/// periods before it from those after. Source: METHODOLOGY, Multilateral; Lamboray and Krsinich (2015).
/// <para>
/// Costs two walks along the items for each t and k less than W apart, kept for all windows: 4 T W walks at most for T periods and a window of W.
/// </para>
/// </summary>
/// <param name="span">How many periods a window has at most.</param>
internal sealed class GeksIntersection(GeksComparison comparison, int periods, int span)
{
    private readonly double[]?[] _terms = new double[]?[periods];

    /// <summary>The levels of the periods of a window, chained from its first.</summary>
    public IMultilateralWindow Window(int start, int end)
    {
        var logLevels = new double[end - start + 1];
        var components = new int[end - start + 1];
        for (var t = start + 1; t <= end; t++)
        {
            var link = Link(t, start, end);
            var isBreak = double.IsNaN(link);
            components[t - start] = components[t - start - 1] + (isBreak ? 1 : 0);
            logLevels[t - start] = isBreak ? 0 : logLevels[t - start - 1] + link;
        }

        return new LevelsWindow(start, logLevels, components, (from, to) => WhyApart(components, start, Math.Min(from, to)));
    }

    private double Link(int t, int start, int end)
    {
        double sum = 0;
        var usable = 0;
        for (var k = start; k <= end; k++)
        {
            var term = Term(t, k);
            if (double.IsNaN(term))
                continue;
            sum += term;
            usable++;
        }

        return usable > 0 ? sum / usable : double.NaN;
    }

    // ln P(t-1, k) P(k, t) over the items of all three; infinity: not compared yet.
    private double Term(int t, int k)
    {
        if (_terms[t] is not { } row)
        {
            row = _terms[t] = new double[2 * span];
            Array.Fill(row, double.PositiveInfinity);
        }

        ref var term = ref row[k - t + span];
        if (double.IsPositiveInfinity(term))
        {
            term = k == t || k == t - 1 ? comparison.LogIndex(t - 1, t, t)
                : comparison.LogIndex(t - 1, k, t) + comparison.LogIndex(k, t, t - 1);
        }

        return term;
    }

    // The reason of the first break that lies between.
    private string WhyApart(int[] components, int start, int from)
    {
        var t = from + 1;
        while (components[t - start] == components[from - start])
            t++;
        return comparison.AnyFree(t - 1, t) ? NullReasons.ZeroPrice : NullReasons.NoMatchedItems;
    }
}
