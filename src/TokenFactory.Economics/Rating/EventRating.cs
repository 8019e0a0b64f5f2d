using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>Values the token classes of one usage, which is a request unless it is said to be several. Pure: whatever decides is an argument.</summary>
public static class EventRating
{
    /// <summary>
    /// One line per token class in the order given; then the adjustments: what begun packages cost beyond their tokens, and what the request
    /// falls short of its card's minimum charge. The lines sum to what the request costs. Of several requests a class is unpriced where its price
    /// depends on what each of them was: the closest card stays the one that prices it, and none further away stands in.
    /// </summary>
    /// <param name="usage">The token classes, each once.</param>
    /// <param name="schedule">The cards of the model and service tier; null: there is none.</param>
    /// <param name="at">The instant whose prices apply.</param>
    /// <param name="accountId">Whom the tokens were for.</param>
    /// <param name="sector">The account's sector.</param>
    /// <param name="region">Where the tokens were made.</param>
    /// <param name="cardsAt">The instant whose cards apply, where it is another; windows are still those of <paramref name="at"/>.</param>
    /// <param name="requests">What is known of the requests in it; left out: it is one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A quantity is outside 0..10^15.</exception>
    public static RatedLine[] Rate(
        ReadOnlySpan<UsageLine> usage, RateSchedule? schedule, DateTimeOffset at, long? accountId = null, Sector sector = Sector.Unclassified, string? region = null,
        DateTimeOffset? cardsAt = null, Requests requests = default)
    {
        var lines = new RatedLine[usage.Length];
        var query = new PriceQuery(at, requests.InputOf(usage), accountId, sector, region, cardsAt);
        var adjusts = false;
        for (var i = 0; i < usage.Length; i++)
        {
            var applied = usage[i].Declared is null ? schedule?.Find(usage[i].TokenClass, query) : null;
            if (applied?.HoldsFor(requests) == false)
                applied = null;
            lines[i] = RatedLine.Rate(usage[i], applied);
            adjusts |= applied is { PackageTokens: > 1 } or { MinimumCharge: not null };
        }

        return adjusts ? [.. lines, .. Adjustments(lines)] : lines;
    }

    /// <summary>Input tokens of a usage: of a request what context tiers are measured by.</summary>
    public static long InputTokens(ReadOnlySpan<UsageLine> usage)
    {
        long sum = 0;
        foreach (ref readonly var line in usage)
            sum += line.TokenClass.IsInput() ? line.Quantity : 0;
        return sum;
    }

    private static List<RatedLine> Adjustments(RatedLine[] lines)
    {
        var adjustments = new List<RatedLine>();
        foreach (var line in lines)
        {
            if (line.Applied is { } applied && applied.PackageExcess(line.Quantity) is not 0 and var excess)
                adjustments.Add(RatedLine.Adjustment(line.TokenClass, ValueBasis.Package, excess, applied));
        }

        foreach (var ofCard in lines.Concat(adjustments).Where(l => l.Applied is not null).GroupBy(l => (l.Applied!.Card, l.Applied.PricedBy)).ToList())
        {
            var sum = ofCard.Sum(l => l.Amount!.Value);
            if (ofCard.First().Applied!.MinimumCharge is not { } minimum || sum >= minimum || ofCard.All(l => l.Quantity == 0))
                continue;
            // It is filed under the class that the request used most: of equal ones the first.
            var main = ofCard.Where(l => !l.Basis.IsAdjustment()).MaxBy(l => l.Quantity);
            adjustments.Add(RatedLine.Adjustment(main.TokenClass, ValueBasis.MinimumCharge, minimum - sum, main.Applied!));
        }

        return adjustments;
    }
}
