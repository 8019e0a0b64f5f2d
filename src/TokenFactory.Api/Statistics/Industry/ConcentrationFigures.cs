using Microsoft.Extensions.Options;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Makes figures of concentration from the roll-up.</summary>
internal sealed class ConcentrationFigures(IOptions<StatisticsOptions> options)
{
    /// <summary>The answer to a request, whose groups are markets.</summary>
    /// <exception cref="TooManyRowsException">It would be larger than an answer may be, or needs more members times periods than items may have.</exception>
    public async Task<ConcentrationAnswer> AnswerAsync(
        RollUpSnapshot snapshot, FigureRequest request, ConcentrationMeasure measure, MarketMember of, CancellationToken cancellationToken)
    {
        var markets = await ReadAsync(snapshot, request, measure, of, cancellationToken);
        var rows = new List<ConcentrationRow>();
        foreach (var (names, market) in markets.OrderBy(m => m.Key, new GroupOrder(request.By)))
            AddRows(rows, names, market, request, snapshot.Context);
        return new ConcentrationAnswer
        {
            Rows = [.. rows.OrderBy(r => r.Start)],
            Measure = WireJson.NameOf(measure),
            Of = WireJson.NameOf(of),
            Currency = snapshot.Context.Currency,
            Unit = "index",
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = [.. request.By.Select(d => d.Name())],
            AsOf = snapshot.Context.AsOf,
            CompleteThrough = snapshot.Context.CompleteThrough,
        };
    }

    // Members are groups of the query within the groups of the answer.
    private async Task<Dictionary<IReadOnlyList<string>, SortedDictionary<Period, MarketPeriod>>> ReadAsync(
        RollUpSnapshot snapshot, FigureRequest request, ConcentrationMeasure measure, MarketMember of, CancellationToken cancellationToken)
    {
        Dimension[] member = of == MarketMember.Producer ? [Dimension.Producer] : [Dimension.Producer, Dimension.Model];
        var wide = request with { By = [.. request.By.Concat(member).Order()] };
        var markets = new Dictionary<IReadOnlyList<string>, SortedDictionary<Period, MarketPeriod>>(GroupComparer.Instance);
        await FigureReader.ReadGroupsAsync(snapshot, wide, new CellQuery(wide, snapshot.Moment), options.Value.MaxItemPeriods, PanelTotals.Sums, "", (row, period, group, first) =>
        {
            string[] names = [.. group.Where((_, i) => !member.Contains(wide.By[i]))];
            if (!markets.TryGetValue(names, out var market))
                markets.Add(names, market = []);
            if (!market.TryGetValue(period, out var outputs))
                market.Add(period, outputs = new MarketPeriod());
            var sums = PanelTotals.Read(row, first);
            outputs.Add(string.Join('/', group.Where((_, i) => member.Contains(wide.By[i]))), measure == ConcentrationMeasure.Value ? sums.Value : sums.Quantity, sums);
        }, cancellationToken);
        return markets;
    }

    // A market has a row for every period between its first and its last; it is compared across a gap, as indices are chained.
    private void AddRows(
        List<ConcentrationRow> rows, IReadOnlyList<string> names, SortedDictionary<Period, MarketPeriod> market, FigureRequest request, FigureContext context)
    {
        (Period Period, MarketPeriod Outputs)? before = null;
        foreach (var period in request.Calendar.Range(request.Frequency, market.Keys.First().Start, market.Keys.Last().End))
        {
            if (rows.Count == options.Value.MaxRows)
                throw new TooManyRowsException(options.Value.MaxRows);
            var now = market.GetValueOrDefault(period) ?? MarketPeriod.None;
            var row = FigureTable.WithGroup(RowOf(period, now, before, request, context), request.By, names);
            rows.Add(row);
            if (row.Active > 0)
                before = (period, now);
        }
    }

    private ConcentrationRow RowOf(
        Period period, MarketPeriod now, (Period Period, MarketPeriod Outputs)? before, FigureRequest request, FigureContext context)
    {
        var figures = Concentration.Of(now.Outputs.Select(o => o.Value));
        var turnover = before is { } then && figures.Active > 0 ? Concentration.Turnover(then.Outputs.Outputs, now.Outputs) : null;
        var (start, end, isPartial) = FigureTable.Cover(period, request, context);
        return new ConcentrationRow
        {
            Period = period.Label,
            Start = start,
            End = end,
            Hhi = figures.Hhi,
            Band = figures.Band,
            EquivalentNumber = figures.EquivalentNumber,
            Active = figures.Active,
            Cr1 = figures.LargestShare,
            Cr4 = figures.FourLargestShare,
            Cr8 = figures.EightLargestShare,
            Largest = figures.Active == 0 ? null : now.Outputs.OrderByDescending(o => o.Value).ThenBy(o => o.Key, StringComparer.Ordinal).First().Key,
            LargestShare = figures.LargestShare,
            ComparedWith = turnover is null ? null : before?.Period.Label,
            Entries = turnover?.Entered.Count,
            Exits = turnover?.Exited.Count,
            EntryShare = turnover?.EntryShare,
            ExitShare = turnover?.ExitShare,
            LeftOut = figures.LeftOut,
            FreeShare = FigureTable.SixDecimals(now.Totals.FreeShare),
            UnpricedShare = FigureTable.SixDecimals(now.Totals.UnpricedShare),
            NullReason = figures.NullReason,
            Partial = isPartial,
            Status = FigureTable.StatusOf(period, context.AsOf, options.Value),
        };
    }

    /// <summary>Who made how much in one period of a market.</summary>
    private sealed class MarketPeriod
    {
        public static readonly MarketPeriod None = new();

        public List<KeyValuePair<string, decimal>> Outputs { get; } = [];

        public PanelTotals Totals { get; private set; }

        public void Add(string member, decimal output, PanelTotals sums)
        {
            Outputs.Add(KeyValuePair.Create(member, output));
            Totals = Totals.Plus(sums);
        }
    }
}
