using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>What the prices of a card are. The numeric values are stored; never renumber them.</summary>
public enum RateCardKind : short
{
    /// <summary>What tokens are worth: what entries are valued at.</summary>
    Price = 1,

    /// <summary>What tokens cost their producer: never a value, the other side of a margin.</summary>
    Cost = 2,
}

/// <summary>
/// The prices of one scope from an instant on, as they were recorded. Immutable: entries pin its rates. What ends it is a row of its own
/// (<see cref="RateCardEnd"/>), or the next card of the same scope.
/// </summary>
internal sealed class RateCardRow
{
    public long Id { get; set; }
    public RateCardKind Kind { get; set; } = RateCardKind.Price;
    public int ProducerId { get; set; }

    /// <summary>The one model that it prices; null: those that <see cref="ModelPattern"/> fits.</summary>
    public int? ModelId { get; set; }
    public string? ModelPattern { get; set; }
    public ServiceTier ServiceTier { get; set; }

    /// <summary>A contract: for this account alone.</summary>
    public long? AccountId { get; set; }

    /// <summary>For this sector alone; never together with an account.</summary>
    public Sector? Sector { get; set; }
    public string? Region { get; set; }
    public required string Currency { get; set; }
    public DateTimeOffset EffectiveFrom { get; set; }

    /// <summary>The end that it was recorded with.</summary>
    public DateTimeOffset? EffectiveTo { get; set; }
    public DateTimeOffset RecordedAt { get; set; }

    /// <summary>The token classes without a price that take another's, as JSON; null: none.</summary>
    public string? Fallbacks { get; set; }
    public decimal? MinimumCharge { get; set; }

    /// <summary>Of a marked-up card: per cent of the prices of <see cref="MarkupModelId"/>.</summary>
    public decimal? MarkupPercent { get; set; }
    public int? MarkupModelId { get; set; }

    /// <summary>Where the prices were found.</summary>
    public string? Source { get; set; }
    public DateTimeOffset? ObservedAt { get; set; }
    public PriceConfidence? Confidence { get; set; }
    public string? ApprovedBy { get; set; }
    public List<RateRow> Rates { get; set; } = [];
    public List<RateCardEnd> Ends { get; set; } = [];
}

/// <summary>One price of a rate card: what a ledger entry pins.</summary>
internal sealed class RateRow
{
    public long Id { get; set; }
    public long RateCardId { get; set; }
    public TokenClass TokenClass { get; set; }

    /// <summary>Money per million tokens, at most 12 decimals; null on a marked-up card.</summary>
    public decimal? UnitValue { get; set; }

    /// <summary>Tiers, windows and packages, as JSON of <see cref="RateTerms"/>; null: a plain price.</summary>
    public string? Terms { get; set; }
}

/// <summary>When a card ends, as it was known from <see cref="RecordedAt"/> on. The latest row counts; none: the card's own end.</summary>
internal sealed class RateCardEnd
{
    public long Id { get; set; }
    public long RateCardId { get; set; }

    /// <summary>Exclusive. Not after the card's beginning: the card is withdrawn, it never held. Null: it is open again.</summary>
    public DateTimeOffset? EffectiveTo { get; set; }
    public DateTimeOffset RecordedAt { get; set; }
    public string? Reason { get; set; }
}

/// <summary>One row whose number moves with every administrative change, so that every instance notices.</summary>
internal sealed class CatalogVersion
{
    public int Id { get; set; }
    public long Version { get; set; }
}
