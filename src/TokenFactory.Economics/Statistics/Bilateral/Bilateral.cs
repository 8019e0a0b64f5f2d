namespace TokenFactory.Economics.Statistics;

/// <summary>
/// Bilateral price indices over compared items: ratios of period 1 to period 0, 1 = no change, at least 0. p is money per token, q tokens,
/// v = p q, S the sum over the compared items, s0 = v0 / S v0 and s1 = v1 / S v1 the shares. The quantity index of a formula is the same formula
/// with p and q exchanged: <see cref="Quantity"/>. Each is null, with a reason, where nothing is compared, where a price
/// can't be imputed (unweighted formulas need none), and where it would divide by 0 or take the logarithm of 0. Sources: ILO/IMF et al.,
/// Consumer Price Index Manual: Theory and Practice (2004), ch. 15 to 17 and 20, with the numbers of its equations where they are given; the same
/// in the Producer Price Index Manual (2004); Balk, Price and Quantity Index Numbers (2008), ch. 3.
/// </summary>
/// <remarks>
/// Items with quantity 0 in a period (imputed over a union, or carried) weigh 0 in that period. So they count in Laspeyres, Paasche, Fisher,
/// Drobisch, Marshall-Edgeworth, Stuvel, Tornqvist, Palgrave and the one-sided geometric and harmonic ones through the other period's weight;
/// in Walsh, Geary-Khamis, Sato-Vartia and Vartia I, whose weights need both quantities, they count for nothing (in Vartia I they do
/// enter the two totals). The unweighted formulas compare matched items alone, whatever the selection: an imputed price carries no
/// information. A carried price counts there like any other.
/// </remarks>
public static partial class Bilateral
{
    /// <summary>The elasticity of substitution that Lloyd-Moulton takes where none is given.</summary>
    public const double DefaultSigma = 2;

    /// <summary>P_L = S p1 q0 / S p0 q0 (eq. 15.5). Null when S p0 q0 is 0.</summary>
    public static IndexValue Laspeyres(BilateralBasket basket) => OverItems(basket, static b => Ratio(b, b.P1Q0, b.P0Q0));

    /// <summary>P_P = S p1 q1 / S p0 q1 (eq. 15.6). Null when S p0 q1 is 0.</summary>
    public static IndexValue Paasche(BilateralBasket basket) => OverItems(basket, static b => Ratio(b, b.P1Q1, b.P0Q1));

    /// <summary>P_F = sqrt(P_L P_P) (eq. 15.12); null when either is.</summary>
    public static IndexValue Fisher(BilateralBasket basket) => GeometricMean(Laspeyres(basket), Paasche(basket));

    /// <summary>P_D = (P_L + P_P) / 2; null when either is. Not to be taken for Drobisch's other index, the ratio of unit values.</summary>
    public static IndexValue Drobisch(BilateralBasket basket)
    {
        var (laspeyres, paasche) = (Laspeyres(basket), Paasche(basket));
        return laspeyres.Value is not { } l ? laspeyres : paasche.Value is not { } p ? paasche : IndexValue.Of((l / 2) + (p / 2));
    }

    /// <summary>P_ME = S p1 (q0 + q1) / S p0 (q0 + q1). Null when the denominator is 0.</summary>
    public static IndexValue MarshallEdgeworth(BilateralBasket basket) =>
        OverItems(basket, static b => Ratio(b, b.P1Q0 + b.P1Q1, b.P0Q0 + b.P0Q1));

    /// <summary>P_W = S p1 sqrt(q0 q1) / S p0 sqrt(q0 q1) (eq. 15.19). Null when the denominator is 0.</summary>
    public static IndexValue Walsh(BilateralBasket basket) => OverItems(basket, static b => OfBasket(b, static i => Math.Sqrt(i.Q0 * i.Q1)));

    /// <summary>P_GK = S p1 h / S p0 h with h = q0 q1 / (q0 + q1), 0 where both are 0. Null when the denominator is 0.</summary>
    public static IndexValue GearyKhamis(BilateralBasket basket) =>
        OverItems(basket, static b => OfBasket(b, static i => i.Q0 + i.Q1 is > 0 and var sum ? i.Q0 * i.Q1 / sum : 0));

    /// <summary>
    /// P_S = A + sqrt(A^2 + S v1 / S v0), A = (P_L - Q_L) / 2, Q_L = S p0 q1 / S p0 q0. Null when S v0 is 0. Source: Stuvel, A New Index Number
    /// Formula (Econometrica 1957).
    /// </summary>
    public static IndexValue Stuvel(BilateralBasket basket) => OverItems(basket, static b =>
    {
        if (b.P0Q0 == 0)
            return IndexValue.Null(b.ZeroWeightReason);
        var (half, value) = (((b.P1Q0 / b.P0Q0) - (b.P0Q1 / b.P0Q0)) / 2, b.P1Q1 / b.P0Q0);
        var root = double.Hypot(half, Math.Sqrt(value));
        // Both forms are the same number; each loses no digits on its side of 0.
        return IndexValue.Of(half >= 0 ? half + root : value / (root - half));
    });

