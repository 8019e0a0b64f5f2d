namespace TokenFactory.Economics.Statistics;

/// <summary>What an index measures.</summary>
public enum IndexKind
{
    /// <summary>How the money per token changed.</summary>
    Price,

    /// <summary>How the volume changed, items weighted by their prices.</summary>
    Quantity,

    /// <summary>How the money changed: V_t / V_reference, over every item. Formula, linking and selection make no difference to it.</summary>
    Value,
}

/// <summary>How the periods of a series are tied together.</summary>
public enum Linking
{
    /// <summary>Each period is compared with the nearest one before it that it can be compared with, and the links are multiplied.</summary>
    Chained,

    /// <summary>Each period is compared with the reference period directly.</summary>
    FixedBase,
}

/// <summary>What a series is made by.</summary>
public sealed record IndexMethod
{
    public required IndexKind Kind { get; init; }

    /// <summary>The formula of each comparison.</summary>
    public BilateralFormula Formula { get; init; } = BilateralFormula.Fisher;

    public Linking Linking { get; init; } = Linking.Chained;

    /// <summary>Which items are compared; Lowe and Young always compare those of all three periods.</summary>
    public ItemSelection Items { get; init; } = ItemSelection.Union;

    /// <summary>The place of the period that weighs Lowe and Young; null: the reference period. The other formulas have none.</summary>
    public int? WeightPeriod { get; init; }

    /// <summary>The elasticity of substitution of Lloyd-Moulton, at least 0. The other formulas have none.</summary>
    public double Sigma { get; init; } = Bilateral.DefaultSigma;
}

/// <summary>One period of a series.</summary>
/// <param name="Level">Reference period = 100, in full precision; null with a reason.</param>
/// <param name="NullReason">One of <see cref="NullReasons"/>.</param>
/// <param name="MatchedShare">
/// Of the comparison with <see cref="ComparedWith"/>; for Lowe and Young, the share of the weight period's value that is compared. Null where
/// there is no comparison: the first period of a chain, an empty period.
/// </param>
/// <param name="NewItems">Items that the compared period did not have.</param>
/// <param name="VanishedItems">Items that the compared period had and this one has not.</param>
public readonly record struct IndexPoint(double? Level, string? NullReason, double? MatchedShare, int NewItems, int VanishedItems)
{
    /// <summary>
    /// The place of the period that this one was compared with; null: none (the first period of a chain, an empty period). At a break the
    /// period before, with which the comparison failed. A value index shows the period before, though its level comes from the reference period.
    /// </summary>
    public int? ComparedWith { get; init; }

    /// <summary>
    /// A chain breaks before this period: no comparison with an earlier one has a value, so that levels on the two sides don't compare. Seen from a
    /// reference period behind the break, this period has a level and those before it have none.
    /// </summary>
    public bool IsBreak { get; init; }

    /// <summary>Items of this period that have only a price carried forward; 0 unless <see cref="ItemSelection.Carried"/>.</summary>
    public int CarriedItems { get; init; }
}
