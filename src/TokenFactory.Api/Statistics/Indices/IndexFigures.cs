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
    /// <exception cref="TooManyRowsException">It would be larger than an answer may be, or needs more item-periods.</exception>
    public async Task<IndexAnswer> AnswerAsync(FigureRequest request, IndexSpecification specification, CancellationToken cancellationToken)
    {
        await using var snapshot = await RollUpSnapshot.OpenAsync(dataSource, request, cancellationToken);
        return await AnswerAsync(snapshot, request, specification, cancellationToken);
    }

    /// <summary>The same in a moment that is open already.</summary>
    /// <exception cref="TooManyRowsException">As above.</exception>
    public async Task<IndexAnswer> AnswerAsync(
        RollUpSnapshot snapshot, FigureRequest request, IndexSpecification specification, CancellationToken cancellationToken)
    {
        var panel = await ItemPanel.ReadAsync(snapshot, request, options.Value, cancellationToken);
        Check(panel.Groups, specification);
        var (rows, reference) = Compile(panel, request, specification);
        var isBilateral = specification.Multilateral is null;
        return new IndexAnswer
        {
            Rows = rows,
            Index = WireJson.NameOf(specification.Kind),
            Method = specification.Method,
            Linking = isBilateral ? WireJson.NameOf(specification.Linking) : null,
            Items = isBilateral && specification.Linking is SeriesLinking.Chained or SeriesLinking.FixedBase ? WireJson.NameOf(specification.Items) : null,
            Window = specification.Window,
            Splice = specification.Window is null ? null : WireJson.NameOf(specification.Splice),
            Sigma = specification.SigmaText,
            Reference = reference?.Label,
            Units = WireJson.NameOf(specification.Units),
            Currency = panel.Context.Currency,
            Unit = FigureGrowth.UnitOf(specification.Units, "index"),
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = [.. request.By.Select(d => d.Name())],
            AsOf = panel.Context.AsOf,
            CompleteThrough = panel.Context.CompleteThrough,
        };
    }

    /// <summary>The headline Token Index: price, quantity and value of each sector and of all.</summary>
    /// <param name="snapshot">The moment.</param>
    /// <param name="request">Which periods; its groups are sectors.</param>
    /// <param name="reference">The period that is 100; null: of each sector the first with data.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TooManyRowsException">As above.</exception>
    public async Task<TokenIndexAnswer> HeadlineAsync(RollUpSnapshot snapshot, FigureRequest request, Period? reference, CancellationToken cancellationToken)
    {
        var panel = await ItemPanel.ReadAsync(snapshot, request, options.Value, cancellationToken);
        var rows = new List<TokenIndexRow>();
        var references = new HashSet<Period>();
        PanelGroup[] groups = [.. panel.Groups, Total(panel)];
        var headline = IndexSpecification.Headline(IndexKind.Price, request.Frequency, reference);
        Check(groups, headline);
        foreach (var group in groups)
        {
            var (series, at) = IndexCompiler.CompileAll(panel.Periods, group.Baskets, headline);
            if (at >= 0)
                references.Add(panel.Periods[at]);
            rows.AddRange(panel.Periods.Select((period, t) => HeadlineRow(panel, group, request, period, t, Array.ConvertAll(series, points => points[t]))));
        }

        return new TokenIndexAnswer
        {
            Rows = [.. rows.OrderBy(r => r.Start)],
            Method = headline.Method,
            Linking = headline.Multilateral is null ? WireJson.NameOf(headline.Linking) : null,
            Items = headline.Multilateral is null ? WireJson.NameOf(headline.Items) : null,
            Window = headline.Window,
            Splice = headline.Window is null ? null : WireJson.NameOf(headline.Splice),
            Reference = reference?.Label ?? (references.Count == 1 ? references.Single().Label : null),
            Currency = panel.Context.Currency,
            Unit = "index",
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = ["sector"],
            AsOf = panel.Context.AsOf,
            CompleteThrough = panel.Context.CompleteThrough,
        };
    }

    private (List<IndexRow> Rows, Period? Reference) Compile(ItemPanel panel, FigureRequest request, IndexSpecification specification)
    {
        var rows = new List<IndexRow>(panel.Periods.Count * panel.Groups.Count);
        var references = new HashSet<Period>();
        foreach (var group in panel.Groups)
        {
            var (points, at) = IndexCompiler.Compile(panel.Periods, group.Baskets, specification);
            if (at >= 0)
                references.Add(panel.Periods[at]);
            var growth = specification.Units == Transformation.Lin ? null : GrowthOf(panel, request, specification.Units, points);
            for (var t = 0; t < points.Count; t++)
            {
                var row = RowOf(panel, group, request, t, points[t]);
                if (growth is not null)
                    row = row with { IsTransformed = true, Value = growth[t].Value, NullReason = row.NullReason ?? growth[t].Reason };
                if (specification.Kind == IndexKind.Price && at >= 0)
                    row = WithComposition(row, group.Baskets[at], group.Baskets[t], points[t]);
                rows.Add(row);
            }
        }

        return ([.. rows.OrderBy(r => r.Start)], specification.Reference ?? (references.Count == 1 ? references.Single() : null));
    }

    // Of all groups together: what one query may cost. Where items come and go, a table of all of them over all periods is larger than what was read.
    private void Check(IEnumerable<PanelGroup> groups, IndexSpecification specification)
    {
        var work = groups.Select(g => IndexCompiler.WorkOf(g.Baskets, specification)).ToList();
        if (work.Sum(w => w.Table) > options.Value.MaxItemPeriods)
            throw new TooManyRowsException(options.Value.MaxItemPeriods);
        var comparisons = work.Sum(w => w.Comparisons);
        if (comparisons > options.Value.MaxComparisons)
        {
            throw new FigureLimitException("too_many_comparisons", string.Create(CultureInfo.InvariantCulture,
                $"It would compare {comparisons} times items in pairs of periods, and {options.Value.MaxComparisons} are allowed. Give a smaller `window`, fewer periods or groups, or a lower frequency."));
        }
    }

    private static (string? Value, string? Reason)[] GrowthOf(ItemPanel panel, FigureRequest request, Transformation units, IReadOnlyList<IndexPoint> points) =>
        FigureGrowth.Of(units, request.Calendar, [.. points.Select((point, t) => new GrowthPoint(
            panel.Periods[t], [], point.Level, point.NullReason, null, FigureTable.Cover(panel.Periods[t], request, panel.Context).IsPartial))]);

    private IndexRow RowOf(ItemPanel panel, PanelGroup group, FigureRequest request, int t, IndexPoint point)
    {
        var period = panel.Periods[t];
        var (start, end, isPartial) = FigureTable.Cover(period, request, panel.Context);
        return FigureTable.WithGroup(new IndexRow
        {
            Period = period.Label,
            Start = start,
            End = end,
            Index = FigureTable.SixDecimals(point.Level),
            MatchedShare = FigureTable.SixDecimals(point.MatchedShare),
            NewItems = point.NewItems,
            VanishedItems = point.VanishedItems,
            CarriedItems = point.CarriedItems,
            ComparedWith = point.ComparedWith is { } with ? panel.Periods[with].Label : null,
            Break = point.IsBreak,
            FreeShare = FigureTable.SixDecimals(group.Totals[t].FreeShare),
            UnpricedShare = FigureTable.SixDecimals(group.Totals[t].UnpricedShare),
            UnitValueIndex = null,
            CompositionEffect = null,
            NullReason = point.NullReason,
            Partial = isPartial,
            Status = FigureTable.StatusOf(period, panel.Context.AsOf, options.Value),
        }, request.By, group.Names);
    }

    // METHODOLOGY, edge rule 4: the average price is no price index; what it says beside one is what buyers moved to.
    private static IndexRow WithComposition(IndexRow row, Basket reference, Basket current, IndexPoint point)
    {
        var unitValue = AveragePrice.Index(reference, current);
        var effect = point.Level is { } level ? AveragePrice.CompositionEffect(reference, current, IndexValue.Of(level / 100)) : default;
        return row with { UnitValueIndex = FigureTable.SixDecimals(unitValue.Value * 100), CompositionEffect = FigureTable.SixDecimals(effect.Value) };
    }

    // All sectors together: an item that several buy is one.
    private static PanelGroup Total(ItemPanel panel) => new(
        [TokenIndexRow.Total],
        [.. panel.Periods.Select((_, t) => new Basket(panel.Groups.SelectMany(g => g.Items[t])
            .GroupBy(i => i.Key, i => i.Value, (id, values) => KeyValuePair.Create(id, values.Aggregate(static (a, b) => new ItemValue(a.Value + b.Value, a.Quantity + b.Quantity))))))],
        [.. panel.Periods.Select((_, t) => panel.Groups.Aggregate(default(PanelTotals), (sum, g) => sum.Plus(g.Totals[t])))],
        []);

    private TokenIndexRow HeadlineRow(ItemPanel panel, PanelGroup group, FigureRequest request, Period period, int t, IndexPoint[] points)
    {
        var (start, end, isPartial) = FigureTable.Cover(period, request, panel.Context);
        return new TokenIndexRow
        {
            Period = period.Label,
            Start = start,
            End = end,
            Sector = group.Names[0],
            Price = FigureTable.SixDecimals(points[(int)IndexKind.Price].Level),
            Quantity = FigureTable.SixDecimals(points[(int)IndexKind.Quantity].Level),
            Value = FigureTable.SixDecimals(points[(int)IndexKind.Value].Level),
            MatchedShare = FigureTable.SixDecimals(points[(int)IndexKind.Price].MatchedShare),
            NewItems = points[(int)IndexKind.Price].NewItems,
            VanishedItems = points[(int)IndexKind.Price].VanishedItems,
            FreeShare = FigureTable.SixDecimals(group.Totals[t].FreeShare),
            UnpricedShare = FigureTable.SixDecimals(group.Totals[t].UnpricedShare),
            Break = points[(int)IndexKind.Price].IsBreak,
            NullReason = points[(int)IndexKind.Price].NullReason,
            Partial = isPartial,
            Status = FigureTable.StatusOf(period, panel.Context.AsOf, options.Value),
        };
    }
}
