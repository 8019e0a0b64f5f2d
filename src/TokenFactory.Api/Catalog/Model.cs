using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>A model of one producer. Its slug is the name under which it is published, unique within its producer.</summary>
internal sealed class Model
{
    public int Id { get; set; }
    public int ProducerId { get; set; }
    public required string Slug { get; set; }
    public required string Name { get; set; }

    /// <summary>Registered by an event that named it, not by an operator.</summary>
    public bool RegisteredOnSight { get; set; }
    public List<ModelAlias> Aliases { get; set; } = [];
}

/// <summary>Another name of a model: exact, or a pattern in which <c>*</c> stands for any run of characters.</summary>
internal sealed class ModelAlias
{
    public int ProducerId { get; set; }
    public required string Alias { get; set; }
    public int ModelId { get; set; }
}

/// <summary>Producer x model x token class x service tier: the elementary product of the index arithmetic.</summary>
internal sealed class Item
{
    public int Id { get; set; }
    public int ProducerId { get; set; }
    public int ModelId { get; set; }
    public TokenClass TokenClass { get; set; }
    public ServiceTier ServiceTier { get; set; }
}
