namespace TokenFactory.Economics.Statistics;

/// <summary>
/// A chain made of its links: I_0 = base, I_t = I_(t-1) link_t / 100, where each link is the index of its period with the period before = 100.
/// Source: IMF, Quarterly National Accounts Manual (2017), ch. 8, example 8.8.
/// </summary>
public static class ChainLinks
{
    /// <summary>Multiplies links.</summary>
    /// <param name="links">In percent, 100 = no change, at least 0, in order.</param>
    /// <param name="base">The level of the period before the first link.</param>
    /// <returns>
    /// One level per link. A link without a value, or below 0 (<see cref="NullReasons.OutOfRange"/>), breaks the chain: its own level and all that
    /// follow are null, with the reason of the break.
    /// </returns>
    public static IReadOnlyList<Statistic> Multiply(IReadOnlyList<Statistic> links, double @base = 100)
    {
        var levels = new Statistic[links.Count];
        var level = Statistic.Of(@base);
        for (var t = 0; t < levels.Length; t++)
        {
            if (level.Value is { } before)
            {
                level = links[t].Value is < 0 ? Statistic.Null(NullReasons.OutOfRange) : links[t].Then(link => before * (link / 100));
            }

            levels[t] = level;
        }

        return levels;
    }
}
