using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Fits how demand goes with price to what the roll-up holds.</summary>
internal sealed class DemandResponseFigures(NpgsqlDataSource dataSource, IOptions<StatisticsOptions> options)
{
    /// <summary>The answer to a request: two rows per group.</summary>
    /// <exception cref="TooManyRowsException">It would be larger than an answer may be, or needs more item-periods.</exception>
    public async Task<DemandResponseAnswer> AnswerAsync(FigureRequest request, CancellationToken cancellationToken)
    {
        var panel = await ItemPanel.ReadAsync(dataSource, request, options.Value, cancellationToken);
        return new DemandResponseAnswer
        {
            Rows = [.. panel.Groups.SelectMany(group => RowsOf(panel, group, request))],
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

    private DemandResponseRow[] RowsOf(ItemPanel panel, PanelGroup group, FigureRequest request)
    {
        var prices = IndexOf(IndexKind.Price);
        var quantities = IndexOf(IndexKind.Quantity);
        string?[] leftOut = [.. panel.Periods.Select((period, t) => WhyLeftOut(period, prices[t], quantities[t]))];
        DemandPoint[] points = [.. leftOut.Select((why, t) => why is null ? new DemandPoint(prices[t].Level, quantities[t].Level) : default)];
        int[] used = [.. Enumerable.Range(0, points.Length).Where(t => leftOut[t] is null)];
        int[] paired = [.. used.Where(t => (t > 0 && leftOut[t - 1] is null) || (t + 1 < points.Length && leftOut[t + 1] is null))];
        return [RowOf(DemandForm.Levels, DemandResponse.InLevels(points), used), RowOf(DemandForm.Differences, DemandResponse.InDifferences(points), paired)];

        IReadOnlyList<IndexPoint> IndexOf(IndexKind kind) =>
            IndexCompiler.Compile(panel.Periods, group.Baskets, new IndexSpecification { Kind = kind, Items = ItemSelection.Matched }).Points;

        string? WhyLeftOut(Period period, IndexPoint price, IndexPoint quantity) =>
            price.NullReason ?? quantity.NullReason
            ?? (price.Level is <= 0 || quantity.Level is <= 0 ? NullReasons.ZeroPrice
                : FigureTable.Cover(period, request, panel.Context).IsPartial ? FigureTable.PartialPeriod
                : null);

        DemandResponseRow RowOf(DemandForm form, Elasticity fit, int[] places)
        {
            var coverage = FitCoverage.Of(group.Totals, prices, 0);
            return FigureTable.WithGroup(new DemandResponseRow
            {
                Form = WireJson.NameOf(form),
                FirstPeriod = places.Length == 0 ? null : panel.Periods[places[0]].Label,
                LastPeriod = places.Length == 0 ? null : panel.Periods[places[^1]].Label,
                N = fit.Line.Points,
                LeftOut = fit.LeftOut,
                Elasticity = FigureTable.SixDecimals(fit.Value.Value),
                StandardError = FigureTable.SixDecimals(fit.Error.Value),
                R2 = FigureTable.SixDecimals(fit.RSquared.Value),
                Lower = FigureTable.SixDecimals(fit.Interval.Lower),
                Upper = FigureTable.SixDecimals(fit.Interval.Upper),
                MatchedShare = coverage.MatchedShare,
                FreeShare = coverage.FreeShare,
                UnpricedShare = coverage.UnpricedShare,
                NullReason = FitReason.Of(leftOut, fit.Value, fit.Error, fit.RSquared),
                Status = FigureTable.StatusOf(panel.Periods[^1], panel.Context.AsOf, options.Value),
            }, request.By, group.Names);
        }
    }
}
