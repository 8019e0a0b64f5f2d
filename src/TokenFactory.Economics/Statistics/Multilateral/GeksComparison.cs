using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector256<double>;

namespace TokenFactory.Economics.Statistics;

/// <summary>The bilateral index that a GEKS method compares pairs of periods by.</summary>
internal enum GeksFormula
{
    /// <summary>P = sqrt(S p1 q0 / S p0 q0 x S p1 q1 / S p0 q1).</summary>
    Fisher,

    /// <summary>ln P = S 1/2 (s0 + s1) ln(p1 / p0), s the shares in the value of the compared items.</summary>
    Tornqvist,

    /// <summary>P = S p1 sqrt(q0 q1) / S p0 sqrt(q0 q1).</summary>
    Walsh,

    /// <summary>ln P = S ln(p1 / p0) / n; a carried price counts like any other.</summary>
    Jevons,
}

/// <summary>
/// ln of bilateral price indices between two periods of a panel, over the items that both have and a third period too (give one of
/// the two again for their matched items). The same formulas as <see cref="Bilateral"/> over matched items, without making the pairs:
/// plain sums of doubles, at most about n 10^-16 off for n items.
/// </summary>
internal sealed class GeksComparison(MultilateralPanel panel, GeksFormula formula)
{
    private readonly bool[] _hasFree = [.. Enumerable.Range(0, panel.Periods).Select(panel.HasFree)];

    /// <summary>
    /// ln P(from, to). NaN where nothing is matched, where nothing that is matched has a weight, where the index or its inverse would divide
    /// by 0, and for Tornqvist and Jevons where any matched item is free in either period (METHODOLOGY, edge rule 1).
    /// </summary>
    public double LogIndex(int from, int to, int third)
    {
        var log = formula switch
        {
            GeksFormula.Fisher => Fisher(from, to, third),
            GeksFormula.Walsh => Walsh(from, to, third),
            _ when (_hasFree[from] || _hasFree[to]) && Matched(from, to, third).AnyFree => double.NaN,
            GeksFormula.Tornqvist => Tornqvist(from, to, third),
            GeksFormula.Jevons => Jevons(from, to, third),
            _ => throw new InvalidOperationException($"{formula} is not a GEKS formula."),
        };
        return double.IsFinite(log) ? log : double.NaN;
    }

    /// <summary>Whether two periods have an item in common.</summary>
    public bool AnyMatched(int from, int to) => Matched(from, to, to).Any;

    /// <summary>Whether an item that two periods have in common is free in either.</summary>
    public bool AnyFree(int from, int to) => Matched(from, to, to).AnyFree;

    private double Fisher(int from, int to, int third)
    {
        ReadOnlySpan<Lanes> p0 = Row(panel.Prices(from)), q0 = Row(panel.Quantities(from)), v0 = Row(panel.Values(from)), m0 = Row(panel.Present(from));
        ReadOnlySpan<Lanes> p1 = Row(panel.Prices(to)), q1 = Row(panel.Quantities(to)), v1 = Row(panel.Values(to)), m1 = Row(panel.Present(to));
        var m2 = Row(panel.Present(third));
        Lanes p0q0 = default, p1q0 = default, p0q1 = default, p1q1 = default;
        for (var i = 0; i < p0.Length; i++)
        {
            var m = m2[i];
            p0q0 += v0[i] * (m1[i] * m);
            p1q0 += p1[i] * q0[i] * m;
            p0q1 += p0[i] * q1[i] * m;
            p1q1 += v1[i] * (m0[i] * m);
        }

        // A sum of 0 makes a logarithm infinite, and so undefined.
        return (Math.Log(Vector256.Sum(p1q0) / Vector256.Sum(p0q0)) + Math.Log(Vector256.Sum(p1q1) / Vector256.Sum(p0q1))) / 2;
    }

    private double Tornqvist(int from, int to, int third)
    {
        ReadOnlySpan<Lanes> v0 = Row(panel.Values(from)), l0 = Row(panel.LogPrices(from)), m0 = Row(panel.Present(from));
        ReadOnlySpan<Lanes> v1 = Row(panel.Values(to)), l1 = Row(panel.LogPrices(to)), m1 = Row(panel.Present(to));
        var m2 = Row(panel.Present(third));
        Lanes value0 = default, value1 = default, sum0 = default, sum1 = default;
        for (var i = 0; i < v0.Length; i++)
        {
            var (m, relative) = (m2[i], l1[i] - l0[i]);
            var (w0, w1) = (v0[i] * (m1[i] * m), v1[i] * (m0[i] * m));
            value0 += w0;
            value1 += w1;
            sum0 += w0 * relative;
            sum1 += w1 * relative;
        }

        return (Vector256.Sum(sum0) / Vector256.Sum(value0) + Vector256.Sum(sum1) / Vector256.Sum(value1)) / 2;
    }

    private double Walsh(int from, int to, int third)
    {
        ReadOnlySpan<Lanes> p0 = Row(panel.Prices(from)), r0 = Row(panel.Roots(from));
        ReadOnlySpan<Lanes> p1 = Row(panel.Prices(to)), r1 = Row(panel.Roots(to));
        var m2 = Row(panel.Present(third));
        Lanes before = default, after = default;
        for (var i = 0; i < p0.Length; i++)
        {
            var weight = r0[i] * r1[i] * m2[i];
            before += p0[i] * weight;
            after += p1[i] * weight;
        }

        return Math.Log(Vector256.Sum(after) / Vector256.Sum(before));
    }

    private double Jevons(int from, int to, int third)
    {
        ReadOnlySpan<Lanes> l0 = Row(panel.LogPrices(from)), m0 = Row(panel.Present(from));
        ReadOnlySpan<Lanes> l1 = Row(panel.LogPrices(to)), m1 = Row(panel.Present(to));
        var m2 = Row(panel.Present(third));
        Lanes count = default, sum = default;
        for (var i = 0; i < l0.Length; i++)
        {
            var m = m0[i] * m1[i] * m2[i];
            count += m;
            sum += m * (l1[i] - l0[i]);
        }

        return Vector256.Sum(sum) / Vector256.Sum(count);
    }

    private (bool Any, bool AnyFree) Matched(int from, int to, int third)
    {
        ReadOnlySpan<double> p0 = panel.Prices(from), m0 = panel.Present(from), p1 = panel.Prices(to), m1 = panel.Present(to), m2 = panel.Present(third);
        var any = false;
        for (var i = 0; i < m0.Length; i++)
        {
            if (m0[i] == 0 || m1[i] == 0 || m2[i] == 0)
                continue;
            any = true;
            if (p0[i] == 0 || p1[i] == 0)
                return (true, true);
        }

        return (any, false);
    }

    private static ReadOnlySpan<Lanes> Row(ReadOnlySpan<double> row) => MultilateralPanel.Vectors(row);
}
