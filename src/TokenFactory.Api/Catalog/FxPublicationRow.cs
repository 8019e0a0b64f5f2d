namespace TokenFactory.Api.Catalog;

/// <summary>Exchange rates of one source that were published together. Immutable: entries pin its number. A correction is another of the same instant.</summary>
internal sealed class FxPublicationRow
{
    public long Id { get; set; }

    /// <summary>Who published them.</summary>
    public required string Source { get; set; }

    /// <summary>ISO 4217: the rates are units of other currencies for one of this.</summary>
    public required string Base { get; set; }
    public DateTimeOffset PublishedAt { get; set; }
    public DateTimeOffset RecordedAt { get; set; }
    public List<FxRateRow> Rates { get; set; } = [];
}

/// <summary>Units of a currency for one unit of the publication's base.</summary>
internal sealed class FxRateRow
{
    public long PublicationId { get; set; }
    public required string Currency { get; set; }
    public decimal Rate { get; set; }
}
