using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Fits learning curves to what the roll-up holds.</summary>
internal sealed class LearningFigures(NpgsqlDataSource dataSource, IOptions<StatisticsOptions> options)
{
    // A line does not care where years begin.
    private static readonly DateTimeOffset Origin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365.25);

    /// <summary>The answer to a request. Experience is counted from the first data on; <c>start</c> only says which periods are points.</summary>
    /// <param name="request">Which periods and groups.</param>
    /// <param name="withPoints">Whether the points are told too.</param>
    /// <param name="mayReadCosts">Whether the reader may know what tokens cost.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TooManyRowsException">It would be larger than an answer may be, or needs more item-periods.</exception>
    public async Task<LearningCurveAnswer> AnswerAsync(
        FigureRequest request, bool withPoints, bool mayReadCosts, CancellationToken cancellationToken)
    {
        await using var snapshot = await RollUpSnapshot.OpenAsync(dataSource, request.AsOf, cancellationToken);
        var whole = request with { Start = null };
        var panel = await ItemPanel.ReadAsync(snapshot, whole, options.Value, cancellationToken);
        var rows = RowsOf(LearningKind.PriceLearning, panel, panel, request, withPoints).ToList();
        var costReason = !mayReadCosts ? "needs_read_scope" : request.IsByHour ? "needs_days_of_utc" : null;
        if (costReason is null)
        {
            var costs = await ItemPanel.ReadAsync(
                snapshot, FigureReader.CostedCells(whole, snapshot.Moment), FigureReader.ItemCostSums, whole, options.Value, cancellationToken);
            costs = costs with { Groups = [.. costs.Groups.Where(g => g.Baskets.Any(b => !b.IsEmpty))] };
            var before = rows.Count;
            rows.AddRange(RowsOf(LearningKind.CostLearning, costs, panel, request, withPoints));
            costReason = rows.Count > before ? null : "no_unit_costs";
        }

        return new LearningCurveAnswer
        {
            Rows = rows,
            CostReason = costReason,
            Confidence = LeastSquares.Confidence.ToString(CultureInfo.InvariantCulture),
            Currency = panel.Context.Currency,
            Unit = "ratio",
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = [.. request.By.Select(d => d.Name())],
            AsOf = panel.Context.AsOf,
            CompleteThrough = panel.Context.CompleteThrough,
        };
    }

    // What is free and unpriced is told of what was sold, also beside costs: the groups of costs are some of those of prices.
    private IEnumerable<LearningCurveRow> RowsOf(LearningKind kind, ItemPanel panel, ItemPanel sold, FigureRequest request, bool withPoints)
    {
        var totals = sold.Groups.ToDictionary(g => g.Names, g => g.Totals, GroupComparer.Instance);
        var first = panel.Periods.TakeWhile(p => p.Start < request.Start).Count();
        return first == panel.Periods.Count
            ? []
            : panel.Groups.Select(group => FigureTable.WithGroup(RowOf(kind, panel, group, totals[group.Names], first, request, withPoints), request.By, group.Names));
    }

    private LearningCurveRow RowOf(
        LearningKind kind, ItemPanel panel, PanelGroup group, IReadOnlyList<PanelTotals> sold, int first, FigureRequest request, bool withPoints)
    {
        var series = LearningSeries.Of(panel.Periods, group);
        var places = Enumerable.Range(first, panel.Periods.Count - first).ToList();
        var used = places.Where(t => series.WhyLeftOut(t) is null).ToList();
        var fit = LearningCurve.Fit([.. places.Select(t => new LearningPoint(YearsOf(panel.Periods[t]), series.Prices[t].Level, series.Cumulative[t]))]);
        var coverage = FitCoverage.Of(sold, series.Prices, first);
        return new LearningCurveRow
        {
            Kind = WireJson.NameOf(kind),
            N = fit.Wright.Points,
            LeftOut = fit.LeftOut,
            FirstPeriod = used.Count == 0 ? null : panel.Periods[used[0]].Label,
            LastPeriod = used.Count == 0 ? null : panel.Periods[used[^1]].Label,
            Exponent = FigureTable.SixDecimals(fit.Exponent.Value),
            LearningRate = FigureTable.SixDecimals(fit.LearningRate.Value),
            ProgressRatio = FigureTable.SixDecimals(fit.ProgressRatio.Value),
            StandardError = FigureTable.SixDecimals(fit.Wright.SlopeError.Value),
            R2 = FigureTable.SixDecimals(fit.Wright.RSquared.Value),
            LearningRateLower = FigureTable.SixDecimals(fit.LearningRateInterval.Lower),
            LearningRateUpper = FigureTable.SixDecimals(fit.LearningRateInterval.Upper),
            Doublings = FigureTable.SixDecimals(fit.Doublings.Value),
            AnnualRate = FigureTable.SixDecimals(fit.AnnualRate.Value),
            HalvingYears = FigureTable.SixDecimals(fit.HalvingYears.Value),
            MooreExponent = FigureTable.SixDecimals(fit.Moore.Slope.Value),
            MooreStandardError = FigureTable.SixDecimals(fit.Moore.SlopeError.Value),
            MooreR2 = FigureTable.SixDecimals(fit.Moore.RSquared.Value),
            Better = BetterOf(fit),
            MatchedShare = coverage.MatchedShare,
            FreeShare = coverage.FreeShare,
            UnpricedShare = coverage.UnpricedShare,
            NullReason = NullReasonOf(fit, places.Select(series.WhyLeftOut)),
            Partial = used.Count > 0 && FigureTable.Cover(panel.Periods[used[^1]], request with { Start = null }, panel.Context).IsPartial,
            Status = FigureTable.StatusOf(panel.Periods[^1], panel.Context.AsOf, options.Value),
            Points = withPoints ? [.. places.Select(t => PointOf(panel, series, fit, t, request))] : null,
        };
    }

    private static LearningCurvePoint PointOf(ItemPanel panel, LearningSeries series, LearningCurve fit, int t, FigureRequest request)
    {
        var why = series.WhyLeftOut(t);
        var experience = why is null ? Math.Log(series.Cumulative[t]!.Value) : 0;
        var fitted = why is null ? fit.Wright.Intercept.Then(a => Math.Exp(a + (fit.Wright.Slope.Value!.Value * experience))).Value : null;
        var band = why is null ? fit.Wright.BandAt(experience).Then(Math.Exp) : default;
        return new LearningCurvePoint
        {
            Period = panel.Periods[t].Label,
            CumulativeVolume = FigureTable.SixDecimals(series.Cumulative[t]),
            PriceIndex = FigureTable.SixDecimals(series.Prices[t].Level),
            Fitted = FigureTable.SixDecimals(fitted),
            Lower = FigureTable.SixDecimals(band.Lower),
            Upper = FigureTable.SixDecimals(band.Upper),
            Partial = FigureTable.Cover(panel.Periods[t], request with { Start = null }, panel.Context).IsPartial,
            NullReason = why,
        };
    }

    // Years of 365.25 days, to the middle of the period.
    private static double YearsOf(Period period) => (period.Start - Origin + ((period.End - period.Start) / 2)) / Year;

    private static string? BetterOf(LearningCurve fit) =>
        fit.Wright.RSquared.Value is not { } wright || fit.Moore.RSquared.Value is not { } moore || wright == moore ? null
        : wright > moore ? "wright" : "moore";

    // In the order of the columns.
    private static string? NullReasonOf(LearningCurve fit, IEnumerable<string?> leftOut) =>
        FitReason.Of(leftOut, fit.Exponent, fit.Wright.SlopeError, fit.Wright.RSquared, fit.Doublings, fit.AnnualRate, fit.HalvingYears, fit.Moore.SlopeError, fit.Moore.RSquared);
}
