using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Volumes of one group, by period.</summary>
/// <param name="Reference">The period in whose money they are; null: there is none.</param>
/// <param name="Published">The periods of the window.</param>
/// <param name="Levels">The same with the periods before the window: what growth is measured over.</param>
internal sealed record VolumeSeries(
    Period? Reference, IReadOnlyDictionary<Period, GdpVolume> Published, IReadOnlyDictionary<Period, double?> Levels);

/// <summary>The volume of one period.</summary>
/// <param name="Point">In money of the reference period, with the implicit deflator.</param>
/// <param name="Link">How its items compare with those of the period before.</param>
internal readonly record struct GdpVolume(ChainedVolumePoint Point, IndexPoint Link)
{
    /// <summary>Nothing with a price was recorded.</summary>
    public static GdpVolume OfNothing { get; } =
        new(new ChainedVolumePoint(null, null, NullReasons.EmptyPeriod), new IndexPoint(null, NullReasons.EmptyPeriod, null, 0, 0));
}

/// <summary>
/// Chained volumes of the groups of a request: Fisher over the union of items, missing prices imputed; net output of producers by double deflation,
/// final use over what no producer bought. The total of a net query is its final use.
/// </summary>
internal static class GdpVolumes
{
    private static readonly Basket Nothing = new([]);

    /// <summary>The series of each group.</summary>
    /// <exception cref="TooManyRowsException">They need more item-periods than an answer may.</exception>
    public static async Task<Dictionary<IReadOnlyList<string>, VolumeSeries>> ReadAsync(
        RollUpSnapshot snapshot, FigureRequest request, GdpSpecification specification, StatisticsOptions options, CancellationToken cancellationToken)
    {
        var side = specification.SideOf(request);
        Task<ItemPanel> PanelAsync(CellSelection cells)
        {
            var selected = request with { Cells = cells };
            return ItemPanel.ReadAsync(snapshot, selected, options, cancellationToken);
        }

        var outputs = await PanelAsync(side is null or GdpSide.Production ? CellSelection.All : CellSelection.FinalUse);
        var inputs = side == GdpSide.Production ? await PanelAsync(CellSelection.Purchases) : null;
        var periods = PeriodsOf(request, outputs, inputs);
        var (made, bought) = (GroupsOf(outputs), inputs is null ? [] : GroupsOf(inputs));
        var series = new Dictionary<IReadOnlyList<string>, VolumeSeries>(GroupComparer.Instance);
        foreach (var names in made.Keys.Union(bought.Keys, GroupComparer.Instance))
        {
            var accounts = new Accounts(
                periods, [.. periods.Select(p => At(made, names, p))], inputs is null ? null : [.. periods.Select(p => At(bought, names, p))]);
            series.Add(names, SeriesOf(accounts, request, specification.Reference));
        }

        return series;
    }

    /// <summary>What the volumes of groups don't add up to, for every period that has rows.</summary>
    /// <param name="cells">The rows: a group is a part of the periods in which it has one.</param>
    /// <param name="groups">The series of each group.</param>
    /// <param name="whole">The series of all together; null: nothing has a price.</param>
    public static List<GdpTotal> Totals(
        IReadOnlyList<GdpCell> cells, IReadOnlyDictionary<IReadOnlyList<string>, VolumeSeries> groups, VolumeSeries? whole)
    {
        // Money of different periods is not added up.
        var isCommon = groups.Values.All(g => g.Reference is null || g.Reference == whole?.Reference);
        return [.. cells.GroupBy(c => c.Period).Select(period =>
        {
            var total = (whole?.Published.GetValueOrDefault(period.Key, GdpVolume.OfNothing) ?? GdpVolume.OfNothing).Point;
            double?[] parts = [.. period.Select(c => PartOf(c, groups))];
            double? sum = parts.Contains(null) || !isCommon ? null : parts.Sum();
            return new GdpTotal
            {
                Period = period.Key.Label,
                Real = FigureTable.SixDecimals(total.Real),
                SumOfParts = FigureTable.SixDecimals(sum),
                Residual = FigureTable.SixDecimals(isCommon ? ChainedVolume.Residual(total.Real, parts) : null),
                NullReason = total.Real is null ? total.NullReason : !isCommon ? "no_common_reference" : sum is null ? "part_without_volume" : null,
            };
        })];
    }

