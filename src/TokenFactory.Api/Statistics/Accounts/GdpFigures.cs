using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Makes Token GDP from the roll-up.</summary>
internal sealed class GdpFigures(NpgsqlDataSource dataSource, IOptions<StatisticsOptions> options)
{
    /// <summary>The answer to a request.</summary>
    /// <exception cref="TooManyRowsException">It would be larger than an answer may be, or needs more item-periods.</exception>
    public async Task<GdpAnswer> AnswerAsync(FigureRequest asked, GdpSpecification specification, CancellationToken cancellationToken)
    {
        await using var snapshot = await RollUpSnapshot.OpenAsync(dataSource, specification.WithLookback(asked), cancellationToken);
        return await AnswerAsync(snapshot, asked, specification, cancellationToken);
    }

    /// <summary>The same in a moment that is open already.</summary>
    /// <exception cref="TooManyRowsException">As above.</exception>
    public async Task<GdpAnswer> AnswerAsync(
        RollUpSnapshot snapshot, FigureRequest asked, GdpSpecification specification, CancellationToken cancellationToken)
    {
        var request = specification.WithLookback(asked);
        var side = specification.SideOf(request);
        var read = await GdpCells.ReadAsync(snapshot, request, side, options.Value.MaxRows, cancellationToken);
        // The rows begin with the first data of the window, whether periods before it were read or not.
        var first = read.FindIndex(c => IsInWindow(c, request));
        var begin = first < 0 ? default : read[first].Period;
        var cells = FigureTable.WithEmptyPeriods(request, read, GdpCell.OfNothing(side), options.Value.MaxRows);
        var groups = specification.IsChained
            ? await GdpVolumes.ReadAsync(snapshot, request, specification, options.Value, cancellationToken)
            : null;
        var values = specification.Units == Transformation.Lin
            ? null
            : FigureGrowth.Of(specification.Units, request.Calendar, [.. cells.Select(c => PointOf(c, groups, request, snapshot.Context))]);
        GdpCell[] published = [.. cells.Where(c => first >= 0 && c.Period >= begin)];
        var totals = groups is not null && request.By.Count > 0
            ? GdpVolumes.Totals(published, groups, await TotalAsync(snapshot, request, specification, cancellationToken))
            : null;
        var residuals = totals?.ToDictionary(t => t.Period, t => t.Residual);
        var before = cells.Count - published.Length;
        var rows = new RowsOfAnswer<GdpRow>(published.Length, i =>
        {
            var row = RowOf(published[i], request, snapshot.Context, groups, values is null ? null : values[before + i]);
            return residuals is null ? row : row with { HasParts = true, Residual = residuals[row.Period] };
        });
        return AnswerOf(rows, totals, groups, request, specification, snapshot.Context);
    }

    private static bool IsInWindow(GdpCell cell, FigureRequest request) => request.Lookback is null || cell.Period.End > request.Start;

    private async Task<VolumeSeries?> TotalAsync(
        RollUpSnapshot snapshot, FigureRequest request, GdpSpecification specification, CancellationToken cancellationToken)
    {
        var series = await GdpVolumes.ReadAsync(snapshot, request with { By = [] }, specification, options.Value, cancellationToken);
        return series.Values.SingleOrDefault();
    }

    private static GdpVolume VolumeOf(GdpCell cell, Dictionary<IReadOnlyList<string>, VolumeSeries> groups) =>
        groups.TryGetValue(cell.Group, out var series) ? series.Published.GetValueOrDefault(cell.Period, GdpVolume.OfNothing) : GdpVolume.OfNothing;

