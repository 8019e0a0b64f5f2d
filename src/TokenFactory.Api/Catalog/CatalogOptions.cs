namespace TokenFactory.Api.Catalog;

/// <summary>How the catalog meets names that it does not know. Bound from the configuration section <c>TokenFactory</c>.</summary>
internal sealed class CatalogOptions
{
    /// <summary>Register a producer that an event names and nobody knows, instead of refusing the event.</summary>
    public bool RegisterUnknownProducers { get; set; }
}
