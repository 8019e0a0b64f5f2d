using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>A period and group of what is released; without figures where they are confidential, or a month of it is not released.</summary>
internal sealed record ReleasedCell : GroupedCell
{
    public required ReleasedSums? Sums { get; init; }

    /// <summary>Why it has none.</summary>
    public string? NullReason { get; init; }

    /// <summary>Whether nothing was recorded: the cell only fills the period of a total.</summary>
    public bool IsOfNothing { get; init; }
}

/// <summary>
/// Token GDP as the public gets it while small cells are withheld: sums of published cells of released months, and nothing else, so that no question can tell more than
/// these do.
/// </summary>
internal sealed class ReleasedFigures(NpgsqlDataSource dataSource, IOptions<StatisticsOptions> options)
{
    /// <summary>The null reason of what is withheld, and of sums that would tell it.</summary>
    public const string Confidential = "confidential";

    /// <summary>The null reason of periods with a month of which something is recorded, but nothing is released.</summary>
    public const string NotReleased = "not_released";

    /// <summary>Whether a figure is there, but not for the public.</summary>
    public static bool IsWithheld(string? nullReason) => nullReason is Confidential or NotReleased;

    /// <summary>The answer to a request that <see cref="ReleasedQuery"/> finds nothing in.</summary>
    /// <exception cref="TooManyRowsException">It would be larger than an answer may be.</exception>
    public async Task<GdpAnswer> AnswerAsync(FigureRequest asked, GdpSpecification specification, CancellationToken cancellationToken)
    {
        var request = specification.WithLookback(asked);
        var released = await ReleasedMonths.ReadAsync(dataSource, request.ReadFrom, request.End, cancellationToken);
        var read = CellsOf(released, request);
        if (read.Count > options.Value.MaxRows)
            throw new TooManyRowsException(options.Value.MaxRows);
        var first = read.FindIndex(c => IsInWindow(c, request));
        var begin = first < 0 ? default : read[first].Period;
        var cells = FigureTable.WithEmptyPeriods(
            request, read, period => new ReleasedCell { Period = period, Group = [], Sums = default(ReleasedSums), IsOfNothing = true }, options.Value.MaxRows);
        // Periods are covered as far as months are released.
        var cover = new FigureContext(released.Currency, DateOnly.FromDateTime((released.Through ?? DateTimeOffset.UnixEpoch).UtcDateTime), released.Through);
        var values = specification.Units == Transformation.Lin ? null
            : FigureGrowth.Of(specification.Units, request.Calendar, [.. cells.Select(c => PointOf(c, request, cover))]);
        var rows = new List<GdpRow>();
        for (var i = 0; i < cells.Count; i++)
        {
            if (first >= 0 && cells[i].Period >= begin)
                rows.Add(RowOf(cells[i], request, cover, values?[i]));
        }

        return new GdpAnswer
        {
            Rows = rows,
            IsOfReleases = true,
            Prices = WireJson.NameOf(specification.Prices),
            Concept = WireJson.NameOf(specification.Concept),
            Method = "sum",
            Units = WireJson.NameOf(specification.Units),
            Currency = released.Currency,
            Unit = FigureGrowth.UnitOf(specification.Units, released.Currency),
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = [.. request.By.Select(d => d.Name())],
            AsOf = released.At is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : released.Today,
            CompleteThrough = released.At,
        };
    }

    private static bool IsInWindow(ReleasedCell cell, FigureRequest request) => request.Lookback is null || cell.Period.End > request.Start;

