using System.Numerics;

namespace TokenFactory.Economics.Tests.Statistics.Confidentiality;

/// <summary>What follows from sums, and nothing but sums: exact elimination, in rational numbers.</summary>
internal sealed class LinearAttack(int unknowns)
{
    // Each with its first coefficient 1, where no other has one.
    private readonly SortedDictionary<int, Rational[]> _solved = [];

    /// <summary>One more answer: the sum of these unknowns is known, or what is left of it when others are taken away.</summary>
    public void Learn(IEnumerable<int> summed, IEnumerable<int>? taken = null)
    {
        var row = LeftOf(summed, taken);
        var first = Array.FindIndex(row, r => !r.IsZero);
        if (first < 0)
            return;
        var scale = row[first];
        for (var i = first; i < unknowns; i++)
            row[i] /= scale;
        foreach (var known in _solved.Values)
            Subtract(known, row, known[first]);
        _solved.Add(first, row);
    }

    /// <summary>Whether the sum of these unknowns can be told exactly.</summary>
    public bool Tells(IEnumerable<int> summed) => LeftOf(summed).All(r => r.IsZero);

    // What does not follow from what is known.
    private Rational[] LeftOf(IEnumerable<int> summed, IEnumerable<int>? taken = null)
    {
        var row = new Rational[unknowns];
        Array.Fill(row, Rational.Zero);
        foreach (var unknown in summed)
            row[unknown] += Rational.One;
        foreach (var unknown in taken ?? [])
            row[unknown] -= Rational.One;
        foreach (var (pivot, known) in _solved)
            Subtract(row, known, row[pivot]);
        return row;
    }

    private static void Subtract(Rational[] from, Rational[] row, Rational times)
    {
        for (var i = 0; !times.IsZero && i < from.Length; i++)
            from[i] -= row[i] * times;
    }

    private readonly record struct Rational(BigInteger Over, BigInteger Under)
    {
        public static readonly Rational Zero = new(0, 1);
        public static readonly Rational One = new(1, 1);

        public bool IsZero => Over.IsZero;

        public static Rational operator +(Rational a, Rational b) => Of((a.Over * b.Under) + (b.Over * a.Under), a.Under * b.Under);

        public static Rational operator -(Rational a, Rational b) => Of((a.Over * b.Under) - (b.Over * a.Under), a.Under * b.Under);

        public static Rational operator *(Rational a, Rational b) => Of(a.Over * b.Over, a.Under * b.Under);

        public static Rational operator /(Rational a, Rational b) => Of(a.Over * b.Under, a.Under * b.Over);

        private static Rational Of(BigInteger over, BigInteger under)
        {
            var divisor = BigInteger.GreatestCommonDivisor(over, under) * under.Sign;
            return new(over / divisor, under / divisor);
        }
    }
}
