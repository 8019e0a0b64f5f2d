using System.Text.Json.Serialization;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Repricing;

/// <summary>An account that belongs to another sector, from a date on.</summary>
public sealed record NewReclassification
{
    /// <summary>The sector that the account belongs to.</summary>
    /// <example>government</example>
    public required Sector Sector { get; init; }

    /// <summary>Events that occurred at or after, until the account's next dated sector.</summary>
    /// <example>2026-10-01T00:00:00Z</example>
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>True: the account's later sectors are taken away, and their events are moved too. Left out: they stay.</summary>
    /// <example>false</example>
    public bool? ReplacesFollowing { get; init; }

    /// <summary>Records nothing, leaves the account, and shows what would move.</summary>
    /// <example>true</example>
    public bool? DryRun { get; init; }

    /// <summary>Why: at most 1,000 characters, kept with every entry. Required but for a dry run.</summary>
    /// <example>the agency was taken for a company</example>
    public string? Reason { get; init; }
}

/// <summary>What a reclassification was asked for, as it is kept.</summary>
internal sealed record ReclassificationScope
{
    public required Sector Sector { get; init; }
    public required DateTimeOffset EffectiveFrom { get; init; }
    public DateTimeOffset? EffectiveTo { get; init; }
}

/// <summary>A reclassification of an account, and how far it is.</summary>
public sealed record ReclassificationResource
{
    public required long Id { get; init; }

    /// <example>acme</example>
    public required string Account { get; init; }

    /// <summary>The sector that the events move to.</summary>
    public required Sector Sector { get; init; }
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>Exclusive: where the account's next dated sector begins. Null: it has none.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }
    public required bool DryRun { get; init; }
    public required RepricingState State { get; init; }
    public string? Reason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public required ReclassificationProgress Progress { get; init; }

    /// <summary>What moves, of the events looked at so far. Left out in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReclassificationChange? Change { get; init; }

    /// <summary>Of a failed one: what happened. Ask for it again: what is done already stays.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Failure { get; init; }
}

/// <summary>How far a reclassification is.</summary>
public sealed record ReclassificationProgress
{
    /// <summary>Journal numbers that are looked through.</summary>
    public required long BatchesDone { get; init; }

    /// <summary>Those that there were when it began: what was recorded later has the new sector already. 0: it has not begun.</summary>
    public required long Batches { get; init; }

    /// <summary>Events of the account in its time.</summary>
    public required long Examined { get; init; }

    /// <summary>Events that moved, or in a dry run would.</summary>
    public required long Changed { get; init; }

    /// <summary>Their entries: as many are taken back, and as many recorded in the new sector.</summary>
    public required long Entries { get; init; }

    /// <summary>Events that were recorded before it was kept what decided their sector: they may have named it themselves, and are left.</summary>
    public required long Skipped { get; init; }
}

/// <summary>What a reclassification moves. Exact.</summary>
public sealed record ReclassificationChange
{
    /// <summary>The reporting currency, of every amount.</summary>
    /// <example>USD</example>
    public required string Currency { get; init; }
    public required ReclassificationRow Total { get; init; }

    /// <summary>By the sector that it leaves.</summary>
    public required IReadOnlyList<ReclassificationRow> BySector { get; init; }
}

/// <summary>What moves of one sector.</summary>
public sealed record ReclassificationRow
{
    /// <summary>The sector that it leaves; left out in the total.</summary>
    /// <example>unclassified</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sector { get; init; }

    /// <summary>Tokens.</summary>
    /// <example>987654321</example>
    public required string Quantity { get; init; }

    /// <summary>What they are worth, in the reporting currency; what is unpriced is not in it.</summary>
    /// <example>1234.5</example>
    public required string Amount { get; init; }

    /// <summary>Tokens among them whose value is not known.</summary>
    /// <example>0</example>
    public required string UnpricedQuantity { get; init; }
}
