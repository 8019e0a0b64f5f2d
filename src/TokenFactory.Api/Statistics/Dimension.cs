using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Statistics;

/// <summary>What figures can be grouped and filtered by, in the order of the columns of an answer.</summary>
internal enum Dimension
{
    Sector,
    Producer,
    Model,
    TokenClass,
    ServiceTier,
}

internal static class Dimensions
{
    public static IReadOnlyList<Dimension> All { get; } = Enum.GetValues<Dimension>();

    public static string Name(this Dimension dimension) => dimension switch
    {
        Dimension.Sector => "sector",
        Dimension.Producer => "producer",
        Dimension.Model => "model",
        Dimension.TokenClass => "token_class",
        Dimension.ServiceTier => "service_tier",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "Not a dimension."),
    };

    /// <summary>The column of the query that holds it: a stored number, or a name.</summary>
    public static string Column(this Dimension dimension) => dimension switch
    {
        Dimension.Sector => "d.sector",
        Dimension.Producer => "p.slug",
        Dimension.Model => "m.slug",
        Dimension.TokenClass => "i.token_class",
        Dimension.ServiceTier => "i.service_tier",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "Not a dimension."),
    };

    public static Dimension? Parse(string name) => All.Cast<Dimension?>().FirstOrDefault(d => d!.Value.Name() == name);
}

/// <summary>Whether two groups have the same names.</summary>
internal sealed class GroupComparer : IEqualityComparer<IReadOnlyList<string>>
{
    public static readonly GroupComparer Instance = new();

    public bool Equals(IReadOnlyList<string>? left, IReadOnlyList<string>? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && left.SequenceEqual(right));

    public int GetHashCode(IReadOnlyList<string> group)
    {
        var hash = default(HashCode);
        foreach (var name in group)
            hash.Add(name);
        return hash.ToHashCode();
    }
}

/// <summary>The order in which the database returns groups: what is stored as a number by its number, names by their characters.</summary>
internal sealed class GroupOrder(IReadOnlyList<Dimension> by) : IComparer<IReadOnlyList<string>>
{
    public int Compare(IReadOnlyList<string>? left, IReadOnlyList<string>? right)
    {
        for (var i = 0; i < by.Count; i++)
        {
            var order = Compare(by[i], left![i], right![i]);
            if (order != 0)
                return order;
        }

        return 0;
    }

    private static int Compare(Dimension dimension, string left, string right) => dimension switch
    {
        Dimension.Sector when WireNames.TryParseSector(left, out var l) && WireNames.TryParseSector(right, out var r) => l.CompareTo(r),
        Dimension.TokenClass when WireNames.TryParseTokenClass(left, out var l) && WireNames.TryParseTokenClass(right, out var r) => l.CompareTo(r),
        Dimension.ServiceTier when WireNames.TryParseServiceTier(left, out var l) && WireNames.TryParseServiceTier(right, out var r) => l.CompareTo(r),
        _ => string.CompareOrdinal(left, right),
    };
}
