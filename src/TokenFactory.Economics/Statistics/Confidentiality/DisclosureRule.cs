using System.Numerics;

namespace TokenFactory.Economics.Statistics;

/// <summary>What those behind a cell contribute to one measure, in any unit that is the same throughout a table.</summary>
/// <param name="Contributors">How many contribute anything to it: whoever is behind the cell and has nothing of this measure hides nobody.</param>
/// <param name="Net">The figure itself; corrections may take it below 0.</param>
/// <param name="Gross">The sum of what each contributes, each without its sign.</param>
/// <param name="Largest">What the largest of them contributes, without its sign: at most <paramref name="Gross"/>.</param>
public readonly record struct Contributed(int Contributors, BigInteger Net, BigInteger Gross, BigInteger Largest)
{
    /// <summary>Both together, where who contributes to the two is not known: those of one may be those of the other, and the largest may be the same in both.</summary>
    public static Contributed operator +(Contributed left, Contributed right) =>
        new(Math.Max(left.Contributors, right.Contributors), left.Net + right.Net, left.Gross + right.Gross, left.Largest + right.Largest);

    /// <summary>As the operator.</summary>
    public static Contributed Add(Contributed left, Contributed right) => left + right;
}

/// <summary>
/// When a cell tells too much of those behind it: the threshold rule (fewer than n contributors) and the dominance rule with n = 1 (one contributor has more
/// than k percent), each switched off by 0; each holds for every measure that is published. Source: Handbook on Statistical Disclosure Control (ESSnet on statistical
/// disclosure control), chapter 4, "Magnitude tabular data".
/// </summary>
/// <param name="MinContributors">n: so many are enough.</param>
/// <param name="DominancePercent">k, 0 to 99: exactly so many percent are allowed.</param>
public sealed record DisclosureRule(int MinContributors, int DominancePercent)
{
    public bool IsOn => MinContributors > 0 || DominancePercent > 0;

    /// <summary>Whether a cell may be published as far as it goes alone.</summary>
    /// <param name="measures">
    /// Every measure of it that is published: none may be of fewer than n, unless it is of nobody, or dominated. One at least must be of somebody.
    /// </param>
    public bool Allows(params ReadOnlySpan<Contributed> measures)
    {
        var most = 0;
        foreach (var measure in measures)
        {
            most = Math.Max(most, measure.Contributors);
            if (measure.Contributors > 0 && measure.Contributors < MinContributors)
                return false;
            if (DominancePercent > 0 && measure.Largest * 100 > measure.Gross * DominancePercent)
                return false;
        }

        return most >= MinContributors;
    }
}
