namespace TokenFactory.Economics.Rating;

/// <summary>Where the value of an entry came from. The numeric values are stored; never renumber them.</summary>
public enum ValueBasis : short
{
    /// <summary>No unit value is known: the quantity counts, the value is null (unknown is never zero).</summary>
    None = 0,

    /// <summary>The event says so.</summary>
    Declared = 1,

    /// <summary>Looked up in a rate card as of the time of the event.</summary>
    RateCard = 2,

    /// <summary>Money without tokens: what the last, begun package of a request costs beyond its tokens.</summary>
    Package = 3,

    /// <summary>Money without tokens: what a request falls short of its card's minimum charge.</summary>
    MinimumCharge = 4,

    /// <summary>Money without tokens: what the tiers of a calendar month add to, or take from, the first tier's price.</summary>
    MonthTiers = 5,
}

/// <summary>What a basis implies.</summary>
public static class ValueBases
{
    /// <summary>Whether an entry of this basis is money without tokens: its quantity is 0, and it has an amount and no unit value.</summary>
    public static bool IsAdjustment(this ValueBasis basis) => basis >= ValueBasis.Package;
}
