using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What may be asked of releases: anything that is a sum of cells by month, sector and producer, and of nothing finer.</summary>
internal static class ReleasedQuery
{
    /// <summary>The parameters that ask for more; none: it can be answered.</summary>
    public static IReadOnlyList<string> TooFineOf(FigureRequest request, GdpSpecification specification)
    {
        List<string> parameters = [.. request.Filters.Keys.Where(IsFiner).Select(d => d.Name())];
        foreach (var (name, isTooFine) in (ReadOnlySpan<(string, bool)>)[
            ("by", request.By.Any(IsFiner)),
            ("frequency", request.Frequency is not (Frequency.Month or Frequency.Quarter or Frequency.Year)),
            ("time_zone", !request.Calendar.IsUtc),
            ("start", !IsMonth(request.Start)),
            ("end", !IsMonth(request.End)),
            ("as_of", request.AsOf is not null),
            ("concept", specification.Concept != GdpConcept.Gross),
            ("prices", specification.Prices != GdpPrices.Current),
        ])
        {
            if (isTooFine)
                parameters.Add(name);
        }

        return parameters;
    }

    private static bool IsFiner(Dimension dimension) => dimension is not (Dimension.Sector or Dimension.Producer);

    private static bool IsMonth(DateTimeOffset? instant) => instant is not { } at || at.UtcDateTime is { Day: 1, TimeOfDay.Ticks: 0 };
}
