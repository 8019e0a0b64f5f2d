using System.Numerics;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Statistics;

/// <summary>How concentrated a market is called.</summary>
public enum ConcentrationBand
{
    /// <summary>HHI below 1,000.</summary>
    Unconcentrated,

    /// <summary>HHI from 1,000 to 1,800, both included.</summary>
    ModeratelyConcentrated,

    /// <summary>HHI above 1,800.</summary>
    HighlyConcentrated,
}

/// <summary>How the output of a period is spread over its producers. All figures are null, with a reason, when none is active.</summary>
public sealed record ConcentrationFigures
{
    /// <summary>Producers with output above zero.</summary>
    public required int Active { get; init; }

    /// <summary>Producers left out, because they had no output, or corrections outweighed it.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Herfindahl-Hirschman index, 10,000 S s^2, above 0 and at most 10,000 (a single producer).</summary>
    public required decimal? Hhi { get; init; }

    /// <summary>Which band <see cref="Hhi"/> lies in, before it is rounded.</summary>
    public required ConcentrationBand? Band { get; init; }

    /// <summary>1 / S s^2: so many producers of the same size would be as concentrated; from 1 to <see cref="Active"/>.</summary>
    public required decimal? EquivalentNumber { get; init; }

    /// <summary>CR1, the share of the largest producer, 0 to 1.</summary>
    public required decimal? LargestShare { get; init; }

    /// <summary>CR4, the share of the four largest producers, 0 to 1; 1 where there are no more than four.</summary>
    public required decimal? FourLargestShare { get; init; }

    /// <summary>CR8, the share of the eight largest producers, 0 to 1; 1 where there are no more than eight.</summary>
    public required decimal? EightLargestShare { get; init; }

    /// <summary><see cref="NullReasons.EmptyPeriod"/>; null when there are figures.</summary>
    public required string? NullReason { get; init; }
}

/// <summary>A producer that came or went.</summary>
/// <param name="Producer">Who.</param>
/// <param name="Share">Its share in the period in which it was active, above 0 (but for the rounding) and at most 1.</param>
public readonly record struct ProducerShare<TProducer>(TProducer Producer, decimal Share);

/// <summary>Who came and who went between two periods.</summary>
public sealed record ProducerTurnover<TProducer>
{
    /// <summary>Active now and not before, in the order given, with shares of the current period.</summary>
    public required IReadOnlyList<ProducerShare<TProducer>> Entered { get; init; }

    /// <summary>Active before and not now, in the order given, with shares of the period before.</summary>
    public required IReadOnlyList<ProducerShare<TProducer>> Exited { get; init; }

    /// <summary>The share of all that entered in the current period, 0 to 1; null when nobody is active in it.</summary>
    public required decimal? EntryShare { get; init; }

    /// <summary>The share of all that exited in the period before, 0 to 1; null when nobody was active in it.</summary>
    public required decimal? ExitShare { get; init; }
}

/// <summary>
/// Concentration of output over producers; the output may be money or tokens. s = a producer's output / the output of all that are active.
/// Sums and quotients are exact and rounded once, half away from zero, to 12 decimals as money is: a figure depends neither on the order of the
/// producers nor on the machine, and no band flips by the rounding of a double. Sources: US Department of Justice and Federal Trade Commission,
/// Merger Guidelines (2023), guideline 1 (section 2.1), markets with an HHI greater than 1,800 are highly concentrated; the department's page on
/// the Herfindahl-Hirschman index for 1,000 to 1,800; M. A. Adelman, "Comment on the 'H' concentration measure as a numbers-equivalent", Review of
/// Economics and Statistics (1969), for the equivalent number.
/// </summary>
public static class Concentration
{
    private const int MostDecimals = 28;
    private static readonly BigInteger Trillionths = BigInteger.Pow(10, 12);

    /// <summary>The concentration of one period.</summary>
    /// <param name="outputs">One per producer, in one unit, in any order.</param>
    public static ConcentrationFigures Of(IEnumerable<decimal> outputs)
    {
        var all = outputs.ToList();
        var active = all.Where(o => o > 0).Select(Units).OrderDescending().ToList();
        if (active.Count == 0)
        {
            return new ConcentrationFigures
            {
                Active = 0, LeftOut = all.Count, NullReason = NullReasons.EmptyPeriod, Hhi = null, Band = null, EquivalentNumber = null,
                LargestShare = null, FourLargestShare = null, EightLargestShare = null,
            };
        }

        var total = Sum(active);
        var squares = Sum(active.Select(units => units * units));
        var ofOne = total * total;
        return new ConcentrationFigures
        {
            Active = active.Count,
            LeftOut = all.Count - active.Count,
            Hhi = Quotient(10_000 * squares, ofOne),
            Band = 10_000 * squares > 1_800 * ofOne ? ConcentrationBand.HighlyConcentrated
                : 10_000 * squares >= 1_000 * ofOne ? ConcentrationBand.ModeratelyConcentrated
                : ConcentrationBand.Unconcentrated,
            EquivalentNumber = Quotient(ofOne, squares),
            LargestShare = Quotient(active[0], total),
            FourLargestShare = Quotient(Sum(active.Take(4)), total),
            EightLargestShare = Quotient(Sum(active.Take(8)), total),
            NullReason = null,
        };
    }

    /// <summary>Entry and exit between two periods.</summary>
    /// <param name="before">The outputs of the period before, each producer once.</param>
    /// <param name="now">The outputs of the current period, each producer once.</param>
    /// <exception cref="ArgumentException">A producer occurs twice in a period.</exception>
    public static ProducerTurnover<TProducer> Turnover<TProducer>(
        IReadOnlyCollection<KeyValuePair<TProducer, decimal>> before, IReadOnlyCollection<KeyValuePair<TProducer, decimal>> now)
        where TProducer : notnull
    {
        var (entered, entryShare) = Without(now, before);
        var (exited, exitShare) = Without(before, now);
        return new ProducerTurnover<TProducer> { Entered = entered, EntryShare = entryShare, Exited = exited, ExitShare = exitShare };
    }

    // Who is active in one period and not in the other.
    private static (ProducerShare<TProducer>[] Producers, decimal? Share) Without<TProducer>(
        IReadOnlyCollection<KeyValuePair<TProducer, decimal>> period, IReadOnlyCollection<KeyValuePair<TProducer, decimal>> other)
        where TProducer : notnull
    {
        var elsewhere = new Dictionary<TProducer, decimal>(other);
        var active = period.Where(o => o.Value > 0).ToList();
        if (active.Count == 0)
            return ([], null);
        var total = Sum(active.Select(o => Units(o.Value)));
        var alone = active.Where(o => elsewhere.GetValueOrDefault(o.Key) <= 0).Select(o => (o.Key, Units: Units(o.Value))).ToList();
        return ([.. alone.Select(o => new ProducerShare<TProducer>(o.Key, Quotient(o.Units, total)))], Quotient(Sum(alone.Select(o => o.Units)), total));
    }

    // Whole numbers of the smallest unit that a decimal can hold.
    private static BigInteger Units(decimal output)
    {
        var (mantissa, scale) = ExactRounding.Parts(output);
        return mantissa * BigInteger.Pow(10, MostDecimals - scale);
    }

    private static BigInteger Sum(IEnumerable<BigInteger> units) => units.Aggregate(BigInteger.Zero, (sum, next) => sum + next);

    private static decimal Quotient(BigInteger dividend, BigInteger divisor) =>
        ExactRounding.OfTrillionths(ExactRounding.Divide(dividend * Trillionths, divisor));
}
