namespace TokenFactory.Economics.Statistics;

/// <summary>
/// The formulas that weigh price relatives by shares. A relative p1 / p0 must exist for every compared item, also for those with weight 0
/// (METHODOLOGY, edge rule 1: null with <see cref="NullReasons.ZeroPrice"/> where an item is free).
/// </summary>
public static partial class Bilateral
{
    // Closer to 1 than this the elasticity's own formula loses digits: two terms of its series are the more exact.
    private const double NearOne = 1e-5;

    /// <summary>P_T = exp S 1/2 (s0 + s1) ln(p1 / p0). Null when a compared item is free in either period, or a period has no value.</summary>
    public static IndexValue Tornqvist(BilateralBasket basket) => OverItems(basket, static b =>
        b.P0Q0 == 0 || b.P1Q1 == 0 ? NoWeight(b) : OfLogs(b, i => (i.P0 * i.Q0 / b.P0Q0) + (i.P1 * i.Q1 / b.P1Q1)));

    /// <summary>P_GL = exp S s0 ln(p1 / p0). Null when a compared item is free in either period, or period 0 has no value.</summary>
    public static IndexValue GeometricLaspeyres(BilateralBasket basket) => OverItems(basket, static b => OfLogs(b, static i => i.P0 * i.Q0));

    /// <summary>P_GP = exp S s1 ln(p1 / p0). Null when a compared item is free in either period, or period 1 has no value.</summary>
    public static IndexValue GeometricPaasche(BilateralBasket basket) => OverItems(basket, static b => OfLogs(b, static i => i.P1 * i.Q1));

    /// <summary>
    /// P_SV = exp S w ln(p1 / p0) / S w, w = L(s0, s1) the logarithmic mean (<see cref="LogarithmicMean"/>). Null when a compared item is free in
    /// either period, or none has quantities in both. Sources: Sato (1976), Vartia (1976).
    /// </summary>
    public static IndexValue SatoVartia(BilateralBasket basket) => OverItems(basket, static b =>
        b.P0Q0 == 0 || b.P1Q1 == 0 ? NoWeight(b) : OfLogs(b, i => LogarithmicMean.Of(i.P0 * i.Q0 / b.P0Q0, i.P1 * i.Q1 / b.P1Q1)));

    /// <summary>
    /// P_V = exp S L(v0, v1) ln(p1 / p0) / L(S v0, S v1). Its weights do not add up to 1, so that it is not proportional to a
    /// common change of prices. Null when a compared item is free in either period, or a period has no value. Sources: Montgomery (1937), Vartia (1976).
    /// </summary>
    public static IndexValue Vartia1(BilateralBasket basket) => OverItems(basket, static b =>
        OfLogs(b, static i => LogarithmicMean.Of(i.P0 * i.Q0, i.P1 * i.Q1), LogarithmicMean.Of(b.P0Q0, b.P1Q1)));

    /// <summary>P_HL = 1 / S s0 (p0 / p1). Null when a compared item is free in period 1, or period 0 has no value.</summary>
    public static IndexValue HarmonicLaspeyres(BilateralBasket basket) => OverItems(basket, static b =>
    {
        CompensatedSum sum = default;
        foreach (ref readonly var i in b.Pairs)
        {
            if (i.P1 == 0)
                return IndexValue.Null(b.ZeroRelativeReason);
            sum.Add(i.P0 * i.Q0 * (i.P0 / i.P1));
        }

        return Ratio(b, b.P0Q0, sum.Value);
    });

    /// <summary>P_PG = S s1 (p1 / p0). Null when a compared item is free in period 0, or period 1 has no value.</summary>
    public static IndexValue Palgrave(BilateralBasket basket) => OverItems(basket, static b =>
    {
        CompensatedSum sum = default;
        foreach (ref readonly var i in b.Pairs)
        {
            if (i.P0 == 0)
                return IndexValue.Null(b.ZeroRelativeReason);
            sum.Add(i.P1 * i.Q1 * (i.P1 / i.P0));
        }

        return Ratio(b, sum.Value, b.P1Q1);
    });

    /// <summary>
    /// P_LM = (S s0 (p1 / p0)^(1 - sigma))^(1 / (1 - sigma)); at sigma = 1 its limit, the geometric Laspeyres; at sigma = 0 the Laspeyres. Null when
    /// a compared item is free in either period, or period 0 has no value. Sources: Lloyd (1975), Moulton (1996).
    /// </summary>
    /// <param name="sigma">The elasticity of substitution between the items, at least 0; finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sigma is below 0 or not a number.</exception>
    public static IndexValue LloydMoulton(BilateralBasket basket, double sigma)
    {
        if (!(sigma >= 0) || !double.IsFinite(sigma))
            throw new ArgumentOutOfRangeException(nameof(sigma), sigma, "An elasticity is at least 0.");
        return OverItems(basket, b =>
        {
            var mean = GeometricLaspeyres(b);
            if (mean.Value is not > 0)
                return mean;
            var power = 1 - sigma;
            var centre = Math.Log(mean.Value.Value);
            // Relatives over their own mean, and the largest power apart: nothing overflows however large sigma is.
            var largest = double.NegativeInfinity;
            foreach (ref readonly var i in b.Pairs)
                largest = i.P0 * i.Q0 > 0 ? Math.Max(largest, power * (Math.Log(i.P1 / i.P0) - centre)) : largest;
            CompensatedSum sum = default, squares = default;
            foreach (ref readonly var i in b.Pairs)
            {
                var share = i.P0 * i.Q0 / b.P0Q0;
                var log = Math.Log(i.P1 / i.P0) - centre;
                sum.Add(share == 0 ? 0 : share * Math.Exp((power * log) - largest));
                squares.Add(share * log * log);
            }

            var above = Math.Abs(power) < NearOne ? power * squares.Value / 2 : (largest + Math.Log(sum.Value)) / power;
            return IndexValue.Of(Math.Exp(centre + above));
        });
    }

    private static IndexValue NoWeight(BilateralBasket basket) => IndexValue.Null(basket.ZeroWeightReason);

    // exp of S w ln(p1 / p0) / total; the total of the weights themselves where none is given.
    private static IndexValue OfLogs(BilateralBasket basket, Func<BilateralBasket.Pair, double> weight, double? total = null)
    {
        CompensatedSum sum = default, weights = default;
        foreach (ref readonly var i in basket.Pairs)
        {
            if (i.P0 == 0 || i.P1 == 0)
                return IndexValue.Null(basket.ZeroRelativeReason);
            var w = weight(i);
            sum.Add(w * Math.Log(i.P1 / i.P0));
            weights.Add(w);
        }

        var divisor = total ?? weights.Value;
        return divisor == 0 ? NoWeight(basket) : IndexValue.Of(Math.Exp(sum.Value / divisor));
    }
}
