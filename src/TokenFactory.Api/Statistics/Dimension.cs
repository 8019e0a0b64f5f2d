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
