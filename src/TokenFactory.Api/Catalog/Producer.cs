namespace TokenFactory.Api.Catalog;

// The numbers are stored; never renumber.

/// <summary>What a token factory does.</summary>
public enum ProducerKind : short
{
    ModelMaker = 1,
    InferencePlatform = 2,
    Both = 3,
}

/// <summary>A token factory.</summary>
internal sealed class Producer
{
    public int Id { get; set; }
    public required string Slug { get; set; }
    public required string Name { get; set; }
    public ProducerKind Kind { get; set; }
    public List<ProducerAlias> Aliases { get; set; } = [];
}

/// <summary>Another name under which emitters report a producer. Aliases and slugs share one namespace.</summary>
internal sealed class ProducerAlias
{
    public required string Alias { get; set; }
    public int ProducerId { get; set; }
}
