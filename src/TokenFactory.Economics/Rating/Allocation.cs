using System.Numerics;

namespace TokenFactory.Economics.Rating;

/// <summary>Divides an amount of money in proportion to quantities, so that the parts sum to it to the last digit.</summary>
public static class Allocation
{
    /// <summary>
    /// The parts of <paramref name="total"/>, each a whole number of 10^-12. The n-th is the rounded share of the first n less that of the first
    /// n - 1, so that no part is off by more than 10^-12 and nothing is left over.
    /// </summary>
    /// <param name="total">At most 12 decimals.</param>
    /// <param name="quantities">0 or more each; their order decides where a remainder falls.</param>
    /// <exception cref="ArgumentException">A quantity is negative; or there is something to divide, and no quantity to divide it by.</exception>
    public static decimal[] ProRata(decimal total, IReadOnlyList<decimal> quantities)
    {
        if (quantities.Any(q => q < 0))
            throw new ArgumentException("Quantities must not be negative.", nameof(quantities));
        var sum = Scaled(quantities.Sum());
        if (sum.IsZero)
            return total == 0 ? new decimal[quantities.Count] : throw new ArgumentException("There is nothing to divide the amount by.", nameof(quantities));

        var whole = Scaled(total);
        var parts = new decimal[quantities.Count];
        var (reached, given) = (BigInteger.Zero, BigInteger.Zero);
        for (var i = 0; i < parts.Length; i++)
        {
            reached += Scaled(quantities[i]);
            var share = ExactRounding.Divide(whole * reached, sum);
            parts[i] = ExactRounding.OfTrillionths(share - given);
            given = share;
        }

        return parts;
    }

    private static BigInteger Scaled(decimal value) => ExactRounding.TrillionthsOf(value);
}
