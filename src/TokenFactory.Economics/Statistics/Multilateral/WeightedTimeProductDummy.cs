using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector256<double>;

namespace TokenFactory.Economics.Statistics;

/// <summary>
/// The weighted time-product-dummy: ln p_it = a_t + g_i + error by weighted least squares, a_t the effect of the period, g_i of the item, weights
/// s_it the item's share in the value of the period (all its items). The index of t on 0 is exp(a_t - a_0). A carried price has weight 0. Source:
/// METHODOLOGY, Multilateral; Rao (1995, 2005); Diewert and Fox (2020).
/// <para>
/// A period with a free item that another period of the window sold too is left out: it has no level (edge rule 1, <c>zero_price</c>), and the
/// others are estimated without it.
/// </para>
/// <para>
/// The item effects are eliminated: g_i = S_t s_it (ln p_it - a_t) / S_t s_it. What remains are equations between pairs of periods:
/// S_s c_ts (a_t - a_s) = S_s f_ts, with c_ts = S_i s_it s_is / S_u s_iu (a conductance) and f_ts = S_i s_it s_is (ln p_it - ln p_is) / S_u s_iu. They
/// are solved by eliminating period after period from this network. That adds up conductances alone, so that periods which
/// hardly anything ties together come out as exact as the rest.
/// </para>
/// </summary>
internal static class WeightedTimeProductDummy
{
    public static IMultilateralWindow Estimate(MultilateralPanel panel, int start, int end)
    {
        var n = end - start + 1;
        var leftOut = LeftOut(panel, start, end);
        var inverse = InverseWeights(panel, start, leftOut);
        var (conductance, flow) = (new double[n, n], new double[n, n]);
        for (var t = 0; t < n; t++)
        {
            for (var s = 0; s < t; s++)
            {
                if (leftOut[t] || leftOut[s])
                    continue;
                (conductance[t, s], flow[t, s]) = Pair(panel, start + t, start + s, inverse);
                (conductance[s, t], flow[s, t]) = (conductance[t, s], -flow[t, s]);
            }
        }

        var components = MultilateralLinks.Components(n, (t, s) => conductance[t, s] > 0);
        var effects = new double[n];
        foreach (var periods in MultilateralLinks.Groups(components))
            Solve(conductance, flow, periods, effects);
        return new LevelsWindow(start, effects, components, (from, to) =>
            leftOut[from - start] || leftOut[to - start] ? NullReasons.ZeroPrice : MultilateralLinks.WhyApart(panel, start, end, from, to));
    }

    private static bool[] LeftOut(MultilateralPanel panel, int start, int end)
    {
        var leftOut = new bool[end - start + 1];
        for (var t = start; t <= end; t++)
        {
            if (!panel.HasFree(t))
                continue;
            for (var i = 0; i < panel.Items && !leftOut[t - start]; i++)
            {
                var periods = 0;
                for (var u = start; u <= end && panel.Quantities(t)[i] > 0 && panel.Prices(t)[i] == 0; u++)
                    periods += panel.Quantities(u)[i] > 0 ? 1 : 0;
                leftOut[t - start] = periods > 1;
            }
        }

        return leftOut;
    }

    // 1 / S_u s_iu by item, over the periods that count; 0 for an item without a share.
    private static double[] InverseWeights(MultilateralPanel panel, int start, bool[] leftOut)
    {
        var weights = new double[panel.Shares(start).Length];
        for (var t = 0; t < leftOut.Length; t++)
        {
            var shares = panel.Shares(start + t);
            for (var i = 0; i < weights.Length && !leftOut[t]; i++)
                weights[i] += shares[i];
        }

        return Array.ConvertAll(weights, static weight => weight > 0 ? 1 / weight : 0);
    }

    private static (double Conductance, double Flow) Pair(MultilateralPanel panel, int t, int s, double[] inverse)
    {
        ReadOnlySpan<Lanes> sharesT = MultilateralPanel.Vectors(panel.Shares(t)), logsT = MultilateralPanel.Vectors(panel.LogPrices(t));
        ReadOnlySpan<Lanes> sharesS = MultilateralPanel.Vectors(panel.Shares(s)), logsS = MultilateralPanel.Vectors(panel.LogPrices(s));
        var byWeight = MultilateralPanel.Vectors(inverse);
        Lanes conductance = default, flow = default;
        for (var i = 0; i < sharesT.Length; i++)
        {
            var product = sharesT[i] * sharesS[i] * byWeight[i];
            conductance += product;
            flow += product * (logsT[i] - logsS[i]);
        }

        return (Vector256.Sum(conductance), Vector256.Sum(flow));
    }

    // The first period of the component is the ground, at 0. The periods are eliminated from the last to the second, each replaced by edges
    // among those that it was tied to (star-mesh transformation), and then found again from the second to the last.
    private static void Solve(double[,] conductance, double[,] flow, int[] periods, double[] effects)
    {
        var sums = new double[periods.Length];
        for (var k = periods.Length - 1; k > 0; k--)
        {
            var via = periods[k];
            for (var j = 0; j < k; j++)
                sums[k] += conductance[via, periods[j]];
            for (var a = 0; a < k; a++)
            {
                for (var b = 0; b < a; b++)
                {
                    var (i, j) = (periods[a], periods[b]);
                    conductance[i, j] += conductance[i, via] * conductance[via, j] / sums[k];
                    flow[i, j] += (flow[i, via] * conductance[via, j] + conductance[i, via] * flow[via, j]) / sums[k];
                    (conductance[j, i], flow[j, i]) = (conductance[i, j], -flow[i, j]);
                }
            }
        }

        for (var k = 1; k < periods.Length; k++)
        {
            double total = 0;
            for (var j = 0; j < k; j++)
                total += conductance[periods[k], periods[j]] * effects[periods[j]] + flow[periods[k], periods[j]];
            effects[periods[k]] = total / sums[k];
        }
    }
}
