using System.Globalization;
using System.Text;

namespace TokenFactory.Crashes;

/// <summary>A round's result as text.</summary>
internal static class CrashReport
{
    public static string Of(CrashResult result, int seed)
    {
        var book = result.Book;
        var text = new StringBuilder();
        var acknowledged = book.Events.Values.Count(e => e.Acknowledged is not null);
        Line($"seed {seed}: {result.Recoveries.Count:N0} faults in {result.Duration.TotalSeconds:N0} s");
        Line($"  acknowledged events {acknowledged:N0} in {book.Requests:N0} requests; requests of unknown outcome, sent again: {book.Unknown:N0}");
        Line($"  events sent again after their acknowledgement {book.Resent:N0}; ids raced by many contents {book.Races:N0}; events taken back {book.Events.Values.Count(e => e.Reversed is not null):N0}");
        if (result.Unchained is { } unchained)
            Line($"  batches that the other version recorded without chains {unchained:N0}");
        Line($"  memory of the largest instance {result.PeakMemoryBytes >> 20:N0} MB");
        foreach (var kind in Enum.GetValues<FindingKind>())
            Line($"  {kind}: {book.Count(kind):N0}");
        Line($"  fold lag: {Spread(result.FoldLags)}");
        foreach (var kind in result.Recoveries.GroupBy(r => r.Kind).OrderBy(g => g.Key))
            Line($"  | {Injection.NameOf(kind.Key)} | {kind.Count()} | {Spread([.. kind.Select(r => r.Took)])} |");
        foreach (var finding in book.Findings)
            Line($"{finding.Kind}: {finding.Detail}");
        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private static string Spread(IReadOnlyCollection<TimeSpan> times)
    {
        if (times.Count == 0)
            return "-";
        var sorted = times.Order().ToList();
        return string.Create(CultureInfo.InvariantCulture,
            $"p50 {At(0.5).TotalSeconds:0.00} s, p99 {At(0.99).TotalSeconds:0.00} s, max {sorted[^1].TotalSeconds:0.00} s");

        TimeSpan At(double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
    }
}
