using System.Numerics;

namespace TokenFactory.Economics.Tests.Statistics.Confidentiality;

/// <summary>What follows from the sums of one measure, and from nothing else than that no figure is below 0: exact elimination, in rational numbers.</summary>
internal sealed class LinearAttack(int unknowns)
{
    // Each with its first coefficient 1, where no other has one; the figure comes last.
    private readonly SortedDictionary<int, Rational[]> _solved = [];
    private readonly List<(int[] Summed, BigInteger Figure)> _sums = [];

    /// <summary>One more answer: the sum of these unknowns is known, or what is left of it when others are taken away.</summary>
    public void Learn(IEnumerable<int> summed, BigInteger figure, IEnumerable<int>? taken = null)
    {
        int[] all = [.. summed];
        if (taken is null)
            _sums.Add((all, figure));
        var row = LeftOf(all, taken);
        var first = Array.FindIndex(row, 0, unknowns, r => !r.IsZero);
        if (first < 0)
            return;
        row[unknowns] += new Rational(figure, BigInteger.One);
        var scale = row[first];
        for (var i = first; i < row.Length; i++)
            row[i] /= scale;
        foreach (var known in _solved.Values)
            Subtract(known, row, known[first]);
        _solved.Add(first, row);
    }

    /// <summary>No figure is below 0: where nothing is left of a sum, nothing is in what is left of it.</summary>
    public void LearnZeros()
    {
        int before;
        do
        {
            before = _solved.Count;
            foreach (var (summed, figure) in _sums.ToList())
            {
                var told = summed.ToLookup(i => Tells([i]));
                var left = told[true].Aggregate(new Rational(figure, BigInteger.One), (rest, i) => rest - _solved[i][unknowns]);
                foreach (var unknown in left.IsZero ? told[false] : [])
                    Learn([unknown], BigInteger.Zero);
            }
        }
        while (_solved.Count > before);
    }

    /// <summary>Whether the sum of these unknowns can be told exactly.</summary>
    public bool Tells(IEnumerable<int> summed) => Array.TrueForAll(LeftOf(summed)[..unknowns], r => r.IsZero);

    // What does not follow from what is known.
    private Rational[] LeftOf(IEnumerable<int> summed, IEnumerable<int>? taken = null)
    {
        var row = new Rational[unknowns + 1];
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
            from[i] = row[i].IsZero ? from[i] : from[i] - (row[i] * times);
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
