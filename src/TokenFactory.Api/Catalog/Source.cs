namespace TokenFactory.Api.Catalog;

/// <summary>A registered emitter of events. Id 0 is reserved for refusals whose source could not be made out.</summary>
internal sealed class Source
{
    public long Id { get; set; }
    public required string Slug { get; set; }
    public required string Name { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}
