using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>
/// Price and experience of one group, period by period: the matched chained Fisher price index, and the running sum of the chained volume in
/// money of the reference period, which is the first that has a value above zero. What was free before is no experience that money measures.
/// </summary>
/// <param name="Prices">One per period.</param>
/// <param name="Cumulative">
/// All produced from the reference period to the end of each period; null before it, and from a period on whose volume has no level: nobody
/// knows how much it adds.
/// </param>
/// <param name="VolumeReason">Why that is; null where every volume is known.</param>
internal sealed record LearningSeries(IReadOnlyList<IndexPoint> Prices, IReadOnlyList<double?> Cumulative, string? VolumeReason)
{
    public static LearningSeries Of(IReadOnlyList<Period> periods, PanelGroup group)
    {
        var (prices, reference) = IndexCompiler.Compile(periods, group.Baskets, new IndexSpecification { Kind = IndexKind.Price, Items = ItemSelection.Matched });
        if (reference < 0)
            return new LearningSeries(prices, new double?[group.Baskets.Count], null);
        var volumes = ChainedVolume.Compile(
            [.. group.Totals.Select(t => t.Value)], IndexSeries.Compile(group.Baskets, reference, new IndexMethod { Kind = IndexKind.Quantity }), reference);
        var cumulative = new double?[volumes.Count];
        CompensatedSum sum = default;
        string? reason = null;
        for (var t = reference; t < cumulative.Length && reason is null; t++)
        {
            if (volumes[t].Real is { } real)
                sum.Add(real);
            else if (!group.Baskets[t].IsEmpty)
                reason = volumes[t].NullReason;
            if (!double.IsFinite(sum.Value))
                reason = NullReasons.OutOfRange;
            cumulative[t] = reason is null ? sum.Value : null;
        }

        return new LearningSeries(prices, cumulative, reason);
    }

    /// <summary>Why a period is no point of a line: no level, none that has a logarithm (free), or no volume; null for a point.</summary>
    public string? WhyLeftOut(int t) =>
        Prices[t].Level is not { } price ? Prices[t].NullReason
        : price <= 0 || Cumulative[t] is <= 0 ? NullReasons.ZeroPrice
        : Cumulative[t] is null ? VolumeReason ?? NullReasons.NoReference
        : null;
}
