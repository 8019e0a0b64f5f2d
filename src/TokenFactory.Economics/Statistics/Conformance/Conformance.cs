using System.Reflection;

namespace TokenFactory.Economics.Statistics;

/// <summary>A published series, computed again by this code.</summary>
/// <param name="CaseId">The case, as <c>01</c>.</param>
/// <param name="Title">What the case is about.</param>
/// <param name="Source">Where its figures were published; or how they were derived, and then where the case is from.</param>
/// <param name="Series">Which of its series, as <c>fisher chained price</c>.</param>
/// <param name="Tolerance">How far a figure may lie off: of its size where <paramref name="IsRelative"/>, else in its own unit.</param>
/// <param name="ToleranceText">The same in words, as <c>half a unit of decimal 4</c>.</param>
/// <param name="LargestDeviation">How far the worst one lies off, measured likewise; null where a figure is missing, or should be.</param>
/// <param name="Points">How many figures were compared.</param>
public sealed record ConformanceResult(
    string CaseId, string Title, string Source, string Series, double Tolerance, bool IsRelative, string ToleranceText, double? LargestDeviation,
    bool Passed, int Points);

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
    public static IReadOnlyList<ConformanceResult> Run() => [.. Cases.SelectMany(json => Check(json).Results)];

    /// <summary>The series of the shipped cases that nothing here computes: there should be none.</summary>
    public static IReadOnlyList<UnhandledSeries> Unhandled => [.. Cases.SelectMany(json => UnhandledOf(ConformanceCase.Read(json)))];

    /// <summary>The shipped cases, as JSON, in the order of their numbers.</summary>
    public static IReadOnlyList<string> Cases { get; } =
        [.. Here.GetManifestResourceNames().Where(n => n.StartsWith("Cases/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Text)];

    /// <summary>Computes the series of one case.</summary>
    /// <param name="json">A case, as METHODOLOGY describes them.</param>
    public static ConformanceReport Check(string json)
    {
        var published = ConformanceCase.Read(json);
        var results = new List<ConformanceResult>();
        foreach (var series in published.Series)
        {
            if (CodeFor(series.Method) is { } figures)
                results.Add(Compare(published, series, figures(published, series)));
        }

        return new ConformanceReport(results, [.. UnhandledOf(published)]);
    }

    private static IEnumerable<UnhandledSeries> UnhandledOf(ConformanceCase published) =>
        published.Series.Where(s => CodeFor(s.Method) is null).Select(s => new UnhandledSeries(published.Id, s.Name, s.Method));

    // Null: no code here for it.
    private static Func<ConformanceCase, ConformanceSeries, IReadOnlyList<ConformanceFigure>>? CodeFor(string method) => method switch
    {
        "bilateral" or "chained_with_gaps" or "bilateral_subset" => BilateralSeries,
        "undefined" => UndefinedFormulas,
        "geks" or "wtpd" or "gk" or "rolling" => MultilateralLevels,
        "chain_links" => Chain,
        "denton_proportional" => Benchmarked,
        "annual_overlap" or "one_quarter_overlap" or "annual_chain" => LinkedYears,
        "learning_curve" => Learning,
        "fisher_contributions_bea" or "fisher_contributions_reinsdorf_s6" or "jevons_contributions" => ContributionsOf,
        "union_fisher_links" => UnionLinks,
        "nominal" => static (published, series) => series.With(published.Baskets.Select(b => (double?)b.Value)),
        "real_chained" or "chained_currency" => Volumes,
        "unit_value_index" => static (published, series) => series.With(published.Baskets.Select(b => AveragePrice.Of(b).Value)),
        "unit_values" or "unit_value_quantities" => LongerPeriods,
        "free_share_of_quantity" => static (published, series) => series.With(published.Baskets.Select(AveragePrice.FreeShare)),
        "item_periods" => ItemPeriods,
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

        var source = series.Provenance is { } own ? $"{own}; of the case: {published.Source}" : published.Source;
        return new ConformanceResult(
            published.Id, published.Title, source, series.Name, series.Tolerance, series.IsRelative, series.ToleranceText, largest,
            largest <= series.Tolerance && figures.Count > 0, figures.Count);
    }

    private static string Text(string resource)
    {
        using var reader = new StreamReader(Here.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