    // A group of which nothing has a price in the period adds nothing.
    private static double? PartOf(GdpCell cell, IReadOnlyDictionary<IReadOnlyList<string>, VolumeSeries> groups)
    {
        var volume = groups.GetValueOrDefault(cell.Group)?.Published.GetValueOrDefault(cell.Period, GdpVolume.OfNothing) ?? GdpVolume.OfNothing;
        return volume.Point.Real ?? (volume.Link.NullReason == NullReasons.EmptyPeriod && cell.Gdp == "0" ? 0 : null);
    }

    // The window is compiled by itself, so that what is published of it does not depend on whether growth is asked for too.
    private static VolumeSeries SeriesOf(Accounts accounts, FigureRequest request, Period? asked)
    {
        var before = request is { Lookback: not null, Start: { } start } ? accounts.Periods.Count(p => p.End <= start) : 0;
        var window = accounts.From(before);
        var reference = asked is { } named ? window.Periods.ToList().IndexOf(named) : window.FirstWithVolume();
        var (points, links) = window.Compile(reference, asked is not null);
        var levels = before == 0 ? points : accounts.Compile(reference < 0 ? -1 : before + reference, asked is not null).Volumes;
        return new VolumeSeries(
            reference < 0 ? null : window.Periods[reference],
            window.Periods.Select((p, t) => KeyValuePair.Create(p, new GdpVolume(points[t], links[t]))).ToDictionary(),
            accounts.Periods.Select((p, t) => KeyValuePair.Create(p, levels[t].Real)).ToDictionary());
    }

    private static IReadOnlyList<Period> PeriodsOf(FigureRequest request, ItemPanel outputs, ItemPanel? inputs)
    {
        if (inputs is null || inputs.Periods.Count == 0)
            return outputs.Periods;
        if (outputs.Periods.Count == 0)
            return inputs.Periods;
        var first = outputs.Periods[0] < inputs.Periods[0] ? outputs.Periods[0] : inputs.Periods[0];
        var last = outputs.Periods[^1] > inputs.Periods[^1] ? outputs.Periods[^1] : inputs.Periods[^1];
        return [.. request.Calendar.Range(request.Frequency, first.Start, last.End)];
    }

    private static Dictionary<IReadOnlyList<string>, Dictionary<Period, PeriodAccount>> GroupsOf(ItemPanel panel) => panel.Groups.ToDictionary(
        g => g.Names, g => panel.Periods.Select((p, t) => KeyValuePair.Create(p, new PeriodAccount(g.Baskets[t], g.Totals[t].Value))).ToDictionary(),
        GroupComparer.Instance);

    private static PeriodAccount At(
        Dictionary<IReadOnlyList<string>, Dictionary<Period, PeriodAccount>> groups, IReadOnlyList<string> names, Period period) =>
        groups.TryGetValue(names, out var periods) && periods.TryGetValue(period, out var account) ? account : new PeriodAccount(Nothing, 0);

    // Value: of every item, also of those whose corrections outweigh them and that no basket holds.
    private readonly record struct PeriodAccount(Basket Items, decimal Value);

    private sealed record Accounts(IReadOnlyList<Period> Periods, IReadOnlyList<PeriodAccount> Outputs, IReadOnlyList<PeriodAccount>? Inputs)
    {
        private Basket[] Made => [.. Outputs.Select(o => o.Items)];

        private Basket[] Bought => [.. Inputs!.Select(i => i.Items)];

        public Accounts From(int place) => place == 0 ? this : new(Periods.Skip(place).ToList(), Outputs.Skip(place).ToList(), Inputs?.Skip(place).ToList());

        public int FirstWithVolume() => Inputs is null ? IndexSeries.DefaultReference(Made) : ValueAddedSeries.FirstPositive(Made, Bought);

        public (IReadOnlyList<ChainedVolumePoint> Volumes, IReadOnlyList<IndexPoint> Links) Compile(int reference, bool isAsked)
        {
            var links = Inputs is null
                ? IndexSeries.Compile(Made, reference, new IndexMethod { Kind = IndexKind.Quantity })
                : ValueAddedSeries.Compile(Made, Bought, reference);
            // Nothing has a price, or a positive value added: not for want of a reference period, unless one was asked for.
            if (reference < 0 && !isAsked)
                links = [.. links.Select(link => link with { NullReason = Inputs is null || link.NullReason == NullReasons.EmptyPeriod ? NullReasons.EmptyPeriod : NullReasons.NonpositiveValueAdded })];
            return (ChainedVolume.Compile([.. Outputs.Select((o, t) => o.Value - (Inputs?[t].Value ?? 0))], links, reference), links);
        }
    }
}
