using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>
/// The unit values of one model and service tier from an instant on. Immutable but for closing an open end: entries pin its rates.
/// An open-ended card holds until the next card of the same model and tier begins.
/// </summary>
internal sealed class RateCard
{
    public long Id { get; set; }
    public int ProducerId { get; set; }
    public int ModelId { get; set; }
    public ServiceTier ServiceTier { get; set; }
    public required string Currency { get; set; }
    public DateTimeOffset EffectiveFrom { get; set; }
    public DateTimeOffset? EffectiveTo { get; set; }
    public DateTimeOffset RecordedAt { get; set; }

    /// <summary>Where the prices were found.</summary>
    public string? Provenance { get; set; }
    public List<Rate> Rates { get; set; } = [];
}

/// <summary>One price of a rate card: what a ledger entry pins.</summary>
internal sealed class Rate
{
    public long Id { get; set; }
    public long RateCardId { get; set; }
    public TokenClass TokenClass { get; set; }

    /// <summary>Money per million tokens, at most 12 decimals.</summary>
    public decimal UnitValue { get; set; }
}

/// <summary>One row whose number moves with every administrative change, so that every instance notices.</summary>
internal sealed class CatalogVersion
{
    public int Id { get; set; }
    public long Version { get; set; }
}
