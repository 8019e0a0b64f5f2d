using System.Reflection;

namespace TokenFactory.Economics.Statistics;

/// <summary>A published series, computed again by this code.</summary>
/// <param name="CaseId">The case, as <c>01</c>.</param>
/// <param name="Title">What the case is about.</param>
/// <param name="Source">Where its figures were published, or how they were derived.</param>
/// <param name="Series">Which of its series, as <c>fisher chained price</c>.</param>
/// <param name="Tolerance">How far a figure may lie off: of its size where <paramref name="IsRelative"/>, else in its own unit.</param>
/// <param name="LargestDeviation">How far the worst one lies off, measured likewise; null where a figure is missing, or should be.</param>
/// <param name="Points">How many figures were compared.</param>
public sealed record ConformanceResult(
    string CaseId, string Title, string Source, string Series, double Tolerance, bool IsRelative, double? LargestDeviation, bool Passed, int Points);

/// <summary>A published series that no code here reproduces.</summary>
/// <param name="Method">The method as the case calls it.</param>
public sealed record UnhandledSeries(string CaseId, string Series, string Method);

/// <summary>What came of a run over published cases.</summary>
public sealed record ConformanceReport(IReadOnlyList<ConformanceResult> Results, IReadOnlyList<UnhandledSeries> Unhandled);

/// <summary>
/// The published worked examples that ship with the code (<c>Cases/*.json</c>), each series computed again by the code that makes the figures of the
/// service. What stands in one file of this class, one method of the cases maps onto one call.
/// </summary>
public static partial class Conformance
{
    private static readonly Assembly Here = typeof(Conformance).Assembly;

    /// <summary>Every series that is reproduced, by case and in the order of its file. Each call computes it anew.</summary>
    public static IReadOnlyList<ConformanceResult> Run() => [.. Reports().SelectMany(report => report.Results)];

    /// <summary>The series of the shipped cases that nothing here computes.</summary>
    public static IReadOnlyList<UnhandledSeries> Unhandled => [.. Reports().SelectMany(report => report.Unhandled)];

    /// <summary>The shipped cases, as JSON, in the order of their numbers.</summary>
    public static IReadOnlyList<string> Cases { get; } =
        [.. Here.GetManifestResourceNames().Where(n => n.StartsWith("Cases/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Text)];

    /// <summary>Computes the series of one case.</summary>
    /// <param name="json">A case, as METHODOLOGY describes them.</param>
    public static ConformanceReport Check(string json)
    {
        var published = ConformanceCase.Read(json);
        var results = new List<ConformanceResult>();
        var unhandled = new List<UnhandledSeries>();
        foreach (var series in published.Series)
        {
            if (Figures(published, series) is { } figures)
                results.Add(Compare(published, series, figures));
            else
                unhandled.Add(new UnhandledSeries(published.Id, series.Name, series.Method));
        }

        return new ConformanceReport(results, unhandled);
    }

    // Null: no code here for it.
    private static IReadOnlyList<ConformanceFigure>? Figures(ConformanceCase published, ConformanceSeries series) => series.Method switch
    {
        "bilateral" or "chained_with_gaps" or "bilateral_subset" => BilateralSeries(published, series),
        "undefined" => UndefinedFormulas(published, series),
        "fisher_contributions_bea" or "fisher_contributions_reinsdorf_s6" or "jevons_contributions" => ContributionsOf(published, series),
        "union_fisher_links" => UnionLinks(published, series),
        "nominal" => series.With(published.Baskets.Select(b => (double?)b.Value)),
        "real_chained" or "chained_currency" => Volumes(published, series),
        "unit_value_index" => series.With(published.Baskets.Select(b => AveragePrice.Of(b).Value)),
        "unit_values" or "unit_value_quantities" => LongerPeriods(published, series),
        "free_share_of_quantity" => series.With(published.Baskets.Select(AveragePrice.FreeShare)),
        "item_periods" => ItemPeriods(published, series),
        _ => null,
    };

    private static ConformanceResult Compare(ConformanceCase published, ConformanceSeries series, IReadOnlyList<ConformanceFigure> figures)
    {
        double? largest = 0;
        foreach (var figure in figures)
        {
            var deviation = (figure.Published, figure.Computed) switch
            {
                (null, null) => 0,
                ({ } wanted, { } computed) => Math.Abs(computed - wanted) / (series.IsRelative && wanted != 0 ? Math.Abs(wanted) : 1),
                _ => double.NaN,
            };
            largest = double.IsFinite(deviation) && largest is { } sofar ? Math.Max(sofar, deviation) : null;
        }

        return new ConformanceResult(
            published.Id, published.Title, series.Provenance ?? published.Source, series.Name, series.Tolerance, series.IsRelative, largest,
            largest <= series.Tolerance && figures.Count > 0, figures.Count);
    }

    private static IEnumerable<ConformanceReport> Reports() => Cases.Select(Check);

    private static string Text(string resource)
    {
        using var reader = new StreamReader(Here.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
