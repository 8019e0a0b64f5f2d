namespace TokenFactory.Economics.Statistics;

/// <summary>One period in money of the reference period.</summary>
/// <param name="Real">Chained volume, in money of the reference period; null with a reason.</param>
/// <param name="Deflator">The implicit price level, reference period = 100; null with a reason.</param>
/// <param name="NullReason">Why the first of the two that is null is null: one of <see cref="NullReasons"/>.</param>
public readonly record struct ChainedVolumePoint(double? Real, double? Deflator, string? NullReason);

/// <summary>
/// Chained volumes in money (METHODOLOGY, chain and money terms; SNA 2008, ch. 15): the value of the reference period, moved by a
/// quantity index.
/// </summary>
public static class ChainedVolume
{
    /// <summary>
    /// Real_t = V_ref I_t / I_ref and deflator_t = 100 V_t / Real_t, so that nominal = real x deflator / 100. Real is null with the reason of the index
    /// where it has no level, and in every period where the reference period has none. The deflator is null too where there is no volume to
    /// divide by, and with <see cref="NullReasons.NegativeValue"/> where V_t is below 0.
    /// </summary>
    /// <param name="nominal">V: money of each period, in current prices; 0 for an empty one.</param>
    /// <param name="quantity">I: a quantity index of the same periods, of any reference period.</param>
    /// <param name="reference">The place of the period in whose money volumes are told; -1: it is not among them.</param>
    /// <exception cref="ArgumentException">The two series differ in length.</exception>
    public static IReadOnlyList<ChainedVolumePoint> Compile(IReadOnlyList<decimal> nominal, IReadOnlyList<IndexPoint> quantity, int reference)
    {
        if (nominal.Count != quantity.Count)
            throw new ArgumentException("One value for each level.", nameof(nominal));
        var @base = reference >= 0 && reference < quantity.Count ? quantity[reference] : default;
        if (@base.Level is not { } level || nominal[reference] < 0)
        {
            var why = @base.Level is null ? NullReasons.NoReference : NullReasons.NegativeValue;
            return [.. quantity.Select(point => new ChainedVolumePoint(null, null, point.NullReason ?? why))];
        }

        return [.. quantity.Select((point, t) => At(point, t == reference ? IndexValue.Of(1) : Relative(point, level), nominal[reference], nominal[t]))];
    }

    /// <summary>
    /// The residual of non-additivity: real total - sum of the real parts, in money of the reference period. Chained volumes don't add up outside the
    /// reference period and the one after it; the residual is published rather than spread.
    /// </summary>
    /// <returns>Null where the total or any part is null: what is missing would pass for a residual.</returns>
    public static double? Residual(double? total, IEnumerable<double?> parts)
    {
        if (total is not { } whole)
            return null;
        CompensatedSum sum = default;
        sum.Add(whole);
        foreach (var part in parts)
        {
            if (part is not { } value)
                return null;
            sum.Add(-value);
        }

        return sum.Value;
    }

    private static IndexValue Relative(IndexPoint point, double reference) =>
        point.Level is not { } level ? IndexValue.Null(point.NullReason!)
        : reference == 0 ? IndexValue.Null(NullReasons.ZeroQuantity)
        : IndexValue.Of(level / reference);

    private static ChainedVolumePoint At(IndexPoint point, IndexValue relative, decimal @base, decimal nominal)
    {
        var real = relative.Value is { } moved ? IndexValue.Of((double)@base * moved) : relative;
        if (real.Value is not { } volume)
            return new ChainedVolumePoint(null, null, real.NullReason);
        var deflator = nominal < 0 ? IndexValue.Null(NullReasons.NegativeValue)
            : volume == 0 ? IndexValue.Null(@base == 0 ? NullReasons.ZeroPrice : NullReasons.ZeroQuantity)
            : IndexValue.Of((double)nominal / volume * 100);
        return new ChainedVolumePoint(volume, deflator.Value, deflator.NullReason);
    }
}
