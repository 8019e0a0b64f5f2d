using System.Globalization;

namespace TokenFactory.Economics.Statistics;

/// <summary>What one item adds to the growth of an index.</summary>
/// <param name="Value">In the unit of growth: 0.01 is one percentage point. Negative where the item held growth back.</param>
public readonly record struct Contribution(int ItemId, double Value);

/// <summary>A contribution as it is published.</summary>
/// <param name="Value">As <see cref="Contribution.Value"/>, in whole units of the last decimal.</param>
public readonly record struct RoundedContribution(int ItemId, decimal Value);

/// <summary>The growth of an index and what each item adds to it; the contributions sum to the growth.</summary>
public sealed class Decomposition
{
    internal Decomposition(IndexValue index, IEnumerable<Contribution> items)
    {
        Index = index;
        Items = index.Value is null ? [] : [.. items.OrderBy(static i => i.ItemId)];
        if (!Items.All(static i => double.IsFinite(i.Value)))
            (Index, Items) = (IndexValue.Null(NullReasons.OutOfRange), []);
    }

    /// <summary>The index that is taken apart, 1 = no change; null with a reason.</summary>
    public IndexValue Index { get; }

    /// <summary>Index - 1: 0.01 is one percent. Null where the index is.</summary>
    public double? Growth => Index.Value - 1;

    /// <summary>The contributions by item, ids ascending; none where the index is null.</summary>
    public IReadOnlyList<Contribution> Items { get; }

    internal static Decomposition Null(string reason) => new(IndexValue.Null(reason), []);

    /// <summary>
    /// The contributions rounded so that they add up to the rounded growth exactly: see <see cref="RoundTo"/>. Null where the index is, and where
    /// the numbers leave the range in which such decimals exist.
    /// </summary>
    /// <param name="decimals">0 to 12.</param>
    /// <returns>Growth, rounded half away from zero, and the items in the order of <see cref="Items"/>.</returns>
    public (decimal Growth, IReadOnlyList<RoundedContribution> Items)? Round(int decimals) =>
        Growth is { } growth && RoundTo(growth, [.. Items.Select(static i => i.Value)], decimals) is { } rounded
            ? (rounded.Total, [.. Items.Select((item, k) => new RoundedContribution(item.ItemId, rounded.Parts[k]))])
            : null;

    /// <summary>
    /// Rounds parts so that they add up to their rounded total: each is rounded down, and the units that are then missing go to those with the
    /// largest remainders (the method of Hamilton), at equal remainders to the earlier.
    /// </summary>
    /// <param name="total">The sum of the parts.</param>
    /// <param name="parts">At least one, unless the total rounds to 0.</param>
    /// <param name="decimals">0 to 12.</param>
    /// <returns>The total rounded half away from zero, and the parts in their order; null beyond 10^20 units of the last decimal.</returns>
    /// <exception cref="ArgumentException">There are no parts to a total that is not 0.</exception>
    public static (decimal Total, decimal[] Parts)? RoundTo(double total, IReadOnlyList<double> parts, int decimals)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(decimals);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decimals, 12);
        const double most = 1e20;
        var units = Math.Pow(10, decimals);
        if (!(Math.Abs(total * units) < most) || parts.Any(p => !(Math.Abs(p * units) < most)))
            return null;
        var unit = 1m;
        for (var k = 0; k < decimals; k++)
            unit /= 10;
        // By its own digits: a double times a power of ten has others, and its formats round ties to even.
        var digits = total.ToString("F28", CultureInfo.InvariantCulture);
        var whole = Math.Round(decimal.Parse(digits, CultureInfo.InvariantCulture), decimals, MidpointRounding.AwayFromZero);
        var rounded = parts.Select(p => (decimal)Math.Floor(p * units)).ToArray();
        var missing = (whole / unit) - rounded.Sum();
        if (parts.Count == 0)
            return missing == 0 ? (whole, []) : throw new ArgumentException("A total without parts.", nameof(parts));
        // Beyond a double's 15 digits the parts may miss the total by more than one unit each.
        var each = Math.Floor(missing / parts.Count);
        var extra = missing - (each * parts.Count);
        var byRemainder = Enumerable.Range(0, parts.Count).OrderByDescending(k => (parts[k] * units) - Math.Floor(parts[k] * units)).ToList();
        for (var k = 0; k < parts.Count; k++)
            rounded[byRemainder[k]] = (rounded[byRemainder[k]] + each + (k < extra ? 1 : 0)) * unit;
        return (whole, rounded);
    }
}
