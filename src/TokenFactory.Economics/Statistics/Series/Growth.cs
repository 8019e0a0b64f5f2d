namespace TokenFactory.Economics.Statistics;

/// <summary>
/// What is published of a series x, by the names of FRED's <c>units</c>: lin, chg, ch1, pch, pc1, pca, cch, cca, log. t-1 is one period before
/// t, and n the periods of a year.
/// </summary>
public enum Transformation
{
    /// <summary>The level as it is: x_t.</summary>
    Lin,

    /// <summary>Change: x_t - x_(t-1), in the unit of x.</summary>
    Chg,

    /// <summary>Change from a year ago: x_t - x_(one year before t), in the unit of x.</summary>
    Ch1,

    /// <summary>Percent change: 100 (x_t / x_(t-1) - 1).</summary>
    Pch,

    /// <summary>Percent change from a year ago: 100 (x_t / x_(one year before t) - 1).</summary>
    Pc1,

    /// <summary>Compounded annual rate of change, in percent: 100 ((x_t / x_(t-1))^n - 1).</summary>
    Pca,

    /// <summary>Continuously compounded rate of change, in percent: 100 (ln x_t - ln x_(t-1)).</summary>
    Cch,

    /// <summary>Continuously compounded annual rate of change, in percent: n 100 (ln x_t - ln x_(t-1)).</summary>
    Cca,

    /// <summary>Natural logarithm: ln x_t.</summary>
    Log,
}

/// <summary>Why a growth rate has no value, beside <see cref="NullReasons.OutOfRange"/>.</summary>
public static class GrowthReasons
{
    /// <summary>The point itself has no value, and its series gave no reason for that.</summary>
    public const string GrowthOfNull = "growth_of_null";

    /// <summary>The series holds no period before, or none a year before.</summary>
    public const string NoEarlierPeriod = "no_earlier_period";

    /// <summary>The earlier period is a gap: growth is never taken across one.</summary>
    public const string EarlierValueMissing = "earlier_value_missing";

    /// <summary>What would be divided by, compounded from or taken a logarithm of is zero, or less.</summary>
    public const string ZeroBase = "zero_base";

    /// <summary>Days and hours are not annualised.</summary>
    public const string NotAnnualised = "not_annualised";
}

/// <summary>
/// Where each point of a series finds what it is compared with. A place is a point's number in the series, before the point itself; -1: there
/// is none. Who knows the calendar fills it in: the week a year before is not always 52 points back, and a gap may be no point at all.
/// </summary>
public sealed record EarlierPlaces
{
    /// <summary>One per point: the place of the period that ends where the point's period starts.</summary>
    public required IReadOnlyList<int> PeriodBefore { get; init; }

    /// <summary>One per point: the place of the same period of the year before.</summary>
    public required IReadOnlyList<int> YearBefore { get; init; }
}

/// <summary>A change of money, exact, or why there is none.</summary>
/// <param name="Value">In money; null with a reason.</param>
/// <param name="NullReason">One of <see cref="GrowthReasons"/> or <see cref="NullReasons"/>; null when there is a value.</param>
public readonly record struct ExactChange(decimal? Value, string? NullReason);

/// <summary>
/// Growth of a series. Every point has a value or a reason, and none is taken across a gap. Source: Federal Reserve Bank of St. Louis, FRED,
/// "What formulas are used to calculate growth rates?"; it annualises days by 260, which is not done here.
/// </summary>
public static class Growth
{
    /// <summary>n, the periods of a year: year 1, quarter 4, month 12, week 52. Null for days and hours, which are not annualised.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a frequency.</exception>
    public static int? PeriodsPerYear(Frequency frequency) => frequency switch
    {
        Frequency.Year => 1,
        Frequency.Quarter => 4,
        Frequency.Month => 12,
        Frequency.Week => 52,
        Frequency.Day or Frequency.Hour => null,
        _ => throw new ArgumentOutOfRangeException(nameof(frequency), frequency, "Not a frequency."),
    };

