using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>How much of a group its price index tells of, over the periods of a fit; with 6 decimals.</summary>
/// <param name="MatchedShare">The mean over compared periods; null where nothing is compared.</param>
/// <param name="FreeShare">Free tokens per priced token; null where none is priced.</param>
/// <param name="UnpricedShare">Unpriced tokens per token; null where there are none.</param>
internal readonly record struct FitCoverage(string? MatchedShare, string? FreeShare, string? UnpricedShare)
{
    /// <param name="sold">What was sold, one total per period.</param>
    /// <param name="prices">Its price index, one point per period.</param>
    /// <param name="first">The place of the window's first period.</param>
    public static FitCoverage Of(IReadOnlyList<PanelTotals> sold, IReadOnlyList<IndexPoint> prices, int first)
    {
        var totals = sold.Skip(first).Aggregate(default(PanelTotals), (sum, next) => sum.Plus(next));
        return new FitCoverage(
            FigureTable.SixDecimals(prices.Skip(first).Average(p => p.MatchedShare)),
            FigureTable.SixDecimals(totals.FreeShare), FigureTable.SixDecimals(totals.UnpricedShare));
    }
}

/// <summary>Why figures of a fit are missing.</summary>
internal static class FitReason
{
    /// <summary>
    /// The reason of the first figure that is null; where points are too few and some were left out, why the first of those was: that is what
    /// to look at.
    /// </summary>
    public static string? Of(IEnumerable<string?> leftOut, params ReadOnlySpan<Statistic> figures)
    {
        foreach (var figure in figures)
        {
            if (figure.NullReason is { } reason)
                return reason == FitReasons.TooFewPoints ? leftOut.FirstOrDefault(why => why is not null) ?? reason : reason;
        }

        return null;
    }
}
