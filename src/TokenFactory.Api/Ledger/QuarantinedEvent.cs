using System.Text.Json;
using System.Text.Json.Serialization;

namespace TokenFactory.Api.Ledger;

// The numeric values are those of quarantine.sql.
/// <summary>What became of an event that was held back.</summary>
public enum QuarantineStatus
{
    /// <summary>It waits for somebody's decision.</summary>
    Open = 0,

    /// <summary>It is in the ledger: it was released, or the same was sent again when it could be read.</summary>
    Released = 1,

    /// <summary>It was given up, and the ledger does not hold it.</summary>
    Discarded = 2,
}

/// <summary>An event that could not be read when it came in: as it was sent, less everything that is no usage.</summary>
public sealed record QuarantinedEvent
{
    /// <summary>Its number in the quarantine.</summary>
    /// <example>17</example>
    public required long Id { get; init; }

    /// <example>gateway-1</example>
    public required string Source { get; init; }

    /// <summary>The id under which it is recorded once it is released.</summary>
    /// <example>chatcmpl-8f2</example>
    public required string EventId { get; init; }

    public required QuarantineStatus Status { get; init; }

    /// <summary>Why it was held back, for programs.</summary>
    /// <example>unknown_producer</example>
    public required string Code { get; init; }

    /// <summary>Why, for people: the field, and what is wrong with it.</summary>
    public required string Detail { get; init; }

    /// <summary>The shape that it came in.</summary>
    /// <example>raw</example>
    public required string Shape { get; init; }

    /// <summary>The producer's name as sent; null: none was.</summary>
    /// <example>kimi-cloud</example>
    public required string? Producer { get; init; }

    /// <summary>The model's name as sent; null: none was.</summary>
    /// <example>kimi-k2</example>
    public required string? Model { get; init; }

    /// <summary>When the tokens were made; null: it does not say, or not readably.</summary>
    public required DateTimeOffset? OccurredAt { get; init; }

    /// <summary>When it was held back.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>
    /// Other content is recorded under its id, so that it can't be released. Discard it, or reverse the other and send this one under a new id.
    /// </summary>
    public required bool IdTaken { get; init; }

    /// <summary>What is kept of it, and read again by a release: names, instants and numbers.</summary>
    public required JsonElement Payload { get; init; }

    /// <summary>When it was given up; absent where nobody did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? DiscardedAt { get; init; }

    /// <summary>Why it was given up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DiscardedReason { get; init; }
}

/// <summary>Events that wait for the same decision.</summary>
public sealed record QuarantineReason
{
    /// <example>gateway-1</example>
    public required string Source { get; init; }

    /// <example>unknown_producer</example>
    public required string Code { get; init; }

    /// <example>raw</example>
    public required string Shape { get; init; }

    /// <summary>The producer's name as sent; null: none was.</summary>
    /// <example>kimi-cloud</example>
    public required string? Producer { get; init; }

    /// <summary>So many are open.</summary>
    /// <example>1200</example>
    public required long Events { get; init; }

    public required DateTimeOffset FirstRecordedAt { get; init; }

    public required DateTimeOffset LastRecordedAt { get; init; }

    /// <summary>The number of the latest, to look at one: <c>GET /v1/quarantine/{id}</c>.</summary>
    /// <example>17</example>
    public required long LatestId { get; init; }

    /// <summary>What is wrong with the latest.</summary>
    public required string LatestDetail { get; init; }
}

/// <summary>What is to be decided, the most first.</summary>
public sealed record QuarantineReasons
{
    /// <summary>At most 1,000 rows.</summary>
    public required IReadOnlyList<QuarantineReason> Items { get; init; }
}

/// <summary>Which events of the quarantine; null: whichever.</summary>
internal sealed record QuarantineFilter
{
    public QuarantineStatus? Status { get; init; } = QuarantineStatus.Open;
    public long? Id { get; init; }
    public string? Source { get; init; }
    public string? Code { get; init; }
    public string? Shape { get; init; }

    /// <summary>As sent.</summary>
    public string? Producer { get; init; }

    /// <summary>As sent.</summary>
    public string? Model { get; init; }

    /// <summary>Held back at or after.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Held back before.</summary>
    public DateTimeOffset? End { get; init; }
}

/// <summary>An event of the quarantine with what a release needs.</summary>
internal sealed record HeldEvent(long SourceId, byte[] Fingerprint, QuarantinedEvent Event);
