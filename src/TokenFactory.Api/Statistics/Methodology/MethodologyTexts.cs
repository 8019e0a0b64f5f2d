using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What the methodology says of each name: a value that an enumeration gains and this has not fails its test, and the answer.</summary>
internal static partial class MethodologyTexts
{
    private const string Manual = "ILO/IMF et al., Consumer Price Index Manual (2004), ch. 15";
    private const string Balk = "Balk, Price and Quantity Index Numbers (2008), ch. 3";
    private const string FreeInEither = "an item is free in either period";

    public static IReadOnlyList<MethodRow> Methods { get; } =
        [.. Enum.GetValues<BilateralFormula>().Select(Of), .. Enum.GetValues<MultilateralMethod>().Select(Of)];

    private static MethodRow Of(BilateralFormula formula)
    {
        var (title, text, source, nullWhen) = formula switch
        {
            BilateralFormula.Laspeyres => ("Laspeyres", "S p1 q0 / S p0 q0", $"{Manual}, eq. 15.5", "S p0 q0 is 0"),
            BilateralFormula.Paasche => ("Paasche", "S p1 q1 / S p0 q1", $"{Manual}, eq. 15.6", "S p0 q1 is 0"),
            BilateralFormula.Fisher => ("Fisher", "sqrt(P_L P_P)", $"{Manual}, eq. 15.12", "Laspeyres or Paasche is"),
            BilateralFormula.Tornqvist => ("Tornqvist", "exp S 1/2 (s0 + s1) ln(p1/p0)", $"{Manual} and 16", FreeInEither),
            BilateralFormula.Walsh => ("Walsh", "S p1 sqrt(q0 q1) / S p0 sqrt(q0 q1)", $"{Manual}, eq. 15.19", "the denominator is 0"),
            BilateralFormula.Jevons => ("Jevons", "(product of p1/p0)^(1/n), n matched items", "the same manual, ch. 20", "a matched item is free in either period"),
            BilateralFormula.Carli => ("Carli", "S (p1/p0) / n, n matched items", "the same manual, ch. 20", "a matched item is free in period 0"),
            BilateralFormula.Dutot => ("Dutot", "S p1 / S p0, matched items", "the same manual, ch. 20", "every matched item is free in period 0"),
            BilateralFormula.Harmonic => ("Harmonic mean of relatives", "n / S (p0/p1), n matched items", "the same manual, ch. 20", "a matched item is free in period 1, or all are in period 0"),
            BilateralFormula.Cswd => ("Carruthers, Sellwood, Ward and Dalen", "sqrt(P_C P_H): Carli and harmonic", "the same manual, ch. 20", "Carli or the harmonic mean is"),
            BilateralFormula.MarshallEdgeworth => ("Marshall-Edgeworth", "S p1 (q0 + q1) / S p0 (q0 + q1)", Manual, "the denominator is 0"),
            BilateralFormula.Stuvel => ("Stuvel", "A + sqrt(A^2 + S v1 / S v0), A = (P_L - Q_L) / 2", "Stuvel, A New Index Number Formula, Econometrica (1957)", "S v0 is 0"),
            BilateralFormula.SatoVartia => ("Sato-Vartia", "exp S w ln(p1/p0) / S w, w = L(s0, s1) the logarithmic mean", $"Sato (1976), Vartia (1976); {Balk}", $"{FreeInEither}, or none has quantities in both"),
            BilateralFormula.Vartia1 => ("Montgomery-Vartia (Vartia I)", "exp S L(v0, v1) ln(p1/p0) / L(S v0, S v1)", $"Montgomery (1937), Vartia (1976); {Balk}", $"{FreeInEither}, or a period has no value"),
            BilateralFormula.GeometricLaspeyres => ("Geometric Laspeyres", "exp S s0 ln(p1/p0)", Balk, $"{FreeInEither}, or period 0 has no value"),
            BilateralFormula.GeometricPaasche => ("Geometric Paasche", "exp S s1 ln(p1/p0)", Balk, $"{FreeInEither}, or period 1 has no value"),
            BilateralFormula.HarmonicLaspeyres => ("Harmonic Laspeyres", "1 / S s0 (p0/p1)", Balk, "an item is free in period 1, or period 0 has no value"),
            BilateralFormula.Palgrave => ("Palgrave", "S s1 (p1/p0)", Balk, "an item is free in period 0, or period 1 has no value"),
            BilateralFormula.Drobisch => ("Drobisch", "(P_L + P_P) / 2", Manual, "Laspeyres or Paasche is"),
            BilateralFormula.GearyKhamis => ("Geary-Khamis of two periods", "S p1 h / S p0 h, h = q0 q1 / (q0 + q1)", Balk, "the denominator is 0"),
            BilateralFormula.LloydMoulton => ("Lloyd-Moulton", "(S s0 (p1/p0)^(1-sigma))^(1/(1-sigma))", "Lloyd (1975), Moulton (1996)", $"{FreeInEither}, or period 0 has no value"),
            BilateralFormula.Lowe => ("Lowe", "S p1 qb / S p0 qb, b a third period", $"{Manual}, sec. D", "the denominator is 0, or the weight period is empty"),
            BilateralFormula.Young => ("Young", "S sb (p1/p0), b a third period", $"{Manual}, sec. D", "an item is free in period 0, or the weight period is empty"),
            BilateralFormula.GeometricYoung => ("Geometric Young", "exp S sb ln(p1/p0), b a third period", $"{Manual}, sec. D", $"{FreeInEither}, or the weight period is empty"),
            _ => throw Missing(formula),
        };
        return new MethodRow { Name = WireJson.NameOf(formula), Title = title, Kind = "bilateral", Formula = text, Source = source, NullWhen = nullWhen };
    }

