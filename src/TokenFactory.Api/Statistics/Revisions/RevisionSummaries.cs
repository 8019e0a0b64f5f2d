using System.Numerics;

namespace TokenFactory.Api.Statistics;

/// <summary>What a triangle says of first estimates.</summary>
internal static class RevisionSummaries
{
    private readonly record struct Revised(string Period, ExactSum Revision, ExactSum? Percent);

    /// <param name="rows">By period, then by vintage.</param>
    /// <param name="isIndex">Whether values are index numbers.</param>
    public static RevisionSummary Of(IReadOnlyList<RevisionRow> rows, bool isIndex)
    {
        // A period that the window cuts, or that was not over at the last vintage, has no figure that its first estimate could be held against.
        List<Revised> all = [.. rows.GroupBy(r => r.Period).Select(p => p.Last()).Where(r => r is { Partial: false, First: not null, Value: not null }).Select(r =>
        {
            var (latest, first) = (ExactSum.Parse(r.Value!), ExactSum.Parse(r.First!));
            return new Revised(r.Period, latest - first, Revisions.Percent(latest - first, first));
        })];
        List<ExactSum> revisions = [.. all.Select(r => r.Revision)];
        List<ExactSum> percents = [.. all.Select(r => r.Percent).OfType<ExactSum>()];
        Revised? largest = all.Count == 0 ? null : all.MaxBy(r => r.Revision.Abs());
        return new RevisionSummary
        {
            N = all.Count,
            MeanRevision = Mean(revisions)?.ToString(),
            MeanAbsoluteRevision = Mean([.. revisions.Select(r => r.Abs())])?.ToString(),
            StandardDeviation = FigureTable.SixDecimals(DeviationOf(revisions)),
            MeanRevisionPercent = FigureTable.SixDecimals(Mean(percents)?.ToDouble()),
            MeanAbsoluteRevisionPercent = FigureTable.SixDecimals(Mean([.. percents.Select(p => p.Abs())])?.ToDouble()),
            StandardDeviationPercent = FigureTable.SixDecimals(DeviationOf(percents)),
            LargestRevision = largest is { } most ? Revisions.Text(most.Revision, isIndex) : null,
            LargestRevisionPercent = FigureTable.SixDecimals(largest?.Percent?.ToDouble()),
            LargestPeriod = largest?.Period,
        };
    }

    private static ExactSum? Mean(List<ExactSum> revisions) => Sum(revisions).Per(ExactSum.Parse($"{revisions.Count}"));

    private static ExactSum Sum(List<ExactSum> revisions) => revisions.Aggregate(ExactSum.Zero, (sum, next) => sum + next);

    // (n S r^2 - (S r)^2) / (n (n - 1)), exact up to the root: nothing cancels.
    private static double? DeviationOf(List<ExactSum> revisions)
    {
        var n = revisions.Count;
        if (n < 2)
            return null;
        var sum = Sum(revisions).Trillionths;
        var squares = revisions.Aggregate(BigInteger.Zero, (all, r) => all + (r.Trillionths * r.Trillionths));
        var spread = ((n * squares) - (sum * sum)) / ((long)n * (n - 1));
        return Math.Sqrt((double)spread) / 1e12;
    }
}
