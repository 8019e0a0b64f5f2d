using System.Text.Json.Serialization;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Sectors;

/// <summary>A sector rule to be.</summary>
public sealed record NewSectorRule
{
    public required SectorRuleKind Kind { get; init; }

    /// <summary>
    /// A domain (<c>gov.uk</c>, compared by whole labels), a legal form (<c>GmbH</c>, whatever the case and dots) or a plan (<c>enterprise</c>).
    /// </summary>
    /// <example>gov.uk</example>
    public required string Value { get; init; }
    public required Sector Sector { get; init; }

    /// <summary>For events that occurred at or after. Left out: always.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>For events that occurred before. Left out: open.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>Why it says so: where it was read; at most 1,000 characters.</summary>
    /// <example>UK Cabinet Office: reserved for public bodies</example>
    public required string Provenance { get; init; }
}

/// <summary>A sector rule.</summary>
public sealed record SectorRuleResource
{
    /// <summary>Its number: the <c>sector_rule_id</c> of a ledger entry, for ever.</summary>
    public required int Id { get; init; }
    public required SectorRuleKind Kind { get; init; }

    /// <summary>As it is compared.</summary>
    /// <example>gov.uk</example>
    public required string Value { get; init; }
    public required Sector Sector { get; init; }

    /// <summary>Null: always.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>Exclusive, as it is known now; not after the beginning: the rule was withdrawn. Null: open.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }
    public required string Provenance { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What was said of its end later, in the order of recording; the last counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SectorRuleEndResource>? Ends { get; init; }

    internal static SectorRuleResource Of(SectorRuleRow row) => new()
    {
        Id = row.Id,
        Kind = row.Kind,
        Value = row.Value,
        Sector = row.Sector,
        EffectiveFrom = row.EffectiveFrom == DateTimeOffset.MinValue ? null : row.EffectiveFrom,
        EffectiveTo = row.End,
        Provenance = row.Provenance,
        CreatedAt = row.CreatedAt,
        Ends = row.Ends.Count == 0 ? null : [.. row.Ends.OrderBy(e => e.Id).Select(e => new SectorRuleEndResource
        {
            EffectiveTo = e.EffectiveTo,
            Reason = e.Reason,
            RecordedAt = e.RecordedAt,
        })],
    };
}

/// <summary>When a sector rule ends.</summary>
public sealed record NewSectorRuleEnd
{
    /// <summary>Events that occurred at or after are none of the rule's. Not after its beginning: it is withdrawn, it never held.</summary>
    /// <example>2026-12-01T00:00:00Z</example>
    public required DateTimeOffset EffectiveTo { get; init; }

    /// <summary>Why; at most 1,000 characters.</summary>
    /// <example>the domain was opened to everyone</example>
    public required string Reason { get; init; }
}

/// <summary>What was said of a sector rule's end.</summary>
public sealed record SectorRuleEndResource
{
    public required DateTimeOffset EffectiveTo { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>The sector that an account's next event would count for, unless the event or its sender says otherwise, and why.</summary>
public sealed record AccountClassification
{
    public required Sector Sector { get; init; }

    /// <summary><c>account</c> (its own sector today), <c>rule</c> (a sector rule) or <c>none</c>.</summary>
    /// <example>rule</example>
    public required string Basis { get; init; }

    /// <summary>The sector rule: the number of <c>/v1/sector-rules</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Rule { get; init; }
}
