namespace TokenFactory.Economics.Statistics;

/// <summary>
/// Geary-Khamis: P_t = V_t / S_i r_i q_it, with reference prices r_i = S_t (q_it / Q_i) (p_it / P_t), Q_i = S_t q_it. Free items count: they
/// pull their reference price towards 0. A carried price has no quantity and does not count. Source: METHODOLOGY, Multilateral; Geary (1958),
/// Khamis (1972).
/// <para>
/// With x_t = 1 / P_t the reference prices drop out: x_t S_s m_ts = S_s x_s m_st, with m_ts = S_i v_it q_is / Q_i: what flows from
/// each period to the others equals what flows back, as in the stationary state of a Markov chain. It is solved directly, by elimination
/// without subtraction, so that every level has full relative accuracy. Source: Grassmann, Taksar and Heyman (1985).
/// </para>
/// <para>
/// Periods are comparable where values flow both ways. A period in which all that ties it to the others is free stands apart
/// (<c>zero_price</c>), and the others are estimated without it.
/// </para>
/// </summary>
internal static class GearyKhamis
{
    public static IMultilateralWindow Estimate(MultilateralPanel panel, int start, int end)
    {
        var levels = new double[end - start + 1];
        var components = new int[levels.Length];
        var next = 0;
        Solve([.. Enumerable.Range(start, levels.Length)]);
        return new LevelsWindow(start, levels, components, (from, to) => MultilateralLinks.WhyApart(panel, start, end, from, to));

        // What falls apart is estimated part by part: quantities of other parts must not count in Q.
        void Solve(int[] periods)
        {
            var flows = Flows(panel, periods);
            var parts = MultilateralLinks.Groups(MultilateralLinks.Components(periods.Length, (from, to) => flows[from, to] > 0)).ToList();
            if (parts.Count > 1)
            {
                foreach (var part in parts)
                    Solve(Array.ConvertAll(part, i => periods[i]));
                return;
            }

            var inverses = StationaryState(flows);
            for (var t = 0; t < periods.Length; t++)
            {
                components[periods[t] - start] = next;
                levels[periods[t] - start] = -Math.Log(inverses[t]);
            }

            next++;
        }
    }

    // m_ts: from each period to each other.
    private static double[,] Flows(MultilateralPanel panel, int[] periods)
    {
        var total = new double[panel.Quantities(periods[0]).Length];
        foreach (var t in periods)
        {
            var quantities = panel.Quantities(t);
            for (var i = 0; i < total.Length; i++)
                total[i] += quantities[i];
        }

        var inverse = Array.ConvertAll(total, static quantity => quantity > 0 ? 1 / quantity : 0);
        var flows = new double[periods.Length, periods.Length];
        for (var t = 0; t < periods.Length; t++)
        {
            for (var s = 0; s < periods.Length; s++)
            {
                if (s != t)
                    flows[t, s] = MultilateralLinks.Dot(panel.Values(periods[t]), panel.Quantities(periods[s]), inverse);
            }
        }

        return flows;
    }

    // x with x_t S_s m_ts = S_s x_s m_st, the first at 1.
    private static double[] StationaryState(double[,] flows)
    {
        var n = flows.GetLength(0);
        for (var k = n - 1; k > 0; k--)
        {
            double leaving = 0;
            for (var j = 0; j < k; j++)
                leaving += flows[k, j];
            for (var i = 0; i < k; i++)
            {
                flows[i, k] /= leaving;
                for (var j = 0; j < k; j++)
                    flows[i, j] += flows[i, k] * flows[k, j];
            }
        }

        var state = new double[n];
        state[0] = 1;
        for (var k = 1; k < n; k++)
        {
            for (var j = 0; j < k; j++)
                state[k] += state[j] * flows[j, k];
        }

        return state;
    }
}