    /// <summary>Q_L = S p0 q1 / S p0 q0. Null when S p0 q0 is 0.</summary>
    public static IndexValue LaspeyresQuantity(BilateralBasket basket) => Laspeyres(basket.Swapped);

    /// <summary>Q_P = S p1 q1 / S p1 q0. Null when S p1 q0 is 0.</summary>
    public static IndexValue PaascheQuantity(BilateralBasket basket) => Paasche(basket.Swapped);

    /// <summary>Q_F = sqrt(Q_L Q_P). With P_F it meets the product test: P_F Q_F = S p1 q1 / S p0 q0; null when either is.</summary>
    public static IndexValue FisherQuantity(BilateralBasket basket) => Fisher(basket.Swapped);

    /// <summary>The price index of a formula.</summary>
    /// <param name="sigma">The elasticity of substitution of <see cref="BilateralFormula.LloydMoulton"/>, at least 0; the others have none.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a formula of two periods (Lowe and Young need a third), or sigma below 0.</exception>
    public static IndexValue Price(BilateralFormula formula, BilateralBasket basket, double sigma = DefaultSigma) => formula switch
    {
        BilateralFormula.Laspeyres => Laspeyres(basket),
        BilateralFormula.Paasche => Paasche(basket),
        BilateralFormula.Fisher => Fisher(basket),
        BilateralFormula.Tornqvist => Tornqvist(basket),
        BilateralFormula.Walsh => Walsh(basket),
        BilateralFormula.Jevons => Jevons(basket),
        BilateralFormula.Carli => Carli(basket),
        BilateralFormula.Dutot => Dutot(basket),
        BilateralFormula.Harmonic => Harmonic(basket),
        BilateralFormula.Cswd => Cswd(basket),
        BilateralFormula.MarshallEdgeworth => MarshallEdgeworth(basket),
        BilateralFormula.Stuvel => Stuvel(basket),
        BilateralFormula.SatoVartia => SatoVartia(basket),
        BilateralFormula.Vartia1 => Vartia1(basket),
        BilateralFormula.GeometricLaspeyres => GeometricLaspeyres(basket),
        BilateralFormula.GeometricPaasche => GeometricPaasche(basket),
        BilateralFormula.HarmonicLaspeyres => HarmonicLaspeyres(basket),
        BilateralFormula.Palgrave => Palgrave(basket),
        BilateralFormula.Drobisch => Drobisch(basket),
        BilateralFormula.GearyKhamis => GearyKhamis(basket),
        BilateralFormula.LloydMoulton => LloydMoulton(basket, sigma),
        _ => throw new ArgumentOutOfRangeException(nameof(formula), formula, "Not a formula of two periods."),
    };

    /// <summary>
    /// The quantity index of a formula: its price index with p and q exchanged. With <see cref="NullReasons.ZeroQuantity"/> it is null where a
    /// quantity relative would divide by 0 or have no logarithm, as for every item that came or went.
    /// </summary>
    /// <param name="sigma">As for <see cref="Price"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="Price"/>.</exception>
    public static IndexValue Quantity(BilateralFormula formula, BilateralBasket basket, double sigma = DefaultSigma) =>
        Price(formula, basket.Swapped, sigma);

    /// <summary>
    /// V1 / V0, from exact sums over every item of each period; it needs no item in common. Null when either period is empty or V0 is 0.
    /// </summary>
    public static IndexValue ValueRatio(Basket @base, Basket current)
    {
        if (@base.IsEmpty || current.IsEmpty)
            return IndexValue.Null(NullReasons.EmptyPeriod);
        return IndexValue.Ratio((double)current.Value, (double)@base.Value);
    }

    // Null with the reason of the first that is null.
    internal static IndexValue GeometricMean(IndexValue left, IndexValue right)
    {
        if (left.Value is not { } l)
            return left;
        if (right.Value is not { } r)
            return right;
        var product = l * r;
        // The root of the product is the more exact; two roots where the product leaves the range of a double.
        return IndexValue.Of(double.IsNormal(product) ? Math.Sqrt(product) : Math.Sqrt(l) * Math.Sqrt(r));
    }

    private static IndexValue OverItems(BilateralBasket basket, Func<BilateralBasket, IndexValue> formula) =>
        basket.NullReason is { } why ? IndexValue.Null(why)
        : basket.Pairs.Length == 0 ? IndexValue.Null(NullReasons.NoMatchedItems)
        : formula(basket);

    private static IndexValue Ratio(BilateralBasket basket, double numerator, double denominator) =>
        denominator == 0 ? IndexValue.Null(basket.ZeroWeightReason) : IndexValue.Of(numerator / denominator);

    // S p1 q / S p0 q over quantities that are made of both periods'.
    private static IndexValue OfBasket(BilateralBasket basket, Func<BilateralBasket.Pair, double> quantity)
    {
        CompensatedSum current = default, @base = default;
        foreach (ref readonly var i in basket.Pairs)
        {
            var q = quantity(i);
            current.Add(i.P1 * q);
            @base.Add(i.P0 * q);
        }

        return Ratio(basket, current.Value, @base.Value);
    }
}