    // In the order of periods and groups.
    private static List<ReleasedCell> CellsOf(ReleasedMonths released, FigureRequest request)
    {
        var sectors = request.Filters.GetValueOrDefault(Dimension.Sector)?.Select(s => (int)(short)s).ToHashSet();
        var named = request.Filters.GetValueOrDefault(Dimension.Producer)?.Cast<string>().ToHashSet(StringComparer.Ordinal);
        var producers = named is null ? null : released.Producers.Where(p => named.Contains(p.Value)).Select(p => p.Key).ToHashSet();
        var (bySector, byProducer) = (request.By.Contains(Dimension.Sector), request.By.Contains(Dimension.Producer));
        var cells = new List<ReleasedCell>();
        // Who is in a month that is not released is not told: it may be any group of the answer.
        var any = GroupsOf(released.Months);
        foreach (var period in released.Months.GroupBy(m => request.Calendar.Containing(request.Frequency, m.Start)))
        {
            cells.AddRange((period.All(m => m.IsReleased) ? GroupsOf(period) : any).Select(group =>
            {
                var (sums, reason) = SumOf(period, group.Row is { } row ? [row] : sectors, group.Column is { } column ? [column] : producers);
                return new ReleasedCell
                {
                    Period = period.Key,
                    Group = [.. request.By.Select(d => d == Dimension.Sector ? ((Sector)group.Row!.Value).Name() : released.Producers[group.Column!.Value])],
                    Sums = sums,
                    NullReason = reason,
                };
            }).OrderBy(c => c.Group, new GroupOrder(request.By)));
        }

        return cells;

        IReadOnlyList<CellPlace> GroupsOf(IEnumerable<ReleasedMonth> months) => [.. months.SelectMany(m => m.Cells)
            .Where(p => sectors?.Contains(p.Row!.Value) != false && producers?.Contains(p.Column!.Value) != false)
            .Select(p => new CellPlace(bySector ? p.Row : null, byProducer ? p.Column : null)).Distinct()];
    }

    // Of several months a sum is published where that of each month is: it tells no more than they do. Without one of them it would be another sum.
    private static (ReleasedSums? Sums, string? NullReason) SumOf(
        IEnumerable<ReleasedMonth> months, IReadOnlyCollection<int>? sectors, IReadOnlyCollection<int>? producers)
    {
        if (months.Any(m => !m.IsReleased))
            return (null, NotReleased);
        var sum = default(ReleasedSums);
        foreach (var month in months)
        {
            if (month.Of(sectors, producers) is not { } part)
                return (null, Confidential);
            sum += part;
        }

        return (sum, null);
    }

    private static GrowthPoint PointOf(ReleasedCell cell, FigureRequest request, FigureContext cover)
    {
        var isPartial = IsInWindow(cell, request) ? FigureTable.Cover(cell.Period, request, cover).IsPartial : cell.Period.End > cover.Reach;
        if (cell.IsOfNothing)
            return new GrowthPoint(cell.Period, cell.Group, null, NullReasons.EmptyPeriod, null, isPartial);
        if (cell.Sums is not { } sums)
            return new GrowthPoint(cell.Period, cell.Group, null, cell.NullReason, null, isPartial);
        var gdp = sums.Gdp.ToString();
        return new GrowthPoint(cell.Period, cell.Group, FigureGrowth.LevelOf(gdp), null, gdp, isPartial);
    }

    private static GdpRow RowOf(ReleasedCell cell, FigureRequest request, FigureContext cover, (string? Value, string? Reason)? growth)
    {
        var (start, end, isPartial) = FigureTable.Cover(cell.Period, request, cover);
        var sums = cell.Sums;
        return FigureTable.WithGroup(new GdpRow
        {
            Period = cell.Period.Label,
            Start = start,
            End = end,
            Gdp = sums?.Gdp.ToString(),
            Quantity = sums?.Quantity.ToString(),
            // Of which tokens are priced, or free, nothing is released: unit values would tell it.
            UnpricedQuantity = null,
            FreeQuantity = null,
            UnitValue = null,
            FreeShare = null,
            UnpricedShare = null,
            IsOfReleases = true,
            IsTransformed = growth is not null,
            Value = growth?.Value,
            NullReason = cell.NullReason ?? growth?.Reason,
            Partial = isPartial,
            // Nothing changes a release.
            Status = cell.NullReason == NotReleased ? "provisional" : "final",
        }, request.By, cell.Group);
    }
}
