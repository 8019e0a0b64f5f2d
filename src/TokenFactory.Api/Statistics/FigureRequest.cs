using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What a query for figures asks for, checked.</summary>
internal sealed record FigureRequest
{
    public required Frequency Frequency { get; init; }

    /// <summary>Whose periods they are.</summary>
    public ReportingCalendar Calendar { get; init; } = ReportingCalendar.Utc;

    /// <summary>Whether the figures come from the cells of hours: those of days are cut at midnights of UTC.</summary>
    public bool IsByHour => Frequency == Frequency.Hour || !Calendar.IsUtc;

    /// <summary>The window, half-open; null: as far as the data goes.</summary>
    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    /// <summary>A window before the asked one that is read besides, half-open: what growth is measured from.</summary>
    public (DateTimeOffset Start, DateTimeOffset End)? Lookback { get; init; }

    /// <summary>The first instant that is read; null: the first data.</summary>
    public DateTimeOffset? ReadFrom => Lookback?.Start ?? Start;

    /// <summary>Whether a period lies between the look-back and the window, where nothing is read.</summary>
    public bool IsPassedOver(Period period) => Lookback is { } lookback && period.Start >= lookback.End && period.End <= Start;

    /// <summary>Which cells, and which producer is that of a cell.</summary>
    public CellSelection Cells { get; init; } = CellSelection.All;

    /// <summary>Groups, in column order; none: the total.</summary>
    public IReadOnlyList<Dimension> By { get; init; } = [];

    /// <summary>Allowed values per dimension: stored numbers for sector, token class and tier, names for producer and model.</summary>
    public IReadOnlyDictionary<Dimension, IReadOnlyList<object>> Filters { get; init; } = new Dictionary<Dimension, IReadOnlyList<object>>();

    /// <summary>The figures as they were known at the end of this UTC date; null: as they are known now.</summary>
    public DateOnly? AsOf { get; init; }
}

/// <summary>Which cells are read, and which producer is that of a cell.</summary>
internal enum CellSelection
{
    /// <summary>Everything that was produced, by who made it.</summary>
    All,

    /// <summary>What no producer bought, by who made it: final use.</summary>
    FinalUse,

    /// <summary>What producers bought, by who bought it: intermediate consumption.</summary>
    Purchases,

    /// <summary>
    /// Both accounts of every producer: each cell once for who made it and, where a producer bought it, once more for that one, with
    /// <c>u.is_purchase</c> to tell the two apart.
    /// </summary>
    Production,
}