    private static MethodRow Of(MultilateralMethod method)
    {
        const string geks = "P(0,t) = product over k of (P(0,k) P(k,t))^(1/K), K usable k, matched items pair by pair, P the ";
        const string intersection = "link(t-1,t) = geometric mean over k of P(t-1,k) P(k,t), each over the items of t-1, t and k, P the ";
        const string ofGeks = "Gini (1931), Elteto and Koves (1964), Szulc (1964); Ivancic, Diewert and Fox (2011)";
        const string ofIntersection = "Lamboray and Krsinich (2015)";
        const string noPath = "no third period ties the two";
        var (title, text, source, nullWhen) = method switch
        {
            MultilateralMethod.GeksFisher => ("GEKS-Fisher", $"{geks}Fisher", ofGeks, noPath),
            MultilateralMethod.GeksTornqvist => ("GEKS-Tornqvist (CCDI)", $"{geks}Tornqvist", $"{ofGeks}; Caves, Christensen and Diewert (1982)", $"{noPath}, or free items stand in the way"),
            MultilateralMethod.GeksWalsh => ("GEKS-Walsh", $"{geks}Walsh", ofGeks, noPath),
            MultilateralMethod.GeksJevons => ("GEKS-Jevons", $"{geks}Jevons", ofGeks, $"{noPath}, or free items stand in the way"),
            MultilateralMethod.IntGeksFisher => ("Intersection-GEKS-Fisher", $"{intersection}Fisher", ofIntersection, noPath),
            MultilateralMethod.IntGeksTornqvist => ("Intersection-GEKS-Tornqvist", $"{intersection}Tornqvist", ofIntersection, $"{noPath}, or free items stand in the way"),
            MultilateralMethod.IntGeksWalsh => ("Intersection-GEKS-Walsh", $"{intersection}Walsh", ofIntersection, noPath),
            MultilateralMethod.IntGeksJevons => ("Intersection-GEKS-Jevons", $"{intersection}Jevons", ofIntersection, $"{noPath}, or free items stand in the way"),
            MultilateralMethod.Wtpd => ("Weighted time-product-dummy", "ln p_it = a_t + g_i + error by weighted least squares, weights s_it; exp(a_t - a_0)", "Rao (1995, 2005); Diewert and Fox (2020)", "an item of the period is free that others sold, or nothing ties it to them"),
            MultilateralMethod.Gk => ("Geary-Khamis", "P_t = V_t / S r_i q_it, r_i = S over t of (q_it / Q_i)(p_it / P_t)", "Geary (1958), Khamis (1972)", "nothing of value ties the period to the others"),
            _ => throw Missing(method),
        };
        return new MethodRow { Name = WireJson.NameOf(method), Title = title, Kind = "multilateral", Formula = text, Source = source, NullWhen = nullWhen };
    }

    private static IReadOnlyList<TermRow> Terms<T>(Func<T, string> meaning) where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(value => new TermRow(WireJson.NameOf(value), meaning(value)))];

    private static ArgumentOutOfRangeException Missing<T>(T value) where T : struct, Enum => new(nameof(value), value, "The methodology has no text for it.");
}
