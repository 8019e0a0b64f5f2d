using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ingestion;

/// <summary>How one event is to be read; without a body, as it was sent.</summary>
public sealed record QuarantineRelease
{
    /// <summary>The usage profile that reads its usage object, by id.</summary>
    /// <example>openai_chat</example>
    public string? Profile { get; init; }

    /// <summary>Who made the tokens, by id or alias.</summary>
    /// <example>moonshot</example>
    public string? Producer { get; init; }

    /// <summary>Which model made them, where neither the sender nor the response says so.</summary>
    /// <example>kimi-k2</example>
    public string? Model { get; init; }

    /// <summary>When they were made, where neither says so, or says it wrongly.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>In which tier, where the name that was sent has no counterpart here.</summary>
    public ServiceTier? ServiceTier { get; init; }
}

/// <summary>Which open events are to be released, and how they are to be read; without a body, every one as it was sent.</summary>
public sealed record QuarantineReleaseOfMany
{
    /// <summary>Only this source's; left out: of every source that the key may write for.</summary>
    /// <example>gateway-1</example>
    public string? Source { get; init; }

    /// <summary>Only those that were held back for this reason.</summary>
    /// <example>unknown_producer</example>
    public string? Code { get; init; }

    /// <summary>Only those that came in this shape.</summary>
    /// <example>raw</example>
    public string? Shape { get; init; }

    /// <summary>Only those that name this producer, as sent.</summary>
    /// <example>kimi-cloud</example>
    public string? Producer { get; init; }

    /// <summary>Only those that name this model, as sent.</summary>
    /// <example>kimi-k2</example>
    public string? Model { get; init; }

    /// <summary>The usage profile that reads their usage objects, by id; left out: what was sent tells.</summary>
    /// <example>openai_chat</example>
    public string? Profile { get; init; }
}

/// <summary>What became of the open events. looked_at = released + still_held + conflict.</summary>
public sealed record QuarantineReleaseAnswer
{
    internal const int MaxReasons = 100;

    /// <example>1200</example>
    public required long LookedAt { get; init; }

    /// <summary>In the ledger now, by this release or by another at the same time.</summary>
    /// <example>1198</example>
    public required long Released { get; init; }

    /// <summary>They still can't be read, and are as they were.</summary>
    /// <example>2</example>
    public required long StillHeld { get; init; }

    /// <summary>Their ids are taken by other content.</summary>
    /// <example>0</example>
    public required long Conflict { get; init; }

    /// <summary>Why those that are still held can't be read today, the most first.</summary>
    public required IReadOnlyList<StillHeldReason> Reasons { get; init; }
}

/// <summary>Events that still can't be read, for one reason.</summary>
public sealed record StillHeldReason
{
    /// <example>sum_mismatch</example>
    public required string Code { get; init; }

    /// <summary>Empty where there are very many different ones.</summary>
    public required string Detail { get; init; }

    /// <example>2</example>
    public required long Events { get; init; }
}

/// <summary>Why an event is given up.</summary>
public sealed record QuarantineDiscard
{
    /// <summary>1 to 1,000 characters; kept with the event.</summary>
    /// <example>a test of the gateway, nothing was produced</example>
    public required string Reason { get; init; }
}
