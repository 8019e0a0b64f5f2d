namespace TokenFactory.Economics.Statistics;

/// <summary>
/// One item over years of equally many sub-periods: [year][sub-period]. It is missing where its quantity is not above 0, or its price is null or
/// below 0; a price of 0 is free.
/// </summary>
/// <param name="Prices">Money per token.</param>
/// <param name="Quantities">Tokens.</param>
public sealed record OverlapItem(IReadOnlyList<IReadOnlyList<double?>> Prices, IReadOnlyList<IReadOnlyList<double>> Quantities);

/// <summary>A chained volume of sub-periods.</summary>
public sealed record OverlapVolume
{
    /// <summary>[year][sub-period], the average of the first year = 100; null with one of <see cref="NullReasons"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<Statistic>> Values { get; init; }

    /// <summary>The annual chained Laspeyres volume, the first year = 100: under annual overlap what each year's values average to.</summary>
    public required IReadOnlyList<Statistic> AnnualChain { get; init; }

    /// <summary>Items of each year whose price of the year linked to had to be imputed, because they are new.</summary>
    public required IReadOnlyList<int> ImputedItems { get; init; }
}

/// <summary>
/// Annually chained Laspeyres-type volumes of sub-periods (quarters, months). The average price of an item in a year is its unit value, P = S p q
/// / S q, its average quantity S q / m over the year's m sub-periods. The volume of sub-period t of year y at the average prices of year y-1
/// is S P_(y-1) q_t, and its link S P_(y-1) q_t / (S P_(y-1) q_(y-1) / m), the year before at its own average prices; the first year is linked to
/// itself. The methods differ in what links are chained to. Source: IMF, Quarterly National Accounts Manual (2017), ch. 8. By this project:
/// an empty year or sub-period is passed over (edge rule 2 of the methodology), and the missing price of a new item is what its own average price
/// becomes at the matched Fisher of the average prices of the two years, P_y / F, as in the union of bilateral indices.
/// </summary>
public static class Overlap
{
    /// <summary>Annual overlap: links are chained to the annual chain. The values of a year average to it exactly; a step may lie between years.</summary>
    /// <inheritdoc cref="OneQuarter" path="/param|/returns|/exception"/>
    public static OverlapVolume Annual(IReadOnlyList<OverlapItem> items) => Compile(items, throughLast: false);

    /// <summary>
    /// One-quarter overlap: links are chained through the last sub-period of the year before, valued at the average prices of its own year. No step
    /// between years; the values of a year do not average to the annual chain.
    /// </summary>
    /// <param name="items">Items of the same years and sub-periods.</param>
    /// <returns>
    /// The volume. An empty year or sub-period has no value (<see cref="NullReasons.EmptyPeriod"/>), and the sub-period counts as zero in its year. A
    /// year that can't be linked (<see cref="NullReasons.NoMatchedItems"/>, <see cref="NullReasons.ZeroPrice"/>, <see cref="NullReasons.OutOfRange"/>)
    /// has none, and neither have the years after it.
    /// </returns>
    /// <exception cref="ArgumentException">The years or sub-periods of the items differ, or a year has none.</exception>
    public static OverlapVolume OneQuarter(IReadOnlyList<OverlapItem> items) => Compile(items, throughLast: true);

    private static OverlapVolume Compile(IReadOnlyList<OverlapItem> items, bool throughLast)
    {
        RequireOneShape(items);
        List<OverlapYear> years = items.Count == 0 ? [] : [.. items[0].Prices.Select((_, year) => new OverlapYear(items, year))];
        var values = new Statistic[years.Count][];
        var annual = new Statistic[years.Count];
        var imputed = new int[years.Count];
        var linked = -1;
        for (var year = 0; year < values.Length; year++)
        {
            var current = years[year];
            if (current.IsEmpty)
            {
                annual[year] = Statistic.Null(NullReasons.EmptyPeriod);
                values[year] = [.. Enumerable.Repeat(annual[year], current.SubPeriods)];
                continue;
            }

            var before = linked < 0 ? current : years[linked];
            var (prices, count, reason) = before.PricesFor(current);
            var level = reason is not null ? Statistic.Null(reason) : linked < 0 ? Statistic.Of(100) : annual[linked];
            var anchor = new Anchor(level, before.AverageValue(before.Prices), before.WhyZero());
            annual[year] = anchor.Carry(current.AverageValue(prices));
            if (throughLast && linked >= 0 && reason is null)
                anchor = new Anchor(values[linked][before.Last], before.ValueIn(before.Last, before.Prices), before.WhyZero(before.Last));
            values[year] = [.. Enumerable.Range(0, current.SubPeriods).Select(t =>
                current.IsEmptyIn(t) ? Statistic.Null(NullReasons.EmptyPeriod) : anchor.Carry(current.ValueIn(t, prices)))];
            imputed[year] = count;
            linked = year;
        }

        return new OverlapVolume { Values = values, AnnualChain = annual, ImputedItems = imputed };
    }

    private static void RequireOneShape(IReadOnlyList<OverlapItem> items)
    {
        foreach (var item in items)
        {
            var (prices, quantities) = (item.Prices.Select(p => p.Count).ToList(), item.Quantities.Select(q => q.Count));
            if (!prices.SequenceEqual(quantities) || !prices.SequenceEqual(items[0].Prices.Select(p => p.Count)) || prices.Contains(0))
                throw new ArgumentException("Items must have the same years and sub-periods.", nameof(items));
        }
    }

    // What a chain is continued from: a level and the volume that stands for it.
    private readonly record struct Anchor(Statistic Level, double Volume, string WhyZero)
    {
        public Statistic Carry(double volume)
        {
            var anchor = this;
            return anchor.Volume == 0 && Level.Value is not null
                ? Statistic.Null(WhyZero)
                : Level.Then(level => level * (volume / anchor.Volume));
        }
    }
}
