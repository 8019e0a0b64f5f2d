using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What of output counts.</summary>
internal enum GdpConcept
{
    /// <summary>Everything that was produced: the headline.</summary>
    Gross,

    /// <summary>Output less intermediate consumption: what accounts buy that are producers themselves.</summary>
    Net,
}

/// <summary>In which prices it is told.</summary>
internal enum GdpPrices
{
    /// <summary>Those of each event's time.</summary>
    Current,

    /// <summary>Volumes in money of a reference period, beside the nominal value.</summary>
    Chained,
}

/// <summary>From which side net output is seen.</summary>
internal enum GdpSide
{
    /// <summary>What each producer made, less what it bought of anybody.</summary>
    Production,

    /// <summary>What no producer bought.</summary>
    FinalUse,

    /// <summary>The total, the same from both sides.</summary>
    Both,
}

/// <summary>Which Token GDP is asked for.</summary>
internal sealed record GdpSpecification
{
    public GdpConcept Concept { get; init; } = GdpConcept.Gross;

    public GdpPrices Prices { get; init; } = GdpPrices.Current;

    /// <summary>The period in whose money volumes are told; null: of each group the first with data.</summary>
    public Period? Reference { get; init; }

    public Transformation Units { get; init; } = Transformation.Lin;

    public bool IsChained => Prices == GdpPrices.Chained;

    /// <summary>From which side a request sees net output; null where it asks for gross output.</summary>
    public GdpSide? SideOf(FigureRequest request) => Concept == GdpConcept.Gross ? null
        : NamesProducer(request) ? GdpSide.Production
        : request.By.Count + request.Filters.Count > 0 ? GdpSide.FinalUse : GdpSide.Both;

    /// <summary>The same request with the periods before its window that growth is measured from.</summary>
    public FigureRequest WithLookback(FigureRequest request)
    {
        // No event is older than the year 2000.
        if (Units is Transformation.Lin or Transformation.Log || request.Start is not { } start || start.Year <= 2000 || request.End <= start)
            return request;
        var (calendar, frequency) = (request.Calendar, request.Frequency);
        var first = calendar.Containing(frequency, start);
        if (Units is not (Transformation.Ch1 or Transformation.Pc1))
            return request with { Lookback = (calendar.Previous(first).Start, first.Start) };
        var end = first.Start;
        // Groups at current prices need the same periods of the year before and nothing in between; a chain and a total need every period.
        if (!IsChained && request.By.Count > 0 && request.End is { } until && YearBefore(calendar.Containing(frequency, until.AddTicks(-1))).End is var last && last < end)
            end = last;
        return request with { Lookback = (YearBefore(first).Start, end) };

        Period YearBefore(Period period) => calendar.YearBefore(period) ?? calendar.Containing(frequency, period.Start.AddYears(-1));
    }

    /// <summary>Reads what a query says of it, and tells what does not go together.</summary>
    public static GdpSpecification Read(FigureQuery query, FigureRequest request)
    {
        var specification = new GdpSpecification
        {
            Concept = query.Choose("concept", GdpConcept.Gross),
            Prices = query.Choose("prices", GdpPrices.Current),
            Reference = query.ReadPeriod("reference", request),
            Units = query.ReadUnits(request.Frequency),
        };
        query.Refuse("reference", !specification.IsChained, "Only chained prices have a reference period: ask for `prices=chained`.");
        if (specification.Concept == GdpConcept.Net)
            RefuseBothSides(query, request);
        if (specification.WithLookback(request).Lookback is { } lookback && !request.Calendar.IsUtc && !request.Calendar.HasWholeHours(lookback.Start, lookback.End))
            query.Add("time_zone", "not_whole_hours", $"{request.Calendar.Zone.Id} is not a whole number of hours from UTC in the periods that growth is measured from.");
        return specification;
    }

    // A cell has one maker and one buyer: of both at once there is no value added, and no final use.
    private static void RefuseBothSides(FigureQuery query, FigureRequest request)
    {
        Dimension[] others = [.. Dimensions.All.Where(d => d != Dimension.Producer && (request.By.Contains(d) || request.Filters.ContainsKey(d)))];
        if (!NamesProducer(request) || others.Length == 0)
            return;
        query.Add("concept", "not_together",
            "Net output of producers is what they made less what they bought; that of everything else is final use. Ask for the two apart: "
            + $"`concept=net` with `{Uses(Dimension.Producer)}`, and `concept=net` with `{string.Join("`, `", others.Select(Uses))}`.");

        string Uses(Dimension dimension) => request.By.Contains(dimension) ? $"by={dimension.Name()}" : $"{dimension.Name()}=";
    }

    private static bool NamesProducer(FigureRequest request) =>
        request.By.Contains(Dimension.Producer) || request.Filters.ContainsKey(Dimension.Producer);
}
