using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Makes index numbers from the roll-up.</summary>
internal sealed class IndexFigures(NpgsqlDataSource dataSource, IOptions<StatisticsOptions> options)
{
    /// <summary>The answer to a request.</summary>
    /// <param name="request">Which periods and groups.</param>
    /// <param name="method">What is computed.</param>
    /// <param name="asked">The period that is 100; null: of each group the first with data.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TooManyRowsException">It would be larger than an answer may be, or needs more item-periods.</exception>
    public async Task<IndexAnswer> AnswerAsync(FigureRequest request, IndexMethod method, Period? asked, CancellationToken cancellationToken)
    {
        var panel = await ItemPanel.ReadAsync(dataSource, request, options.Value, cancellationToken);
        var (rows, reference) = Compile(panel, request, method, asked);
        return new IndexAnswer
        {
            Rows = rows,
            Index = WireJson.NameOf(method.Kind),
            Method = WireJson.NameOf(method.Formula),
            Linking = WireJson.NameOf(method.Linking),
            Items = WireJson.NameOf(method.Items),
            Reference = reference?.Label,
            Currency = panel.Context.Currency,
            Unit = "index",
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = [.. request.By.Select(d => d.Name())],
            AsOf = panel.Context.AsOf,
            CompleteThrough = panel.Context.CompleteThrough,
        };
    }

    private (List<IndexRow> Rows, Period? Reference) Compile(ItemPanel panel, FigureRequest request, IndexMethod method, Period? asked)
    {
        var rows = new List<IndexRow>(panel.Periods.Count * panel.Groups.Count);
        var references = new HashSet<Period>();
        foreach (var group in panel.Groups)
        {
            var at = asked is { } wanted ? panel.Periods.ToList().IndexOf(wanted) : group.Baskets.ToList().FindIndex(b => !b.IsEmpty);
            if (at >= 0)
                references.Add(panel.Periods[at]);
            // Nothing in the group has a price: not for want of a reference period, unless one was asked for.
            var points = at < 0 && asked is null
                ? [.. group.Baskets.Select(_ => new IndexPoint(null, NullReasons.EmptyPeriod, null, 0, 0))]
                : IndexSeries.Compile(group.Baskets, at, method);
            rows.AddRange(panel.Periods.Select((period, t) => RowOf(period, points[t], group.Names, request, panel.Context)));
        }

        return ([.. rows.OrderBy(r => r.Start)], asked ?? (references.Count == 1 ? references.Single() : null));
    }

    private IndexRow RowOf(Period period, IndexPoint point, IReadOnlyList<string> group, FigureRequest request, FigureContext context)
    {
        var (start, end, isPartial) = FigureTable.Cover(period, request, context);
        return FigureTable.WithGroup(new IndexRow
        {
            Period = period.Label,
            Start = start,
            End = end,
            Index = SixDecimals(point.Level),
            MatchedShare = SixDecimals(point.MatchedShare),
            NewItems = point.NewItems,
            VanishedItems = point.VanishedItems,
            NullReason = point.NullReason,
            Partial = isPartial,
            Status = FigureTable.StatusOf(period, context.AsOf, options.Value),
        }, request.By, group);
    }

    // F6 rounds the number itself; multiplying it first, or a custom format (15 digits), would not.
    private static string? SixDecimals(double? value) => value?.ToString("F6", CultureInfo.InvariantCulture);
}
