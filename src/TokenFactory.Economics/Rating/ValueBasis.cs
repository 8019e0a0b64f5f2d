namespace TokenFactory.Economics.Rating;

/// <summary>Where a unit value came from. The numeric values are stored; never renumber them.</summary>
public enum ValueBasis : short
{
    /// <summary>No unit value is known: the quantity counts, the value is null (unknown is never zero).</summary>
    None = 0,

    /// <summary>The event says so.</summary>
    Declared = 1,

    /// <summary>Looked up in a rate card as of the time of the event.</summary>
    RateCard = 2,
}