    private static GrowthPoint PointOf(
        GdpCell cell, Dictionary<IReadOnlyList<string>, VolumeSeries>? groups, FigureRequest request, FigureContext context)
    {
        var isInWindow = IsInWindow(cell, request);
        var isPartial = isInWindow ? FigureTable.Cover(cell.Period, request, context).IsPartial : cell.Period.End > context.Reach;
        // An empty period is a gap, though its nominal value is published as 0: growth is taken neither into it nor across it.
        if (cell.IsOfNothing)
            return new GrowthPoint(cell.Period, cell.Group, null, NullReasons.EmptyPeriod, null, isPartial);
        if (groups is null)
            return new GrowthPoint(cell.Period, cell.Group, FigureGrowth.LevelOf(cell.Gdp), null, cell.Gdp, isPartial);
        var volume = VolumeOf(cell, groups);
        var level = isInWindow && volume.Point.Real is null ? null : groups.GetValueOrDefault(cell.Group)?.Levels.GetValueOrDefault(cell.Period);
        return new GrowthPoint(cell.Period, cell.Group, level, volume.Point.NullReason, null, isPartial);
    }

    private GdpRow RowOf(
        GdpCell cell, FigureRequest request, FigureContext context, Dictionary<IReadOnlyList<string>, VolumeSeries>? groups,
        (string? Value, string? Reason)? growth)
    {
        var (start, end, isPartial) = FigureTable.Cover(cell.Period, request, context);
        var row = new GdpRow
        {
            Period = cell.Period.Label,
            Start = start,
            End = end,
            Gdp = cell.Gdp,
            GrossOutput = cell.GrossOutput,
            IntermediateConsumption = cell.IntermediateConsumption,
            Quantity = cell.Quantity,
            UnpricedQuantity = cell.UnpricedQuantity,
            FreeQuantity = cell.FreeQuantity,
            UnitValue = cell.UnitValue,
            FreeShare = cell.FreeShare,
            UnpricedShare = cell.UnpricedShare,
            IsTransformed = growth is not null,
            Value = growth?.Value,
            NullReason = growth?.Reason,
            Partial = isPartial,
            Status = FigureTable.StatusOf(cell.Period, context.AsOf, options.Value),
        };
        if (groups is not null)
        {
            var (point, link) = VolumeOf(cell, groups);
            row = row with
            {
                IsChained = true,
                Real = FigureTable.SixDecimals(point.Real),
                Deflator = FigureTable.SixDecimals(point.Deflator),
                MatchedShare = FigureTable.SixDecimals(link.MatchedShare),
                NewItems = link.NewItems,
                VanishedItems = link.VanishedItems,
                NullReason = point.NullReason ?? row.NullReason,
            };
        }

        return FigureTable.WithGroup(row, request.By, cell.Group);
    }

    private static GdpAnswer AnswerOf(
        IReadOnlyList<GdpRow> rows, List<GdpTotal>? totals, Dictionary<IReadOnlyList<string>, VolumeSeries>? groups, FigureRequest request,
        GdpSpecification specification, FigureContext context)
    {
        var side = specification.SideOf(request);
        return new GdpAnswer
        {
            Rows = rows,
            Totals = totals,
            Prices = WireJson.NameOf(specification.Prices),
            Concept = WireJson.NameOf(specification.Concept),
            Side = side is { } seen ? WireJson.NameOf(seen) : null,
            Method = !specification.IsChained ? "sum" : side == GdpSide.Production ? "chained_fisher_union_double_deflation" : "chained_fisher_union",
            Reference = (specification.Reference ?? CommonReference(groups))?.Label,
            IsChained = specification.IsChained,
            Units = WireJson.NameOf(specification.Units),
            Currency = context.Currency,
            Unit = FigureGrowth.UnitOf(specification.Units, context.Currency),
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = [.. request.By.Select(d => d.Name())],
            AsOf = context.AsOf,
            CompleteThrough = context.CompleteThrough,
        };
    }

    private static Period? CommonReference(Dictionary<IReadOnlyList<string>, VolumeSeries>? groups) =>
        groups?.Values.Select(g => g.Reference).OfType<Period>().Distinct().ToList() is [var only] ? only : null;
}
