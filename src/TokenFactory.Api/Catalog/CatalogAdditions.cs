using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>Names that events use and the catalog does not know yet.</summary>
internal sealed class CatalogAdditions
{
    public HashSet<string> Producers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public HashSet<(int ProducerId, string Name)> Models { get; } = [];

    public HashSet<(int ModelId, TokenClass TokenClass, ServiceTier ServiceTier)> Items { get; } = [];

    public HashSet<string> Accounts { get; } = new(StringComparer.Ordinal);
}
