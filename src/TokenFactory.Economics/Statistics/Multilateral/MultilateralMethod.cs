namespace TokenFactory.Economics.Statistics;

/// <summary>A price index over many periods at once, free of chain drift. The arithmetic is beside each.</summary>
public enum MultilateralMethod
{
    /// <summary>GEKS over Fisher indices of matched items: <see cref="GeksWindow"/>.</summary>
    GeksFisher,

    /// <summary>GEKS over Tornqvist indices (CCDI).</summary>
    GeksTornqvist,

    /// <summary>GEKS over Walsh indices.</summary>
    GeksWalsh,

    /// <summary>GEKS over Jevons indices, unweighted.</summary>
    GeksJevons,

    /// <summary>Intersection-GEKS over Fisher indices: <see cref="GeksIntersection"/>.</summary>
    IntGeksFisher,

    /// <summary>Intersection-GEKS over Tornqvist indices.</summary>
    IntGeksTornqvist,

    /// <summary>Intersection-GEKS over Walsh indices.</summary>
    IntGeksWalsh,

    /// <summary>Intersection-GEKS over Jevons indices, unweighted.</summary>
    IntGeksJevons,

    /// <summary>The weighted time-product-dummy: <see cref="WeightedTimeProductDummy"/>.</summary>
    Wtpd,

    /// <summary>Geary-Khamis: <see cref="GearyKhamis"/>.</summary>
    Gk,
}
