using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What a query reads of a cell besides its groups, its period and its sums.</summary>
[Flags]
internal enum CellColumns
{
    None = 0,

    /// <summary>The item.</summary>
    Item = 1,

    /// <summary>The very day, whatever the frequency.</summary>
    Day = 2,

    /// <summary>When it was recorded.</summary>
    Vintage = 4,
}

/// <summary>
/// The smallest table that holds the cells of a request. Of hours and days there is a cell for every item and vintage; of months one for every item, as it is known
/// now; and margins are over all items of a day or month, or over those of a producer, or of a token class and tier.
/// </summary>
/// <param name="Name">The table; where something is still to be folded, the function of its first instant that adds it.</param>
/// <param name="Time">The column of its hour, or of the first day that it covers.</param>
/// <param name="Grain">What a cell covers: an hour, a day or a month.</param>
/// <param name="HasVintages">Whether its cells are told from each other by vintage.</param>
/// <param name="HasItemIndex">Whether the cells of some items are found without reading those of others.</param>
/// <param name="Margin">Which margin; 0: cells of items.</param>
internal sealed record CellTable(string Name, string Time, Frequency Grain, bool HasVintages = false, bool HasItemIndex = false, int Margin = 0)
{
    // Margins as rollup_margins_of numbers them; those of months come after those of days.
    private const int OfAll = 1, OfProducers = 2, OfClasses = 3, Margins = 3;

    public bool IsMargin => Margin > 0;

    /// <summary>Whether it is a margin that tells producers apart.</summary>
    public bool HasProducers => Margin is OfProducers or OfProducers + Margins;

    /// <summary>What tells its rows from others of the same table.</summary>
    public string Condition => IsMargin ? $" and d.margin = {Margin}" : "";

    public static CellTable Of(FigureRequest request, RollUpMoment moment, CellColumns columns)
    {
        if (request.IsByHour)
            return new CellTable(moment.HasPending ? "rollup_hour_since" : "rollup_cell_hour", "hour", Frequency.Hour, HasVintages: true);
        var byMonth = IsOfMonths(request) && !columns.HasFlag(CellColumns.Day);
        if (!moment.IsCoarse || columns.HasFlag(CellColumns.Vintage) || (!byMonth && MarginOf(request, columns) == 0))
            return new CellTable(moment.HasPending ? "rollup_day_since" : "rollup_cell_day", "day", Frequency.Day, HasVintages: true, HasItemIndex: true);
        return MarginOf(request, columns) is > 0 and var margin
            ? new CellTable(moment.HasPending ? "rollup_margin_since" : "rollup_cell_margin", "start", byMonth ? Frequency.Month : Frequency.Day, Margin: byMonth ? margin + Margins : margin)
            : new CellTable(moment.HasPending ? "rollup_month_since" : "rollup_cell_month", "month", Frequency.Month);
    }

    // 0: none holds what is asked for.
    private static int MarginOf(FigureRequest request, CellColumns columns)
    {
        bool Names(Dimension dimension) => request.By.Contains(dimension) || request.Filters.ContainsKey(dimension);
        if (columns != CellColumns.None || Names(Dimension.Model))
            return 0;
        // The producer of a purchase is who bought it, which every margin knows.
        var ofProducers = request.Cells == CellSelection.Production || (request.Cells != CellSelection.Purchases && Names(Dimension.Producer));
        var ofClasses = Names(Dimension.TokenClass) || Names(Dimension.ServiceTier);
        return (ofProducers, ofClasses) switch
        {
            (false, false) => OfAll,
            (true, false) => OfProducers,
            (false, true) => OfClasses,
            _ => 0,
        };
    }

    private static bool IsOfMonths(FigureRequest request) =>
        request.Frequency is Frequency.Month or Frequency.Quarter or Frequency.Year
        && IsEdge(request.Start) && IsEdge(request.End) && IsEdge(request.Lookback?.Start) && IsEdge(request.Lookback?.End);

    private static bool IsEdge(DateTimeOffset? instant) => instant is not { } at || at.UtcDateTime is { Day: 1, TimeOfDay.Ticks: 0 };
}
