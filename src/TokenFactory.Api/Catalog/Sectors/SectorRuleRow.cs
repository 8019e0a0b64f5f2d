using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Sectors;

/// <summary>What a sector rule looks at, in the order in which they decide. The numeric values are stored; never renumber them.</summary>
public enum SectorRuleKind : short
{
    /// <summary>The end of the account's domain, by whole labels: the account's id is an e-mail address or a host name.</summary>
    DomainSuffix = 1,

    /// <summary>The legal form that the account's name ends with.</summary>
    LegalForm = 2,

    /// <summary>The plan that the sender names, else the account's own.</summary>
    Plan = 3,
}

/// <summary>A sector rule: what belongs to a sector by a name's form. Never changed: entries keep its number for ever.</summary>
internal sealed class SectorRuleRow
{
    public int Id { get; set; }
    public SectorRuleKind Kind { get; set; }

    /// <summary>In the form that <see cref="SectorRuleValues"/> compares.</summary>
    public required string Value { get; set; }
    public Sector Sector { get; set; }

    /// <summary>Events that occurred at or after.</summary>
    public DateTimeOffset EffectiveFrom { get; set; }

    /// <summary>Exclusive, as the rule was recorded; the last of <see cref="Ends"/> beats it. Null: open.</summary>
    public DateTimeOffset? EffectiveTo { get; set; }

    /// <summary>Why it says so: where it was read.</summary>
    public required string Provenance { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public List<SectorRuleEnd> Ends { get; set; } = [];

    /// <summary>The end that counts; not after the beginning: it never held. Null: open.</summary>
    public DateTimeOffset? End => Ends.Count == 0 ? EffectiveTo : Ends.MaxBy(e => e.Id)!.EffectiveTo;
}

/// <summary>When a sector rule ends, as it was known from <see cref="RecordedAt"/> on. The latest row counts.</summary>
internal sealed class SectorRuleEnd
{
    public int Id { get; set; }
    public int SectorRuleId { get; set; }

    /// <summary>Exclusive. Not after the rule's beginning: the rule is withdrawn.</summary>
    public DateTimeOffset EffectiveTo { get; set; }
    public DateTimeOffset RecordedAt { get; set; }
    public required string Reason { get; set; }
}
