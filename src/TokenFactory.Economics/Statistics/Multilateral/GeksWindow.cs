namespace TokenFactory.Economics.Statistics;

/// <summary>
/// GEKS over a window: P(0, t) = product over k of (P(0, k) P(k, t))^(1/K), each pair over its matched items with shares over them, K the number
/// of usable k. A period k of the window is usable when both pairs have an index, and P(t, t) = 1: where two periods can't be
/// compared directly, k = 0 and k = t fall out. Any base gives the same movements while all pairs are usable; with gaps each movement rests on
/// the k that serve it. Two periods that share no such k are not tied, although a chain of three pairs or more might join them. Source: METHODOLOGY,
/// Multilateral; Gini (1931), Elteto and Koves (1964), Szulc (1964); for prices over time Ivancic, Diewert and Fox (2011).
/// </summary>
internal sealed class GeksWindow(GeksPairs pairs, int start, int end) : IMultilateralWindow
{
    // The periods of the window that each can be compared with: where little is matched, there is little to walk along.
    private readonly int[]?[] _compared = new int[]?[end - start + 1];

    public double LogMovement(int from, int to)
    {
        if (from == to)
            return 0;
        double sum = 0;
        var usable = 0;
        foreach (var k in _compared[from - start] ??= [.. Enumerable.Range(start, end - start + 1).Where(k => !double.IsNaN(pairs.LogIndex(from, k)))])
        {
            var movement = pairs.LogIndex(from, k) + pairs.LogIndex(k, to);
            if (double.IsNaN(movement))
                continue;
            sum += movement;
            usable++;
        }

        return usable > 0 ? sum / usable : double.NaN;
    }

    /// <summary>A zero price when free items alone keep every k from being usable; otherwise no matched item.</summary>
    public string NullReason(int from, int to)
    {
        for (var k = start; k <= end; k++)
        {
            if (pairs.WouldBeUsable(from, k) && pairs.WouldBeUsable(k, to))
                return NullReasons.ZeroPrice;
        }

        return NullReasons.NoMatchedItems;
    }
}

/// <summary>
/// The pairs of periods of a GEKS method, each compared once, when a window first asks for it: P(k, j) = 1 / P(j, k). Costs one walk along the items
/// for each pair, T W of them for T periods and a window of W.
/// </summary>
/// <param name="span">How many periods a window has at most.</param>
internal sealed class GeksPairs(GeksComparison comparison, int periods, int span)
{
    private readonly double[]?[] _logs = new double[]?[periods];

    /// <summary>ln P(from, to) over matched items; NaN where there is none.</summary>
    public double LogIndex(int from, int to)
    {
        if (from == to)
            return 0;
        if (from > to)
            return -LogIndex(to, from);
        var row = _logs[from] ??= NotCompared(Math.Min(span, periods - from));
        ref var log = ref row[to - from];
        if (double.IsPositiveInfinity(log))
            log = comparison.LogIndex(from, to, to);
        return log;
    }

    /// <summary>Whether a pair has an index or lacks it for nothing but free items.</summary>
    public bool WouldBeUsable(int from, int to) => from == to || !double.IsNaN(LogIndex(from, to)) || comparison.AnyFree(from, to);

    // Infinity is not the index of anything.
    private static double[] NotCompared(int length)
    {
        var row = new double[length];
        Array.Fill(row, double.PositiveInfinity);
        return row;
    }
}
