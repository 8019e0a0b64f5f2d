using System.Reflection;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What the service says of its methods, and shows of them.</summary>
internal sealed class Methodology(IOptions<StatisticsOptions> options)
{
    /// <summary>The date since which figures are made as they are.</summary>
    public const string Version = "2026-11-25";

    // Pure arithmetic of a second or so: made once, when somebody first asks, and not on the thread that serves the question.
    private readonly Lazy<Task<ConformanceAnswer>> _conformance = new(() => Task.Run(Run));

    public async Task<MethodologyAnswer> AnswerAsync(CancellationToken cancellationToken) => new()
    {
        Version = Version,
        ServiceVersion = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3),
        TimeZone = options.Value.TimeZone,
        ProvisionalDays = options.Value.ProvisionalDays,
        FinalDays = options.Value.FinalDays,
        Headline = [.. Enum.GetValues<Frequency>().Select(HeadlineOf)],
        Concepts = MethodologyTexts.Concepts,
        Methods = MethodologyTexts.Methods,
        Linkings = MethodologyTexts.Linkings,
        ItemSelections = MethodologyTexts.ItemSelections,
        Splices = MethodologyTexts.Splices,
        Transformations = MethodologyTexts.Transformations,
        EdgeRules = MethodologyTexts.EdgeRules,
        NullReasons = MethodologyTexts.Reasons,
        Conformance = await _conformance.Value.WaitAsync(cancellationToken),
    };

    private static HeadlineRow HeadlineOf(Frequency frequency)
    {
        var headline = IndexSpecification.Headline(IndexKind.Price, frequency, reference: null);
        return new HeadlineRow
        {
            Frequency = WireJson.NameOf(frequency),
            Method = headline.Method,
            Linking = headline.Multilateral is null ? WireJson.NameOf(headline.Linking) : null,
            Items = headline.Multilateral is null ? WireJson.NameOf(headline.Items) : null,
            Window = headline.Window,
            Splice = headline.Window is null ? null : WireJson.NameOf(headline.Splice),
        };
    }

    private static ConformanceAnswer Run()
    {
        var cases = Conformance.Cases.Select(Conformance.Check).Select(CaseOf).OfType<ConformanceCaseRow>().ToList();
        var series = cases.SelectMany(c => c.Series).ToList();
        return new ConformanceAnswer
        {
            Conformant = series.Count > 0 && series.TrueForAll(s => s.Passed) && cases.TrueForAll(c => c.NotCovered.Count == 0),
            Series = series.Count,
            Passed = series.Count(s => s.Passed),
            NotCovered = cases.Sum(c => c.NotCovered.Count),
            Points = series.Sum(s => s.Points),
            Cases = cases,
        };
    }

    private static ConformanceCaseRow? CaseOf(ConformanceReport report) => report.Results.Count == 0 ? null : new()
    {
        Id = report.Results[0].CaseId,
        Title = report.Results[0].Title,
        Passed = report.Results.All(r => r.Passed),
        WorstInTolerances = report.Results.Any(r => r.LargestDeviation is null) ? null : report.Results.Max(InTolerances),
        Series = [.. report.Results.Select(r => new ConformanceSeriesRow
        {
            Series = r.Series,
            Source = r.Source,
            Points = r.Points,
            Passed = r.Passed,
            Tolerance = r.Tolerance,
            Relative = r.IsRelative,
            LargestDeviation = r.LargestDeviation,
        })],
        NotCovered = [.. report.Unhandled.Select(u => u.Series)],
    };

    private static double? InTolerances(ConformanceResult result) =>
        result.LargestDeviation is 0 ? 0 : result.Tolerance > 0 ? result.LargestDeviation / result.Tolerance : null;
}