    /// <summary>
    /// Transforms a series. A point without a value keeps its own reason. Percentages and compounding need a base above zero, compounding
    /// also a current value of at least zero, and logarithms values above zero: else <see cref="GrowthReasons.ZeroBase"/>.
    /// </summary>
    /// <param name="transformation">What is published.</param>
    /// <param name="levels">The series; null where it has no value.</param>
    /// <param name="places">What each point is compared with.</param>
    /// <param name="frequency">How long the periods are: what annual rates are made by.</param>
    /// <param name="reasons">One per point, why it has no value; null: not told.</param>
    /// <returns>One per point.</returns>
    /// <exception cref="ArgumentException">Places or reasons are not one per point, or a place does not lie before its point.</exception>
    public static IReadOnlyList<Statistic> Of(Transformation transformation, IReadOnlyList<double?> levels, EarlierPlaces places,
        Frequency frequency, IReadOnlyList<string?>? reasons = null)
    {
        RequireOnePerPoint(levels.Count, reasons);
        var annual = PeriodsPerYear(frequency);
        var before = transformation is Transformation.Ch1 or Transformation.Pc1 ? places.YearBefore : places.PeriodBefore;
        RequirePlaces(levels.Count, before);
        var results = new Statistic[levels.Count];
        for (var t = 0; t < results.Length; t++)
        {
            if (levels[t] is not { } level)
                results[t] = Statistic.Null(reasons?[t] ?? GrowthReasons.GrowthOfNull);
            else if (transformation == Transformation.Lin)
                results[t] = Statistic.Of(level);
            else if (transformation == Transformation.Log)
                results[t] = level <= 0 ? Statistic.Null(GrowthReasons.ZeroBase) : Statistic.Of(Math.Log(level));
            else if (annual is null && transformation is Transformation.Pca or Transformation.Cca)
                results[t] = Statistic.Null(GrowthReasons.NotAnnualised);
            else if (before[t] < 0)
                results[t] = Statistic.Null(GrowthReasons.NoEarlierPeriod);
            else if (levels[before[t]] is not { } earlier)
                results[t] = Statistic.Null(GrowthReasons.EarlierValueMissing);
            else
                results[t] = Between(transformation, earlier, level, annual ?? 1);
        }

        return results;
    }

    /// <summary>
    /// chg or ch1 of money: x_t - x_earlier, exact while it fits <see cref="decimal"/>'s 28 digits; null with
    /// <see cref="NullReasons.OutOfRange"/> beyond <see cref="decimal.MaxValue"/>.
    /// </summary>
    /// <param name="levels">The series, in money; null where it has no value.</param>
    /// <param name="before">One per point: the place of what it is compared with, as in <see cref="EarlierPlaces"/>.</param>
    /// <param name="reasons">One per point, why it has no value; null: not told.</param>
    /// <returns>One per point.</returns>
    /// <exception cref="ArgumentException">Places or reasons are not one per point, or a place does not lie before its point.</exception>
    public static IReadOnlyList<ExactChange> Change(IReadOnlyList<decimal?> levels, IReadOnlyList<int> before, IReadOnlyList<string?>? reasons = null)
    {
        RequireOnePerPoint(levels.Count, reasons);
        RequirePlaces(levels.Count, before);
        return [.. levels.Select((level, t) =>
            level is not { } current ? new ExactChange(null, reasons?[t] ?? GrowthReasons.GrowthOfNull)
            : before[t] < 0 ? new ExactChange(null, GrowthReasons.NoEarlierPeriod)
            : levels[before[t]] is not { } earlier ? new ExactChange(null, GrowthReasons.EarlierValueMissing)
            : Difference(earlier, current))];
    }

    // Differences before quotients: x_t - x_(t-1) loses nothing where growth is small, x_t / x_(t-1) - 1 does.
    private static Statistic Between(Transformation transformation, double earlier, double level, int annual) => transformation switch
    {
        Transformation.Chg or Transformation.Ch1 => Statistic.Of(level - earlier),
        _ when earlier <= 0 => Statistic.Null(GrowthReasons.ZeroBase),
        Transformation.Pch or Transformation.Pc1 => Statistic.Of(100 * ((level - earlier) / earlier)),
        Transformation.Pca => level < 0 ? Statistic.Null(GrowthReasons.ZeroBase) : Statistic.Of(100 * (Math.Pow(level / earlier, annual) - 1)),
        Transformation.Cch => Continuous(earlier, level),
        Transformation.Cca => Continuous(earlier, level).Then(rate => annual * rate),
        _ => throw new ArgumentOutOfRangeException(nameof(transformation), transformation, "Not a transformation."),
    };

    private static Statistic Continuous(double earlier, double level) =>
        level <= 0 ? Statistic.Null(GrowthReasons.ZeroBase) : Statistic.Of(100 * (Math.Log(level) - Math.Log(earlier)));

    private static ExactChange Difference(decimal earlier, decimal current)
    {
        try
        {
            return new ExactChange(current - earlier, null);
        }
        catch (OverflowException)
        {
            return new ExactChange(null, NullReasons.OutOfRange);
        }
    }

    private static void RequireOnePerPoint(int points, IReadOnlyList<string?>? reasons)
    {
        if (reasons is not null && reasons.Count != points)
            throw new ArgumentException("There must be one reason per point.", nameof(reasons));
    }

    private static void RequirePlaces(int points, IReadOnlyList<int> places)
    {
        if (places.Count != points || places.Where((place, t) => place < -1 || place >= t).Any())
            throw new ArgumentException("There must be one place per point, before the point or -1.", nameof(places));
    }
}
