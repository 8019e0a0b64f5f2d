namespace TokenFactory.Economics.Statistics;

/// <summary>A formula that compares two periods. The formulas themselves: <see cref="Bilateral"/>, <see cref="LoweYoung"/>.</summary>
public enum BilateralFormula
{
    /// <summary>Weighted by the base period.</summary>
    Laspeyres,

    /// <summary>Weighted by the current period.</summary>
    Paasche,

    /// <summary>The geometric mean of Laspeyres and Paasche.</summary>
    Fisher,

    /// <summary>Geometric, weighted by the mean of the two periods' shares.</summary>
    Tornqvist,

    /// <summary>A basket of the geometric mean of the two quantities.</summary>
    Walsh,

    /// <summary>The geometric mean of relatives, unweighted.</summary>
    Jevons,

    /// <summary>The arithmetic mean of relatives, unweighted.</summary>
    Carli,

    /// <summary>The ratio of mean prices, unweighted.</summary>
    Dutot,

    /// <summary>The harmonic mean of relatives, unweighted.</summary>
    Harmonic,

    /// <summary>Carruthers, Sellwood, Ward and Dalen: the geometric mean of Carli and the harmonic mean.</summary>
    Cswd,

    /// <summary>A basket of the sum of the two quantities.</summary>
    MarshallEdgeworth,

    /// <summary>Made of both Laspeyres indices and the value ratio, so that price x quantity = value.</summary>
    Stuvel,

    /// <summary>Geometric, weighted by the logarithmic mean of the two shares. Also called Vartia II.</summary>
    SatoVartia,

    /// <summary>Geometric, weighted by the logarithmic mean of the two values. Also called Montgomery-Vartia.</summary>
    Vartia1,

    /// <summary>Geometric, weighted by the shares of the base period.</summary>
    GeometricLaspeyres,

    /// <summary>Geometric, weighted by the shares of the current period.</summary>
    GeometricPaasche,

    /// <summary>Harmonic, weighted by the shares of the base period.</summary>
    HarmonicLaspeyres,

    /// <summary>Arithmetic, weighted by the shares of the current period.</summary>
    Palgrave,

    /// <summary>The arithmetic mean of Laspeyres and Paasche.</summary>
    Drobisch,

    /// <summary>A basket of the harmonic mean of the two quantities: Geary-Khamis over two periods.</summary>
    GearyKhamis,

    /// <summary>Constant elasticity of substitution sigma, weighted by the shares of the base period.</summary>
    LloydMoulton,

    /// <summary>A basket of a third period's quantities.</summary>
    Lowe,

    /// <summary>Arithmetic, weighted by a third period's shares.</summary>
    Young,

    /// <summary>Geometric, weighted by a third period's shares.</summary>
    GeometricYoung,
}
