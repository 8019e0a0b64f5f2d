using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>The price of a whole request whose input is above a threshold.</summary>
/// <param name="Above">Input tokens of the request, of every input class, read from and written to the cache too; 0 or more.</param>
/// <param name="Inclusive">Whether a request of exactly <paramref name="Above"/> tokens is above.</param>
/// <param name="UnitValue">Money per million tokens.</param>
public sealed record ContextTier(long Above, bool Inclusive, UnitValue UnitValue)
{
    /// <summary>Whether a request of so many input tokens takes this tier.</summary>
    public bool Reaches(long inputTokens) => Inclusive ? inputTokens >= Above : inputTokens > Above;

    /// <summary>The highest tier that a request reaches; null: none, the base price holds.</summary>
    /// <param name="tiers">In rising order of <see cref="Above"/>.</param>
    /// <param name="inputTokens">Input tokens of the request.</param>
    public static ContextTier? Reached(IReadOnlyList<ContextTier> tiers, long inputTokens)
    {
        for (var i = tiers.Count - 1; i >= 0; i--)
        {
            if (tiers[i].Reaches(inputTokens))
                return tiers[i];
        }

        return null;
    }
}
